package bot

import (
	"context"
	"strconv"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// Telegram lets a bot delete messages of a private chat for 48 hours from their
// date (Bot API, deleteMessage). What is due later than deletable is brought
// forward; from undeletable on nothing can be done.
const (
	deletable   = 47*time.Hour + 30*time.Minute
	undeletable = 48 * time.Hour
)

// believable is more than a message can be older than its task: Telegram keeps
// an update for a day.
const believable = 48 * time.Hour

// sentAt gives when a message was sent, by Telegram's clock where its date is
// known and believable: added is when the bot had it, by its own clock.
func sentAt(date int64, added time.Time) time.Time {
	at := time.Unix(date, 0)
	if date <= 0 || at.Sub(added).Abs() > believable {
		return added
	}
	return at
}

// cleanUp removes photo and reply from the chat later, each by its own date,
// when that is wanted. No reply is the zero Sent.
func (j *job) cleanUp(reply chat.Sent) []storage.Task {
	if j.Delete == 0 {
		return nil
	}
	then := []storage.Task{j.deletion(j.t, j.t.Message, j.date)}
	if reply.ID != 0 {
		then = append(then, j.deletion(j.t, reply.ID, j.replied(reply)))
	}
	return then
}

// replied gives when a message went out.
func (b *Bot) replied(m chat.Sent) time.Time {
	if m.At.IsZero() {
		return b.Now()
	}
	return m.At
}

// deletion makes the task that removes a message of that date from the chat of
// a task. What belongs to one photo goes in order; another photo may be older.
func (b *Bot) deletion(t storage.Task, message int, date time.Time) storage.Task {
	chat := text.ID(t.Chat)
	return storage.Task{
		Order: "delete:" + chat + ":" + strconv.Itoa(t.Message),
		ID:    "delete:" + chat + ":" + strconv.Itoa(message), Kind: storage.KindDelete, Person: t.Person, Chat: t.Chat, Message: message,
		Added: date, NotBefore: date.Add(min(b.Delete, deletable)),
	}
}

// remove deletes a message from a chat. Of one that stays for good the person
// is told, once a day: only they can delete it then.
func (b *Bot) remove(ctx context.Context, t storage.Task) queue.Verdict {
	err := b.sender.API.Delete(ctx, t.Chat, []int{t.Message})
	late := b.Now().Sub(t.Added) >= undeletable
	if after, ok := chat.RetryAfter(err); ok && !late {
		return queue.Later(b.Now().Add(max(after, time.Second)), t.Note)
	}
	if chat.Blocked(err) {
		return queue.Done()
	}
	// Of messages that are too old Telegram may say that they are deleted.
	if _, no := chat.Refused(err); !no && !late {
		return queue.Done()
	}
	b.Log.Warn("message not deleted", "chat_id", t.Chat, "error", err)
	name := "undeleted:" + text.ID(t.Chat) + ":" + string(storage.DayOf(b.Now(), b.Zone))
	l := letter{Text: b.catalog.Localizer("").Text("undeleted", nil), ReplyTo: t.Message, Notice: true}
	return queue.Done(b.post(name, t.Chat, l))
}
