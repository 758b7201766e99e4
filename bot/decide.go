package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// A request for access ends with the first decision about the person's access,
// in whichever way it is made: by the button of a card, by /allow or /revoke.
// The decision stands in the request's Used. What was pressed on a card that is
// behind the times changes nothing and is told how things are.

// decision is what became of a request, as it stands in Used.
type decision struct {
	verb string
	by   int64 // the admin; 0: it was found to be so when a button was pressed
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

// requestOf finds the last request of somebody: the press, kept under the order
// key that the door gives to all updates of a private chat.
func (b *Bot) requestOf(ctx context.Context, person int64) (request storage.Task, ok bool, err error) {
	request, ok, err = b.Store.KeptFor(ctx, "chat:"+text.ID(person), b.Now())
	if err != nil {
		return request, false, outage.StoreError{Err: err}
	}
	return request, ok && request.Note == noteAsk, nil
}

// decide carries out what an admin has decided about a request. The first
// admin's word is the one that is good; the others are told whose it was.
func (c *conversation) decide(ctx context.Context, q *models.CallbackQuery, ask string, verb string) error {
	card, ok, err := c.Store.Kept(ctx, cardName(ask, c.t.Person), c.Now())
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if !ok || !c.under(card) {
		c.toast(ctx, q, "ask.old")
		return nil
	}
	request, ok, err := c.Store.Kept(ctx, ask, c.Now())
	if err != nil {
		return outage.StoreError{Err: err}
	}
	d := decision{verb: verb, by: c.t.Person, at: c.t.Added}
	settled := false
	if ok {
		if d, settled, err = c.overtaken(ctx, request, d); err != nil {
			return err
		}
	}
	request, err = c.Store.Use(ctx, ask, d.String(c.t.ID), c.Now())
	switch {
	case errors.Is(err, storage.ErrGone):
		c.toast(ctx, q, "ask.old")
		c.strip(ctx, q)
		return nil
	case errors.Is(err, storage.ErrUsed):
		return c.decided(ctx, q, card, request)
	case err != nil:
		return outage.StoreError{Err: err}
	}
	name := who(text.DisplayName(c.from), d.by)
	switch {
	case settled && d.by != 0: // carried out before, and then they were shut out
		c.toast(ctx, q, "ask.is_out")
		return c.closeCards(ctx, ask, d, name)
	case settled:
		c.toast(ctx, q, settledText(d))
		return c.closeCards(ctx, ask, d, "")
	case verb == allowButton:
		err = c.letIn(ctx, request)
	default:
		c.tellDenied(request)
	}
	if err != nil {
		return err
	}
	c.toast(ctx, q, "")
	return c.closeCards(ctx, ask, d, name)
}

// overtaken reports whether the person's access was decided since they asked,
// without a word to this request, and gives what is so. After a crash in the
// middle of this decision only what came after it counts.
func (c *conversation) overtaken(ctx context.Context, request storage.Task, d decision) (decision, bool, error) {
	own := request.Used == d.String(c.t.ID)
	since := request.Added
	if own {
		since = c.t.Added
	}
	out, err := c.shutOutSince(ctx, request.Person, since)
	if err != nil {
		return d, false, err
	}
	p, err := c.Bot.person(ctx, request.Person)
	switch {
	case err != nil:
		return d, false, outage.StoreError{Err: err}
	case own:
		return d, out, nil
	case p.Role != storage.RoleNone:
		return decision{verb: allowButton, at: d.at}, true, nil
	case out:
		return decision{verb: denyButton, at: d.at}, true, nil
	default:
		return d, false, nil
	}
}

// settledText names the text about a decision that was found to be so.
func settledText(d decision) string {
	if d.verb == allowButton {
		return "ask.is_in"
	}
	return "ask.is_out"
}

// letIn lets the asker in, under the name they have at Telegram.
func (c *conversation) letIn(ctx context.Context, request storage.Task) error {
	_, err := c.Store.ChangePerson(ctx, request.Person, func(p *storage.Person) error {
		if p.Role == storage.RoleNone {
			p.Role, p.Added, p.By, p.Blocked = storage.RoleAgent, c.Now(), c.t.Person, false
		}
		if p.Name == "" {
			p.Name = c.nameOfRequest(request)
		}
		return nil
	})
	if err != nil {
		return outage.StoreError{Err: err}
	}
	c.welcome(ctx, request.Person, c.topicOfRequest(request))
	return nil
}

// tellDenied tells the asker that an admin said no.
func (c *conversation) tellDenied(request storage.Task) {
	l := letter{Text: c.catalog.Localizer("").Text("denied", nil), Thread: c.topicOfRequest(request)}
	c.then = append(c.then, c.post("denied:"+request.ID, request.Person, l))
}

// pressOf opens the press that a request was. It is false for one of an earlier
// token, and for no request.
func (b *Bot) pressOf(request storage.Task) (press *models.CallbackQuery, ok bool) {
	var u models.Update
	raw, err := b.Seal.Open(request.ID, chat.SealUpdate, request.Payload)
	if err != nil || json.Unmarshal(raw, &u) != nil || u.CallbackQuery == nil {
		return nil, false
	}
	return u.CallbackQuery, true
}

// nameOfRequest gives the asker's name at Telegram; "" when it is not known.
func (b *Bot) nameOfRequest(request storage.Task) string {
	if press, ok := b.pressOf(request); ok {
		return text.DisplayName(press.From)
	}
	return ""
}

// topicOfRequest gives the topic in which the asker pressed the button.
func (b *Bot) topicOfRequest(request storage.Task) int {
	if press, ok := b.pressOf(request); ok {
		return chat.TopicOf(press.Message.Message)
	}
	return 0
}

// endRequest ends the open request of somebody about whom an admin decides by a
// command, and closes its cards. open is false when there was none; request is
// the person's last one, for the topic it came from.
func (c *conversation) endRequest(ctx context.Context, person int64, verb string) (request storage.Task, open bool, err error) {
	request, ok, err := c.requestOf(ctx, person)
	if err != nil || !ok {
		return storage.Task{}, false, err
	}
	d := decision{verb: verb, by: c.t.Person, at: c.t.Added}
	_, err = c.Store.Use(ctx, request.ID, d.String(c.t.ID), c.Now())
	switch {
	case errors.Is(err, storage.ErrUsed), errors.Is(err, storage.ErrGone):
		return request, false, nil
	case err != nil:
		return request, false, outage.StoreError{Err: err}
	}
	return request, true, c.closeCards(ctx, request.ID, d, who(text.DisplayName(c.from), d.by))
}

// shutOutKey is the setting that holds when somebody was last shut out, in Unix
// microseconds: who is shut out is not kept as a person.
func shutOutKey(person int64) string { return "shut_out:" + text.ID(person) }

// rememberShutOut notes that this command shuts somebody out.
func (c *conversation) rememberShutOut(ctx context.Context, person int64) error {
	if late, err := c.shutOutSince(ctx, person, c.t.Added); err != nil || late {
		return err
	}
	err := c.Store.PutSetting(ctx, shutOutKey(person), []byte(text.ID(c.t.Added.UnixMicro())))
	if err != nil {
		return outage.StoreError{Err: err}
	}
	return nil
}

// shutOutSince reports whether somebody was shut out after that time, by a
// command that arrived later. A time that is still to come is of a clock that
// was wrong, and says nothing.
func (b *Bot) shutOutSince(ctx context.Context, person int64, t time.Time) (bool, error) {
	raw, err := b.Store.Setting(ctx, shutOutKey(person))
	if err != nil {
		return false, outage.StoreError{Err: err}
	}
	micros, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return false, nil // never
	}
	at := time.UnixMicro(micros)
	return at.After(t) && !at.After(b.Now()), nil
}

