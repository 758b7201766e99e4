package outbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/health"
	"mrzbot/bot/outcome"
	"mrzbot/bot/people"
	"mrzbot/bot/text"
)

const (
	// alertWindow: the admins hear of one cause once in this time.
	alertWindow = time.Hour

	// quietWindow is that of causes that are no hurry: nobody makes a backup at night
	// because of a second message.
	quietWindow = 24 * time.Hour

	// alertsLook is how long a process believes that no cause is open: another one
	// may have told of one meanwhile.
	alertsLook = time.Minute
)

// Alerts tells the admins what only they can mend, and when it is over.
type Alerts struct {
	*Outbox

	// That no cause is open is remembered, so that a read that goes well costs no
	// look into the store.
	mu      sync.Mutex
	clear   time.Time // when there was none; zero: there may be one
	waiting int       // photos that were hit and are not noted yet

	noting sync.Mutex // held while they are noted
}

// none reports whether there is no open cause of the service's, as far as was seen
// lately.
func (a *Alerts) none(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	since := now.Sub(a.clear)
	return !a.clear.IsZero() && since >= 0 && since < alertsLook
}

func (a *Alerts) noteClear(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clear = at
}

// alert is what is to be said of a cause.
type alert struct {
	cause string
	light health.Light
	hit   bool          // a photo was hit, one more
	every time.Duration // told again after this while it lasts; 0: only when stage changes
	stage string        // told again when it is another
	now   time.Time
	// says is the text, in somebody's language.
	says func(l text.Localizer) string
	// fixed: nothing is to be checked, so there is no button.
	fixed bool
}

// Raise tells the admins that something is wrong with the service that only they
// can mend: f says what exactly. hit: a photo was hit that was not counted yet.
func (a *Alerts) Raise(ctx context.Context, f *outcome.Failure, hit bool) {
	cause := causeOf(f)
	a.raise(ctx, alert{
		cause: cause, light: health.Red, hit: hit, every: alertWindow, now: a.Now(),
		says: func(l text.Localizer) string {
			says := l.Text(alertText(cause), nil)
			why := text.Args{"Reason": health.Exactly(l, f.Cause, f.Status)}
			if f.Cause != "" {
				says += "\n" + l.Text("alert.reason", why)
			} else if f.Status != 0 { // the cause is said as it is
				says += "\n" + l.Text("alert.answer", why)
			}
			return says
		},
	})
	a.noteClear(time.Time{})
}

// Hit counts a photo that waits because of what another has met. Thousands may, so
// it writes nothing: they are noted with the next thing that is.
func (a *Alerts) Hit() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting++
}

// noteWaiting notes the photos that Hit has counted, under the outage that is open.
// When it returns they are noted, also those that another one was about to note.
func (a *Alerts) noteWaiting(ctx context.Context) {
	a.noting.Lock()
	defer a.noting.Unlock()
	a.mu.Lock()
	n := a.waiting
	a.waiting = 0
	a.mu.Unlock()
	if n == 0 {
		return
	}
	err := a.change(ctx, func(s states) {
		for _, cause := range outages {
			if o := s[string(cause)]; o != nil && o.open() {
				o.Hits += n
				return
			}
		}
	})
	if err != nil { // with the next thing, then
		a.mu.Lock()
		a.waiting += n
		a.mu.Unlock()
	}
}

// outages are the causes for which photos wait.
var outages = []outcome.Code{outcome.Unavailable, outcome.Busy, outcome.Gateway, outcome.Unknown}

func waits(cause string) bool { return slices.Contains(outages, outcome.Code(cause)) }

// causeOf names the cause of a failure: exactly, where the admins can do more
// about one than about another.
func causeOf(f *outcome.Failure) string {
	if f.Code == outcome.Subscription && f.Detail != outcome.DetailNone {
		return string(f.Code) + "." + string(f.Detail)
	}
	return string(f.Code)
}

// alertText names the text of a cause of the service's.
func alertText(cause string) string { return "alert." + cause }

// ofService reports whether a cause is the service's: it is over when the service
// reads.
func ofService(cause string) bool {
	code, _, _ := strings.Cut(cause, ".")
	return outcome.Of(outcome.Code(code)).Alert || outcome.Code(code) == outcome.Unknown
}

// overAlert is the cause of a message that something is over.
const overAlert = "over"

