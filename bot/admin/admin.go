// Package admin is what admins do: they let people in, shut them out, set their
// limits and look at the list of them. Requests for access are decided in access.
package admin

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/access"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// maxLimit is the largest daily limit an admin can type: more is a slip.
const maxLimit = 100_000

// Store is the part of the store that admins' commands use.
type Store interface {
	storage.People
	Attempts(ctx context.Context, person int64, day storage.Day) (storage.Count, error)
	ResetAttempts(ctx context.Context, person int64, day storage.Day) error
}

// Admin carries out commands and buttons of admins.
type Admin struct {
	Store    Store
	People   *people.List
	Access   *access.Access
	Outbox   *outbox.Outbox
	Catalog  *text.Catalog
	Now      func() time.Time
	TimeZone *time.Location
	Username string // the bot's own, without @
}

// target is the person an admin's command is about.
type target struct {
	id   int64
	name string // clean
}

// errHidden: a forwarded message that does not say who wrote it, or a contact
// that is nobody's at Telegram.
var errHidden = errors.New("bot: hidden sender")

// targetOf finds the person: by number, with a name behind it, or by the
// message the command replies to, which is a forwarded one or a shared contact.
func targetOf(cmd reply.Command, m *models.Message) (t target, ok bool, err error) {
	if len(cmd.Args) > 0 {
		id, ok := text.ParseID(cmd.Args[0])
		if len(cmd.Args) > 1 && text.SameNumber(cmd.Args[1]) {
			return t, false, nil
		}
		return target{id: id, name: text.CleanName(strings.Join(cmd.Args[1:], " "))}, ok, nil
	}
	r := m.ReplyToMessage
	switch {
	case r == nil:
		return t, false, nil
	case r.Contact != nil:
		if r.Contact.UserID == 0 {
			return t, false, errHidden
		}
		t = target{id: r.Contact.UserID, name: text.CleanName(r.Contact.FirstName + " " + r.Contact.LastName)}
		return t, text.ValidID(t.id), nil
	case r.ForwardOrigin != nil && r.ForwardOrigin.MessageOriginUser != nil:
		u := r.ForwardOrigin.MessageOriginUser.SenderUser
		return target{id: u.ID, name: text.DisplayName(u)}, text.ValidID(u.ID) && !u.IsBot, nil
	case r.ForwardOrigin != nil:
		return t, false, errHidden
	default:
		return t, false, nil
	}
}

// Allow lets somebody in and tells them so.
func (a *Admin) Allow(ctx context.Context, req *reply.Request, cmd reply.Command, m *models.Message) error {
	who, ok, err := targetOf(cmd, m)
	switch {
	case err != nil:
		return req.Reply(ctx, req.Localizer.Text("allow.hidden", nil))
	case !ok:
		return req.Reply(ctx, req.Localizer.Text("allow.usage", nil))
	}
	request, _, err := a.Access.EndRequest(ctx, req, who.id, access.AllowButton)
	if err != nil {
		return err
	}
	if a.People.IsAdmin(who.id) {
		return req.Send(ctx, screen.About(req.Localizer, "allow.is_admin", storage.Person{ID: who.id, Name: who.name}))
	}
	if late, err := a.Access.ShutOutSince(ctx, who.id, req.Task.Added); err != nil || late {
		return a.overruled(ctx, req, who.id, err)
	}
	had := false
	p, err := a.Store.ChangePerson(ctx, who.id, func(p *storage.Person) error {
		had = p.Role != storage.RoleNone
		if !had {
			p.Role, p.Added, p.By, p.Blocked = storage.RoleAgent, a.Now(), req.Person.ID, false
		}
		if who.name != "" {
			p.Name = who.name
		} else if p.Name == "" {
			p.Name = a.Access.NameOfRequest(request)
		}
		return nil
	})
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if had {
		return req.Send(ctx, screen.About(req.Localizer, "allow.already", p))
	}
	out := screen.About(req.Localizer, "allow.done", p)
	if a.Access.Welcome(ctx, req, who.id, a.Access.TopicOfRequest(request)) {
		out.Add("\n").Add(req.Localizer.Text("allow.unreachable", text.Args{"Bot": a.Username}))
	}
	return req.Send(ctx, out)
}

// overruled says that somebody was shut out after this command was sent: it was
// late, or is carried out again after a crash.
func (a *Admin) overruled(ctx context.Context, req *reply.Request, id int64, err error) error {
	if err != nil {
		return err
	}
	return req.Send(ctx, screen.About(req.Localizer, "allow.overruled", storage.Person{ID: id}))
}

