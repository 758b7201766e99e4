package scan

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reply"
	"mrzbot/bot/screen"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

const (
	// repeatFor is how long the answer to a photo that was read is repeated when
	// the same person sends the same photo: as long as it stays in the store.
	repeatFor = 10 * time.Minute

	// rereadFor is how long the button "Read again" works.
	rereadFor = 24 * time.Hour
)

// close closes the task of a photo whose reply is out. What may be asked for
// again is kept: what was read in the photo, or that nothing can be, for the same
// photo; and what asks, for its button and for the same photo. rest is what follows
// the reply.
func (j *photoJob) close(reply chat.Sent, rest ...storage.Task) queue.Verdict {
	then, note := append(j.cleanUp(reply), rest...), text.ID(int64(reply.ID))
	switch code := outcome.Code(j.t.Attempt.Outcome); {
	case j.first != "":
		return queue.Keep(j.Now().Add(rereadFor), note+" "+j.first, then...)
	case outcome.Of(code).Asks:
		return queue.Keep(j.Now().Add(rereadFor), note, then...)
	case code == outcome.OK, code == outcome.Unreadable:
		return queue.Keep(j.Now().Add(repeatFor), note, then...)
	default:
		return queue.Done(then...)
	}
}

// original gives the photo that a kept one asks about: itself, or the one sent
// before of which it is a duplicate. The note of such a one names it behind the
// reply's id.
func (s *Scanner) original(ctx context.Context, kept storage.Task) (t storage.Task, ok bool, err error) {
	_, first, duplicate := strings.Cut(kept.Note, " ")
	if !duplicate {
		return kept, true, nil
	}
	t, ok, err = s.Store.Kept(ctx, first, s.Now())
	return t, ok && t.Person == kept.Person, err
}

// repeat gives the answer to the same photo once more, when the same person has
// had it a moment ago; and that of a call which may have been paid for, with its
// button, as long as nobody has pressed that. Nothing is fetched, called, counted
// or written down: it is no attempt. So however often a photo is sent, one press
// is one call.
func (j *photoJob) repeat(ctx context.Context) (v queue.Verdict, ok bool) {
	if j.t.Order == "" {
		return v, false
	}
	before, ok, err := j.Store.KeptFor(ctx, j.t.Order, j.Now())
	if ok && err == nil {
		before, ok, err = j.original(ctx, before)
	}
	if err != nil {
		return outage.StoreFailed(j.Log, j.Now(), j.t, "the answer from before", err), true
	}
	code := outcome.Code(before.Attempt.Outcome)
	if !ok || before.Person != j.t.Person || code == outcome.Late || outcome.Of(code).Asks && before.Used != "" {
		return v, false
	}
	first := &photoJob{Scanner: j.Scanner, t: before, person: j.person, started: j.started}
	a, err := first.held()
	if err != nil {
		return v, false // of an earlier token
	}
	first.localizer = j.localizer
	m := first.screen(first.upToDate(ctx, a)).Message()
	again := "repeated.uncounted"
	if before.Attempt.Counted {
		again = "repeated"
	}
	m.Text += "\n" + j.localizer.Text(again, nil)
	if outcome.Of(code).Asks {
		j.first = before.ID
		m.Markup = j.askButtons(code)
	}
	j.Log.Info("answer repeated", "update_id", chat.UpdateID(j.t), "user_id", j.t.Person, "outcome", code)
	return j.reply(ctx, m, j.t.Added), true
}

// askButtons are the buttons under the reply to a photo that is to be read only
// when its person says so; nil under any other.
func (j *photoJob) askButtons(code outcome.Code) models.ReplyMarkup {
	if !outcome.Of(code).Asks {
		return nil
	}
	text := "button.again"
	if code == outcome.Late {
		text = "button.read"
	}
	return chat.Buttons(j.localizer, chat.Button{Name: text, Data: RereadButton + ":" + j.t.ID})
}

// RereadButton is the verb of the button that has a photo read again. What
// follows it is the name of the photo's task.
const RereadButton = "again"

// Reread reads a photo that asks: the one way in which a call that may have been
// paid for is repeated.
func (s *Scanner) Reread(ctx context.Context, req *reply.Request, q *models.CallbackQuery, id string) error {
	t, ok, err := s.Store.Kept(ctx, id, s.Now())
	if ok && err == nil && t.Person == req.Task.Person && t.Chat == req.Task.Chat && req.Under(t) {
		t, ok, err = s.original(ctx, t)
	} else {
		ok = false
	}
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if !ok || !outcome.Of(outcome.Code(t.Attempt.Outcome)).Asks {
		req.Toast(ctx, q, "again.old")
		return nil
	}
	before := &photoJob{Scanner: s, t: t, person: req.Person}
	a, err := before.held()
	if err != nil {
		req.Toast(ctx, q, "again.old") // of an earlier token
		return nil
	}
	// The button stays for when there are attempts again.
	if limit := s.People.Limit(req.Person); limit > 0 && t.Used == "" {
		count, err := s.Store.Attempts(ctx, req.Task.Person, storage.DayOf(s.Now(), s.TimeZone))
		if err != nil {
			return outage.StoreError{Err: err}
		}
		if count.Used() >= limit {
			req.ToastText(ctx, q, req.Localizer.Text("outcome."+string(outcome.LimitReached), text.Args{"Limit": limit}))
			return nil
		}
	}
	begun, taken := "again.begun", chat.Message{Text: req.Localizer.Text("again.edited", nil)}
	if a.Code == outcome.Late {
		begun, taken.Text = "again.begun.late", req.Localizer.Text("again.edited.late", nil)
	}
	_, err = s.Store.Use(ctx, t.ID, req.Task.ID, s.Now())
	switch {
	case errors.Is(err, storage.ErrUsed):
		req.Toast(ctx, q, "again.used")
		req.Edit(ctx, req.Task.Chat, req.Task.Message, taken)
		return nil
	case errors.Is(err, storage.ErrGone):
		req.Toast(ctx, q, "again.old")
		return nil
	case err != nil:
		return outage.StoreError{Err: err}
	}
	next, err := s.copyOf(req, t, a)
	if err != nil {
		return err
	}
	req.Then = append(req.Then, next)
	req.Toast(ctx, q, begun)
	req.Edit(ctx, req.Task.Chat, req.Task.Message, taken)
	return nil
}

// copyOf makes the task that reads the photo of a finished one.
func (s *Scanner) copyOf(req *reply.Request, t storage.Task, a screen.Answer) (storage.Task, error) {
	var photo sent
	photo.Message.From.Language = a.Lang
	photo.Message.Thread, photo.Message.InTopic = a.Thread, a.Thread != 0
	if a.File {
		photo.Message.Document = &sentFile{}
	}
	raw, err := json.Marshal(photo)
	if err != nil {
		return storage.Task{}, err
	}
	name := RereadButton + ":" + req.Task.ID
	return storage.Task{
		ID: name, Kind: storage.KindPhoto, Order: t.Order, Person: t.Person, Chat: t.Chat, Message: t.Message,
		FileID: t.FileID, Added: s.Now(), Payload: s.Seal.Seal(name, chat.SealUpdate, raw),
	}, nil
}
