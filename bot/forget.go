package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/storage"
)

// Verbs of the two buttons under "Shall I forget you?". What follows them is the
// name of the task of the command, which is kept for as long as they work.
const (
	forgetButton = "forget"
	stayButton   = "stay"
)

const (
	// forgetFor is how long the question waits for its answer.
	forgetFor = 10 * time.Minute

	// questionFor is how long the question is kept: its answer may be worked long
	// after it was given.
	questionFor = 24 * time.Hour
)

// forget asks somebody who was let in whether they want to be forgotten, and says
// what that means for them.
func (b *Bot) forget(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	alone, err := b.onlyAdmin(ctx, req.Person)
	switch {
	case err != nil:
		return err
	case alone:
		return req.Reply(ctx, req.Localizer.Text("forget.only_admin", nil))
	}
	words := req.Localizer.Text("forget.ask", nil)
	if b.people.IsAdmin(req.Person.ID) {
		words = req.Localizer.Text("forget.ask.admin", nil)
	}
	m := chat.Message{Text: words}
	m.AddRows(chat.Row(req.Localizer,
		chat.Button{Name: "button.forget", Data: forgetButton + ":" + req.Task.ID}, chat.Button{Name: "button.stay", Data: stayButton + ":" + req.Task.ID}))
	return req.Ask(ctx, m, questionFor)
}

// onlyAdmin reports whether somebody is the last who can let people in, so that
// nobody could use the bot without them. Admins of the settings stay admins.
func (b *Bot) onlyAdmin(ctx context.Context, p storage.Person) (bool, error) {
	if p.Role != storage.RoleAdmin || b.people.IsAdmin(p.ID) {
		return false, nil
	}
	all, err := b.people.AllAdmins(ctx)
	if err != nil {
		return false, outage.StoreError{Err: err}
	}
	return !slices.ContainsFunc(all, func(id int64) bool { return id != p.ID }), nil
}

// forgetYes forgets somebody: their access ends, and nothing names them but the
// audit.
func (b *Bot) forgetYes(ctx context.Context, req *reply.Request, q *models.CallbackQuery, question string) error {
	// What an admin has decided since the question was asked is not forgotten: a link
	// would let them in again.
	kept, err := b.Store.Person(ctx, req.Task.Person)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if kept.Role == storage.RoleNone && !kept.ShutOut.IsZero() {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	ok, err := b.answered(ctx, req, q, question, forgetButton+":")
	if err != nil || !ok {
		return err
	}
	// After a crash in between this is done again: each step twice does no harm.
	if err := b.scan.ForgetNotice(ctx, req.Task.Person); err != nil {
		return err
	}
	if err := b.scan.ForgetAlbums(ctx, req.Task.Person); err != nil {
		return err
	}
	if err := b.scan.Recovery.Forget(ctx, req.Task.Person); err != nil {
		return outage.StoreError{Err: err}
	}
	if err := b.admin.ForgetDesk(ctx, req.Task.Person); err != nil {
		return err
	}
	b.people.ForgetPhone(ctx, req.Task.Person)
	entry := storage.AuditEntry{At: b.Now(), By: req.Task.Person, Action: people.AuditForget, Person: req.Task.Person}
	if err := b.Store.Forget(ctx, req.Task.Person, &entry); err != nil {
		return outage.StoreError{Err: err}
	}
	said := "forget.done"
	if b.people.IsAdmin(req.Task.Person) {
		said = "forget.done.admin"
	} else {
		if req.Person.Role == storage.RoleAdmin {
			b.setMenu(ctx, req.Task.Chat, false, req.Localizer)
		}
		req.Person.Role = storage.RoleNone // what is answered now they hear without one
	}
	req.Toast(ctx, q, "")
	return req.Show(ctx, chat.Message{Text: req.Localizer.Text(said, nil)})
}

// forgetNo leaves everything as it is.
func (b *Bot) forgetNo(ctx context.Context, req *reply.Request, q *models.CallbackQuery, question string) error {
	ok, err := b.answered(ctx, req, q, question, stayButton+":")
	if err != nil || !ok {
		return err
	}
	req.Toast(ctx, q, "")
	return req.Show(ctx, chat.Message{Text: req.Localizer.Text("forget.stayed", nil)})
}

// answered takes the answer to a question: from the person who was asked, under its
// message, once, in its time. by is what the name begins with under which it is used.
func (b *Bot) answered(ctx context.Context, req *reply.Request, q *models.CallbackQuery, question, by string) (bool, error) {
	asked, ok, err := b.Store.Retained(ctx, question, b.Now())
	if err != nil {
		return false, outage.StoreError{Err: err}
	}
	inTime := req.Task.Added.Sub(asked.Added) < forgetFor
	if ok && inTime && asked.Person == req.Task.Person && asked.Chat == req.Task.Chat && req.Under(asked) {
		_, err = b.Store.Consume(ctx, question, by+req.Task.ID, b.Now())
		switch {
		case err == nil:
			return true, nil
		case !errors.Is(err, storage.ErrConsumed) && !errors.Is(err, storage.ErrGone):
			return false, outage.StoreError{Err: err}
		}
	}
	req.Toast(ctx, q, "button.old")
	return false, nil
}
