package access

import (
	"context"
	"errors"

	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// MakeAdmin makes an admin of somebody who was let in, and tells them and the other
// admins. The errors are those of people.List, or the store's.
func (a *Access) MakeAdmin(ctx context.Context, req *reply.Request, id int64) (storage.Person, error) {
	p, _, err := a.People.MakeAdmin(ctx, req.Task.Person, id)
	return p, a.tellAdmins(ctx, req, p, err, "admin.made", "admin.made.other")
}

// UnmakeAdmin makes an agent of an admin, and tells them and the other admins.
func (a *Access) UnmakeAdmin(ctx context.Context, req *reply.Request, id int64) (storage.Person, error) {
	p, _, err := a.People.UnmakeAdmin(ctx, req.Task.Person, id)
	return p, a.tellAdmins(ctx, req, p, err, "admin.unmade", "admin.unmade.other")
}

// tellAdmins tells somebody what they have become, and the other admins who did so:
// also when they were it already, as after a crash in between.
func (a *Access) tellAdmins(ctx context.Context, req *reply.Request, p storage.Person, err error, them, others string) error {
	switch {
	case errors.Is(err, people.ErrBySettings), errors.Is(err, people.ErrNotListed), errors.Is(err, people.ErrOnlyAdmin):
		return err
	case err != nil:
		return outage.StoreError{Err: err}
	}
	admins, err := a.People.AllAdmins(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	by := text.Args{"Name": nameOf(text.DisplayName(req.From), req.Task.Person)}
	tell := func(id int64, l outbox.Message) {
		req.Then = append(req.Then, a.Outbox.Post("admin:"+req.Task.ID+":"+text.ID(id), id, l))
	}
	for _, id := range admins {
		if id != req.Task.Person && id != p.ID { // who did it sees it
			tell(id, aboutPerson(a.Outbox.LocalizerOf(ctx, id), others, by, p))
		}
	}
	if p.ID != req.Task.Person {
		v := a.Localizer(req, storage.Task{}, a.People.Language(ctx, p, ""))
		tell(p.ID, outbox.Message{Text: v.Text(them, by), Notice: true})
	}
	return nil
}

// aboutPerson tells an admin about a person, whose id and name stand in the gap of a text.
func aboutPerson(v text.Localizer, key string, args text.Args, p storage.Person) outbox.Message {
	before, after := text.Cut(v.Text(key, args))
	var r text.Builder
	addPerson(r.Add(before), p)
	r.Add(after)
	return outbox.Message{Text: r.String(), Entities: r.Entities, Notice: true, ForAdmins: true}
}
