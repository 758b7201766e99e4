package scan

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/bot/screen"
	"mrzbot/queue"
	"mrzbot/storage"
)

// end holds the answer and delivers it. about says what the read was worth;
// nil when there was none.
func (j *photoJob) end(ctx context.Context, a screen.Answer, about *outcome.Failure) queue.Verdict {
	row := outcome.Of(a.Code)
	h := storage.Hold{Outcome: string(a.Code), Counted: row.Counts, Charge: row.Charge, Day: storage.DayOf(j.started, j.TimeZone)}
	if about != nil {
		h.Session = about.Session
		if about.Charge != "" {
			h.Charge = about.Charge
		}
	}
	if !j.Reader.Paid() {
		h.Charge = storage.ChargeNo
	}
	a.Lang, a.Limit, a.Held = j.localizer.Lang, j.People.Limit(j.person), j.Now().Unix()
	a.File, a.Anyway = j.sent.isFile(), j.sent.Anyway
	a.Thread, a.Date = j.thread, j.date.Unix()
	a.Album, a.Caption = j.group, j.label(ctx)
	if row.Recovers {
		j.Recovery.Refused(ctx, j.t.Person, j.t.Chat, j.thread)
	}
	att, err := j.hold(ctx, a, &h)
	switch {
	case errors.Is(err, storage.ErrLost), err != nil && ctx.Err() != nil:
		return queue.Leave()
	case errors.Is(err, storage.ErrHeld):
		// The claim that held it knows what it held; the next one delivers.
		return queue.Later(j.Now())
	case err != nil:
		j.Log.Error("answer not held", "update_id", chat.UpdateID(j.t), "error", err)
		return queue.Leave()
	}
	j.t.Attempt = att
	j.attempts.Store(j.t.ID, att)
	j.step("held")
	j.recordOutcome(ctx, row, h, about)
	v := j.deliver(ctx, a)
	if att.Budgeted {
		j.watchBudget(ctx)
	}
	return v
}

// hold stores the answer. What was paid for must not be lost to a full disk,
// so it tries until the store takes it or the program has to stop.
func (j *photoJob) hold(ctx context.Context, a screen.Answer, h *storage.Hold) (storage.Attempt, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return storage.Attempt{}, err
	}
	h.Payload = j.Seal.Seal(j.t.ID, sealAnswer, plain)
	for try := 0; ; try++ {
		h.Now = j.Now()
		h.Took = h.Now.Sub(j.started)
		if j.LedgerDays > 0 {
			h.KeepSince = h.Now.Add(-time.Duration(j.LedgerDays) * 24 * time.Hour)
		}
		att, err := j.Store.Hold(context.WithoutCancel(ctx), j.t, *h)
		if err == nil || errors.Is(err, storage.ErrLost) || errors.Is(err, storage.ErrHeld) || errors.Is(err, storage.ErrInvalid) {
			return att, err
		}
		j.Log.Error("answer not held, trying again", "update_id", chat.UpdateID(j.t), "error", err)
		select {
		case <-ctx.Done():
			return att, err
		case <-time.After(j.Pauses.Next(try, 0)):
		}
	}
}

// recordOutcome tells the log, the metrics and, if need be, the admins.
func (j *photoJob) recordOutcome(ctx context.Context, row outcome.Row, h storage.Hold, about *outcome.Failure) {
	if about == nil {
		about = &outcome.Failure{Code: row.Code}
	}
	j.Log.Log(ctx, row.Level, "photo answered", "update_id", chat.UpdateID(j.t), "user_id", j.t.Person,
		"outcome", row.Code, "reason", about.Reason, "counted", h.Counted, "charged", h.Charge, "second", cmp.Or(j.agreement, reader.NoSecond), "took", h.Took)
	j.Meter.Outcome(string(row.Code), string(h.Charge), h.Took)
	if row.Alert {
		j.Alerts.Raise(ctx, about, !j.t.Waiting.Is(storage.OutageService))
	}
	if row.Code == outcome.OK || row.Code == outcome.Unreadable {
		j.Alerts.AllClear(ctx)
		j.Recovery.Reads(ctx, j.t.Person)
	}
}
