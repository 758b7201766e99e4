package bot

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"mrzbot/queue"
	"mrzbot/storage"
)

// giveUpReply is how long a reply that Telegram does not take is tried:
// as long as Telegram itself keeps what it could not deliver to us.
const giveUpReply = 24 * time.Hour

// typingAfter keeps the typing indicator away from an answer that comes before
// anybody has looked: it is one of six calls a photo costs.
const typingAfter = 500 * time.Millisecond

// typingEvery repeats the typing indicator, which Telegram shows for about
// five seconds.
const typingEvery = 4 * time.Second

// deliverHeld delivers what an earlier claim has held.
func (j *job) deliverHeld(ctx context.Context) queue.Verdict {
	a, err := j.held()
	if err != nil {
		return j.deliverShut(ctx)
	}
	return j.deliver(ctx, a)
}

// held opens the answer.
func (j *job) held() (a answer, err error) {
	plain, err := j.Seal.Open(j.t.ID, sealAnswer, j.t.Payload)
	if err == nil {
		err = json.Unmarshal(plain, &a)
	}
	j.voice = j.texts.speak(a.Lang)
	return a, err
}

// deliver replies to the photo and closes its task.
func (j *job) deliver(ctx context.Context, a answer) queue.Verdict {
	switch a.Code {
	case CodeSealed:
		return j.deliverShut(ctx)
	case CodeCanceled:
		return queue.Done(j.cleanUp(0)...) // the press was answered
	}
	return j.reply(ctx, j.render(j.upToDate(ctx, a)), time.Unix(a.Held, 0))
}

// deliverShut answers a photo that was sealed under another token. A pile of
// photos that did not count needs one message; one whose answer was held and
// counted is told of itself.
func (j *job) deliverShut(ctx context.Context) queue.Verdict {
	if j.t.Attempt.Counted {
		text := j.voice.say("outcome.sealed.held", nil) + "\n" + j.counted(answer{Limit: j.limit(j.person)})
		return j.reply(ctx, Message{Text: text}, j.t.Attempt.Began)
	}
	name := "sealed:" + itoa(j.t.Person) + ":" + string(storage.DayOf(j.started, j.Zone))
	return queue.Done(j.post(name, j.t.Chat, letter{Text: j.voice.say("outcome.sealed", nil)}))
}

// deliverPlain delivers a held answer without anything that could break again.
func (j *job) deliverPlain(ctx context.Context) queue.Verdict {
	a, err := j.held()
	if err != nil {
		return j.deliverShut(ctx)
	}
	if a.Code == CodeCanceled {
		return queue.Done(j.cleanUp(0)...)
	}
	text := strings.Join(a.Lines, "\n")
	if text == "" {
		text = j.voice.say("outcome."+string(a.Code), args{"Limit": a.Limit})
	}
	return j.reply(ctx, Message{Text: text + "\n" + j.counted(a)}, time.Unix(a.Held, 0))
}

// refused answers the photo of somebody who was not let in, or no longer is.
// Somebody who was shut out while their photo waited had been promised a word.
func (j *job) refused(ctx context.Context, none bool) queue.Verdict {
	text := "stranger"
	switch _, waited := parseWaiting(j.t.Note); {
	case none:
		text = "unclaimed"
	case waited || j.t.Attempt.Held:
		text := j.voice.say("outcome.shut_out", nil) + "\n" + j.counted(answer{Limit: j.limit(j.person)})
		return j.reply(ctx, Message{Text: text}, j.started)
	}
	c := &conversation{Bot: j.Bot, t: j.t, voice: j.voice}
	return c.settle(ctx, c.toStranger(ctx, false, text))
}

// reply sends a message as the reply to the photo and closes its task. since
// is when there was something to say.
func (j *job) reply(ctx context.Context, m Message, since time.Time) queue.Verdict {
	m.Chat, m.ReplyTo, m.Protect = j.t.Chat, j.t.Message, j.Protect
	if m.Markup == nil {
		m.Markup = j.askButtons(Code(j.t.Attempt.Outcome))
	}
	id, err := j.Chat.Send(ctx, m)
	after, again := retryAfter(err)
	switch {
	case err == nil:
		j.step("replied")
		if _, waited := parseWaiting(j.t.Note); waited {
			j.tidy(ctx)
		}
		return j.close(id)
	case blocked(err):
		j.note(ctx, j.t.Person, true)
		return j.close(0) // they may come back with the same photo
	case again && j.Now().Sub(since) < giveUpReply:
		return queue.Later(j.Now().Add(max(after, time.Second)), j.t.Note)
	}
	// Whatever it dislikes about this message, it takes a plain one.
	j.Log.Error("reply refused", "update_id", updateID(j.t), "error", err)
	m.Text = j.voice.say("reply_refused", nil) + "\n" + j.counted(answer{Limit: j.limit(j.person)})
	m.Entities, m.Markup = nil, nil
	if id, err = j.Chat.Send(ctx, m); err != nil {
		j.Log.Error("plain reply refused", "update_id", updateID(j.t), "error", err)
	}
	return j.close(id)
}

// Telegram lets a bot delete messages of a private chat for 48 hours. What
// is due later than deletable is brought forward; later than undeletable
// nothing can be done.
const (
	deletable   = 47*time.Hour + 30*time.Minute
	undeletable = 49 * time.Hour
)

// cleanUp removes photo and reply from the chat later, when that is wanted. No
// reply is 0.
func (j *job) cleanUp(reply int) []storage.Task {
	if j.Delete == 0 {
		return nil
	}
	now := j.Now()
	due := now.Add(j.Delete)
	then := []storage.Task{j.deletion(j.t.Message, j.t.Added, due)}
	if reply != 0 {
		then = append(then, j.deletion(reply, now, due))
	}
	return then
}

// deletion makes the task that removes a message sent at that time.
func (j *job) deletion(message int, sent, due time.Time) storage.Task {
	if last := sent.Add(deletable); due.After(last) {
		due = last
	}
	chat := itoa(j.t.Chat)
	return storage.Task{
		ID: "delete:" + chat + ":" + strconv.Itoa(message), Order: "delete:" + chat,
		Kind: storage.KindDelete, Person: j.t.Person, Chat: j.t.Chat, Message: message, Added: sent, NotBefore: due,
	}
}

// remove deletes a message from a chat.
func (b *Bot) remove(ctx context.Context, t storage.Task) queue.Verdict {
	err := b.Chat.Delete(ctx, t.Chat, []int{t.Message})
	if after, ok := retryAfter(err); ok && b.Now().Sub(t.Added) < undeletable {
		return queue.Later(b.Now().Add(max(after, time.Second)), t.Note)
	}
	if err != nil && !blocked(err) {
		b.Log.Warn("message not deleted", "chat_id", t.Chat, "error", err)
	}
	return queue.Done()
}

// typing shows that work is going on until the returned function is called,
// which may be called twice. It does not wait for a call on its way: an answer
// is never held up by an indicator.
func (j *job) typing(ctx context.Context) (stop func()) {
	over := make(chan struct{})
	timer := time.AfterFunc(typingAfter, func() {
		again := time.NewTicker(typingEvery)
		defer again.Stop()
		for {
			// A missing indicator is not worth a word.
			_ = j.Chat.Typing(ctx, j.t.Chat)
			select {
			case <-again.C:
			case <-over:
				return
			case <-ctx.Done():
				return
			}
		}
	})
	return sync.OnceFunc(func() {
		timer.Stop()
		close(over)
	})
}
