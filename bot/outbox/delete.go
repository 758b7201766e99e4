package outbox

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

// Undeletable reports whether a message of that date stays in its chat for good.
func Undeletable(date, now time.Time) bool { return now.Sub(date) >= undeletable }

// believable is more than a message can be older than its task: Telegram keeps
// an update for a day.
const believable = 48 * time.Hour

// SentAt gives when a message was sent, by Telegram's clock where its date is
// known and believable: added is when the bot had it, by its own clock.
func SentAt(date int64, added time.Time) time.Time {
	at := time.Unix(date, 0)
	if date <= 0 || at.Sub(added).Abs() > believable {
		return added
	}
	return at
}

// Replied gives when a message went out.
func (o *Outbox) Replied(m chat.Sent) time.Time {
	if m.At.IsZero() {
		return o.Now()
	}
	return m.At
}

// Deletion makes the task that removes a message of that date from the chat of
// a task. What belongs to one photo goes in order; another photo may be older. A date
// that has not come yet, because this machine's clock is behind, is taken for now.
func (o *Outbox) Deletion(t storage.Task, message int, date time.Time) storage.Task {
	if now := o.Now(); date.After(now) {
		date = now
	}
	chat := text.ID(t.Chat)
	return storage.Task{
		Order: "delete:" + chat + ":" + strconv.Itoa(t.Message),
		ID:    "delete:" + chat + ":" + strconv.Itoa(message), Kind: storage.KindDelete, Person: t.Person, Chat: t.Chat, Message: message,
		Added: date, NotBefore: date.Add(min(o.DeleteAfter, deletable)),
	}
}

// DeletionOfChanged makes the task that removes a message which has said its last
// word long after it was sent.
func (o *Outbox) DeletionOfChanged(t storage.Task, message int, sent, changed time.Time) storage.Task {
	d := o.Deletion(t, message, sent)
	if due := changed.Add(o.DeleteAfter); due.After(d.NotBefore) {
		d.NotBefore = due
	}
	if last := sent.Add(deletable); d.NotBefore.After(last) {
		d.NotBefore = last
	}
	return d
}

// Remove deletes a message from a chat. Of one that stays for good the person
// is told, once a day: only they can delete it then.
func (o *Outbox) Remove(ctx context.Context, t storage.Task) queue.Verdict {
	err := o.Chat.API.Delete(ctx, t.Chat, []int{t.Message})
	late := Undeletable(t.Added, o.Now())
	if after, ok := chat.RetryAfter(err); ok && !late {
		return queue.Later(o.Now().Add(max(after, time.Second)))
	}
	if chat.Blocked(err) {
		return queue.Done()
	}
	// Of messages that are too old Telegram may say that they are deleted.
	if _, no := chat.Refused(err); !no && !late {
		return queue.Done()
	}
	o.Log.Warn("message not deleted", "chat_id", t.Chat, "error", err)
	name := "undeleted:" + text.ID(t.Chat) + ":" + string(storage.DayOf(o.Now(), o.TimeZone))
	l := Message{Text: o.LocalizerOf(ctx, t.Person).Text("undeleted", nil), ReplyTo: t.Message, Notice: true}
	return queue.Done(o.Post(name, t.Chat, l))
}
