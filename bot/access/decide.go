package access

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/guide"
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
	request, ok, err = a.Store.RetainedFor(ctx, chatOrder(person), a.Now())
	if err != nil {
		return request, false, outage.StoreError{Err: err}
	}
	return request, ok && request.Request, nil
}

// listSign stands between a request and the list of requests whose button was
// pressed: the name of the task of /allow, which is kept.
const listSign = "@"

// press is a press of a button by which an admin decides.
type press struct {
	*reply.Request
	query *models.CallbackQuery
	ask   string       // the request
	list  string       // the list that the button stands under; "": it is the card of the request
	card  storage.Task // what is kept of the card or the list
}

// Decide carries out what an admin has decided about a request. The first
// admin's word is the one that is good; the others are told whose it was.
func (a *Access) Decide(ctx context.Context, req *reply.Request, q *models.CallbackQuery, about string, verb string) error {
	p := press{Request: req, query: q}
	var listed bool
	p.ask, p.list, listed = strings.Cut(about, listSign)
	name := cardName(p.ask, req.Task.Person)
	if listed {
		name = p.list
	}
	var ok bool
	var err error
	if p.card, ok, err = a.Store.Retained(ctx, name, a.Now()); err != nil {
		return outage.StoreError{Err: err}
	}
	if !ok || p.card.Person != req.Task.Person || !req.Under(p.card) {
		req.Toast(ctx, q, "ask.old")
		return nil
	}
	if err := a.decide(ctx, p, verb); err != nil || !listed {
		return err
	}
	return a.showRequests(ctx, req, q, p.list)
}

func (a *Access) decide(ctx context.Context, p press, verb string) error {
	request, ok, err := a.Store.Retained(ctx, p.ask, a.Now())
	if err != nil {
		return outage.StoreError{Err: err}
	}
	d := decision{verb: verb, by: p.Task.Person, at: p.Task.Added}
	settled := false
	if ok && !request.Request {
		ok = false // a button proves nothing
	}
	if ok {
		if d, settled, err = a.overtaken(ctx, p.Request, request, d); err != nil {
			return err
		}
		request, err = a.Store.Consume(ctx, p.ask, d.String(p.Task.ID), a.Now())
	}
	switch {
	case !ok, errors.Is(err, storage.ErrGone):
		p.Toast(ctx, p.query, "ask.old")
		if p.list == "" {
			p.Strip(ctx, p.query)
		}
		return nil
	case errors.Is(err, storage.ErrConsumed):
		return a.decided(ctx, p, request)
	case err != nil:
		return outage.StoreError{Err: err}
	}
	name := nameOf(text.DisplayName(p.From), d.by)
	switch {
	case settled && d.by != 0: // carried out before, and then they were shut out
		p.Toast(ctx, p.query, "ask.is_out")
		return a.closeCards(ctx, p.Request, p.ask, d, name)
	case settled:
		p.Toast(ctx, p.query, settledText(d))
		return a.closeCards(ctx, p.Request, p.ask, d, "")
	case verb == AllowButton:
		err = a.letIn(ctx, p.Request, request)
	default:
		a.TellDenied(p.Request, request)
	}
	if err != nil {
		return err
	}
	p.Toast(ctx, p.query, "")
	return a.closeCards(ctx, p.Request, p.ask, d, name)
}

// overtaken reports whether the person's access was decided since they asked,
// without a word to this request, and gives what is so. After a crash in the
// middle of this decision only what came after it counts.
func (a *Access) overtaken(ctx context.Context, req *reply.Request, request storage.Task, d decision) (decision, bool, error) {
	own := request.ConsumedBy == d.String(req.Task.ID)
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
	p, _, err := a.admit(ctx, req, newcomer{id: request.Person}, request)
	if err != nil {
		return err
	}
	a.Welcome(ctx, req, p, request)
	return nil
}

// TellDenied tells the asker that an admin said no.
func (a *Access) TellDenied(req *reply.Request, request storage.Task) {
	v := a.Localizer(req, request, "")
	l := outbox.Message{Text: v.Text("denied", nil), Thread: a.TopicOfRequest(request)}
	req.Then = append(req.Then, a.Outbox.Post("denied:"+request.ID, request.Person, l))
}

