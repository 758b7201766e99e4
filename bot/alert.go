package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mrzbot/bot/outcome"
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

// alerts remembers that no cause is open, so that a read that goes well costs no
// look into the store.
type alerts struct {
	mu    sync.Mutex
	clear time.Time // when there was none; zero: there may be one
}

// none reports whether there is no open cause, as far as was seen lately.
func (a *alerts) none(now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	since := now.Sub(a.clear)
	return !a.clear.IsZero() && since >= 0 && since < alertsLook
}

func (a *alerts) noteClear(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clear = at
}

// alert tells the admins that something is wrong that only they can mend. A
// cause is open from the time they were told.
func (b *Bot) alert(ctx context.Context, code outcome.Code) {
	now := b.Now()
	first, err := b.Store.Take(ctx, "alert:"+string(code), now, 1, alertWindow)
	if err != nil {
		b.Log.Warn("alert not counted", "outcome", code, "error", err)
		return
	}
	if !first {
		return
	}
	b.tellAdmins(ctx, fmt.Sprintf("alert:%s:%d", code, now.UnixNano()), "alert."+string(code))
	_, err = b.Store.ChangeSetting(ctx, alertsKey, func(old []byte) ([]byte, error) {
		open := strings.Fields(string(old))
		if !slices.Contains(open, string(code)) {
			open = append(open, string(code))
		}
		return []byte(strings.Join(open, " ")), nil
	})
	if err != nil {
		b.Log.Warn("open alerts not stored", "error", err)
	}
	b.alerts.noteClear(time.Time{})
}

// allClear tells the admins that it is over: the service has read a picture. Of
// several processes the one tells them that has closed what was open.
func (b *Bot) allClear(ctx context.Context) {
	now := b.Now()
	if b.alerts.none(now) {
		return
	}
	wasOpen := false
	_, err := b.Store.ChangeSetting(ctx, alertsKey, func(old []byte) ([]byte, error) {
		wasOpen = len(strings.Fields(string(old))) > 0
		return nil, nil
	})
	if err != nil {
		b.Log.Warn("open alerts not stored", "error", err)
		return
	}
	b.alerts.noteClear(now)
	if wasOpen {
		b.tellAdmins(ctx, fmt.Sprintf("alert:over:%d", now.UnixNano()), "alert.over")
	}
}

// maxStoredAdmins bounds how many admins one alert goes to.
const maxStoredAdmins = 100

// tellAdmins sends the text of that name to each admin, once for each occasion.
func (b *Bot) tellAdmins(ctx context.Context, occasion, key string) {
	ids, err := b.storedAdmins(ctx, maxStoredAdmins)
	if err != nil {
		b.Log.Warn("stored admins not read", "error", err)
	}
	l := letter{Text: b.catalog.Localizer("").Text(key, nil), Notice: true}
	for _, id := range append(ids, b.Admins...) {
		if _, err := b.Store.AddTask(ctx, b.post(occasion+":"+text.ID(id), id, l)); err != nil {
			b.Log.Error("alert not stored", "text", key, "error", err)
		}
	}
}
