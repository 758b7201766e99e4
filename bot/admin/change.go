package admin

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/access"
	"mrzbot/bot/outage"
	"mrzbot/bot/people"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// press is the press of a button of a card.
type press struct {
	*reply.Request
	card shown  // as it stands on the desk
	with string // what the button brings along
	// again: this press was begun before, and the program died over it or the store
	// failed. done: what it is about was carried out then.
	again, done bool
}

// errStale says that the person is not what the card shows any more.
var errStale = errors.New("admin: the card is old")

// errNotNow says that a button does not fit the person, or is none of ours.
var errNotNow = errors.New("admin: not now")

// PressCard does what a button of a card says. It is good once, for the admin to whom
// the card was shown, under its message, and while the person is what it shows. One
// that is not changes nothing: it says so, and shows the card as it is now.
func (a *Admin) PressCard(ctx context.Context, req *reply.Request, q *models.CallbackQuery, about string) error {
	f := strings.SplitN(about, ":", 4)
	if len(f) != 4 {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	id, ok := text.ParseID(f[1])
	if !ok {
		req.Toast(ctx, q, "button.old")
		return nil
	}
	d, err := a.desk(ctx, req.Task.Person)
	if err != nil {
		return err
	}
	c := d.card(req.Task.Message)
	if c == nil || c.Person != id || c.Key != f[2] || c.Used != "" && c.Used != req.Task.ID {
		req.Toast(ctx, q, "card.stale")
		if c == nil {
			c = &shown{Person: id}
		}
		return a.showCard(ctx, req, shown{Person: id, Back: c.Back}, screen.CardShow, req.ShowIn)
	}
	p := press{Request: req, card: *c, with: f[3], again: c.Used != ""}
	switch do := f[0]; do {
	case screen.CardShow, screen.CardLimits, screen.CardUntils:
		req.Toast(ctx, q, "")
		return a.showCard(ctx, req, p.card, do, req.ShowIn)
	case screen.CardType, screen.CardNote:
		req.Toast(ctx, q, "")
		return a.ask(ctx, req, do, p.card)
	default:
		said, err := a.change(ctx, p, do)
		switch {
		case errors.Is(err, errStale):
			said = "card.stale"
		case errors.Is(err, errNotNow), errors.Is(err, people.ErrNotListed), errors.Is(err, people.ErrBySettings):
			said = "button.old"
		case errors.Is(err, people.ErrOnlyAdmin):
			said = "card.only_admin"
		case err != nil:
			return err
		}
		req.Toast(ctx, q, said)
		return a.showCard(ctx, req, p.card, screen.CardShow, req.ShowIn)
	}
}

// change does what a button says that changes something. said names the text that
// tells of it; "": the card does.
func (a *Admin) change(ctx context.Context, p press, do string) (said string, err error) {
	now, err := a.Store.Person(ctx, p.card.Person)
	if err != nil {
		return "", outage.StoreError{Err: err}
	}
	if p.again {
		if p.done, err = a.carriedOut(ctx, p.Task, p.card.Person, audited[do]...); err != nil {
			return "", err
		}
	}
	if err := p.check(now); err != nil {
		return "", err
	}
	if p.done && !stands(do, now.Role) {
		return "", errStale
	}
	var closed *closing
	if do == screen.CardClose {
		closed = &closing{Role: now.Role, Added: now.Added, By: now.By, Until: now.Until, End: p.Task.Added.Add(undoFor)}
	}
	if err := a.usePress(ctx, p, closed); err != nil {
		return "", err
	}
	id := p.card.Person
	switch do {
	case screen.CardLimit:
		return "", a.setLimit(ctx, p)
	case screen.CardUntil:
		return "", a.setUntil(ctx, p)
	case screen.CardReset:
		if p.done {
			return "card.reset", nil
		}
		err := a.Store.ResetAttempts(ctx, id, a.today(), &storage.AuditEntry{At: a.Now(), By: p.Task.Person, Action: people.AuditReset, Person: id})
		if err != nil {
			return "", outage.StoreError{Err: err}
		}
		return "card.reset", nil
	case screen.CardAdmin:
		_, err := a.Access.MakeAdmin(ctx, p.Request, id)
		return "", err
	case screen.CardUnadmin:
		_, err := a.Access.UnmakeAdmin(ctx, p.Request, id)
		return "", err
	case screen.CardClose:
		if a.People.IsAdmin(id) || id == p.Task.Person {
			return "", errNotNow
		}
		_, _, err := a.shutOut(ctx, p.Request, id, p.check)
		return "", err
	case screen.CardUndo:
		return a.undo(ctx, p)
	case screen.CardOpen:
		if now.Role != storage.RoleNone && !p.done {
			return "", errNotNow
		}
		in, err := a.Access.LetIn(ctx, p.Request, id, "", "")
		if err == nil && in.Is == access.Overruled {
			err = errStale
		}
		return "", err
	}
	return "", errNotNow
}

// check reports as errStale that somebody is not what the card shows. What the press
// itself has made of them before is no reason.
func (p press) check(now storage.Person) error {
	closing := p.again && now.ShutOut.Equal(p.Task.Added) // its first step
	if stateOf(now) != p.card.State && !p.done && !closing {
		return errStale
	}
	return nil
}

// usePress notes that a card has done its work, and what it takes away.
func (a *Admin) usePress(ctx context.Context, p press, closed *closing) error {
	return a.changeDesk(ctx, p.Task.Person, func(d *desk) {
		c := d.card(p.Task.Message)
		if c == nil || c.Used != "" {
			return
		}
		if c.Used = p.Task.ID; closed != nil {
			c.Closed = closed
		}
	})
}

// adjust changes somebody whose card was pressed.
func (a *Admin) adjust(ctx context.Context, p press, change func(*storage.Person)) error {
	_, err := a.People.Adjust(ctx, p.Task.Person, p.card.Person, func(now *storage.Person) error {
		if now.Role == storage.RoleNone && !a.People.IsAdmin(now.ID) {
			return errStale
		}
		if err := p.check(*now); err != nil {
			return err
		}
		return alter(now, change, p.done)
	})
	if err != nil && !errors.Is(err, errStale) {
		return outage.StoreError{Err: err}
	}
	return err
}

// alter makes a change. One that is done changes nothing: what is another by now
// another admin has made so.
func alter(now *storage.Person, change func(*storage.Person), done bool) error {
	was := stateOf(*now)
	if change(now); done && stateOf(*now) != was {
		return errStale
	}
	return nil
}

func (a *Admin) setLimit(ctx context.Context, p press) error {
	limit, ok := readLimit(p.with)
	if !ok {
		return errNotNow
	}
	return a.adjust(ctx, p, func(now *storage.Person) { now.Limit = limit })
}

// readLimit reads a limit of somebody's own, or "default" for everybody's (nil).
func readLimit(word string) (limit *int, ok bool) {
	if strings.EqualFold(word, "default") {
		return nil, true
	}
	n, err := strconv.Atoi(word)
	return &n, err == nil && text.AllDigits(word) && n <= maxLimit
}

// maxUntil is how far away the end of somebody's access may be.
const maxUntil = 10 * 366 * 24 * time.Hour

// setUntil ends somebody's access with a day, or never.
func (a *Admin) setUntil(ctx context.Context, p press) error {
	var until time.Time
	if p.with != "0" {
		day, ok := screen.ReadDay(p.with)
		if !ok {
			return errNotNow
		}
		start, err := time.ParseInLocation(time.DateOnly, string(day), a.TimeZone)
		until = start.AddDate(0, 0, 1).Add(-time.Second)
		if err != nil || !until.After(a.Now()) || until.Sub(a.Now()) > maxUntil {
			return errNotNow
		}
	}
	if a.People.IsAdmin(p.card.Person) || p.card.Person == p.Task.Person {
		return errNotNow
	}
	return a.adjust(ctx, p, func(now *storage.Person) { now.Until = until })
}
