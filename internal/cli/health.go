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
	nobody := r.lead.nobody()
	switch {
	case nobody == "":
	case r.cfg.WebhookURL == "":
		s.Trouble = "nobody asks Telegram for updates: " + nobody
	default:
		s.Notes = append(s.Notes, "nobody looks after the webhook: "+nobody)
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
				b.AlertClock(ctx, ahead)
			}
		case <-ctx.Done():
			return
		}
	}
}

// filesTrouble notes when files cannot be had as the settings say, and when they
// can again.
func (r *running) filesTrouble(ctx context.Context, err error) {
	if err == nil {
		r.notes.set(aboutFiles, "")
		return
	}
	if !errors.Is(err, telegram.ErrFilesDir) {
		return
	}
	if r.notes.set(aboutFiles, err.Error()) {
		r.log.ErrorContext(ctx, "files cannot be fetched: look at TELEGRAM_API_URL and TELEGRAM_FILES_DIR", "error", err)
	}
	if b := r.bot.Load(); b != nil {
		b.AlertFiles(ctx)
	}
}