// Revoke shuts somebody out.
func (a *Admin) Revoke(ctx context.Context, req *reply.Request, cmd reply.Command, m *models.Message) error {
	who, ok, err := targetOf(cmd, m)
	if err != nil || !ok {
		return req.Reply(ctx, req.Localizer.Text("revoke.usage", nil))
	}
	if a.People.IsAdmin(who.id) {
		return req.Reply(ctx, req.Localizer.Text("revoke.is_admin", nil))
	}
	// First what makes a request void that is on its way.
	if err := a.Access.RememberShutOut(ctx, req, who.id); err != nil {
		return err
	}
	request, asked, err := a.Access.EndRequest(ctx, req, who.id, access.DenyButton)
	if err != nil {
		return err
	}
	var was storage.Person
	_, err = a.Store.ChangePerson(ctx, who.id, func(p *storage.Person) error {
		was = *p
		*p = storage.Person{ID: p.ID}
		return nil
	})
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if was.Role == storage.RoleNone && asked {
		a.Access.TellDenied(req, request)
	}
	if was.Role == storage.RoleNone {
		return req.Send(ctx, screen.About(req.Localizer, "not_listed", storage.Person{ID: who.id}))
	}
	l := outbox.Message{Text: a.Catalog.Localizer("").Text("shut_out.now", nil), Thread: a.Access.TopicOfRequest(request)}
	req.Then = append(req.Then, a.Outbox.Post("revoked:"+req.Task.ID, who.id, l))
	return req.Send(ctx, screen.About(req.Localizer, "revoke.done", was))
}

// SetLimit gives somebody a daily limit of their own: a number, 0 for none, or
// "default" for everybody's.
func (a *Admin) SetLimit(ctx context.Context, req *reply.Request, cmd reply.Command, _ *models.Message) error {
	if len(cmd.Args) != 2 {
		return req.Reply(ctx, req.Localizer.Text("limit.usage", nil))
	}
	id, ok := text.ParseID(cmd.Args[0])
	n, err := strconv.Atoi(cmd.Args[1])
	limit, good := &n, err == nil && text.AllDigits(cmd.Args[1]) && n <= maxLimit
	if strings.EqualFold(cmd.Args[1], "default") {
		limit, n, good = nil, a.People.DailyAttempts, true
	}
	if !ok || !good {
		return req.Reply(ctx, req.Localizer.Text("limit.usage", nil))
	}
	p, found, err := a.change(ctx, req, id, func(p *storage.Person) { p.Limit = limit })
	if err != nil || !found {
		return err
	}
	out := screen.About(req.Localizer, "limit.done", p)
	if n == 0 {
		return req.Send(ctx, out.Add("\n").Add(req.Localizer.Text("limit.none", nil)))
	}
	return req.Send(ctx, out.Add("\n").Add(req.Localizer.Text("limit.now", text.Args{"Limit": n})))
}

// Reset gives somebody today's attempts back.
func (a *Admin) Reset(ctx context.Context, req *reply.Request, cmd reply.Command, _ *models.Message) error {
	if len(cmd.Args) != 1 {
		return req.Reply(ctx, req.Localizer.Text("reset.usage", nil))
	}
	id, ok := text.ParseID(cmd.Args[0])
	if !ok {
		return req.Reply(ctx, req.Localizer.Text("reset.usage", nil))
	}
	p, found, err := a.change(ctx, req, id, func(*storage.Person) {})
	if err != nil || !found {
		return err
	}
	if err := a.Store.ResetAttempts(ctx, id, storage.DayOf(a.Now(), a.TimeZone)); err != nil {
		return outage.StoreError{Err: err}
	}
	return req.Send(ctx, screen.About(req.Localizer, "reset.done", p))
}

// errNotListed stops a change of somebody who was not let in.
var errNotListed = errors.New("bot: not listed")

// change alters somebody who was let in. When there is nobody of that id, it
// says so to the admin and found is false.
func (a *Admin) change(ctx context.Context, req *reply.Request, id int64, f func(*storage.Person)) (p storage.Person, found bool, err error) {
	p, err = a.Store.ChangePerson(ctx, id, func(p *storage.Person) error {
		if p.Role == storage.RoleNone && !a.People.IsAdmin(id) {
			return errNotListed
		}
		f(p)
		return nil
	})
	switch {
	case errors.Is(err, errNotListed):
		return p, false, req.Send(ctx, screen.About(req.Localizer, "not_listed", storage.Person{ID: id}))
	case err != nil:
		return p, false, outage.StoreError{Err: err}
	default:
		return p, true, nil
	}
}
