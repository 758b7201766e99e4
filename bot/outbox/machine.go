package outbox

import (
	"context"
	"fmt"
	"time"
)

// What the admins hear of the machine and of the settings, which the edge to
// Telegram finds out. Each is said once an hour at most, by whichever replica.

// Clock tells them that the clock of the machine is ahead of Telegram's by
// so much, or behind when it is negative. The hour is counted by Telegram's: one
// of a year ahead would be over in a year.
func (a *Alerts) Clock(ctx context.Context, ahead time.Duration) {
	a.alertOf(ctx, "alert.clock", a.Now().Add(-ahead))
}

// Webhook tells them that Telegram does not take the webhook yet.
func (a *Alerts) Webhook(ctx context.Context) { a.alertOf(ctx, "alert.webhook", a.Now()) }

// WebhookSet tells them that it has.
func (a *Alerts) WebhookSet(ctx context.Context) { a.alertOf(ctx, "alert.webhook.set", a.Now()) }

// Files tells them that a Bot API server of their own gives no files.
func (a *Alerts) Files(ctx context.Context) { a.alertOf(ctx, "alert.files", a.Now()) }

func (a *Alerts) alertOf(ctx context.Context, text string, now time.Time) {
	first, err := a.Store.Take(ctx, text, now, 1, alertWindow)
	if err != nil {
		a.Log.Warn("alert not counted", "text", text, "error", err)
		return
	}
	if first {
		a.tellAdmins(ctx, fmt.Sprintf("%s:%d", text, now.UnixNano()), text)
	}
}
