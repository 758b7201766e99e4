package bot

import (
	"context"
	"slices"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/outage"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

const (
	// askFor is how long a request for access, and the cards about it, can be
	// decided.
	askFor = 7 * 24 * time.Hour

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
func (c *conversation) pressOfStranger(ctx context.Context, q *models.CallbackQuery, verb string) error {
	none, err := c.unclaimed(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	ok, err := c.Store.Take(ctx, "command:"+text.ID(c.t.Person), c.Now(), strangerCommands, strangerWindow)
	switch {
	case err != nil:
		return outage.StoreError{Err: err}
	case !ok:
		return nil
	case none || verb != askButton:
		c.toast(ctx, q, "button.old")
		return nil
	}
	return c.ask(ctx, q)
}

// ask puts a stranger's request before the admins. The press itself is kept as
// the request: what it was about stays sealed in it.
func (c *conversation) ask(ctx context.Context, q *models.CallbackQuery) error {
	before, asked, err := c.requestOf(ctx, c.t.Person)
	if err != nil {
		return err
	}
	if asked {
		switch d := parseDecision(before.Used); {
		case before.Used == "":
			c.toast(ctx, q, "ask.open")
			return nil
		case d.verb == denyButton && c.Now().Before(d.at.Add(denyFor)):
			c.toast(ctx, q, "ask.denied")
			return nil
		}
	}
	if late, err := c.shutOutSince(ctx, c.t.Person, c.t.Added); err != nil {
		return err
	} else if late {
		c.toast(ctx, q, "ask.void")
		return nil
	}
	ok, err := c.Store.Take(ctx, "asks", c.Now(), maxAsks, asksEvery)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if !ok {
		c.toast(ctx, q, "ask.full")
		return nil
	}
	admins, err := c.allAdmins(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	card := c.card(c.t.ID, c.from)
	for _, id := range admins {
		c.then = append(c.then, c.post(cardName(c.t.ID, id), id, card))
	}
	c.keep = &storage.Keep{Until: c.Now().Add(askFor), Note: noteAsk}
	c.toast(ctx, q, "ask.open")
	c.edit(ctx, c.t.Chat, c.t.Message, c.withID("ask.sent"))
	return nil
}

// allAdmins gives the admins of the settings and the stored ones, each once.
func (b *Bot) allAdmins(ctx context.Context) ([]int64, error) {
	stored, err := b.storedAdmins(ctx, maxStoredAdmins)
	all := slices.Clone(b.Admins)
	for _, id := range stored {
		if !b.admins[id] {
			all = append(all, id)
		}
	}
	return all, err
}

// isOpen reports whether a request waits for a decision.
func (b *Bot) isOpen(ctx context.Context, ask string) (bool, error) {
	t, ok, err := b.Store.Kept(ctx, ask, b.Now())
	return ok && t.Note == noteAsk && t.Used == "", err
}
