package access

import (
	"context"
	"encoding/json"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
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
	AskButton   = "ask"
	AllowButton = "allow"
	DenyButton  = "deny"
)

// noteAsk marks a kept task as a request for access.
const noteAsk = "ask"

// ask puts a stranger's request before the admins. The press itself is kept as
// the request: what it was about stays sealed in it.
func (a *Access) ask(ctx context.Context, req *reply.Request, q *models.CallbackQuery) error {
	before, asked, err := a.requestOf(ctx, req.Task.Person)
	if err != nil {
		return err
	}
	if asked {
		switch d := parseDecision(before.Used); {
		case before.Used == "":
			req.Toast(ctx, q, "ask.open")
			return nil
		case d.verb == DenyButton && a.Now().Before(d.at.Add(denyFor)):
			req.Toast(ctx, q, "ask.denied")
			return nil
		}
	}
	if late, err := a.ShutOutSince(ctx, req.Task.Person, req.Task.Added); err != nil {
		return err
	} else if late {
		req.Toast(ctx, q, "ask.void")
		return nil
	}
	ok, err := a.Store.Take(ctx, "asks", a.Now(), maxAsks, asksEvery)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if !ok {
		req.Toast(ctx, q, "ask.full")
		return nil
	}
	admins, err := a.People.AllAdmins(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	card := a.card(req.Task.ID, req.From)
	for _, id := range admins {
		req.Then = append(req.Then, a.Outbox.Post(cardName(req.Task.ID, id), id, card))
	}
	req.Keep = &storage.Keep{Until: a.Now().Add(outbox.CardFor), Note: noteAsk}
	req.Toast(ctx, q, "ask.open")
	req.Edit(ctx, req.Task.Chat, req.Task.Message, screen.WithID(req.Localizer, "ask.sent", req.Task.Person, a.LedgerDays))
	return nil
}

// Open reports whether a request waits for a decision.
func (a *Access) Open(ctx context.Context, ask string) (bool, error) {
	t, ok, err := a.Store.Kept(ctx, ask, a.Now())
	return ok && t.Note == noteAsk && t.Used == "", err
}

// AskedInside answers the button "Ask for access" of somebody who was let in
// meanwhile.
func (a *Access) AskedInside(ctx context.Context, req *reply.Request, q *models.CallbackQuery, _ string) error {
	req.Toast(ctx, q, "ask.in")
	req.Strip(ctx, q)
	return nil
}

// pressOf opens the press that a request was. It is false for one of an earlier
// token, and for no request.
func (a *Access) pressOf(request storage.Task) (press *models.CallbackQuery, ok bool) {
	var u models.Update
	raw, err := a.Seal.Open(request.ID, chat.SealUpdate, request.Payload)
	if err != nil || json.Unmarshal(raw, &u) != nil || u.CallbackQuery == nil {
		return nil, false
	}
	return u.CallbackQuery, true
}

// NameOfRequest gives the asker's name at Telegram; "" when it is not known.
func (a *Access) NameOfRequest(request storage.Task) string {
	if press, ok := a.pressOf(request); ok {
		return text.DisplayName(press.From)
	}
	return ""
}

// TopicOfRequest gives the topic in which the asker pressed the button.
func (a *Access) TopicOfRequest(request storage.Task) int {
	if press, ok := a.pressOf(request); ok {
		return chat.TopicOf(press.Message.Message)
	}
	return 0
}
