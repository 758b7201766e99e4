package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"mrzbot/bot"
	"mrzbot/telegram"
)

// leading does what one replica alone does: it sets the menus, and polls or
// sets the webhook.
func (r *running) leading(ctx context.Context, b *bot.Bot) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { b.SetMenus(ctx); return nil })
	group.Go(func() error {
		if r.cfg.WebhookURL != "" {
			return r.setWebhook(ctx, b)
		}
		r.started.Store(true)
		poller := telegram.NewPoller(r.client, r.door)
		poller.Trouble = func(what string) { r.notes.set(aboutUpdates, what) }
		defer r.notes.set(aboutUpdates, "")
		return poller.Run(ctx)
	})
	return group.Wait()
}

// webhookMark is the setting that remembers which secret Telegram was given.
const webhookMark = "webhook_mark"

// setWebhook tells Telegram where to send updates. What may pass, a Telegram that
// does not answer or that cannot resolve the name yet, is waited out: the door is
// open all the while. What only other settings mend ends the program.
func (r *running) setWebhook(ctx context.Context, b *bot.Bot) error {
	defer r.notes.set(aboutWebhook, "")
	told := false
	for wait := time.Second; ; wait = min(2*wait, time.Minute) {
		err := r.ensureWebhook(ctx)
		if err == nil {
			r.started.Store(true)
			if told {
				r.log.Info("Telegram has taken the webhook now")
			}
			b.Alerts.WebhookSet(ctx) // also of what was told before this start
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var e *telegram.Error
		refused := errors.As(err, &e)
		if refused && e.Final() {
			return usageError{fmt.Errorf("WEBHOOK_URL: Telegram refuses it (%w). Give a public https address "+
				"whose certificate the world accepts, on port 443, 80, 88 or 8443; or leave it empty for long polling", err)}
		}
		message := "webhook not set, trying again"
		if refused && e.Code == http.StatusBadRequest {
			message += "; if it stays so, look at WEBHOOK_URL: its name has to lead to this machine"
		}
		r.log.Warn(message, "error", err, "pause", wait)
		r.notes.set(aboutWebhook, "not set yet, it is tried again: "+err.Error())
		if refused && e.Code == http.StatusBadRequest && !told {
			// Telegram works, so the admins can be told of it.
			told = true
			b.Alerts.Webhook(ctx)
		}
		pause(ctx, wait)
	}
}

// ensureWebhook makes one try.
func (r *running) ensureWebhook(ctx context.Context) error {
	mark, err := r.store.Setting(ctx, webhookMark)
	if err != nil {
		return err
	}
	now, err := r.client.EnsureWebhook(ctx, telegram.Webhook{
		URL: r.cfg.WebhookURL, Secret: r.cfg.WebhookSecret.Reveal(), Connections: webhookConnections, Mark: string(mark),
	})
	if err != nil || now == string(mark) {
		return err
	}
	return r.store.PutSetting(ctx, webhookMark, []byte(now))
}

// serveDoor serves the webhook until ctx is done, then lets the requests on
// their way finish.
func (r *running) serveDoor(ctx context.Context, l net.Listener) error {
	mux := http.NewServeMux()
	mux.Handle(r.cfg.WebhookPath(), r.door)
	s := &http.Server{
		Handler:           telegram.ReadOn(mux),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       20 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       5 * time.Minute, // a connection kept saves Telegram a handshake
		// No ErrorLog: what net/http says quotes what strangers send.
	}
	r.log.Info("webhook", "address", l.Addr().String())
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceBeyond)
		defer cancel()
		err := s.Shutdown(grace)
		if errors.Is(err, context.DeadlineExceeded) {
			// A connection that was opened for later and has brought nothing yet
			// counts as busy for five seconds. What is cut, Telegram brings again.
			err = s.Close()
		}
		stopped <- err
	})
	defer stop()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
