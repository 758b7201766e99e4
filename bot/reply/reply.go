// Package reply is one update being answered: the message that somebody wrote,
// or the button that they pressed, and the means to answer it. What is answered
// is decided by those who handle it.
package reply

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/people"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// maxTalkAge is how long an answer to talk is tried; later nobody waits for it.
const maxTalkAge = time.Hour

// Parts is what answering needs.
type Parts struct {
	Chat           *chat.Sender
	Outbox         *outbox.Outbox
	People         *people.List
	Log            *slog.Logger
	Now            func() time.Time
	ProtectContent bool
}

// Request is one update being answered: a message, or the press of a button.
type Request struct {
	*Parts
	Task      storage.Task
	From      models.User
	Person    storage.Person
	Localizer text.Localizer
	Thread    int            // the topic it came from; 0: none
	Then      []storage.Task // what follows when this one is done
	Keep      *storage.Keep  // nil: nobody looks for it again
}

// Settle turns the error of an answer into what becomes of its task.
func (r *Request) Settle(ctx context.Context, err error) queue.Verdict {
	if err == nil && r.Keep != nil {
		return queue.Keep(r.Keep.Until, r.Keep.Note, r.Then...)
	}
	if err == nil {
		return queue.Done(r.Then...)
	}
	if chat.Blocked(err) {
		r.People.MarkBlocked(ctx, r.Task.Person, true)
		return queue.Done(r.Then...) // others are told all the same
	}
	after, fromTelegram := chat.RetryAfter(err)
	switch {
	case r.Now().Sub(r.Task.Added) > maxTalkAge:
		r.Log.Error("no answer given", "update_id", chat.UpdateID(r.Task), "error", err)
		return queue.Done(r.Then...)
	case fromTelegram:
		return queue.Later(r.Now().Add(max(after, time.Second)), r.Task.Note)
	case outage.IsStoreError(err):
		return outage.StoreFailed(r.Log, r.Now(), r.Task, "answer", err)
	default:
		r.Log.Error("answer refused", "update_id", chat.UpdateID(r.Task), "error", err)
		return queue.Done(r.Then...)
	}
}

// Reply answers in the chat the update came from.
func (r *Request) Reply(ctx context.Context, said string) error {
	return r.Send(ctx, new(text.Builder).Add(said))
}

// Send answers with words and their entities.
func (r *Request) Send(ctx context.Context, words *text.Builder) error {
	return r.SendMessage(ctx, chat.Message{Text: words.String(), Entities: words.Entities})
}

// SendMessage answers in the chat the update came from. An answer that
// Telegram does not take now becomes a message of its own: what the update asked
// for is done, and must not be done again to be able to say so.
func (r *Request) SendMessage(ctx context.Context, m chat.Message) error {
	m.Chat, m.Thread, m.Protect = r.Task.Chat, r.Thread, r.ProtectContent
	_, rest, err := r.Chat.Send(ctx, m)
	if chat.Blocked(err) {
		return err
	}
	if err == nil {
		r.Then = append(r.Then, r.Outbox.Rest(r.Task.ID, r.Task.Chat, rest, false)...)
		return nil
	}
	l := outbox.Message{Text: m.Text, Entities: m.Entities, Thread: m.Thread}
	l.Buttons, _ = m.Markup.(*models.InlineKeyboardMarkup)
	r.Then = append(r.Then, r.Outbox.Post("answer:"+r.Task.ID, r.Task.Chat, l))
	return nil
}

// Toast ends the waiting of a button, with a text of that name or without. What
// the press was about is done: that Telegram does not take the word about it is
// not worth doing it again.
func (r *Request) Toast(ctx context.Context, q *models.CallbackQuery, key string) {
	if key != "" {
		key = r.Localizer.Text(key, nil)
	}
	r.ToastText(ctx, q, key)
}

// ToastText ends it with these words.
func (r *Request) ToastText(ctx context.Context, q *models.CallbackQuery, text string) {
	if err := r.Chat.API.AnswerCallback(ctx, q.ID, text, false); err != nil {
		r.Log.Debug("press not answered", "update_id", chat.UpdateID(r.Task), "error", err)
	}
}

// Edit changes a message of the bot's. One that cannot be changed stays as it
// is: its buttons know that they are of no use any more.
func (r *Request) Edit(ctx context.Context, in int64, message int, m chat.Message) {
	if err := r.Chat.Edit(ctx, in, message, m); err != nil {
		r.Log.Debug("message not edited", "update_id", chat.UpdateID(r.Task), "chat_id", in, "error", err)
	}
}

// Show puts a text in the place of the message that was pressed, or below it
// when that one cannot be changed.
func (r *Request) Show(ctx context.Context, m chat.Message) error {
	if err := r.Chat.Edit(ctx, r.Task.Chat, r.Task.Message, m); err != nil {
		return r.SendMessage(ctx, m)
	}
	return nil
}

// Strip takes the buttons off the message that was pressed.
func (r *Request) Strip(ctx context.Context, q *models.CallbackQuery) {
	if m := q.Message.Message; m != nil && m.Text != "" {
		r.Edit(ctx, r.Task.Chat, r.Task.Message, chat.Message{Text: m.Text, Entities: m.Entities})
	}
}

// Under reports whether the press came from the message that a kept task
// remembers as its own. An id that was lost on the way fits any.
func (r *Request) Under(kept storage.Task) bool {
	reply, _, _ := strings.Cut(kept.Note, " ")
	return reply == "0" || reply == text.ID(int64(r.Task.Message))
}
