package bot

import (
	"context"
	"slices"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/outage"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// speak finds the language in which somebody is answered, and keeps that of the
// phone for what is sent to them later.
func (b *Bot) speak(ctx context.Context, req *reply.Request) {
	phone := req.From.LanguageCode
	req.Localizer = b.catalog.Localizer(b.people.Language(ctx, req.Person, phone))
	if phone == "" {
		return
	}
	changed := b.people.NotePhone(ctx, req.Person, req.Localizer.Lang)
	if changed && req.Person.Role == storage.RoleAdmin {
		b.setMenu(ctx, req.Task.Chat, true, req.Localizer)
	}
}

// languages offers the languages, to strangers too.
func (b *Bot) languages(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	if req.Person.Role == storage.RoleNone {
		return b.access.OfferLanguages(ctx, req)
	}
	return req.SendMessage(ctx, screen.Languages(req.Localizer))
}

// chooseLanguage keeps the language of a button.
func (b *Bot) chooseLanguage(ctx context.Context, req *reply.Request, q *models.CallbackQuery, lang string) error {
	if !slices.Contains(text.Languages(), lang) {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	if err := b.people.ChooseLanguage(ctx, req.Person.ID, lang); err != nil {
		return outage.StoreError{Err: err}
	}
	req.Localizer = b.catalog.Localizer(lang)
	req.Toast(ctx, q, "lang.done")
	err := req.Show(ctx, screen.Languages(req.Localizer))
	b.setMenu(ctx, req.Task.Chat, req.Person.Role == storage.RoleAdmin, req.Localizer)
	return err
}