// EndRequest ends the open request of somebody about whom an admin decides by a
// command, and closes its cards. open is false when there was none; request is
// the person's last one, for the topic it came from.
func (a *Access) EndRequest(ctx context.Context, req *reply.Request, person int64, verb string) (request storage.Task, open bool, err error) {
	d := decision{verb: verb, by: req.Task.Person, at: req.Task.Added}
	return a.endRequest(ctx, req, person, d, nameOf(text.DisplayName(req.From), d.by))
}

func (a *Access) endRequest(ctx context.Context, req *reply.Request, person int64, d decision, name string) (request storage.Task, open bool, err error) {
	request, ok, err := a.requestOf(ctx, person)
	if err != nil || !ok {
		return storage.Task{}, false, err
	}
	_, err = a.Store.Consume(ctx, request.ID, d.String(req.Task.ID), a.Now())
	switch {
	case errors.Is(err, storage.ErrConsumed), errors.Is(err, storage.ErrGone):
		return request, false, nil
	case err != nil:
		return request, false, outage.StoreError{Err: err}
	}
	return request, true, a.closeCards(ctx, req, request.ID, d, name)
}

// decided tells an admin that the request is decided, and how things are now.
func (a *Access) decided(ctx context.Context, p press, request storage.Task) error {
	d := parseDecision(request.ConsumedBy)
	name, err := a.toastDecided(ctx, p.Request, p.query, request.Person, d)
	if err != nil {
		return err
	}
	if m := p.query.Message.Message; p.list == "" && m != nil && m.ReplyMarkup != nil && p.Task.Added.Sub(d.at) > closing {
		a.closeCard(ctx, p.Request, p.card, d, name)
	}
	return nil
}

// toastDecided says who has decided about somebody, and how things are now.
func (a *Access) toastDecided(ctx context.Context, req *reply.Request, q *models.CallbackQuery, person int64, d decision) (name string, err error) {
	asker, err := a.People.Person(ctx, person)
	if err != nil {
		return "", outage.StoreError{Err: err}
	}
	now := "ask.now_out"
	if asker.Role != storage.RoleNone {
		now = "ask.now_in"
	}
	if name, err = a.deciderName(ctx, req, d); err != nil {
		return "", err
	}
	said := req.Localizer.Text(settledText(d), nil)
	if d.by != 0 {
		said = req.Localizer.Text("ask.decided", text.Args{"Name": name}) + " " + req.Localizer.Text(now, nil)
	}
	req.ToastText(ctx, q, said)
	return name, nil
}

// deciderName names who decided, as far as it is known.
func (a *Access) deciderName(ctx context.Context, req *reply.Request, d decision) (string, error) {
	if d.by == req.Task.Person {
		return nameOf(text.DisplayName(req.From), d.by), nil
	}
	p, err := a.Store.Person(ctx, d.by)
	if err != nil {
		return "", outage.StoreError{Err: err}
	}
	return nameOf(text.CleanName(p.Name), d.by), nil
}

// Localizer gives the texts for somebody about whom an admin decides: in the
// language that is kept of them ("": none), or the one they asked in, or else in the
// admin's, because those two understand each other.
func (a *Access) Localizer(req *reply.Request, request storage.Task, kept string) text.Localizer {
	phone := ""
	if press, ok := a.pressOf(request); ok {
		phone = press.From.LanguageCode
	}
	return a.Catalog.Localizer(cmp.Or(kept, a.chosenInRequest(request), phone, req.Localizer.Lang))
}

// Welcome tells a new agent, in the topic they asked from if they did, that they
// may begin. It reports whether they cannot be reached because they never
// pressed Start, or blocked the bot.
func (a *Access) Welcome(ctx context.Context, req *reply.Request, p storage.Person, request storage.Task) (unreachable bool) {
	id, v := p.ID, a.Localizer(req, request, a.People.Language(ctx, p, ""))
	l := outbox.Message{Text: v.Text("welcome", nil), Thread: a.TopicOfRequest(request)}
	m := l.To(id)
	m.Picture = guide.Picture(v.Lang)
	name := "welcome:" + req.Task.ID + ":" + text.ID(id)
	_, rest, err := a.Chat.Send(ctx, m)
	switch {
	case chat.Blocked(err):
		a.People.MarkBlocked(ctx, id, true)
		return true
	case err != nil:
		req.Then = append(req.Then, a.Outbox.Post(name, id, l))
	default:
		req.Then = append(req.Then, a.Outbox.Rest(name, id, rest, l)...)
	}
	return false
}