// decided tells an admin that the request is decided, and how things are now.
func (c *conversation) decided(ctx context.Context, q *models.CallbackQuery, card, request storage.Task) error {
	d := parseDecision(request.Used)
	asker, err := c.Bot.person(ctx, request.Person)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	now := "ask.now_out"
	if asker.Role != storage.RoleNone {
		now = "ask.now_in"
	}
	name, err := c.deciderName(ctx, d)
	if err != nil {
		return err
	}
	said := c.localizer.Text(settledText(d), nil)
	if d.by != 0 {
		said = c.localizer.Text("ask.decided", text.Args{"Name": name}) + " " + c.localizer.Text(now, nil)
	}
	c.toastText(ctx, q, said)
	if m := q.Message.Message; m != nil && m.ReplyMarkup != nil && c.t.Added.Sub(d.at) > closing {
		c.closeCard(ctx, card, d, name)
	}
	return nil
}

// deciderName names who decided, as far as it is known.
func (c *conversation) deciderName(ctx context.Context, d decision) (string, error) {
	if d.by == c.t.Person {
		return who(text.DisplayName(c.from), d.by), nil
	}
	p, err := c.Store.Person(ctx, d.by)
	if err != nil {
		return "", outage.StoreError{Err: err}
	}
	return who(text.CleanName(p.Name), d.by), nil
}
