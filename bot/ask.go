package bot

import (
	"context"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

const (
	// denyFor is how long somebody who was denied is not heard again.
	denyFor = 24 * time.Hour

	// maxAsks is how many requests are taken in that time, of all strangers
	// together: admins must not be flooded by many accounts of one person.
	maxAsks   = 30
	asksEvery = 24 * time.Hour
)

// Verbs of the buttons of a request. What follows allow and deny is the name of
// the request: of the task that was the stranger's press, which is kept.
const (
	askButton   = "ask"
	allowButton = "allow"
	denyButton  = "deny"
)

// noteAsk marks a kept task as a request for access.
const noteAsk = "ask"

// pressOfStranger answers a button that somebody who was not let in presses,
// within bounds.
func (b *Bot) pressOfStranger(ctx context.Context, req *reply.Request, q *models.CallbackQuery, verb string) error {
	none, err := b.people.Unclaimed(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	ok, err := b.Store.Take(ctx, "command:"+text.ID(req.Task.Person), b.Now(), strangerCommands, strangerWindow)
	switch {
	case err != nil:
		return outage.StoreError{Err: err}
	case !ok:
		return nil
	case none || verb != askButton:
		req.Toast(ctx, q, "button.old")
		return nil
	}
	return b.ask(ctx, req, q)
}

// ask puts a stranger's request before the admins. The press itself is kept as
// the request: what it was about stays sealed in it.
func (b *Bot) ask(ctx context.Context, req *reply.Request, q *models.CallbackQuery) error {
	before, asked, err := b.requestOf(ctx, req.Task.Person)
	if err != nil {
		return err
	}
	if asked {
		switch d := parseDecision(before.Used); {
		case before.Used == "":
			req.Toast(ctx, q, "ask.open")
			return nil
		case d.verb == denyButton && b.Now().Before(d.at.Add(denyFor)):
			req.Toast(ctx, q, "ask.denied")
			return nil
		}
	}
	if late, err := b.shutOutSince(ctx, req.Task.Person, req.Task.Added); err != nil {
		return err
	} else if late {
		req.Toast(ctx, q, "ask.void")
		return nil
	}
	ok, err := b.Store.Take(ctx, "asks", b.Now(), maxAsks, asksEvery)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if !ok {
		req.Toast(ctx, q, "ask.full")
		return nil
	}
	admins, err := b.people.AllAdmins(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	card := b.card(req.Task.ID, req.From)
	for _, id := range admins {
		req.Then = append(req.Then, b.outbox.Post(cardName(req.Task.ID, id), id, card))
	}
	req.Keep = &storage.Keep{Until: b.Now().Add(outbox.CardFor), Note: noteAsk}
	req.Toast(ctx, q, "ask.open")
	req.Edit(ctx, req.Task.Chat, req.Task.Message, screen.WithID(req.Localizer, "ask.sent", req.Task.Person, b.ledgerDays()))
	return nil
}

// Open reports whether a request waits for a decision.
func (b cards) Open(ctx context.Context, ask string) (bool, error) {
	t, ok, err := b.Store.Kept(ctx, ask, b.Now())
	return ok && t.Note == noteAsk && t.Used == "", err
}
