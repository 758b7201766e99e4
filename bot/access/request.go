package access

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
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

	// maxAsks is how many requests are taken in asksEvery, of all strangers
	// together: admins must not be flooded by many accounts of one person. See
	// maxOpen, too.
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

// ask puts a stranger's request before the admins. The press itself is kept as
// the request: what it was about stays sealed in it.
func (a *Access) ask(ctx context.Context, req *reply.Request, q *models.CallbackQuery) error {
	before, asked, err := a.requestOf(ctx, req.Task.Person)
	if err != nil {
		return err
	}
	if asked {
		switch d := parseDecision(before.ConsumedBy); {
		case before.ConsumedBy == "":
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
	if ok, err := a.room(ctx, req.Task.ID); err != nil {
		return err
	} else if !ok {
		req.Toast(ctx, q, "ask.full")
		return nil
	}
	admins, err := a.People.AllAdmins(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	for _, id := range admins {
		c := card(a.Outbox.LocalizerOf(ctx, id), req.Task.ID, req.From)
		req.Then = append(req.Then, a.Outbox.Post(cardName(req.Task.ID, id), id, c))
	}
	req.Keep = &storage.Retain{Until: a.Now().Add(outbox.CardFor), Request: true}
	req.Toast(ctx, q, "ask.open")
	req.Edit(ctx, req.Task.Chat, req.Task.Message, screen.WithID(req.Localizer, "ask.sent", req.Task.Person))
	return nil
}

// room reports whether one more request is taken, and lists it as open.
func (a *Access) room(ctx context.Context, ask string) (bool, error) {
	ok, err := a.enlist(ctx, ask)
	if err != nil || !ok {
		return false, err
	}
	ok, err = a.Store.RateLimit(ctx, "asks", a.Now(), maxAsks, asksEvery)
	if err != nil {
		return false, outage.StoreError{Err: err}
	}
	if !ok {
		err = a.delist(ctx, ask)
	}
	return ok, err
}

// Open reports whether a request waits for a decision.
func (a *Access) Open(ctx context.Context, ask string) (bool, error) {
	t, ok, err := a.Store.Retained(ctx, ask, a.Now())
	return ok && t.Request && t.ConsumedBy == "", err
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

// nameOfRequest gives the asker's name at Telegram; "" when it is not known.
func (a *Access) nameOfRequest(request storage.Task) string {
	if press, ok := a.pressOf(request); ok {
		return text.DisplayName(press.From)
	}
	return ""
}

// chosenInRequest gives the language that the asker chose before they asked; "":
// none.
func (a *Access) chosenInRequest(request storage.Task) string {
	press, ok := a.pressOf(request)
	if !ok {
		return ""
	}
	_, language, _ := strings.Cut(press.Data, ":")
	if !slices.Contains(text.Languages(), language) {
		return "" // a button proves nothing
	}
	return language
}

// TopicOfRequest gives the topic in which the asker pressed the button.
func (a *Access) TopicOfRequest(request storage.Task) int {
	if press, ok := a.pressOf(request); ok {
		return chat.TopicOf(press.Message.Message)
	}
	return 0
}
