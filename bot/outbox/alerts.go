package outbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mrzbot/bot/outcome"
	"mrzbot/bot/people"
	"mrzbot/bot/text"
)

// alertWindow: the admins hear of one cause once in this time.
const alertWindow = time.Hour

// alertsKey is the setting that lists the causes the admins were told of and
// that are not over, separated by spaces.
const alertsKey = "alerts"

// alertsLook is how long a process believes that no cause is open: another one
// may have told of one meanwhile.
const alertsLook = time.Minute

// Alerts tells the admins what only they can mend.
type Alerts struct {
	*Outbox

	// That no cause is open is remembered, so that a read that goes well costs no
	// look into the store.
	mu    sync.Mutex
	clear time.Time // when there was none; zero: there may be one
}

// none reports whether there is no open cause, as far as was seen lately.
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

// Raise tells the admins that something is wrong that only they can mend. A
// cause is open from the time they were told.
func (a *Alerts) Raise(ctx context.Context, code outcome.Code) {
	now := a.Now()
	first, err := a.Store.Take(ctx, "alert:"+string(code), now, 1, alertWindow)
	if err != nil {
		a.Log.Warn("alert not counted", "outcome", code, "error", err)
		return
	}
	if !first {
		return
	}
	a.tellAdmins(ctx, fmt.Sprintf("alert:%s:%d", code, now.UnixNano()), "alert."+string(code))
	_, err = a.Store.ChangeSetting(ctx, alertsKey, func(old []byte) ([]byte, error) {
		open := strings.Fields(string(old))
		if !slices.Contains(open, string(code)) {
			open = append(open, string(code))
		}
		return []byte(strings.Join(open, " ")), nil
	})
	if err != nil {
		a.Log.Warn("open alerts not stored", "error", err)
	}
	a.noteClear(time.Time{})
}

// AllClear tells the admins that it is over: the service has read a picture. Of
// several processes the one tells them that has closed what was open.
func (a *Alerts) AllClear(ctx context.Context) {
	now := a.Now()
	if a.none(now) {
		return
	}
	wasOpen := false
	_, err := a.Store.ChangeSetting(ctx, alertsKey, func(old []byte) ([]byte, error) {
		wasOpen = len(strings.Fields(string(old))) > 0
		return nil, nil
	})
	if err != nil {
		a.Log.Warn("open alerts not stored", "error", err)
		return
	}
	a.noteClear(now)
	if wasOpen {
		a.tellAdmins(ctx, fmt.Sprintf("alert:over:%d", now.UnixNano()), "alert.over")
	}
}

// tellAdmins sends the text of that name to each admin, once for each occasion.
func (a *Alerts) tellAdmins(ctx context.Context, occasion, key string) {
	ids, err := a.People.StoredAdmins(ctx, people.MostStoredAdmins)
	if err != nil {
		a.Log.Warn("stored admins not read", "error", err)
	}
	l := Message{Text: a.Catalog.Localizer("").Text(key, nil), Notice: true}
	for _, id := range append(ids, a.People.Admins...) {
		if _, err := a.Store.AddTask(ctx, a.Post(occasion+":"+text.ID(id), id, l)); err != nil {
			a.Log.Error("alert not stored", "text", key, "error", err)
		}
	}
}
