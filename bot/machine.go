package bot

import (
	"context"
	"fmt"
	"time"
)

// What the admins hear of the machine and of the settings, which the edge to
// Telegram finds out. Each is said once an hour at most, by whichever replica.

// AlertClock tells them that the clock of the machine is ahead of Telegram's by
// so much, or behind when it is negative. The hour is counted by Telegram's: one
// of a year ahead would be over in a year.
func (b *Bot) AlertClock(ctx context.Context, ahead time.Duration) {
	b.alertOf(ctx, "alert.clock", b.Now().Add(-ahead))
}

// AlertWebhook tells them that Telegram does not take the webhook yet.
func (b *Bot) AlertWebhook(ctx context.Context) { b.alertOf(ctx, "alert.webhook", b.Now()) }

// AlertWebhookSet tells them that it has.
func (b *Bot) AlertWebhookSet(ctx context.Context) { b.alertOf(ctx, "alert.webhook.set", b.Now()) }

// AlertFiles tells them that a Bot API server of their own gives no files.
func (b *Bot) AlertFiles(ctx context.Context) { b.alertOf(ctx, "alert.files", b.Now()) }

func (b *Bot) alertOf(ctx context.Context, text string, now time.Time) {
	first, err := b.Store.Take(ctx, text, now, 1, alertWindow)
	if err != nil {
		b.Log.Warn("alert not counted", "text", text, "error", err)
		return
	}
	if first {
		b.tellAdmins(ctx, fmt.Sprintf("%s:%d", text, now.UnixNano()), text)
	}
}
