package bot

import (
	"context"
	"regexp"
	"strconv"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/storage"
)

// cardName is the name of the task that shows a request to an admin.
func cardName(ask string, admin int64) string { return "card:" + ask + ":" + itoa(admin) }

// card is what an admin sees of a request. Its texts are the asker's: they go
// in as entities, and one name can pretend nothing about the lines around it.
func (b *Bot) card(ask string, from models.User) letter {
	v := b.texts.speak("")
	var r rich
	r.line(v.say("ask.card", nil)).bold(displayName(from))
	if username.MatchString(from.Username) {
		r.add(" @" + from.Username)
	}
	if r.entities != nil || username.MatchString(from.Username) {
		r.add("\n")
	}
	r.code(itoa(from.ID))
	return letter{
		Text: r.String(), Entities: r.entities, Notice: true, Ask: ask,
		Buttons: buttons(v, button{"button.allow", allowButton + ":" + ask}, button{"button.deny", denyButton + ":" + ask}),
	}
}

// username is what Telegram allows as one.
var username = regexp.MustCompile(`^[A-Za-z0-9_]{1,32}$`)

// displayName is a Telegram user's own name, as it is kept and shown.
func displayName(u models.User) string { return cleanName(u.FirstName + " " + u.LastName) }

// closing is how long whoever decided is given to close all cards, under the
// name that they have at Telegram. Only what is left then is closed by others,
// who may know a number only: names of admins are not kept.
const closing = time.Minute

// who names an admin: by a name where one is known.
func who(name string, id int64) string {
	if name == "" {
		return itoa(id)
	}
	return name
}

// closeCards says on the cards of all admins who decided, and takes their
// buttons away.
func (c *conversation) closeCards(ctx context.Context, ask string, d decision, name string) error {
	admins, err := c.allAdmins(ctx)
	if err != nil {
		return storeError{err}
	}
	for _, id := range admins {
		card, ok, err := c.Store.Kept(ctx, cardName(ask, id), c.Now())
		if err != nil {
			return storeError{err}
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
	err = c.Bot.edit(ctx, card.Chat, message, l.message(card.Chat))
	if _, later := retryAfter(err); later {
		c.then = append(c.then, c.post("close:"+card.ID, card.Chat, l))
	} else if err != nil {
		c.Log.Debug("card not closed", "update_id", updateID(c.t), "chat_id", card.Chat, "error", err)
	}
}

// closed makes what stands on a card from its decision on.
func (b *Bot) closed(card letter, message int, d decision, name string) letter {
	text := settledText(d)
	if d.by != 0 && d.verb == allowButton {
		text = "ask.allowed"
	} else if d.by != 0 {
		text = "ask.refused"
	}
	card.Text += "\n" + b.texts.speak("").say(text, args{"Name": name})
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
	return []storage.Task{b.post("close:"+t.ID, t.Chat, b.closed(card, message, d, who(cleanName(p.Name), d.by)))}
}
