package bot

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/go-telegram/bot/models"

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
// again is kept: a good answer for the same photo, one that nobody knows for its
// button. rest is what follows the reply.
func (j *job) close(reply Sent, rest ...storage.Task) queue.Verdict {
	then, note := append(j.cleanUp(reply), rest...), itoa(int64(reply.ID))
	switch Code(j.t.Attempt.Outcome) {
	case CodeOK:
		return queue.Keep(j.Now().Add(repeatFor), note, then...)
	case CodeUnknown:
		return queue.Keep(j.Now().Add(againFor), note, then...)
	default:
		return queue.Done(then...)
	}
}

// repeat gives the answer to the same photo once more, when the same person has
// had it a moment ago. Nothing is fetched, called, counted or written down: it
// is no attempt.
func (j *job) repeat(ctx context.Context) (v queue.Verdict, ok bool) {
	if j.t.Order == "" {
		return v, false
	}
	before, ok, err := j.Store.KeptFor(ctx, j.t.Order, j.Now())
	if err != nil {
		return j.storeFailed(j.t, "the answer from before", err), true
	}
	if !ok || before.Person != j.t.Person || Code(before.Attempt.Outcome) != CodeOK {
		return v, false
	}
	first := &job{Bot: j.Bot, t: before, person: j.person, started: j.started}
	a, err := first.held()
	if err != nil {
		return v, false // of an earlier token
	}
	first.voice = j.voice
	m := first.render(a)
	m.Text += "\n" + j.voice.say("repeated", nil)
	j.Log.Info("answer repeated", "update_id", updateID(j.t), "user_id", j.t.Person)
	return j.reply(ctx, m, j.t.Added), true
}

// againButton is the verb of the button that has a photo read again. What
// follows it is the name of the photo's task.
const againButton = "again"

// again reads a photo again whose answer nobody knows: the one way in which a
// call that may have been paid for is repeated.
func (c *conversation) again(ctx context.Context, q *models.CallbackQuery, id string) error {
	t, ok, err := c.Store.Kept(ctx, id, c.Now())
	if err != nil {
		return storeError{err}
	}
	if !ok || t.Person != c.t.Person || t.Chat != c.t.Chat || !c.under(t) || Code(t.Attempt.Outcome) != CodeUnknown {
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
			return storeError{err}
		}
		if count.Used() >= limit {
			c.toastText(ctx, q, c.voice.say("outcome."+string(CodeLimitReached), args{"Limit": limit}))
			return nil
		}
	}
	_, err = c.Store.Use(ctx, id, c.t.ID, c.Now())
	switch {
	case errors.Is(err, storage.ErrUsed):
		c.toast(ctx, q, "again.used")
		return nil
	case errors.Is(err, storage.ErrGone):
		c.toast(ctx, q, "again.old")
		return nil
	case err != nil:
		return storeError{err}
	}
	next, err := c.copyOf(t, a)
	if err != nil {
		return err
	}
	c.then = append(c.then, next)
	c.toast(ctx, q, "again.begun")
	c.edit(ctx, c.t.Chat, c.t.Message, Message{Text: c.voice.say("again.edited", nil)})
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
		FileID: t.FileID, Added: c.Now(), Payload: c.Seal.Seal(name, SealUpdate, raw),
	}, nil
}
