package outbox

import (
	"context"
	"time"

	"mrzbot/bot/health"
	"mrzbot/bot/text"
)

// What the admins hear of the machine and of the settings, which the edge to
// Telegram finds out.

// Causes that are not the service's.
const (
	causeClock        = "clock"
	causeWebhook      = "webhook"
	causeFiles        = "files"
	causeErrors       = "webhook_errors"
	causeTasks        = "tasks"
	causeDisk         = "disk"
	causeSilent       = "service_silent"
	causeBackup       = "backup"
	causeSubscription = "subscription_ends"
	causeOutlier      = "outlier:" // and the person's id
)

// Clock tells them that the clock of the machine is ahead of Telegram's by
// so much, or behind when it is negative. The hour is counted by Telegram's: one
// of a year ahead would be over in a year.
func (a *Alerts) Clock(ctx context.Context, ahead time.Duration) {
	a.alertOf(ctx, causeClock, "alert.clock", a.Now().Add(-ahead))
}

// ClockRight tells them that the clocks agree again.
func (a *Alerts) ClockRight(ctx context.Context) { a.overOf(ctx, causeClock, "alert.clock.right") }

// Webhook tells them that Telegram does not take the webhook yet.
func (a *Alerts) Webhook(ctx context.Context) {
	a.alertOf(ctx, causeWebhook, "alert.webhook", a.Now())
}

// WebhookSet tells them that it has.
func (a *Alerts) WebhookSet(ctx context.Context) { a.overOf(ctx, causeWebhook, "alert.webhook.set") }

// Files tells them that a Bot API server of their own gives no files.
func (a *Alerts) Files(ctx context.Context) { a.alertOf(ctx, causeFiles, "alert.files", a.Now()) }

// FilesCome tells them that it gives them again.
func (a *Alerts) FilesCome(ctx context.Context) { a.overOf(ctx, causeFiles, "alert.files.come") }

func (a *Alerts) alertOf(ctx context.Context, cause, key string, now time.Time) {
	a.raise(ctx, alert{
		cause: cause, light: health.Red, every: alertWindow, now: now, fixed: cause == causeFiles,
		says: func(l text.Localizer) string { return l.Text(key, nil) },
	})
}

func (a *Alerts) overOf(ctx context.Context, cause, key string) {
	_ = a.over(ctx, func(c string) bool { return c == cause }, func(l text.Localizer) string { return l.Text(key, nil) })
}
