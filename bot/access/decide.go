package access

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/reply"
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
func (a *Access) requestOf(ctx context.Context, person int64) (request storage.Task, ok bool, err error) {
	request, ok, err = a.Store.KeptFor(ctx, "chat:"+text.ID(person), a.Now())
	if err != nil {
		return request, false, outage.StoreError{Err: err}
	}
	return request, ok && request.Note == noteAsk, nil
}

// Decide carries out what an admin has decided about a request. The first
// admin's word is the one that is good; the others are told whose it was.
func (a *Access) Decide(ctx context.Context, req *reply.Request, q *models.CallbackQuery, ask string, verb string) error {
	card, ok, err := a.Store.Kept(ctx, cardName(ask, req.Task.Person), a.Now())
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if !ok || !req.Under(card) {
		req.Toast(ctx, q, "ask.old")
		return nil
	}
	request, ok, err := a.Store.Kept(ctx, ask, a.Now())
	if err != nil {
		return outage.StoreError{Err: err}
	}
	d := decision{verb: verb, by: req.Task.Person, at: req.Task.Added}
	settled := false
	if ok {
		if d, settled, err = a.overtaken(ctx, req, request, d); err != nil {
			return err
		}
	}
	request, err = a.Store.Use(ctx, ask, d.String(req.Task.ID), a.Now())
	switch {
	case errors.Is(err, storage.ErrGone):
		req.Toast(ctx, q, "ask.old")
		req.Strip(ctx, q)
		return nil
	case errors.Is(err, storage.ErrUsed):
		return a.decided(ctx, req, q, card, request)
	case err != nil:
		return outage.StoreError{Err: err}
	}
	name := who(text.DisplayName(req.From), d.by)
	switch {
	case settled && d.by != 0: // carried out before, and then they were shut out
		req.Toast(ctx, q, "ask.is_out")
		return a.closeCards(ctx, req, ask, d, name)
	case settled:
		req.Toast(ctx, q, settledText(d))
		return a.closeCards(ctx, req, ask, d, "")
	case verb == AllowButton:
		err = a.letIn(ctx, req, request)
	default:
		a.TellDenied(req, request)
	}
	if err != nil {
		return err
	}
	req.Toast(ctx, q, "")
	return a.closeCards(ctx, req, ask, d, name)
}

// overtaken reports whether the person's access was decided since they asked,
// without a word to this request, and gives what is so. After a crash in the
// middle of this decision only what came after it counts.
func (a *Access) overtaken(ctx context.Context, req *reply.Request, request storage.Task, d decision) (decision, bool, error) {
	own := request.Used == d.String(req.Task.ID)
	since := request.Added
	if own {
		since = req.Task.Added
	}
	out, err := a.ShutOutSince(ctx, request.Person, since)
	if err != nil {
		return d, false, err
	}
	p, err := a.People.Person(ctx, request.Person)
	switch {
	case err != nil:
		return d, false, outage.StoreError{Err: err}
	case own:
		return d, out, nil
	case p.Role != storage.RoleNone:
		return decision{verb: AllowButton, at: d.at}, true, nil
	case out:
		return decision{verb: DenyButton, at: d.at}, true, nil
	default:
		return d, false, nil
	}
}

// settledText names the text about a decision that was found to be so.
func settledText(d decision) string {
	if d.verb == AllowButton {
		return "ask.is_in"
	}
	return "ask.is_out"
}

// letIn lets the asker in, under the name they have at Telegram.
func (a *Access) letIn(ctx context.Context, req *reply.Request, request storage.Task) error {
	_, err := a.Store.ChangePerson(ctx, request.Person, func(p *storage.Person) error {
		if p.Role == storage.RoleNone {
			p.Role, p.Added, p.By, p.Blocked = storage.RoleAgent, a.Now(), req.Task.Person, false
		}
		if p.Name == "" {
			p.Name = a.NameOfRequest(request)
		}
		return nil
	})
	if err != nil {
		return outage.StoreError{Err: err}
	}
	a.Welcome(ctx, req, request.Person, a.TopicOfRequest(request))
	return nil
}

// TellDenied tells the asker that an admin said no.
func (a *Access) TellDenied(req *reply.Request, request storage.Task) {
	l := outbox.Message{Text: a.Catalog.Localizer("").Text("denied", nil), Thread: a.TopicOfRequest(request)}
	req.Then = append(req.Then, a.Outbox.Post("denied:"+request.ID, request.Person, l))
}

