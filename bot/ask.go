package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/storage"
)

const (
	// askFor is how long a request for access, and the cards about it, can be
	// decided.
	askFor = 7 * 24 * time.Hour

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
	askButton   = "ask"
	allowButton = "allow"
	denyButton  = "deny"
)

// noteAsk marks a kept task as a request for access.
const noteAsk = "ask"

// cardName is the name of the task that shows a request to an admin.
func cardName(ask string, admin int64) string { return "card:" + ask + ":" + itoa(admin) }

// decision is what became of a request, as it stands in Used.
type decision struct {
	verb string
	by   int64
	at   time.Time
}

func (d decision) String(press string) string {
	return fmt.Sprintf("%s %d %d %s", d.verb, d.by, d.at.Unix(), press)
}

// parseDecision reads what String has written.
func parseDecision(used string) (d decision) {
	f := strings.Fields(used)
	if len(f) < 3 {
		return d
	}
	by, _ := strconv.ParseInt(f[1], 10, 64)
	at, _ := strconv.ParseInt(f[2], 10, 64)
	return decision{verb: f[0], by: by, at: time.Unix(at, 0)}
}

// pressOfStranger answers a button that somebody who was not let in presses,
// within bounds.
func (c *conversation) pressOfStranger(ctx context.Context, q *models.CallbackQuery, verb string) error {
	none, err := c.unclaimed(ctx)
	if err != nil {
		return storeError{err}
	}
	ok, err := c.Store.Take(ctx, "command:"+itoa(c.t.Person), c.Now(), strangerCommands, strangerWindow)
	switch {
	case err != nil:
		return storeError{err}
	case !ok:
		return nil
	case none || verb != askButton:
		c.toast(ctx, q, "button.old")
		return nil
	}
	return c.ask(ctx, q)
}

// ask puts a stranger's request before the admins. The press itself is kept as
// the request: what it was about stays sealed in it.
func (c *conversation) ask(ctx context.Context, q *models.CallbackQuery) error {
	before, asked, err := c.Store.KeptFor(ctx, c.t.Order, c.Now())
	if err != nil {
		return storeError{err}
	}
	if asked && before.Note == noteAsk {
		switch d := parseDecision(before.Used); {
		case before.Used == "":
			c.toast(ctx, q, "ask.open")
			return nil
		case d.verb == denyButton && c.Now().Before(d.at.Add(denyFor)):
			c.toast(ctx, q, "ask.denied")
			return nil
		}
	}
	ok, err := c.Store.Take(ctx, "asks", c.Now(), maxAsks, asksEvery)
	if err != nil {
		return storeError{err}
	}
	if !ok {
		c.toast(ctx, q, "ask.full")
		return nil
	}
	admins, err := c.allAdmins(ctx)
	if err != nil {
		return storeError{err}
	}
	card := c.card(c.t.ID, c.from)
	for _, id := range admins {
		c.then = append(c.then, c.post(cardName(c.t.ID, id), id, card))
	}
	c.keep = &storage.Keep{Until: c.Now().Add(askFor), Note: noteAsk}
	c.toast(ctx, q, "ask.open")
	c.edit(ctx, c.t.Chat, c.t.Message, c.withID("ask.sent"))
	return nil
}

// allAdmins gives the admins of the settings and the stored ones, each once.
func (b *Bot) allAdmins(ctx context.Context) ([]int64, error) {
	stored, err := b.storedAdmins(ctx, maxStoredAdmins)
	all := slices.Clone(b.Admins)
	for _, id := range stored {
		if !b.admins[id] {
			all = append(all, id)
		}
	}
	return all, err
}

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

// isOpen reports whether a request waits for a decision.
func (b *Bot) isOpen(ctx context.Context, ask string) (bool, error) {
	t, ok, err := b.Store.Kept(ctx, ask, b.Now())
	return ok && t.Note == noteAsk && t.Used == "", err
}

// decide carries out what an admin has decided about a request. The first
// admin's word is the one that is good; the others are told whose it was.
func (c *conversation) decide(ctx context.Context, q *models.CallbackQuery, ask string, yes bool) error {
	card, ok, err := c.Store.Kept(ctx, cardName(ask, c.t.Person), c.Now())
	if err != nil {
		return storeError{err}
	}
	if !ok || !c.under(card) {
		c.toast(ctx, q, "ask.old")
		return nil
	}
	d := decision{verb: denyButton, by: c.t.Person, at: c.t.Added}
	if yes {
		d.verb = allowButton
	}
	request, err := c.Store.Use(ctx, ask, d.String(c.t.ID), c.Now())
	switch {
	case errors.Is(err, storage.ErrGone):
		c.toast(ctx, q, "ask.old")
		c.strip(ctx, q)
		return nil
	case errors.Is(err, storage.ErrUsed):
		return c.decided(ctx, q, card, parseDecision(request.Used))
	case err != nil:
		return storeError{err}
	}
	if yes {
		err = c.letIn(ctx, request)
	} else {
		c.then = append(c.then, c.post("denied:"+ask, request.Person, letter{Text: c.texts.speak("").say("denied", nil)}))
	}
	if err != nil {
		return err
	}
	c.toast(ctx, q, "")
	return c.closeCards(ctx, ask, d, who(displayName(c.from), d.by))
}

// letIn lets the asker in, under the name they have at Telegram.
func (c *conversation) letIn(ctx context.Context, request storage.Task) error {
	name := ""
	var u models.Update
	raw, err := c.Seal.Open(request.ID, SealUpdate, request.Payload)
	if err == nil && json.Unmarshal(raw, &u) == nil && u.CallbackQuery != nil {
		name = displayName(u.CallbackQuery.From)
	}
	_, err = c.Store.ChangePerson(ctx, request.Person, func(p *storage.Person) error {
		if p.Role == storage.RoleNone {
			p.Role, p.Added, p.By, p.Blocked = storage.RoleAgent, c.Now(), c.t.Person, false
		}
		if p.Name == "" {
			p.Name = name
		}
		return nil
	})
	if err != nil {
		return storeError{err}
	}
	c.welcome(ctx, request.Person)
	return nil
}

// closing is how long whoever decided is given to close all cards, under the
// name that they have at Telegram. Only what is left then is closed by others,
// who may know a number only: names of admins are not kept.
const closing = time.Minute

// decided tells an admin that somebody else was quicker.
func (c *conversation) decided(ctx context.Context, q *models.CallbackQuery, card storage.Task, d decision) error {
	p, err := c.Store.Person(ctx, d.by)
	if err != nil {
		return storeError{err}
	}
	name := cleanName(p.Name)
	if d.by == c.t.Person {
		name = displayName(c.from)
	}
	name = who(name, d.by)
	c.toastText(ctx, q, c.voice.say("ask.decided", args{"Name": name}))
	if m := q.Message.Message; m != nil && m.ReplyMarkup != nil && c.t.Added.Sub(d.at) > closing {
		c.closeCard(ctx, card, d, name)
	}
	return nil
}

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

func (c *conversation) closeCard(ctx context.Context, card storage.Task, d decision, name string) {
	message, err := strconv.Atoi(card.Note)
	if err != nil || message == 0 {
		return
	}
	var l letter
	plain, err := c.Seal.Open(card.ID, sealLetter, card.Payload)
	if err != nil || json.Unmarshal(plain, &l) != nil {
		return // of an earlier token
	}
	text := "ask.refused"
	if d.verb == allowButton {
		text = "ask.allowed"
	}
	l.Text += "\n" + c.texts.speak("").say(text, args{"Name": name})
	c.edit(ctx, card.Chat, message, Message{Text: l.Text, Entities: l.Entities})
}
