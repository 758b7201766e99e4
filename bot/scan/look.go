package scan

import (
	"context"
	"errors"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/bot/screen"
	"mrzbot/queue"
	"mrzbot/storage"
)

// look looks at the picture, before its attempt begins.
func (j *photoJob) look(ctx context.Context, p reader.Picture) (err error) {
	if j.Looker == nil || p.Data == nil {
		return nil
	}
	j.seen, err = j.Looker.Look(ctx, p)
	j.step("looked")
	f := (*outcome.Failure)(nil)
	if !errors.As(err, &f) {
		return err
	}
	if j.sent.Anyway && outcome.Of(f.Code).Stops {
		return nil // its person knows, and wants it sent
	}
	if j.Reader.Paid() {
		j.Meter.Saved(outcome.SavedByLook)
	}
	return err
}

// upright turns the picture for the service.
func (j *photoJob) upright(ctx context.Context, p reader.Picture) (reader.Picture, error) {
	if j.Looker == nil || p.Data == nil {
		return p, nil
	}
	return j.Looker.Upright(ctx, p, j.seen)
}

// readHere answers a photo with what was surely read here, where the service is to
// be asked for the rest only.
func (j *photoJob) readHere(ctx context.Context) (v queue.Verdict, done bool) {
	if !j.LocalFirst {
		return v, false
	}
	lines := j.seen.Sure()
	if lines == nil {
		if v, over := j.overLimit(ctx); over {
			return v, true
		}
		return j.overBudget(ctx)
	}
	j.Meter.Saved(outcome.SavedByLocal)
	a := screen.Answer{Code: outcome.Local, Detail: outcome.DetailFirst, Lines: lines}
	return j.end(ctx, j.asked(a, reader.Second{}), nil), true
}

// compared is the answer to a photo that was read, held against what was seen here.
func (j *photoJob) compared(r reader.Reading) screen.Answer {
	a := screen.Answer{Code: outcome.OK, Lines: r.Lines, Doubtful: r.Doubtful, Restored: r.Restored}
	if j.Looker == nil {
		return j.asked(a, reader.Second{})
	}
	second := j.seen.Compare(r.Lines, j.Now().In(j.TimeZone))
	j.agreement = second.Agreement
	a.Lines, a.Whole, a.Decided, a.Alike = second.Lines, second.Whole, second.Decided, second.Alike
	if second.Whole {
		a.Restored = nil
	}
	return j.asked(a, second)
}

// asked adds what only the card can answer.
func (j *photoJob) asked(a screen.Answer, second reader.Second) screen.Answer {
	a.Questions = screen.Questions(a.Lines, second.Open, j.Now().In(j.TimeZone))
	return a
}

// inPlaceOf is the answer with what was surely read here, for a photo that the
// service does not read. A call without an answer shows nothing of the card: it is
// remembered for a day.
func (j *photoJob) inPlaceOf(f *outcome.Failure) (a screen.Answer, ok bool) {
	lines := j.seen.Sure()
	if !j.Fallback || lines == nil {
		return a, false
	}
	a = j.asked(screen.Answer{Code: f.Code, Detail: outcome.DetailHere, Lines: lines}, reader.Second{})
	switch f.Code {
	case outcome.Unreadable:
		return a, true
	case outcome.Busy, outcome.Unavailable, outcome.Gateway, outcome.ProviderLimit, outcome.Subscription, outcome.NoAccess,
		outcome.BadKey, outcome.Rejected, outcome.PictureRefused:
		a.Code, a.Detail = outcome.Local, outcome.DetailNone
		if f.Code == outcome.PictureRefused {
			a.Detail = outcome.DetailRefused
		}
		return a, f.Charge == "" || f.Charge == storage.ChargeNo
	default:
		return a, false
	}
}

// instead ends a photo with such an answer. What is wrong with the service stays
// worth an alert.
func (j *photoJob) instead(ctx context.Context, a screen.Answer, f *outcome.Failure) queue.Verdict {
	if a.Code == outcome.Local {
		j.Log.Info("photo read here", "update_id", chat.UpdateID(j.t), "instead_of", f.Code, "reason", f.Reason)
		if outcome.Of(f.Code).Alert && f.Detail != outcome.DetailNotAsked {
			j.Alerts.Raise(ctx, f, !j.t.Waiting.Is(storage.OutageService))
		}
	}
	return j.end(ctx, a, f)
}
