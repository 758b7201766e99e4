package bot

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"mrzbot/queue"
	"mrzbot/storage"
)

// giveUpReply is how long a reply that Telegram does not take is tried:
// as long as Telegram itself keeps what it could not deliver to us.
const giveUpReply = 24 * time.Hour

// typingEvery repeats the typing indicator, which Telegram shows for about
// five seconds.
const typingEvery = 4 * time.Second

// typingMost ends an indicator whatever happens: no read takes longer.
const typingMost = 5 * time.Minute

// deliverHeld delivers what an earlier claim has held.
func (j *job) deliverHeld(ctx context.Context) queue.Verdict {
	var a answer
	plain, err := j.Seal.Open(j.t.ID, sealAnswer, j.t.Payload)
	if err == nil {
		err = json.Unmarshal(plain, &a)
	}
	if err != nil {
		a = answer{Code: CodeSealed}
	}
	j.voice = j.texts.speak(a.Lang)
	return j.deliver(ctx, a)
}

// deliver replies to the photo and closes its task.
func (j *job) deliver(ctx context.Context, a answer) queue.Verdict {
	if a.Code == CodeSealed && !j.firstSealed(ctx) {
		return queue.Done()
	}
	m := j.render(a)
	m.Chat, m.ReplyTo, m.Protect = j.t.Chat, j.t.Message, j.Protect
	id, err := j.Chat.Send(ctx, m)
	if err == nil {
		return queue.Done(j.cleanUp(id)...)
	}
	if blocked(err) {
		j.note(ctx, j.t.Person, true)
		return queue.Done()
	}
	if after, ok := retryAfter(err); ok && j.Now().Sub(j.t.Added) < giveUpReply {
		return queue.Later(j.Now().Add(max(after, time.Second)), j.t.Note)
	}
	j.Log.Error("reply refused", "update_id", updateID(j.t), "error", err)
	return queue.Done()
}

// firstSealed reports whether the person was not told yet that the bot has a
// new token: a pile of old photos needs one message.
func (j *job) firstSealed(ctx context.Context) bool {
	ok, err := j.Store.Take(ctx, "sealed:"+strconv.FormatInt(j.t.Person, 10), j.Now(), 1, giveUpReply)
	return err != nil || ok
}

// cleanUp removes photo and reply from the chat later, when that is wanted.
func (j *job) cleanUp(reply int) []storage.Task {
	if j.Delete == 0 {
		return nil
	}
	var then []storage.Task
	for _, message := range []int{j.t.Message, reply} {
		then = append(then, storage.Task{
			ID:   "delete:" + strconv.FormatInt(j.t.Chat, 10) + ":" + strconv.Itoa(message),
			Kind: storage.KindDelete, Order: "delete:" + strconv.FormatInt(j.t.Chat, 10), Person: j.t.Person, Chat: j.t.Chat, Message: message,
			Added: j.Now(), NotBefore: j.Now().Add(j.Delete),
		})
	}
	return then
}

// remove deletes a message from a chat. Telegram lets a bot do so for 48
// hours; later there is nothing to be done.
func (b *Bot) remove(ctx context.Context, t storage.Task) queue.Verdict {
	err := b.Chat.Delete(ctx, t.Chat, []int{t.Message})
	if after, ok := retryAfter(err); ok && b.Now().Sub(t.NotBefore) < giveUpReply {
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
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), typingMost)
	over := make(chan struct{})
	go func() {
		defer cancel()
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
	}()
	return sync.OnceFunc(func() { close(over) })
}
