package bot

import (
	"context"
	"regexp"
	"strconv"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// cardName is the name of the task that shows a request to an admin.
func cardName(ask string, admin int64) string { return "card:" + ask + ":" + text.ID(admin) }

// card is what an admin sees of a request. Its texts are the asker's: they go
// in as entities, and one name can pretend nothing about the lines around it.
func (b *Bot) card(ask string, from models.User) letter {
	v := b.catalog.Localizer("")
	var r text.Builder
	r.Line(v.Text("ask.card", nil)).Bold(text.DisplayName(from))
	if username.MatchString(from.Username) {
		r.Add(" @" + from.Username)
	}
	if r.Entities != nil || username.MatchString(from.Username) {
		r.Add("\n")
	}
	r.Code(text.ID(from.ID))
	return letter{
		Text: r.String(), Entities: r.Entities, Notice: true, Ask: ask,
		Buttons: chat.Buttons(v, chat.Button{Name: "button.allow", Data: allowButton + ":" + ask}, chat.Button{Name: "button.deny", Data: denyButton + ":" + ask}),
	}
}

// username is what Telegram allows as one.
var username = regexp.MustCompile(`^[A-Za-z0-9_]{1,32}$`)

// closing is how long whoever decided is given to close all cards, under the
// name that they have at Telegram. Only what is left then is closed by others,
// who may know a number only: names of admins are not kept.
const closing = time.Minute

// who names an admin: by a name where one is known.
func who(name string, id int64) string {
	if name == "" {
		return text.ID(id)
	}
	return name
}

// closeCards says on the cards of all admins who decided, and takes their
// buttons away.
func (c *conversation) closeCards(ctx context.Context, ask string, d decision, name string) error {
	admins, err := c.allAdmins(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	for _, id := range admins {
		card, ok, err := c.Store.Kept(ctx, cardName(ask, id), c.Now())
		if err != nil {
			return outage.StoreError{Err: err}
		}
		if ok {
			c.closeCard(ctx, card, d, name)
		}
	}
	return nil
}

// closeCard closes a card now, or as soon as Telegram takes it.
func (c *conversation) closeCard(ctx context.Context, card storage.Task, d decision, name string) {
	message, err := strconv.Atoi(card.Note)
	if err != nil || message == 0 {
		return
	}
	l, err := c.openLetter(card)
	if err != nil {
		return // of an earlier token
	}
	l = c.closed(l, message, d, name)
	err = c.sender.Edit(ctx, card.Chat, message, l.message(card.Chat))
	if _, later := chat.RetryAfter(err); later {
		c.then = append(c.then, c.post("close:"+card.ID, card.Chat, l))
	} else if err != nil {
		c.Log.Debug("card not closed", "update_id", chat.UpdateID(c.t), "chat_id", card.Chat, "error", err)
	}
}

// Closed makes what stands on a card from its decision on.
func (b *Bot) closed(card letter, message int, d decision, name string) letter {
	key := settledText(d)
	if d.by != 0 && d.verb == allowButton {
		key = "ask.allowed"
	} else if d.by != 0 {
		key = "ask.refused"
	}
	card.Text += "\n" + b.catalog.Localizer("").Text(key, text.Args{"Name": name})
	return letter{Text: card.Text, Entities: card.Entities, Edit: message}
}

// lateClosing closes a card that was on its way while its request was decided:
// whoever decided could not know of it.
func (b *Bot) lateClosing(ctx context.Context, t storage.Task, card letter, message int) []storage.Task {
	request, ok, err := b.Store.Kept(ctx, card.Ask, b.Now())
	if err != nil || !ok || request.Used == "" || message == 0 {
		return nil // a press finds out
	}
	d := parseDecision(request.Used)
	p, err := b.Store.Person(ctx, d.by)
	if err != nil {
		return nil
	}
	return []storage.Task{b.post("close:"+t.ID, t.Chat, b.closed(card, message, d, who(text.CleanName(p.Name), d.by)))}
}
