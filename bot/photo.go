package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// photo is the life of a photo from its claim to its reply, or to the next
// time it is tried.
func (b *Bot) photo(ctx context.Context, t storage.Task) queue.Verdict {
	none, err := b.unclaimed(ctx)
	if err != nil {
		return outage.StoreFailed(b.Log, b.Now(), t, "who the admins are", err)
	}
	p, err := b.person(ctx, t.Person)
	if err != nil {
		return outage.StoreFailed(b.Log, b.Now(), t, "who sent it", err)
	}
	j := &job{Bot: b, t: t, person: p, started: b.Now()}
	j.step("claimed")
	opened := j.open()
	switch {
	case t.Attempt.Calling && b.Reader.Paid():
		// The program died between the call and its answer: nobody knows what
		// became of it, and nobody but the person may pay for it again.
		return j.end(ctx, answer{Code: outcome.Unknown}, nil)
	case (none || p.Role == storage.RoleNone) && !t.Attempt.Began.IsZero() && !t.Attempt.Held:
		// The service was asked for it, so it belongs into the ledger.
		return j.end(ctx, answer{Code: outcome.ShutOut}, nil)
	case none || p.Role == storage.RoleNone:
		return j.refused(ctx, none)
	case t.Attempt.Held:
		return j.deliverHeld(ctx)
	case errors.Is(opened, errShut):
		return j.end(ctx, answer{Code: outcome.Sealed}, nil)
	case opened != nil:
		return j.end(ctx, answer{Code: outcome.Internal}, nil)
	}
	return j.work(ctx)
}

// job is one claim of a photo.
type job struct {
	*Bot
	t         storage.Task
	person    storage.Person
	sent      sent
	localizer text.Localizer
	started   time.Time
	// first names the photo sent before of which this is a duplicate, when that
	// one asks; "": there is none.
	first  string
	thread int       // the topic the photo was sent in; 0: none, or not known
	date   time.Time // when Telegram had the photo
}

// step notes how far the photo is, for those who look on.
func (j *job) step(name string) {
	j.Log.Debug("photo step", "update_id", chat.UpdateID(j.t), "user_id", j.t.Person, "step", name)
}

// errShut: what is sealed cannot be opened, because the token has changed.
var errShut = errors.New("bot: sealed under another token")

// open reads the update that brought the photo. After Hold the answer stands
// in its place.
func (j *job) open() error {
	j.localizer, j.date = j.catalog.Localizer(""), j.t.Added
	if j.t.Attempt.Held {
		return nil
	}
	raw, err := j.Seal.Open(j.t.ID, chat.SealUpdate, j.t.Payload)
	if err != nil {
		return errShut
	}
	err = json.Unmarshal(raw, &j.sent)
	j.localizer = j.catalog.Localizer(j.sent.Message.From.Language)
	j.thread = chat.Topic(j.sent.Message.InTopic, j.sent.Message.Thread)
	j.date = sentAt(j.sent.Message.Date, j.t.Added)
	return err
}

