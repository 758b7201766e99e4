package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"mrzbot/queue"
	"mrzbot/storage"
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

// alert tells the admins that something is wrong that only they can mend.
func (b *Bot) alert(ctx context.Context, code Code) {
	hour := b.Now().Truncate(alertWindow).Unix()
	b.tellAdmins(ctx, fmt.Sprintf("alert:%s:%d", code, hour), "alert."+string(code))
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

// tellAdmins queues a message to each admin.
func (b *Bot) tellAdmins(ctx context.Context, name, text string) {
	ids, err := b.storedAdmins(ctx, maxStoredAdmins)
	if err != nil {
		b.Log.Warn("stored admins not read", "error", err)
	}
	for _, id := range append(ids, b.Admins...) {
		b.tell(ctx, id, name, text)
	}
}

// tell queues the text of that name to somebody. The task is named after cause
// and time, and the store takes a name once.
func (b *Bot) tell(ctx context.Context, id int64, name, text string) {
	task := fmt.Sprintf("%s:%d", name, id)
	_, err := b.Store.AddTask(ctx, storage.Task{
		ID: task, Kind: storage.KindNotice, Order: fmt.Sprintf("notice:%d", id), Person: id, Chat: id,
		Added: b.Now(), Payload: b.Seal.Seal(task, sealNotice, []byte(text)),
	})
	if err != nil {
		b.Log.Error("notice not stored", "text", text, "error", err)
	}
}

// maxStoredAdmins bounds how many admins one alert goes to.
const maxStoredAdmins = 100

// notice sends a message that nobody asked for.
func (b *Bot) notice(ctx context.Context, t storage.Task) queue.Verdict {
	text, err := b.Seal.Open(t.ID, sealNotice, t.Payload)
	if err != nil {
		return queue.Done() // of an earlier token: what it says is old
	}
	_, err = b.Chat.Send(ctx, Message{Chat: t.Chat, Text: b.texts.speak("").say(string(text), nil), Notice: true})
	if after, ok := retryAfter(err); ok && b.Now().Sub(t.Added) < giveUpReply {
		return queue.Later(b.Now().Add(max(after, time.Second)), t.Note)
	}
	if err != nil {
		b.Log.Warn("notice not sent", "user_id", t.Person, "error", err)
	}
	return queue.Done()
}
