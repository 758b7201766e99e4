// Package reply is one update being answered: the message that somebody wrote,
// or the button that they pressed, and the means to answer it. What is answered
// is decided by those who handle it.
package reply

import (
	"context"
	"encoding/json"
	"log/slog"
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
	Thread    int             // the topic it came from; 0: none
	Then      []storage.Task  // what follows when this one is done
	Keep      *storage.Retain // nil: nobody looks for it again
}

// Settle turns the error of an answer into what becomes of its task.
func (r *Request) Settle(ctx context.Context, err error) queue.Verdict {
	if err == nil && r.Keep != nil {
		return queue.Retain(*r.Keep, r.Then...)
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
		return queue.Later(r.Now().Add(max(after, time.Second)))
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
	_, err := r.SendNew(ctx, m)
	return err
}

// SendNew is SendMessage that tells which message it became; 0: it is not known, or
// not sent yet.
func (r *Request) SendNew(ctx context.Context, m chat.Message) (message int, err error) {
	m.Chat, m.Thread, m.Protect = r.Task.Chat, r.Thread, r.ProtectContent
	sent, rest, err := r.Chat.Send(ctx, m)
	if chat.Blocked(err) {
		return 0, err
	}
	l := r.letter(m)
	if err == nil {
		r.Then = append(r.Then, r.Outbox.Rest(r.Task.ID, r.Task.Chat, rest, l)...)
		return sent.ID, nil
	}
	r.Then = append(r.Then, r.Outbox.Post("answer:"+r.Task.ID, r.Task.Chat, l))
	return 0, nil
}

// letter makes an answer a message of its own. What an admin is answered may name
// others: it is for nobody who is an admin no more when it goes out.
func (r *Request) letter(m chat.Message) outbox.Message {
	l := outbox.Message{Text: m.Text, Entities: m.Entities, Thread: m.Thread, ForAdmins: r.Person.Role == storage.RoleAdmin}
	if buttons, ok := m.Markup.(*models.InlineKeyboardMarkup); ok {
		l.Buttons = buttons
	} else if m.Markup != nil {
		l.Keys, _ = json.Marshal(m.Markup) // strings, numbers and truths always can be
	}
	return l
}

// Ask sends a question with buttons that name this update, which is kept for them
// for a while: see Under.
func (r *Request) Ask(ctx context.Context, m chat.Message, keepFor time.Duration) error {
	message, err := r.SendNow(ctx, m)
	if err != nil {
		return err
	}
	r.Keep = &storage.Retain{Until: r.Now().Add(keepFor), Reply: message}
	return nil
}

// SendNow is SendNew for a question whose answer must find it. With an error it was not
// sent, and the update is worked again when Telegram takes it: nothing is done yet.
func (r *Request) SendNow(ctx context.Context, m chat.Message) (message int, err error) {
	m.Chat, m.Thread, m.Protect = r.Task.Chat, r.Thread, r.ProtectContent
	sent, rest, err := r.Chat.Send(ctx, m)
	if err != nil {
		return 0, err
	}
	r.Then = append(r.Then, r.Outbox.Rest(r.Task.ID, r.Task.Chat, rest, r.letter(m))...)
	return sent.ID, nil
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
	_, err := r.ShowIn(ctx, m)
	return err
}

// ShowIn is Show that tells in which message it stands then, as SendNew does.
func (r *Request) ShowIn(ctx context.Context, m chat.Message) (message int, err error) {
	if err := r.Chat.Edit(ctx, r.Task.Chat, r.Task.Message, m); err != nil {
		return r.SendNew(ctx, m)
	}
	return r.Task.Message, nil
}

// Strip takes the buttons off the message that was pressed.
func (r *Request) Strip(ctx context.Context, q *models.CallbackQuery) {
	if m := q.Message.Message; m != nil && m.Text != "" {
		r.Edit(ctx, r.Task.Chat, r.Task.Message, chat.Message{Text: m.Text, Entities: m.Entities})
	}
}

// Under reports whether the press came from the message that a retained task
// remembers as its own. An id that was lost on the way fits any.
func (r *Request) Under(kept storage.Task) bool {
	return kept.Reply == 0 || kept.Reply == r.Task.Message
}