// raise notes that a cause is there, and tells the admins of it when it is time.
// They are told before it is noted that they were, under names that another process
// gives the same messages: after a crash, or when the store did not take a message,
// the next raise tells those who are left, and nobody twice.
func (a *Alerts) raise(ctx context.Context, w alert) {
	a.noteWaiting(ctx)
	var o state
	due := false
	err := a.change(ctx, func(s states) {
		now := s.of(w.cause)
		if !now.open() {
			*now = state{Since: w.now.Unix(), Told: now.Told, Stage: now.Stage, Messages: now.Messages}
		}
		if w.hit {
			now.Hits++
		}
		now.Seen = w.now.Unix()
		due = now.due(w)
		o = *now
	})
	if err != nil || !due {
		return
	}
	err = a.tellAdmins(ctx, fmt.Sprintf("alert:%s:%d:%s", w.cause, o.Told, w.stage), func(l text.Localizer) Message {
		m := Message{Text: w.light.Mark() + " " + w.says(l), Notice: true, Alert: w.cause}
		if o.Hits > 0 {
			m.Text += "\n" + l.Count("alert.hits", o.Hits)
		}
		if !w.fixed {
			m.Buttons = chat.Buttons(l, checkButton(w.cause))
		}
		return m
	})
	if err != nil {
		return
	}
	_ = a.change(ctx, func(s states) {
		if now := s.of(w.cause); now.open() && now.Told == o.Told && now.Since == o.Since {
			now.Told, now.Stage, now.Loud = w.now.Unix(), w.stage, true
		}
	})
}

// AllClear tells the admins that the service reads again: it has read a picture.
func (a *Alerts) AllClear(ctx context.Context) {
	now := a.Now()
	if a.none(now) {
		return
	}
	if a.over(ctx, ofService, func(l text.Localizer) string { return l.Text("alert.over", nil) }) == nil {
		a.noteClear(now)
	}
}

// over closes the open causes that are meant and tells the admins once of all of
// them; says is what. Of what nobody was told nobody hears that it is over. While
// somebody could not be told the causes stay open.
func (a *Alerts) over(ctx context.Context, meant func(cause string) bool, says func(l text.Localizer) string) error {
	a.noteWaiting(ctx)
	s, err := a.states(ctx)
	if err != nil {
		a.Log.Warn("open alerts not read", "error", err)
		return err
	}
	now := a.Now()
	var closed []string
	var sum state
	for cause, o := range s {
		if !o.open() || !meant(cause) {
			continue
		}
		closed = append(closed, cause)
		if sum.Since == 0 || o.Since < sum.Since {
			sum.Since = o.Since
		}
		sum.Hits += o.Hits
		sum.Loud = sum.Loud || o.Loud
	}
	if len(closed) == 0 {
		return nil
	}
	if sum.Loud {
		slices.Sort(closed)
		err = a.tellAdmins(ctx, fmt.Sprintf("over:%s:%d", closed[0], sum.Since), func(l text.Localizer) Message {
			m := Message{Text: health.Green.Mark() + " " + says(l) + "\n" + a.lasted(l, sum, now), Notice: true, Alert: overAlert}
			if sum.Hits > 0 {
				m.Text += "\n" + l.Count("alert.hits.all", sum.Hits)
			}
			return m
		})
		if err != nil {
			return err
		}
	}
	return a.change(ctx, func(s states) {
		for _, cause := range closed {
			if o := s.of(cause); o.open() && o.Since >= sum.Since {
				o.Over = now.Unix()
				if sum.Loud {
					o.Stage = "" // their last word is that it is over: the next stage is news, also the same
				}
			}
		}
	})
}

// lasted says from when to when something was wrong.
func (a *Alerts) lasted(l text.Localizer, o state, now time.Time) string {
	return l.Text("alert.lasted", text.Args{
		"From": health.At(time.Unix(o.Since, 0), now, a.TimeZone), "To": now.In(a.TimeZone).Format("15:04"),
	})
}

// tellAdmins sends a message to each admin, in their language, once for each
// occasion. An error, which it logs, is that somebody was left out.
func (a *Alerts) tellAdmins(ctx context.Context, occasion string, message func(l text.Localizer) Message) error {
	ids, err := a.People.StoredAdmins(ctx, people.MostStoredAdmins)
	if err != nil {
		a.Log.Warn("stored admins not read", "error", err)
	}
	for _, id := range append(ids, a.People.Admins...) {
		_, failed := a.Store.AddTask(ctx, a.Post(occasion+":"+text.ID(id), id, message(a.LocalizerOf(ctx, id))))
		if failed != nil {
			a.Log.Error("alert not stored", "occasion", occasion, "error", failed)
			err = failed
		}
	}
	return err
}
