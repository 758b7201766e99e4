package access

import (
	"context"
	"strconv"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
)

// mostListed is how many requests one list shows; what is behind them comes up as
// they are decided.
const mostListed = 10

// OfferRequests shows an admin the requests that wait for a decision, if there are any,
// with buttons for each.
func (a *Access) OfferRequests(ctx context.Context, req *reply.Request) error {
	m, any, err := a.requestList(ctx, req, req.Task.ID)
	if err != nil || !any {
		return err
	}
	return req.Ask(ctx, m, outbox.CardFor)
}

// showRequests shows a list under which somebody has decided. Its rows stay where they
// are, so that a second tap meets the same request; only when no row is open, what is
// left takes their place.
func (a *Access) showRequests(ctx context.Context, req *reply.Request, q *models.CallbackQuery, list string) error {
	shown := q.Message.Message
	if shown != nil && shown.ReplyMarkup != nil {
		rows, open, err := a.rowsNow(ctx, shown.ReplyMarkup.InlineKeyboard)
		if err != nil {
			return err
		}
		if open {
			m := chat.Message{Text: shown.Text, Entities: shown.Entities}
			m.AddRows(rows...)
			return req.Show(ctx, m)
		}
	}
	m, any, err := a.requestList(ctx, req, list)
	if err != nil {
		return err
	}
	if !any {
		m = chat.Message{Text: req.Localizer.Text("requests.none", nil)}
	}
	return req.Show(ctx, m)
}

// rowsNow gives the rows of a list as they are now: of a request that is decided, one
// button that says so. open: there is one that is not.
func (a *Access) rowsNow(ctx context.Context, rows [][]models.InlineKeyboardButton) (now [][]models.InlineKeyboardButton, open bool, err error) {
	for n, row := range rows {
		_, about, _ := strings.Cut(row[0].CallbackData, ":")
		ask, _, _ := strings.Cut(about, listSign)
		request, kept, err := a.Store.Retained(ctx, ask, a.Now())
		if err != nil {
			return nil, false, outage.StoreError{Err: err}
		}
		if kept && request.ConsumedBy == "" {
			now, open = append(now, row), true
			continue
		}
		sign := signRefused
		if parseDecision(request.ConsumedBy).verb == AllowButton {
			sign = signAllowed
		}
		now = append(now, []models.InlineKeyboardButton{{Text: sign + " " + strconv.Itoa(n+1), CallbackData: row[0].CallbackData}})
	}
	return now, open, nil
}

// Signs of requests that are decided.
const (
	signAllowed = "✅"
	signRefused = "❌"
)

// requestList makes the list. Its buttons name it, and are numbered: a name on a button
// could pretend to be another.
func (a *Access) requestList(ctx context.Context, req *reply.Request, list string) (m chat.Message, any bool, err error) {
	open, err := a.openRequests(ctx)
	if err != nil {
		return m, false, err
	}
	v := req.Localizer
	var r text.Builder
	r.Add(v.Text("requests", nil))
	for i, request := range open[:min(len(open), mostListed)] {
		from := models.User{ID: request.Person}
		if press, ok := a.pressOf(request); ok {
			from = press.From
		}
		n := strconv.Itoa(i + 1)
		aboutUser(r.Add("\n\n"+n+". "), from)
		about := ":" + request.ID + listSign + list
		m.AddRows(chat.Row(v, allowKeys(AllowButton+about, DenyButton+about, n)...))
	}
	if more := len(open) - mostListed; more > 0 {
		r.Add("\n\n" + v.Text("requests.more", text.Args{"N": more}))
	}
	m.Text, m.Entities = r.String(), r.Entities
	return m, len(open) > 0, nil
}
