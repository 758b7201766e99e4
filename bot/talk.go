package bot

import (
	"context"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/guide"
	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// start greets somebody who was let in.
func (b *Bot) start(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	if req.Person.Blocked {
		b.people.MarkBlocked(ctx, req.Person.ID, false)
	}
	if req.Person.Role == storage.RoleAdmin || req.Person.Language != "" {
		b.setMenu(ctx, req.Task.Chat, req.Person.Role == storage.RoleAdmin, req.Localizer)
	}
	return withGuide(ctx, req, req.Localizer.Text("start", nil))
}

// help says what can be done here.
func (b *Bot) help(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	words := req.Localizer.Text("help", nil)
	if req.Person.Role == storage.RoleAdmin {
		words += "\n\n" + req.Localizer.Text("help.admin", nil)
	}
	return withGuide(ctx, req, words)
}

// mostCaption is how long the text of a picture may be, in UTF-16 units (Bot API,
// sendPhoto).
const mostCaption = 1024

// withGuide answers with the picture of a good photo. A text that is too long to be
// its caption follows it. Whatever becomes of the picture, the text goes out.
func withGuide(ctx context.Context, req *reply.Request, words string) error {
	m := chat.Message{Text: words, Picture: guide.Picture(req.Localizer.Lang)}
	if m.Picture != nil && text.Units(words) > mostCaption {
		alone := chat.Message{Chat: req.Task.Chat, Thread: req.Thread, Protect: req.ProtectContent, Picture: m.Picture}
		if _, err := req.Chat.API.Send(ctx, alone); err != nil {
			req.Log.Info("picture of a good photo not sent", "update_id", chat.UpdateID(req.Task), "error", err)
		}
		m.Picture = nil
	}
	return req.SendMessage(ctx, m)
}

// me says who somebody is to the bot, what came of their photos and what they have
// left.
func (b *Bot) me(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	today := storage.DayOf(b.Now(), b.TimeZone)
	count, err := b.Store.Attempts(ctx, req.Person.ID, today)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	first, last := today.MonthDays()
	month, err := b.Store.DayTotals(ctx, first, last, req.Person.ID)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	return req.SendMessage(ctx, screen.Me{
		Localizer: req.Localizer, Person: req.Person, Limit: b.people.Limit(req.Person),
		Count: count, Today: today, Month: month, TimeZone: b.TimeZone,
	}.Message())
}

// privacy says what becomes of a photo and what is kept, to strangers too.
func (b *Bot) privacy(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	if req.Person.Role == storage.RoleNone {
		if ok, err := b.access.Command(ctx, req); err != nil || !ok {
			return err
		}
	}
	kept := req.Localizer.Text("privacy.kept", text.Args{"Days": screen.KeptFor(req.Localizer, b.LedgerDays)})
	var r text.Builder
	r.Line(req.Localizer.Text(b.privacyText(), nil)).Add("\n")
	return req.Send(ctx, r.Fold(kept+"\n\n"+req.Localizer.Text("privacy.rest", nil)))
}

func (b *Bot) privacyText() string {
	switch {
	case !b.Reader.Paid():
		return "privacy.local"
	case b.LocalFirst:
		return "privacy.local_first"
	default:
		return "privacy"
	}
}
