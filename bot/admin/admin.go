// Package admin is what admins do: they let people in, shut them out, set their
// limits and look at the list of them; they see what is read and what it costs, set
// budgets and export the list of attempts. Requests for access are decided in access.
package admin

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/access"
	"mrzbot/bot/bill"
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
	ResetAttempts(ctx context.Context, person int64, day storage.Day, audit ...*storage.AuditEntry) error
	DayTotals(ctx context.Context, from, to storage.Day, people ...int64) ([]storage.DayTotal, error)
	DaySums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error)
	PersonSums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error)
	Entries(ctx context.Context, from, to time.Time, max int) ([]storage.Entry, error)
	Budget(ctx context.Context, day storage.Day) (storage.BudgetUse, error)
	storage.Audit
	storage.Settings
	storage.Access
}

// Admin carries out commands and buttons of admins.
type Admin struct {
	Store    Store
	People   *people.List
	Access   *access.Access
	Outbox   *outbox.Outbox
	Now      func() time.Time
	TimeZone *time.Location
	Username string // the bot's own, without @

	Budgets    *people.Budgets
	Price      bill.Price // of a call
	LedgerDays int        // how long the list of attempts is kept; 0: for good
	Watch      *outbox.Watch
}

// target is the person an admin's command is about.
type target struct {
	id   int64
	name string // clean
}

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
	u, err := access.Subject(m.ReplyToMessage)
	if errors.Is(err, access.ErrHidden) {
		return t, false, err
	}
	return target{id: u.ID, name: text.DisplayName(u)}, err == nil, nil
}

// Revoke shuts somebody out.
func (a *Admin) Revoke(ctx context.Context, req *reply.Request, cmd reply.Command, m *models.Message) error {
	if len(cmd.Args) == 0 && m.ReplyToMessage == nil {
		return a.find(ctx, req, "")
	}
	who, ok, err := targetOf(cmd, m)
	if err != nil || !ok {
		return req.Reply(ctx, req.Localizer.Text("revoke.usage", nil))
	}
	if a.People.IsAdmin(who.id) {
		return req.Reply(ctx, req.Localizer.Text("revoke.is_admin", nil))
	}
	if who.id == req.Task.Person { // there might be no admin left
		return req.Reply(ctx, req.Localizer.Text("revoke.self", nil))
	}
	if overruled, err := a.overruled(ctx, req.Task, who.id, people.AuditRevoke, people.AuditAllow, people.AuditAdmin); err != nil {
		return err
	} else if overruled {
		return a.sendCard(ctx, req, who.id, screen.Place{})
	}
	was, took, err := a.shutOut(ctx, req, who.id, func(storage.Person) error { return nil })
	if err != nil {
		return err
	}
	if !took {
		return req.Send(ctx, screen.About(req.Localizer, "not_listed", storage.Person{ID: who.id}))
	}
	return req.Send(ctx, screen.About(req.Localizer, "revoke.done", was))
}

// SetLimit gives somebody a daily limit of their own: a number, 0 for none, or
// "default" for everybody's.
func (a *Admin) SetLimit(ctx context.Context, req *reply.Request, cmd reply.Command, _ *models.Message) error {
	if len(cmd.Args) == 0 {
		return a.find(ctx, req, "")
	}
	if len(cmd.Args) != 2 {
		return req.Reply(ctx, req.Localizer.Text("limit.usage", nil))
	}
	id, ok := text.ParseID(cmd.Args[0])
	limit, good := readLimit(cmd.Args[1])
	if !ok || !good {
		return req.Reply(ctx, req.Localizer.Text("limit.usage", nil))
	}
	if overruled, err := a.overruled(ctx, req.Task, id, people.AuditLimit); err != nil {
		return err
	} else if overruled {
		return a.sendCard(ctx, req, id, screen.Place{})
	}
	p, found, err := a.changeListed(ctx, req, id, func(p *storage.Person) { p.Limit = limit })
	if err != nil || !found {
		return err
	}
	n := a.People.Limit(p)
	out := screen.About(req.Localizer, "limit.done", p)
	if n == 0 {
		return req.Send(ctx, out.Add("\n").Add(req.Localizer.Text("limit.none", nil)))
	}
	return req.Send(ctx, out.Add("\n").Add(req.Localizer.Text("limit.now", text.Args{"Limit": n})))
}

// Reset gives somebody today's attempts back.
func (a *Admin) Reset(ctx context.Context, req *reply.Request, cmd reply.Command, _ *models.Message) error {
	if len(cmd.Args) == 0 {
		return a.find(ctx, req, "")
	}
	if len(cmd.Args) != 1 {
		return req.Reply(ctx, req.Localizer.Text("reset.usage", nil))
	}
	id, ok := text.ParseID(cmd.Args[0])
	if !ok {
		return req.Reply(ctx, req.Localizer.Text("reset.usage", nil))
	}
	p, found, err := a.changeListed(ctx, req, id, func(*storage.Person) {})
	if err != nil || !found {
		return err
	}
	if err := a.Store.ResetAttempts(ctx, id, a.today(), &storage.AuditEntry{At: a.Now(), By: req.Task.Person, Action: people.AuditReset, Person: id}); err != nil {
		return outage.StoreError{Err: err}
	}
	return req.Send(ctx, screen.About(req.Localizer, "reset.done", p))
}

// changeListed alters somebody who was let in. When there is nobody of that id, it
// says so to the admin and found is false.
func (a *Admin) changeListed(ctx context.Context, req *reply.Request, id int64, f func(*storage.Person)) (p storage.Person, found bool, err error) {
	p, err = a.People.Adjust(ctx, req.Task.Person, id, func(p *storage.Person) error {
		if p.Role == storage.RoleNone && !a.People.IsAdmin(id) {
			return people.ErrNotListed
		}
		f(p)
		return nil
	})
	switch {
	case errors.Is(err, people.ErrNotListed):
		return p, false, req.Send(ctx, screen.About(req.Localizer, "not_listed", storage.Person{ID: id}))
	case err != nil:
		return p, false, outage.StoreError{Err: err}
	default:
		return p, true, nil
	}
}
