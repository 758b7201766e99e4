package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mrzbot/bot"
	"mrzbot/internal/ops"
	"mrzbot/telegram"
)

// state is how the bot is, for /readyz. That nobody leads is trouble where the
// one who leads asks for the updates. A webhook that is set stays set, so there
// it is a note: a replica that takes updates in must not be taken away for it.
func (r *running) state() ops.State {
	s := ops.State{Started: r.started.Load(), Notes: r.notes.list()}
	leaderless := r.lead.leaderless()
	switch {
	case leaderless == "":
	case r.cfg.WebhookURL == "":
		s.Trouble = "nobody asks Telegram for updates: " + leaderless
	default:
		s.Notes = append(s.Notes, "nobody looks after the webhook: "+leaderless)
	}
	return s
}

// clockChanged notes by how much the clock is ahead of Telegram's.
func (r *running) clockChanged(ahead time.Duration) {
	r.notes.set(aboutClock, clockSays(ahead))
	select {
	case r.clock <- struct{}{}:
	default: // it is rung already
	}
}

// clockSays says that the clocks differ; "" when they do not.
func clockSays(ahead time.Duration) string {
	switch {
	case ahead > 0:
		return fmt.Sprintf("this machine's clock is ahead of Telegram's by %s", ahead.Round(time.Second))
	case ahead < 0:
		return fmt.Sprintf("this machine's clock is behind Telegram's by %s", -ahead.Round(time.Second))
	}
	return ""
}

// tellClock tells the admins when the clock begins to differ.
func (r *running) tellClock(ctx context.Context, b *bot.Bot) {
	for {
		select {
		case <-r.clock:
			if ahead, _ := r.client.ClockAhead(); ahead != 0 {
				b.Alerts.Clock(ctx, ahead)
			} else {
				b.Alerts.ClockRight(ctx)
			}
		case <-ctx.Done():
			return
		}
	}
}

// filesTrouble notes when files cannot be had as the settings say, and when they
// can again.
func (r *running) filesTrouble(ctx context.Context, err error) {
	b := r.bot.Load()
	if err == nil {
		// The trouble may be one that was told before this start.
		first := r.filesCome.CompareAndSwap(false, true)
		if changed := r.notes.set(aboutFiles, ""); b != nil && r.cfg.TelegramURL != telegram.DefaultURL && (first || changed) {
			b.Alerts.FilesCome(ctx)
		}
		return
	}
	if !errors.Is(err, telegram.ErrFilesDir) {
		return
	}
	if r.notes.set(aboutFiles, err.Error()) {
		r.log.ErrorContext(ctx, "files cannot be fetched: look at TELEGRAM_API_URL and TELEGRAM_FILES_DIR", "error", err)
	}
	if b != nil {
		b.Alerts.Files(ctx)
	}
}