// EndRequest ends the open request of somebody about whom an admin decides by a
// command, and closes its cards. open is false when there was none; request is
// the person's last one, for the topic it came from.
func (a *Access) EndRequest(ctx context.Context, req *reply.Request, person int64, verb string) (request storage.Task, open bool, err error) {
	request, ok, err := a.requestOf(ctx, person)
	if err != nil || !ok {
		return storage.Task{}, false, err
	}
	d := decision{verb: verb, by: req.Task.Person, at: req.Task.Added}
	_, err = a.Store.Use(ctx, request.ID, d.String(req.Task.ID), a.Now())
	switch {
	case errors.Is(err, storage.ErrUsed), errors.Is(err, storage.ErrGone):
		return request, false, nil
	case err != nil:
		return request, false, outage.StoreError{Err: err}
	}
	return request, true, a.closeCards(ctx, req, request.ID, d, who(text.DisplayName(req.From), d.by))
}

// shutOutKey is the setting that holds when somebody was last shut out, in Unix
// microseconds: who is shut out is not kept as a person.
func shutOutKey(person int64) string { return "shut_out:" + text.ID(person) }

// RememberShutOut notes that this command shuts somebody out.
func (a *Access) RememberShutOut(ctx context.Context, req *reply.Request, person int64) error {
	if late, err := a.ShutOutSince(ctx, person, req.Task.Added); err != nil || late {
		return err
	}
	err := a.Store.PutSetting(ctx, shutOutKey(person), []byte(text.ID(req.Task.Added.UnixMicro())))
	if err != nil {
		return outage.StoreError{Err: err}
	}
	return nil
}

// ShutOutSince reports whether somebody was shut out after that time, by a
// command that arrived later. A time that is still to come is of a clock that
// was wrong, and says nothing.
func (a *Access) ShutOutSince(ctx context.Context, person int64, t time.Time) (bool, error) {
	raw, err := a.Store.Setting(ctx, shutOutKey(person))
	if err != nil {
		return false, outage.StoreError{Err: err}
	}
	micros, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return false, nil // never
	}
	at := time.UnixMicro(micros)
	return at.After(t) && !at.After(a.Now()), nil
}

// decided tells an admin that the request is decided, and how things are now.
func (a *Access) decided(ctx context.Context, req *reply.Request, q *models.CallbackQuery, card, request storage.Task) error {
	d := parseDecision(request.Used)
	asker, err := a.People.Person(ctx, request.Person)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	now := "ask.now_out"
	if asker.Role != storage.RoleNone {
		now = "ask.now_in"
	}
	name, err := a.deciderName(ctx, req, d)
	if err != nil {
		return err
	}
	said := req.Localizer.Text(settledText(d), nil)
	if d.by != 0 {
		said = req.Localizer.Text("ask.decided", text.Args{"Name": name}) + " " + req.Localizer.Text(now, nil)
	}
	req.ToastText(ctx, q, said)
	if m := q.Message.Message; m != nil && m.ReplyMarkup != nil && req.Task.Added.Sub(d.at) > closing {
		a.closeCard(ctx, req, card, d, name)
	}
	return nil
}

// deciderName names who decided, as far as it is known.
func (a *Access) deciderName(ctx context.Context, req *reply.Request, d decision) (string, error) {
	if d.by == req.Task.Person {
		return who(text.DisplayName(req.From), d.by), nil
	}
	p, err := a.Store.Person(ctx, d.by)
	if err != nil {
		return "", outage.StoreError{Err: err}
	}
	return who(text.CleanName(p.Name), d.by), nil
}

// Welcome tells a new agent, in the topic they asked from or in none (0), that
// they may begin. It reports whether they cannot be reached because they never
// pressed Start, or blocked the bot.
func (a *Access) Welcome(ctx context.Context, req *reply.Request, id int64, thread int) (unreachable bool) {
	l := outbox.Message{Text: a.Catalog.Localizer("").Text("welcome", nil), Thread: thread}
	_, rest, err := a.Chat.Send(ctx, l.To(id))
	switch {
	case chat.Blocked(err):
		a.People.MarkBlocked(ctx, id, true)
		return true
	case err != nil:
		req.Then = append(req.Then, a.Outbox.Post("welcome:"+req.Task.ID, id, l))
	default:
		req.Then = append(req.Then, a.Outbox.Rest("welcome:"+req.Task.ID, id, rest, false)...)
	}
	return false
}
