package access

import (
	"context"
	"regexp"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// cardName is the name of the task that shows a request to an admin.
func cardName(ask string, admin int64) string { return "card:" + ask + ":" + text.ID(admin) }

// card is what an admin sees of a request. Its texts are the asker's: they go
// in as entities, and one name can pretend nothing about the lines around it.
func card(v text.Localizer, ask string, from models.User) outbox.Message {
	var r text.Builder
	aboutUser(r.Line(v.Text("ask.card", nil)), from)
	return outbox.Message{
		Text: r.String(), Entities: r.Entities, Notice: true, Ask: ask, Lang: v.Lang,
		Buttons: chat.Buttons(v, allowKeys(AllowButton+":"+ask, DenyButton+":"+ask, "")...),
	}
}

// aboutUser adds who somebody is.
func aboutUser(r *text.Builder, from models.User) {
	name, known := text.DisplayName(from), username.MatchString(from.Username)
	if r.Bold(name); known && name != "" {
		r.Add(" ")
	}
	if known {
		r.Add("@" + from.Username)
	}
	if known || name != "" {
		r.Add("\n")
	}
	r.Code(text.ID(from.ID))
}

// allowKeys are the two buttons by which an admin decides. behind: see chat.Button.
func allowKeys(allow, deny, behind string) []chat.Button {
	return []chat.Button{
		{Name: "button.allow", Data: allow, Style: chat.StyleGood, Behind: behind},
		{Name: "button.deny", Data: deny, Style: chat.StyleDanger, Behind: behind},
	}
}

// username is what Telegram allows as one.
var username = regexp.MustCompile(`^[A-Za-z0-9_]{1,32}$`)

// closing is how long whoever decided is given to close all cards, under the
// name that they have at Telegram. Only what is left then is closed by others,
// who may know a number only: names of admins are not kept.
const closing = time.Minute

// nameOf names an admin: by a name where one is known.
func nameOf(name string, id int64) string {
	if name == "" {
		return text.ID(id)
	}
	return name
}

// closeCards says on the cards of all admins who decided, and takes their
// buttons away. The request is open no more.
func (a *Access) closeCards(ctx context.Context, req *reply.Request, ask string, d decision, name string) error {
	if err := a.delist(ctx, ask); err != nil {
		return err
	}
	admins, err := a.People.AllAdmins(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	for _, id := range admins {
		card, ok, err := a.Store.Retained(ctx, cardName(ask, id), a.Now())
		if err != nil {
			return outage.StoreError{Err: err}
		}
		if ok {
			a.closeCard(ctx, req, card, d, name)
		}
	}
	return nil
}

// closeCard closes a card now, or as soon as Telegram takes it.
func (a *Access) closeCard(ctx context.Context, req *reply.Request, card storage.Task, d decision, name string) {
	if card.Reply == 0 {
		return
	}
	l, err := a.Outbox.Open(card)
	if err != nil {
		return // of an earlier token
	}
	l = closed(a.languageOf(ctx, l, card.Chat), l, card.Reply, d, name)
	err = a.Chat.Edit(ctx, card.Chat, card.Reply, l.To(card.Chat))
	if _, later := chat.RetryAfter(err); later {
		req.Then = append(req.Then, a.Outbox.Post("close:"+card.ID, card.Chat, l))
	} else if err != nil {
		a.Log.Debug("card not closed", "update_id", chat.UpdateID(req.Task), "chat_id", card.Chat, "error", err)
	}
}

// languageOf gives the texts in the language of a card. Its admin may speak another one
// by now: that of the phone is not known until they have written.
func (a *Access) languageOf(ctx context.Context, card outbox.Message, admin int64) text.Localizer {
	if card.Lang == "" { // of an earlier version
		return a.Outbox.LocalizerOf(ctx, admin)
	}
	return a.Catalog.Localizer(card.Lang)
}

// closed makes what stands on a card from its decision on.
func closed(v text.Localizer, card outbox.Message, message int, d decision, name string) outbox.Message {
	key := settledText(d)
	if d.by != 0 && d.verb == AllowButton {
		key = "ask.allowed"
	} else if d.by != 0 {
		key = "ask.refused"
	}
	card.Text += "\n" + v.Text(key, text.Args{"Name": name})
	return outbox.Message{Text: card.Text, Entities: card.Entities, Edit: message, ForAdmins: true}
}

// LateClosing closes a card that was on its way while its request was decided:
// whoever decided could not know of it.
func (a *Access) LateClosing(ctx context.Context, t storage.Task, card outbox.Message, message int) []storage.Task {
	request, ok, err := a.Store.Retained(ctx, card.Ask, a.Now())
	if err != nil || !ok || request.ConsumedBy == "" || message == 0 {
		return nil // a press finds out
	}
	d := parseDecision(request.ConsumedBy)
	p, err := a.Store.Person(ctx, d.by)
	if err != nil {
		return nil
	}
	l := closed(a.languageOf(ctx, card, t.Chat), card, message, d, nameOf(text.CleanName(p.Name), d.by))
	return []storage.Task{a.Outbox.Post("close:"+t.ID, t.Chat, l)}
}
