package admin

import (
	"context"
	"errors"

	"mrzbot/bot/access"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/storage"
)

// shutOut takes somebody's access, ends their request, and tells them. Name, limit,
// language and note stay for the day on which they are let in again. was is what they
// were; took: their access was taken, now or before the program died over it. check may
// refuse it.
func (a *Admin) shutOut(ctx context.Context, req *reply.Request, id int64, check func(storage.Person) error) (was storage.Person, took bool, err error) {
	now, err := a.Store.Person(ctx, id)
	if err != nil {
		return was, false, outage.StoreError{Err: err}
	}
	if err := check(now); err != nil {
		return was, false, err
	}
	if took, err = a.tookBefore(ctx, req.Task, now); err != nil {
		return was, false, err
	}
	// First what makes a request void that is on its way.
	if err := a.Access.RememberShutOut(ctx, req, id); err != nil {
		return was, false, err
	}
	request, asked, err := a.Access.EndRequest(ctx, req, id, access.DenyButton)
	if err != nil {
		return was, false, err
	}
	_, err = a.People.Adjust(ctx, req.Task.Person, id, func(p *storage.Person) error {
		was = *p
		p.Role = storage.RoleNone
		return nil
	})
	if err != nil {
		return was, false, outage.StoreError{Err: err}
	}
	took = took || was.Role != storage.RoleNone
	switch {
	case took:
		v := a.Access.Localizer(req, request, a.People.Language(ctx, was, ""))
		l := outbox.Message{Text: v.Text("shut_out.now", nil), Thread: a.Access.TopicOfRequest(request)}
		req.Then = append(req.Then, a.Outbox.Post("revoked:"+req.Task.ID, id, l))
		a.People.ForgetPhone(ctx, id)
	case asked:
		a.Access.TellDenied(req, request)
	}
	return was, took, a.ForgetDesk(ctx, id)
}

// tookBefore reports whether an update has taken somebody's access already, so that it is
// worked again. When the access ended by itself before, the audit does not say so; when
// somebody shut them out after that, the person does not.
func (a *Admin) tookBefore(ctx context.Context, t storage.Task, now storage.Person) (bool, error) {
	switch {
	case now.Role != storage.RoleNone || now.ShutOut.Before(t.Added):
		return false, nil
	case now.ShutOut.Equal(t.Added) && !now.Added.IsZero():
		return true, nil
	}
	return a.carriedOut(ctx, t, now.ID, people.AuditRevoke)
}

// undo gives somebody back what the card has taken from them, and tells them.
func (a *Admin) undo(ctx context.Context, p press) (said string, err error) {
	was := p.card.Closed
	if was == nil || !p.Task.Added.Before(was.End) {
		return "card.undo.late", nil
	}
	if late, err := a.Access.ShutOutSince(ctx, p.card.Person, p.Task.Added); err != nil {
		return "", err
	} else if late {
		return "", errStale
	}
	now, err := a.People.Change(ctx, p.Task.Person, p.card.Person, func(now *storage.Person) error {
		if err := p.check(*now); err != nil {
			return err
		}
		if now.Role == storage.RoleNone {
			now.Role, now.Added, now.By, now.Until = was.Role, was.Added, was.By, was.Until
		}
		return nil
	})
	switch {
	case errors.Is(err, errStale):
		return "", err
	case err != nil:
		return "", outage.StoreError{Err: err}
	}
	v := a.Access.Localizer(p.Request, storage.Task{}, a.People.Language(ctx, now, ""))
	p.Then = append(p.Then, a.Outbox.Post("reopened:"+p.Task.ID, now.ID, outbox.Message{Text: v.Text("opened.again", nil)}))
	return "", nil
}
