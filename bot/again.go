package bot

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
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

const (
	// repeatFor is how long the answer to a photo that was read is repeated when
	// the same person sends the same photo: as long as it stays in the store.
	repeatFor = 10 * time.Minute

	// againFor is how long the button "Read again" works.
	againFor = 24 * time.Hour
)

// close closes the task of a photo whose reply is out. What may be asked for
// again is kept: what was read in the photo, or that nothing can be, for the same
// photo; and what asks, for its button and for the same photo. rest is what follows
// the reply.
func (j *job) close(reply chat.Sent, rest ...storage.Task) queue.Verdict {
	then, note := append(j.cleanUp(reply), rest...), text.ID(int64(reply.ID))
	switch code := outcome.Code(j.t.Attempt.Outcome); {
	case j.first != "":
		return queue.Keep(j.Now().Add(againFor), note+" "+j.first, then...)
	case outcome.Of(code).Asks:
		return queue.Keep(j.Now().Add(againFor), note, then...)
	case code == outcome.OK, code == outcome.Unreadable:
		return queue.Keep(j.Now().Add(repeatFor), note, then...)
	default:
		return queue.Done(then...)
	}
}

// original gives the photo that a kept one asks about: itself, or the one sent
// before of which it is a duplicate. The note of such a one names it behind the
// reply's id.
func (b *Bot) original(ctx context.Context, kept storage.Task) (t storage.Task, ok bool, err error) {
	_, first, duplicate := strings.Cut(kept.Note, " ")
	if !duplicate {
		return kept, true, nil
	}
	t, ok, err = b.Store.Kept(ctx, first, b.Now())
	return t, ok && t.Person == kept.Person, err
}

// repeat gives the answer to the same photo once more, when the same person has
// had it a moment ago; and that of a call which may have been paid for, with its
// button, as long as nobody has pressed that. Nothing is fetched, called, counted
// or written down: it is no attempt. So however often a photo is sent, one press
// is one call.
func (j *job) repeat(ctx context.Context) (v queue.Verdict, ok bool) {
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
	first := &job{Bot: j.Bot, t: before, person: j.person, started: j.started}
	a, err := first.held()
	if err != nil {
		return v, false // of an earlier token
	}
	first.localizer = j.localizer
	m := first.render(first.upToDate(ctx, a))
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
func (j *job) askButtons(code outcome.Code) models.ReplyMarkup {
	if !outcome.Of(code).Asks {
		return nil
	}
	text := "button.again"
	if code == outcome.Late {
		text = "button.read"
	}
	return chat.Buttons(j.localizer, chat.Button{Name: text, Data: againButton + ":" + j.t.ID})
}

// againButton is the verb of the button that has a photo read again. What
// follows it is the name of the photo's task.
const againButton = "again"

// again reads a photo that asks: the one way in which a call that may have been
// paid for is repeated.
func (c *conversation) again(ctx context.Context, q *models.CallbackQuery, id string) error {
	t, ok, err := c.Store.Kept(ctx, id, c.Now())
	if ok && err == nil && t.Person == c.t.Person && t.Chat == c.t.Chat && c.under(t) {
		t, ok, err = c.original(ctx, t)
	} else {
		ok = false
	}
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if !ok || !outcome.Of(outcome.Code(t.Attempt.Outcome)).Asks {
		c.toast(ctx, q, "again.old")
		return nil
	}
	before := &job{Bot: c.Bot, t: t, person: c.person}
	a, err := before.held()
	if err != nil {
		c.toast(ctx, q, "again.old") // of an earlier token
		return nil
	}
	// The button stays for when there are attempts again.
	if limit := c.limit(c.person); limit > 0 && t.Used == "" {
		count, err := c.Store.Attempts(ctx, c.t.Person, storage.DayOf(c.Now(), c.Zone))
		if err != nil {
			return outage.StoreError{Err: err}
		}
		if count.Used() >= limit {
			c.toastText(ctx, q, c.localizer.Text("outcome."+string(outcome.LimitReached), text.Args{"Limit": limit}))
			return nil
		}
	}
	begun, taken := "again.begun", chat.Message{Text: c.localizer.Text("again.edited", nil)}
	if a.Code == outcome.Late {
		begun, taken.Text = "again.begun.late", c.localizer.Text("again.edited.late", nil)
	}
	_, err = c.Store.Use(ctx, t.ID, c.t.ID, c.Now())
	switch {
	case errors.Is(err, storage.ErrUsed):
		c.toast(ctx, q, "again.used")
		c.edit(ctx, c.t.Chat, c.t.Message, taken)
		return nil
	case errors.Is(err, storage.ErrGone):
		c.toast(ctx, q, "again.old")
		return nil
	case err != nil:
		return outage.StoreError{Err: err}
	}
	next, err := c.copyOf(t, a)
	if err != nil {
		return err
	}
	c.then = append(c.then, next)
	c.toast(ctx, q, begun)
	c.edit(ctx, c.t.Chat, c.t.Message, taken)
	return nil
}

// copyOf makes the task that reads the photo of a finished one.
func (c *conversation) copyOf(t storage.Task, a answer) (storage.Task, error) {
	var s sent
	s.Message.From.Language = a.Lang
	s.Message.Thread, s.Message.InTopic = a.Thread, a.Thread != 0
	if a.File {
		s.Message.Document = &sentFile{}
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return storage.Task{}, err
	}
	name := againButton + ":" + c.t.ID
	return storage.Task{
		ID: name, Kind: storage.KindPhoto, Order: t.Order, Person: t.Person, Chat: t.Chat, Message: t.Message,
		FileID: t.FileID, Added: c.Now(), Payload: c.Seal.Seal(name, chat.SealUpdate, raw),
	}, nil
}
