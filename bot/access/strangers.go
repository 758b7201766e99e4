// Package access is about people who were not let in, and how they come to be:
// what strangers are answered, their requests, the cards that admins see of them,
// and decisions, in whichever way they are made. Commands of admins are not here.
package access

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// What people who were not let in may cause, so that they cost nothing and
// can flood nobody: one reply an hour to photos and talk, ten to commands.
const (
	strangerWindow   = time.Hour
	strangerReplies  = 1
	strangerCommands = 10
)

// Store is the part of the store that access uses.
type Store interface {
	Kept(ctx context.Context, id string, now time.Time) (t storage.Task, ok bool, err error)
	KeptFor(ctx context.Context, order string, now time.Time) (t storage.Task, ok bool, err error)
	Use(ctx context.Context, id, by string, now time.Time) (storage.Task, error)
	storage.People
	storage.Access
	storage.Settings
}

// Access answers strangers, and lets people in.
type Access struct {
	Store      Store
	People     *people.List
	Outbox     *outbox.Outbox
	Chat       *chat.Sender
	Catalog    *text.Catalog
	Seal       chat.Sealer
	Log        *slog.Logger
	Now        func() time.Time
	LedgerDays int // how long the list of attempts is kept
}

// ToStranger answers somebody who was not let in, within bounds.
func (a *Access) ToStranger(ctx context.Context, req *reply.Request, command bool, key string) error {
	bucket, n := "talk:", strangerReplies
	if command {
		bucket, n = "command:", strangerCommands
	}
	ok, err := a.Store.Take(ctx, bucket+text.ID(req.Task.Person), a.Now(), n, strangerWindow)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if !ok {
		return nil
	}
	m := screen.WithID(req.Localizer, key, req.Task.Person, a.LedgerDays)
	if key == "stranger" {
		m.Markup = chat.Buttons(req.Localizer, chat.Button{Name: "button.ask", Data: AskButton})
	}
	return req.SendMessage(ctx, m)
}

// PressOfStranger answers a button that somebody who was not let in presses,
// within bounds.
func (a *Access) PressOfStranger(ctx context.Context, req *reply.Request, q *models.CallbackQuery, verb string) error {
	none, err := a.People.Unclaimed(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	ok, err := a.Store.Take(ctx, "command:"+text.ID(req.Task.Person), a.Now(), strangerCommands, strangerWindow)
	switch {
	case err != nil:
		return outage.StoreError{Err: err}
	case !ok:
		return nil
	case none || verb != AskButton:
		req.Toast(ctx, q, "button.old")
		return nil
	}
	return a.ask(ctx, req, q)
}
