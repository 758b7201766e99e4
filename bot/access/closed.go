package access

import (
	"context"
	"slices"
	"time"

	"mrzbot/bot/outage"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// RememberShutOut notes that this command shuts somebody out.
func (a *Access) RememberShutOut(ctx context.Context, req *reply.Request, person int64) error {
	_, err := a.Store.ChangePerson(ctx, person, func(p *storage.Person) error {
		if !a.shutOutSince(*p, req.Task.Added) {
			p.ShutOut = req.Task.Added
		}
		return nil
	})
	if err != nil {
		return outage.StoreError{Err: err}
	}
	return nil
}

// closedTo reports whether somebody without access had it until an admin took it, or
// until the time was over for which it was given.
func (a *Access) closedTo(ctx context.Context, person int64) (bool, error) {
	p, err := a.Store.Person(ctx, person)
	if err != nil {
		return false, outage.StoreError{Err: err}
	}
	return a.People.Ended(p) || !p.ShutOut.IsZero() && !p.Added.IsZero(), nil
}

// forgottenFor is how far the audit is searched at least for somebody who has had
// themselves forgotten.
const forgottenFor = 24 * time.Hour

// Forgotten reports whether somebody has had themselves forgotten since they sent a
// photo, and was not let in again: only the audit still knows of them.
func (a *Access) Forgotten(ctx context.Context, person int64, sent time.Time) (bool, error) {
	p, err := a.Store.Person(ctx, person)
	if err != nil || !p.Added.IsZero() {
		return false, err
	}
	since := a.Now().Add(-forgottenFor)
	if sent.Before(since) {
		since = sent
	}
	entries, err := people.AuditSince(ctx, a.Store, since)
	return slices.ContainsFunc(entries, func(e storage.AuditEntry) bool {
		return e.Action == people.AuditForget && e.Person == person
	}), err
}

// chatOrder is the order key that the door gives to all updates of a private chat.
func chatOrder(person int64) string { return "chat:" + text.ID(person) }

// ShutOutSince reports whether somebody was shut out after that time, by a
// command that arrived later. A time that is still to come is of a clock that
// was wrong, and says nothing.
func (a *Access) ShutOutSince(ctx context.Context, person int64, t time.Time) (bool, error) {
	p, err := a.Store.Person(ctx, person)
	if err != nil {
		return false, outage.StoreError{Err: err}
	}
	return a.shutOutSince(p, t), nil
}

func (a *Access) shutOutSince(p storage.Person, t time.Time) bool {
	return p.ShutOut.After(t) && !p.ShutOut.After(a.Now())
}
