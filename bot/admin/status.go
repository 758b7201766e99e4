package admin

import (
	"context"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/health"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
)

// statusPause is what lies between two looks of one admin's: each asks Telegram
// and the service's address.
const statusPause = 3 * time.Second

// Status says how the bot is and what it needs.
func (a *Admin) Status(ctx context.Context, req *reply.Request, _ reply.Command, _ *models.Message) error {
	return req.SendMessage(ctx, a.status(ctx, req))
}

// PressStatus looks again, and shows it in the place of what was seen before.
func (a *Admin) PressStatus(ctx context.Context, req *reply.Request, q *models.CallbackQuery, _ string) error {
	first, err := a.Store.RateLimit(ctx, "status:"+text.ID(req.Person.ID), a.Now(), 1, statusPause)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if !first {
		req.Toast(ctx, q, "check.just")
		return nil
	}
	req.Toast(ctx, q, "")
	return req.Show(ctx, a.status(ctx, req))
}

func (a *Admin) status(ctx context.Context, req *reply.Request) chat.Message {
	now := a.Now()
	lines := health.Judge(a.Watch.Gather(ctx, true), now, a.TimeZone)
	return screen.Status(req.Localizer, lines, now.In(a.TimeZone))
}

// PressCheck looks again at the cause of an alert.
func (a *Admin) PressCheck(ctx context.Context, req *reply.Request, q *models.CallbackQuery, cause string) error {
	m, what, err := a.Watch.Check(ctx, req.Localizer, cause, req.Person.ID, req.Task.Message)
	switch {
	case err != nil:
		return err
	case what == outbox.CheckedOld:
		req.Toast(ctx, q, "check.old")
		return nil
	case what == outbox.CheckedJust:
		req.Toast(ctx, q, "check.just")
		return nil
	}
	req.Toast(ctx, q, "")
	return req.Show(ctx, m)
}