// work reads the picture and answers.
func (j *job) work(ctx context.Context) queue.Verdict {
	if f := j.sent.refuse(); f != nil {
		return j.fail(ctx, f)
	}
	if v, ok := j.repeat(ctx); ok {
		return v
	}
	w, waited := parseWaiting(j.t.Note)
	if waited && j.canceled(ctx) {
		return j.end(ctx, answer{Code: outcome.Canceled}, nil)
	}
	if j.late() {
		return j.end(ctx, answer{Code: outcome.Late}, nil)
	}
	if v, over := j.overLimit(ctx); over {
		return v
	}
	if code := j.gate.Closed(j.Now(), w.what == forService); code != "" {
		return j.fail(ctx, &outcome.Failure{Code: code, Detail: outcome.DetailNotAsked})
	}
	stop := j.typing(ctx)
	defer stop()

	pic, err := j.fetcher.Fetch(ctx, reader.File{ID: j.t.FileID, Person: j.t.Person, Whole: j.sent.isFile(), Size: j.sent.size()})
	if err != nil {
		return j.failed(ctx, err)
	}
	defer pic.Close()
	j.step("fetched")
	if err := j.judge(ctx, pic); err != nil {
		return j.failed(ctx, err)
	}
	// Somebody may have been shut out while the picture was fetched.
	if v, out := j.shutOut(ctx); out {
		return v
	}
	pass, code := j.gate.Enter(ctx, w.what == forService)
	if pass == nil {
		return j.fail(ctx, &outcome.Failure{Code: code, Detail: outcome.DetailNotAsked})
	}
	defer pass.Leave()
	began, err := j.Store.Begin(ctx, j.t, storage.Begin{
		Now: j.started, Day: storage.DayOf(j.started, j.Zone), Limit: j.limit(j.person),
	})
	switch {
	case errors.Is(err, storage.ErrLimit):
		if v, over := j.overLimit(ctx); over {
			return v
		}
		return queue.Later(j.Now(), j.t.Note) // one was given back meanwhile
	case err != nil:
		return outage.StoreFailed(j.Log, j.Now(), j.t, "begin", err)
	}
	j.t.Attempt = began
	j.attempts.Store(j.t.ID, began)
	j.step("begun")

	r, err := j.Reader.Read(ctx, pic)
	stop()
	j.reportToBreaker(ctx, pass, err)
	if err != nil {
		return j.failed(ctx, err)
	}
	return j.end(ctx, answer{Code: outcome.OK, Lines: r.Lines, Doubtful: r.Doubtful, Restored: r.Restored}, &outcome.Failure{Session: r.Session})
}

// overLimit reports whether no attempt is left, so that a photo over the limit
// causes no download. Begin asks again, exactly.
func (j *job) overLimit(ctx context.Context) (v queue.Verdict, over bool) {
	limit := j.limit(j.person)
	if limit == 0 || !j.t.Attempt.Began.IsZero() {
		return v, false
	}
	count, err := j.Store.Attempts(ctx, j.t.Person, storage.DayOf(j.started, j.Zone))
	switch {
	case err != nil:
		return outage.StoreFailed(j.Log, j.Now(), j.t, "the day's count", err), true
	case count.Settled >= limit && count.Unanswered > 0:
		return j.fail(ctx, &outcome.Failure{Code: outcome.LimitReached, Detail: outcome.DetailUnanswered}), true
	case count.Settled >= limit:
		return j.fail(ctx, &outcome.Failure{Code: outcome.LimitReached}), true
	case count.Used() >= limit:
		return j.fail(ctx, &outcome.Failure{Code: outcome.LimitReached, Detail: outcome.DetailInWork}), true
	default:
		return v, false
	}
}

// failed sorts an error of download or reading.
func (j *job) failed(ctx context.Context, err error) queue.Verdict {
	var f *outcome.Failure
	if errors.Is(err, reader.ErrInterrupted) {
		return queue.Later(j.Now(), j.t.Note)
	}
	if !errors.As(err, &f) {
		j.Log.Error("photo failed", "update_id", chat.UpdateID(j.t), "error_type", errorType(err))
		f = &outcome.Failure{Code: outcome.Internal}
		if j.t.Attempt.Calling && j.Reader.Paid() {
			f.Code = outcome.Unknown
		}
	}
	return j.fail(ctx, f)
}

// Fail ends the photo with a failure, or puts it off when it may wait.
func (j *job) fail(ctx context.Context, f *outcome.Failure) queue.Verdict {
	if f.Code == outcome.PictureRefused && j.sent.Message.Document != nil {
		f.Detail = outcome.DetailFile
	}
	if outcome.Of(f.Code).Waits {
		if j.canceled(ctx) {
			return j.end(ctx, answer{Code: outcome.Canceled}, nil)
		}
		if v, ok := j.wait(ctx, f); ok {
			return v
		}
	}
	return j.end(ctx, answer{Code: f.Code, Detail: f.Detail}, f)
}

