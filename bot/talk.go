package bot

import (
	"context"

	"github.com/go-telegram/bot/models"

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
	if req.Person.Role == storage.RoleAdmin {
		b.setMenu(ctx, req.Task.Chat, true)
	}
	return req.Reply(ctx, req.Localizer.Text("start", nil))
}

// help says what can be done here.
func (b *Bot) help(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	words := req.Localizer.Text("help", nil)
	if req.Person.Role == storage.RoleAdmin {
		words += "\n\n" + req.Localizer.Text("help.admin", nil)
	}
	return req.Reply(ctx, words)
}

// me says who somebody is to the bot and what they have left today.
func (b *Bot) me(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	count, err := b.Store.Attempts(ctx, req.Person.ID, storage.DayOf(b.Now(), b.TimeZone))
	if err != nil {
		return outage.StoreError{Err: err}
	}
	before, after := text.Cut(req.Localizer.Text("me", text.Args{"ID": text.Gap, "Role": req.Localizer.Text("role."+string(req.Person.Role), nil)}))
	var r text.Builder
	r.Add(before).Code(text.ID(req.Person.ID)).Add(after).Add("\n")
	return req.Send(ctx, r.Add(screen.Used(req.Localizer, count, b.people.Limit(req.Person))))
}

// privacy says what becomes of a photo and what is kept, to strangers too.
func (b *Bot) privacy(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	if req.Person.Role == storage.RoleNone {
		return b.access.ToStranger(ctx, req, true, b.privacyText())
	}
	return req.Reply(ctx, req.Localizer.Text(b.privacyText(), text.Args{"Days": b.LedgerDays}))
}

func (b *Bot) privacyText() string {
	if b.Reader.Paid() {
		return "privacy"
	}
	return "privacy.local"
}
