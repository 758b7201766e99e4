package admin

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/bill"
	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// OpenPerson shows somebody's card in the place of the list. about is the id, and the
// place in the list.
func (a *Admin) OpenPerson(ctx context.Context, req *reply.Request, q *models.CallbackQuery, about string) error {
	first, place, _ := strings.Cut(about, ":")
	id, ok := text.ParseID(first)
	if !ok {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	req.Toast(ctx, q, "")
	return a.showCard(ctx, req, shown{Person: id, Back: screen.ReadPlace(place)}, screen.CardShow, req.ShowIn)
}

// sendCard shows somebody's card in a new message.
func (a *Admin) sendCard(ctx context.Context, req *reply.Request, id int64, back screen.Place) error {
	return a.showCard(ctx, req, shown{Person: id, Back: back}, screen.CardShow, req.SendNew)
}

// showCard shows a card as somebody is now, with buttons that are good from now on.
// show puts it into a message, and tells into which one.
func (a *Admin) showCard(ctx context.Context, req *reply.Request, c shown, view string, show func(context.Context, chat.Message) (int, error)) error {
	p, err := a.Store.Person(ctx, c.Person)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if !p.Kept() && !a.People.IsAdmin(p.ID) {
		out := screen.About(req.Localizer, "not_listed", storage.Person{ID: p.ID})
		_, err := show(ctx, chat.Message{Text: out.String(), Entities: out.Entities})
		return err
	}
	d, err := a.desk(ctx, req.Task.Person)
	if err != nil {
		return err
	}
	c.Closed = nil
	if p.Role == storage.RoleNone {
		c.Closed = d.closed(p.ID, a.Now())
	}
	c.Key, c.State, c.Used = strconv.FormatInt(chat.UpdateID(req.Task), 10), stateOf(p), ""
	card, err := a.card(ctx, req, p)
	if err != nil {
		return err
	}
	card.View, card.Key, card.Back, card.Undo = view, c.Key, c.Back, c.Closed != nil
	if c.Message, err = show(ctx, card.Message()); err != nil {
		return err
	}
	return a.changeDesk(ctx, req.Task.Person, func(d *desk) { d.put(c) })
}

// card gathers what a card says.
func (a *Admin) card(ctx context.Context, req *reply.Request, p storage.Person) (c screen.Card, err error) {
	c = screen.Card{
		Localizer: req.Localizer, Person: p, Role: a.People.RoleOf(p), Fixed: a.People.IsAdmin(p.ID), Own: p.ID == req.Task.Person,
		Ended: a.People.Ended(p), Language: a.People.Language(ctx, p, ""), Limit: a.People.Limit(p), Today: a.today(), TimeZone: a.TimeZone,
	}
	if c.By, err = a.giver(ctx, req, p.By); err != nil {
		return c, err
	}
	if c.Count, err = a.Store.Attempts(ctx, p.ID, c.Today); err != nil {
		return c, outage.StoreError{Err: err}
	}
	month := bill.Month(c.Today)
	totals, err := a.Store.DayTotals(ctx, bill.Shift(month, -1).From, month.To, p.ID)
	if err != nil {
		return c, outage.StoreError{Err: err}
	}
	for _, t := range totals {
		if t.Day >= month.From {
			c.Month = append(c.Month, t)
		}
	}
	c.Last, err = a.last(ctx, p.ID, totals)
	return c, err
}

// giver names who gave somebody their access. The names of admins of the settings are
// not kept: one who looks at their own work is named all the same.
func (a *Admin) giver(ctx context.Context, req *reply.Request, id int64) (string, error) {
	if id == 0 {
		return "", nil
	}
	name := text.DisplayName(req.From)
	if id != req.Task.Person {
		var err error
		if name, err = a.nameOf(ctx, id); err != nil {
			return "", err
		}
	}
	return cmp.Or(name, text.ID(id)), nil
}

// What is looked through for somebody's last photo: an hour after another, back from
// the end of their last day.
const (
	lastStep = time.Hour
	lastMost = 5_000 // attempts of all people
)

// last finds somebody's last photo: by their totals the day, and in the list of
// attempts the rest, if it stands among the last of that day.
func (a *Admin) last(ctx context.Context, id int64, totals []storage.DayTotal) (l screen.Last, err error) {
	if len(totals) == 0 {
		return l, nil
	}
	l.Day = totals[len(totals)-1].Day
	day, err := time.ParseInLocation(time.DateOnly, string(l.Day), a.TimeZone)
	if err != nil {
		return l, nil // of no calendar
	}
	end := a.Now().Add(time.Microsecond)
	if next := day.AddDate(0, 0, 1).Add(lastStep); next.Before(end) {
		end = next // what began before midnight may have ended behind it
	}
	for left := lastMost; left > 0 && end.After(day); end = end.Add(-lastStep) {
		entries, err := a.Store.Entries(ctx, end.Add(-lastStep), end, left+1)
		if err != nil {
			return l, outage.StoreError{Err: err}
		}
		if len(entries) > left {
			return l, nil // a busy hour: the day must do
		}
		left -= len(entries)
		for _, e := range entries {
			if e.Person == id {
				l.At, l.Class = e.Ended, outcome.ClassOf(outcome.Code(e.Outcome), e.Charge)
			}
		}
		if !l.At.IsZero() {
			return l, nil
		}
	}
	return l, nil
}