// End holds the answer and delivers it. about says what the read was worth;
// nil when there was none.
func (j *job) end(ctx context.Context, a answer, about *outcome.Failure) queue.Verdict {
	row := outcome.Of(a.Code)
	h := storage.Hold{Outcome: string(a.Code), Counted: row.Counts, Charge: row.Charge}
	reason := ""
	if about != nil {
		reason = about.Reason
		h.Session = about.Session
		if about.Charge != "" {
			h.Charge = about.Charge
		}
	}
	if !j.Reader.Paid() {
		h.Charge = storage.ChargeNo
	}
	a.Lang, a.Limit, a.Held = j.localizer.Lang, j.limit(j.person), j.Now().Unix()
	a.File = j.sent.isFile()
	a.Thread, a.Date = j.thread, j.date.Unix()
	att, err := j.hold(ctx, a, &h)
	switch {
	case errors.Is(err, storage.ErrLost), err != nil && ctx.Err() != nil:
		return queue.Leave()
	case errors.Is(err, storage.ErrHeld):
		// The claim that held it knows what it held; the next one delivers.
		return queue.Later(j.Now(), j.t.Note)
	case err != nil:
		j.Log.Error("answer not held", "update_id", chat.UpdateID(j.t), "error", err)
		return queue.Leave()
	}
	j.t.Attempt = att
	j.attempts.Store(j.t.ID, att)
	j.step("held")
	j.report(ctx, row, h, reason)
	return j.deliver(ctx, a)
}

// hold stores the answer. What was paid for must not be lost to a full disk,
// so it tries until the store takes it or the program has to stop.
func (j *job) hold(ctx context.Context, a answer, h *storage.Hold) (storage.Attempt, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return storage.Attempt{}, err
	}
	h.Payload = j.Seal.Seal(j.t.ID, sealAnswer, plain)
	for try := 0; ; try++ {
		h.Now = j.Now()
		h.Took = h.Now.Sub(j.started)
		if j.LedgerKept > 0 {
			h.KeepSince = h.Now.Add(-j.LedgerKept)
		}
		att, err := j.Store.Hold(context.WithoutCancel(ctx), j.t, *h)
		if err == nil || errors.Is(err, storage.ErrLost) || errors.Is(err, storage.ErrHeld) || errors.Is(err, storage.ErrInvalid) {
			return att, err
		}
		j.Log.Error("answer not held, trying again", "update_id", chat.UpdateID(j.t), "error", err)
		select {
		case <-ctx.Done():
			return att, err
		case <-time.After(j.pauses.Next(try, 0)):
		}
	}
}

// report tells the log, the metrics and, if need be, the admins.
func (j *job) report(ctx context.Context, row outcome.Row, h storage.Hold, reason string) {
	j.Log.Log(ctx, row.Level, "photo answered", "update_id", chat.UpdateID(j.t), "user_id", j.t.Person,
		"outcome", row.Code, "reason", reason, "counted", h.Counted, "charged", h.Charge, "took", h.Took)
	j.Meter.Outcome(string(row.Code), string(h.Charge), h.Took)
	if row.Alert {
		j.alert(ctx, row.Code)
	}
	if row.Code == outcome.OK || row.Code == outcome.Unreadable {
		j.allClear(ctx)
	}
}

// errorType names an error without its text, which may hold anything.
func errorType(err error) string { return fmt.Sprintf("%T", err) }

// judge looks at the picture, unless that was done before its attempt began.
func (j *job) judge(ctx context.Context, p reader.Picture) error {
	if j.Judge == nil || p.Data == nil || !j.t.Attempt.Began.IsZero() {
		return nil
	}
	err := j.Judge.Judge(ctx, p)
	j.step("judged")
	return err
}
