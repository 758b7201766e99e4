package scan

import (
	"context"
	"slices"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/bill"
	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/queue"
	"mrzbot/storage"
)

const (
	// repeatFor is how long the answer to a photo that was read is repeated when
	// the same person sends the same photo: as long as it stays in the store.
	repeatFor = 10 * time.Minute

	// rereadFor is how long the button "Read again" works.
	rereadFor = 24 * time.Hour

	// sendFor is how long "Send it anyway" does: as long as the card is likely to lie
	// there still. The same photo sent again later has the button again.
	sendFor = repeatFor
)

// buttonFor is how long the button of a photo that asks works. That of one that was
// stopped in an album comes when the last of the others has been read.
func (j *photoJob) buttonFor(code outcome.Code) time.Duration {
	switch {
	case !outcome.Of(code).Stops:
		return rereadFor
	case j.group != "":
		return sendFor + j.RetryFor
	default:
		return sendFor
	}
}

// close closes the task of a photo whose reply is out. What may be asked for
// again is kept: what was read in the photo, or that nothing can be, for the same
// photo; and what asks, for its button and for the same photo. rest is what follows
// the reply.
func (j *photoJob) close(ctx context.Context, reply chat.Sent, rest ...storage.Task) queue.Verdict {
	shown, ok := j.leaveAlbum(ctx)
	if !ok {
		return queue.Leave()
	}
	if j.doubleSend {
		j.savedByDoubleSend(ctx)
	}
	then := slices.Concat(j.cleanUp(reply), rest, shown)
	keep := storage.Retain{Reply: reply.ID, RepeatOf: j.first}
	switch code := outcome.Code(j.t.Attempt.Outcome); {
	case j.first != "":
		keep.Until = j.Now().Add(j.firstFor)
	case outcome.Of(code).Asks:
		keep.Until = j.Now().Add(j.buttonFor(code))
	case code == outcome.OK, code == outcome.Unreadable, code == outcome.Local:
		keep.Until = j.Now().Add(repeatFor)
	default:
		return queue.Done(then...)
	}
	return queue.Retain(keep, then...)
}

// done ends the task of a photo that nobody asks for again.
func (j *photoJob) done(ctx context.Context, then []storage.Task) queue.Verdict {
	shown, ok := j.leaveAlbum(ctx)
	if !ok {
		return queue.Leave()
	}
	return queue.Done(append(then, shown...)...)
}

// original gives the photo that a kept one asks about: itself, or the one sent
// before of which it is a duplicate.
func (s *Scanner) original(ctx context.Context, kept storage.Task) (t storage.Task, ok bool, err error) {
	if kept.RepeatOf == "" {
		return kept, true, nil
	}
	t, ok, err = s.Store.Retained(ctx, kept.RepeatOf, s.Now())
	return t, ok && t.Person == kept.Person, err
}

// repeat gives the answer to the same photo once more, when the same person has
// had it a moment ago; and that of a call which may have been paid for, with its
// button, as long as nobody has pressed that. Nothing is fetched, called or
// counted, and nothing written down but that a call was saved: it is no attempt. So however often a photo is sent, one press
// is one call.
func (j *photoJob) repeat(ctx context.Context) (v queue.Verdict, ok bool) {
	if j.t.Order == "" {
		return v, false
	}
	before, ok, err := j.Store.RetainedFor(ctx, j.t.Order, j.Now())
	if ok && err == nil {
		before, ok, err = j.original(ctx, before)
	}
	if err != nil {
		return outage.StoreFailed(j.Log, j.Now(), j.t, "the answer from before", err), true
	}
	code := outcome.Code(before.Attempt.Outcome)
	if !ok || before.Person != j.t.Person || code == outcome.Late || outcome.Of(code).Asks && before.ConsumedBy != "" {
		return v, false
	}
	first := &photoJob{Scanner: j.Scanner, t: before, person: j.person, started: j.started}
	a, err := first.held(ctx)
	if err != nil {
		return v, false // of an earlier token
	}
	first.localizer = j.localizer
	a.Album, a.Caption = j.group, j.label(ctx)
	a.Choices = choicesIn(before.ConsumedBy, a)
	j.become(a)
	if j.Reader.Paid() && code != outcome.Local && !outcome.Of(code).Stops {
		j.doubleSend = true
	}
	if outcome.Of(code).Asks {
		j.first, j.firstFor = before.ID, j.buttonFor(code)
	}
	if j.toldInAlbum(a) {
		return j.closeInAlbum(ctx), true
	}
	m := first.answer(ctx, a, j.t.ID)
	again := "repeated.uncounted"
	if before.Attempt.Counted {
		again = "repeated"
	}
	m.Text += "\n" + j.localizer.Text(again, nil)
	if outcome.Of(code).Asks {
		m.AddRows(j.askRow(code))
	} else if a.Open() {
		j.first, j.firstFor = before.ID, repeatFor
	}
	j.Log.Info("answer repeated", "update_id", chat.UpdateID(j.t), "user_id", j.t.Person, "outcome", code)
	return j.reply(ctx, m, j.t.Added), true
}

// savedByDoubleSend notes a call that was not needed. It is not worth keeping a photo
// for: a crash right after it counts twice.
func (j *photoJob) savedByDoubleSend(ctx context.Context) {
	j.Meter.Saved(outcome.SavedByDoubleSend)
	day := storage.DayOf(j.Now(), j.TimeZone)
	_, err := j.Store.ChangeSetting(ctx, bill.RepeatsKey(day), func(raw []byte) ([]byte, error) { return bill.AddRepeat(raw, day) })
	if err != nil {
		j.Log.Warn("call saved by a double send not counted", "error", err)
	}
}

// askRow is the button under the reply to a photo that is to be read only when
// its person says so; none under any other.
func (j *photoJob) askRow(code outcome.Code) []models.InlineKeyboardButton {
	if !outcome.Of(code).Asks {
		return nil
	}
	text := "button.again"
	switch {
	case code == outcome.Late:
		text = "button.read"
	case outcome.Of(code).Stops:
		text = "button.anyway"
	}
	return chat.Row(j.localizer, chat.Button{Name: text, Data: RereadButton + ":" + j.t.ID})
}

// RereadButton is the verb of the button that has a photo read again. What
// follows it is the name of the photo's task.
const RereadButton = "again"
