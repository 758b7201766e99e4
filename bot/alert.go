package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// alertWindow: the admins hear of one cause once in this time.
const alertWindow = time.Hour

// alertsKey is the setting that lists the causes the admins were told of and
// that are not over, separated by spaces.
const alertsKey = "alerts"

// alerts remembers what the admins were told, so that a read that goes well
// costs no look into the store.
type alerts struct {
	mu     sync.Mutex
	loaded bool
	open   []string
}

// alert tells the admins that something is wrong that only they can mend. A
// cause is open from the time they were told.
func (b *Bot) alert(ctx context.Context, code Code) {
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
	b.alerts.mu.Lock()
	defer b.alerts.mu.Unlock()
	b.loadAlerts(ctx)
	if !slices.Contains(b.alerts.open, string(code)) {
		b.alerts.open = append(b.alerts.open, string(code))
		b.storeAlerts(ctx)
	}
}

// allClear tells the admins that it is over: the service has read a picture.
func (b *Bot) allClear(ctx context.Context) {
	b.alerts.mu.Lock()
	defer b.alerts.mu.Unlock()
	b.loadAlerts(ctx)
	if len(b.alerts.open) == 0 {
		return
	}
	b.alerts.open = nil
	b.storeAlerts(ctx)
	b.tellAdmins(ctx, fmt.Sprintf("alert:over:%d", b.Now().UnixNano()), "alert.over")
}

// loadAlerts reads the open causes once; a store that fails is asked again.
func (b *Bot) loadAlerts(ctx context.Context) {
	if b.alerts.loaded {
		return
	}
	raw, err := b.Store.Setting(ctx, alertsKey)
	if err != nil {
		b.Log.Warn("open alerts not read", "error", err)
		return
	}
	b.alerts.open, b.alerts.loaded = strings.Fields(string(raw)), true
}

func (b *Bot) storeAlerts(ctx context.Context) {
	err := b.Store.PutSetting(ctx, alertsKey, []byte(strings.Join(b.alerts.open, " ")))
	if err != nil {
		b.Log.Warn("open alerts not stored", "error", err)
	}
}

// maxStoredAdmins bounds how many admins one alert goes to.
const maxStoredAdmins = 100

// tellAdmins sends the text of that name to each admin, once for each occasion.
func (b *Bot) tellAdmins(ctx context.Context, occasion, text string) {
	ids, err := b.storedAdmins(ctx, maxStoredAdmins)
	if err != nil {
		b.Log.Warn("stored admins not read", "error", err)
	}
	l := letter{Text: b.texts.speak("").say(text, nil), Notice: true}
	for _, id := range append(ids, b.Admins...) {
		if _, err := b.Store.AddTask(ctx, b.post(occasion+":"+itoa(id), id, l)); err != nil {
			b.Log.Error("alert not stored", "text", text, "error", err)
		}
	}
}
