// Package access is about people who were not let in, and how they come to be:
// what strangers are answered, their requests, the cards that admins see of them,
// decisions, in whichever way they are made, the picking of people, invites; and how
// agents become admins. Other commands of admins are not here.
package access

import (
	"context"
	"io"
	"log/slog"
	"slices"
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
// can flood nobody: one reply an hour to photos and talk, and a sign at ten more;
// ten replies to commands.
const (
	strangerWindow   = time.Hour
	strangerReplies  = 1
	strangerSigns    = 10
	strangerCommands = 10
)

// Store is the part of the store that access uses.
type Store interface {
	Retained(ctx context.Context, id string, now time.Time) (t storage.Task, ok bool, err error)
	RetainedFor(ctx context.Context, order string, now time.Time) (t storage.Task, ok bool, err error)
	Consume(ctx context.Context, id, by string, now time.Time) (storage.Task, error)
	storage.People
	storage.Access
	storage.Settings
	storage.Invites
	storage.Audit
}

// Access answers strangers, and lets people in.
type Access struct {
	Store   Store
	People  *people.List
	Outbox  *outbox.Outbox
	Chat    *chat.Sender
	Catalog *text.Catalog
	Seal    chat.Sealer
	Log     *slog.Logger
	Now     func() time.Time

	Secrets  io.Reader // where the codes of invites come from
	TimeZone *time.Location
	Username string // the bot's own, without @
}

// ToStranger answers what somebody wrote or sent who was not let in, within bounds:
// what this is and how they can be let in or, once they are told, a sign that their
// message was seen. unclaimed: nobody can let anybody in yet.
func (a *Access) ToStranger(ctx context.Context, req *reply.Request, command, unclaimed bool) error {
	bucket, n := "talk:", strangerReplies
	if command {
		bucket, n = "command:", strangerCommands
	}
	ok, err := a.may(ctx, req, bucket, n)
	if err != nil {
		return err
	}
	if !ok && (command || unclaimed) {
		return nil
	}
	if !ok {
		return a.seen(ctx, req)
	}
	at := standing{text: "unclaimed"}
	if !unclaimed {
		if at, err = a.standing(ctx, req.Task.Person); err != nil {
			return err
		}
	}
	return req.SendMessage(ctx, tell(req, at, AskButton))
}

// OfferLanguages asks somebody who was not let in for their language.
func (a *Access) OfferLanguages(ctx context.Context, req *reply.Request) error {
	if ok, err := a.Command(ctx, req); err != nil || !ok {
		return err
	}
	return req.SendMessage(ctx, screen.Languages(req.Localizer))
}

// tell says how somebody stands, with a button that asks for access where they may.
func tell(req *reply.Request, at standing, ask string) chat.Message {
	m := screen.WithID(req.Localizer, at.text, req.Task.Person)
	if at.mayAsk {
		m.Markup = chat.Buttons(req.Localizer, chat.Button{Name: "button.ask", Data: ask})
	}
	return m
}

// Command reports whether a stranger may cause the answer to another command or
// press.
func (a *Access) Command(ctx context.Context, req *reply.Request) (bool, error) {
	return a.may(ctx, req, "command:", strangerCommands)
}

// may counts one of the n things that a stranger may cause in the window.
func (a *Access) may(ctx context.Context, req *reply.Request, bucket string, n int) (bool, error) {
	ok, err := a.Store.RateLimit(ctx, bucket+text.ID(req.Task.Person), a.Now(), n, strangerWindow)
	if err != nil {
		return false, outage.StoreError{Err: err}
	}
	return ok, nil
}

// standing is how somebody stands who has no access.
type standing struct {
	text   string // the name of the text that says so
	sign   string // an emoji that says so
	mayAsk bool
}

// Signs at a message that gets no answer: it is looked at when the request is
// decided, or not at all.
const (
	signAsked  = "👀"
	signNoLook = "🙈"
)

// standing finds out how somebody stands: they have asked, were denied a while ago,
// were shut out, or are new.
func (a *Access) standing(ctx context.Context, person int64) (standing, error) {
	request, asked, err := a.requestOf(ctx, person)
	if err != nil {
		return standing{}, err
	}
	if asked && request.ConsumedBy == "" {
		return standing{text: "stranger.asked", sign: signAsked}, nil
	}
	d := parseDecision(request.ConsumedBy)
	if asked && d.verb == DenyButton && a.Now().Before(d.at.Add(denyFor)) {
		return standing{text: "stranger.denied", sign: signNoLook}, nil
	}
	p, err := a.Store.Person(ctx, person)
	if err != nil {
		return standing{}, outage.StoreError{Err: err}
	}
	closed, err := a.closedTo(ctx, person)
	switch {
	case err != nil:
		return standing{}, err
	case a.People.Ended(p):
		return standing{text: "stranger.ended", sign: signNoLook, mayAsk: true}, nil
	case closed:
		return standing{text: "stranger.closed", sign: signNoLook, mayAsk: true}, nil
	}
	return standing{text: "stranger", sign: signNoLook, mayAsk: true}, nil
}

// seen shows at a message that it was seen, where silence would look like a bot
// that is broken. It is not worth a second try.
func (a *Access) seen(ctx context.Context, req *reply.Request) error {
	ok, err := a.may(ctx, req, "sign:", strangerSigns)
	if err != nil || !ok {
		return err
	}
	at, err := a.standing(ctx, req.Task.Person)
	if err != nil {
		return err
	}
	if err := a.Chat.API.React(ctx, req.Task.Chat, req.Task.Message, at.sign); err != nil {
		a.Log.Debug("no reaction", "update_id", chat.UpdateID(req.Task), "error", err)
	}
	return nil
}

// PressOfStranger answers a button that somebody who was not let in presses,
// within bounds. Nothing is kept of strangers: the language that they choose
// stands in the button by which they ask for access.
func (a *Access) PressOfStranger(ctx context.Context, req *reply.Request, q *models.CallbackQuery, verb, language string) error {
	none, err := a.People.Unclaimed(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	ok, err := a.Command(ctx, req)
	switch {
	case err != nil:
		return err
	case !ok:
		return nil
	case none || verb != AskButton && verb != screen.LanguageButton:
		req.Toast(ctx, q, "button.old")
		return nil
	}
	if slices.Contains(text.Languages(), language) {
		req.Localizer = a.Catalog.Localizer(language)
	}
	if verb == AskButton {
		return a.ask(ctx, req, q)
	}
	at, err := a.standing(ctx, req.Task.Person)
	if err != nil {
		return err
	}
	req.Toast(ctx, q, "lang.done")
	return req.Show(ctx, tell(req, at, AskButton+":"+req.Localizer.Lang))
}
