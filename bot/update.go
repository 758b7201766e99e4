package bot

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// What people who were not let in may cause, so that they cost nothing and
// can flood nobody: one reply an hour to photos and talk, ten to commands.
const (
	strangerWindow   = time.Hour
	strangerReplies  = 1
	strangerCommands = 10
)

// noteUndecodable is how the door marks an update that says neither from whom
// it is nor where it belongs.
const noteUndecodable = "undecodable"

// maxTalkAge is how long an answer to talk is tried; later nobody waits for it.
const maxTalkAge = time.Hour

// conversation is one update being answered.
type conversation struct {
	*Bot
	t         storage.Task
	from      models.User
	person    storage.Person
	localizer text.Localizer
	thread    int            // the topic it came from; 0: none
	then      []storage.Task // what follows when this one is done
	keep      *storage.Keep  // nil: nobody looks for it again
}

// update answers everything that is not a photo.
func (b *Bot) update(ctx context.Context, t storage.Task) queue.Verdict {
	raw, err := b.Seal.Open(t.ID, chat.SealUpdate, t.Payload)
	if err != nil {
		// Sealed under another token: a command of that time is not worth a word.
		return queue.Done()
	}
	var u models.Update
	if err := json.Unmarshal(raw, &u); err != nil || t.Note == noteUndecodable {
		b.Log.Warn("update put aside", "update_id", chat.UpdateID(t), "error_type", errorType(err))
		return queue.Aside(noteUndecodable)
	}
	c := &conversation{Bot: b, t: t}
	var answer func(context.Context) error
	switch {
	case u.Message != nil && u.Message.From != nil && u.Message.Chat.Type == models.ChatTypePrivate:
		c.from, c.thread = *u.Message.From, chat.TopicOf(u.Message)
		answer = func(ctx context.Context) error { return c.message(ctx, u.Message) }
	case u.CallbackQuery != nil:
		c.from, c.thread = u.CallbackQuery.From, chat.TopicOf(u.CallbackQuery.Message.Message)
		answer = func(ctx context.Context) error { return c.press(ctx, u.CallbackQuery) }
	case u.MyChatMember != nil:
		b.note(ctx, u.MyChatMember.From.ID, u.MyChatMember.NewChatMember.Type == models.ChatMemberTypeBanned)
		return queue.Done()
	default:
		return queue.Done()
	}
	if c.person, err = b.person(ctx, c.from.ID); err != nil {
		return outage.StoreFailed(b.Log, b.Now(), t, "who wrote it", err)
	}
	c.localizer = b.catalog.Localizer(c.from.LanguageCode)
	return c.settle(ctx, answer(ctx))
}

// settle turns the error of an answer into what becomes of its task.
func (c *conversation) settle(ctx context.Context, err error) queue.Verdict {
	if err == nil && c.keep != nil {
		return queue.Keep(c.keep.Until, c.keep.Note, c.then...)
	}
	if err == nil {
		return queue.Done(c.then...)
	}
	if chat.Blocked(err) {
		c.note(ctx, c.t.Person, true)
		return queue.Done(c.then...) // others are told all the same
	}
	after, fromTelegram := chat.RetryAfter(err)
	switch {
	case c.Now().Sub(c.t.Added) > maxTalkAge:
		c.Log.Error("no answer given", "update_id", chat.UpdateID(c.t), "error", err)
		return queue.Done(c.then...)
	case fromTelegram:
		return queue.Later(c.Now().Add(max(after, time.Second)), c.t.Note)
	case outage.IsStoreError(err):
		return outage.StoreFailed(c.Log, c.Now(), c.t, "answer", err)
	default:
		c.Log.Error("answer refused", "update_id", chat.UpdateID(c.t), "error", err)
		return queue.Done(c.then...)
	}
}

// message answers a message.
func (c *conversation) message(ctx context.Context, m *models.Message) error {
	cmd, isCommand := parseCommand(m.Text, c.Username)
	none, err := c.unclaimed(ctx)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	switch {
	case none:
		return c.toStranger(ctx, isCommand, "unclaimed")
	case c.person.Role == storage.RoleNone && cmd.name == "privacy":
		return c.toStranger(ctx, true, c.privacyText())
	case c.person.Role == storage.RoleNone:
		return c.toStranger(ctx, isCommand, "stranger")
	case isCommand:
		return c.command(ctx, cmd, m)
	default:
		return c.reply(ctx, c.localizer.Text(talkText(m, c.person.Role), nil))
	}
}

// talkText says which friendly line fits a message that is neither a photo nor
// a command.
func talkText(m *models.Message, role storage.Role) string {
	switch {
	case m.Sticker != nil, m.Animation != nil:
		return "talk.sticker"
	case m.Video != nil, m.VideoNote != nil:
		return "talk.video"
	case m.Voice != nil, m.Audio != nil:
		return "talk.voice"
	case role == storage.RoleAdmin && (m.ForwardOrigin != nil || m.Contact != nil):
		return "talk.allow_hint"
	case m.Text != "":
		return "talk.text"
	default:
		return "talk.other"
	}
}

// toStranger answers somebody who was not let in, within bounds.
func (c *conversation) toStranger(ctx context.Context, command bool, key string) error {
	bucket, n := "talk:", strangerReplies
	if command {
		bucket, n = "command:", strangerCommands
	}
	ok, err := c.Store.Take(ctx, bucket+text.ID(c.t.Person), c.Now(), n, strangerWindow)
	if err != nil {
		return outage.StoreError{Err: err}
	}
	if !ok {
		return nil
	}
	m := c.withID(key)
	if key == "stranger" {
		m.Markup = chat.Buttons(c.localizer, chat.Button{Name: "button.ask", Data: askButton})
	}
	return c.sendMessage(ctx, m)
}

// withID says a text, with the person's id where it has a place for it, which
// copies at a tap.
func (c *conversation) withID(key string) chat.Message {
	before, after, has := strings.Cut(c.localizer.Text(key, text.Args{"ID": text.Gap, "Days": c.ledgerDays()}), text.Gap)
	var r text.Builder
	if r.Add(before); has {
		r.Code(text.ID(c.t.Person)).Add(after)
	}
	return chat.Message{Text: r.String(), Entities: r.Entities}
}

// reply answers in the chat the update came from.
func (c *conversation) reply(ctx context.Context, said string) error {
	var r text.Builder
	return c.send(ctx, r.Add(said))
}

func (c *conversation) send(ctx context.Context, r *text.Builder) error {
	return c.sendMessage(ctx, chat.Message{Text: r.String(), Entities: r.Entities})
}

// sendMessage answers in the chat the update came from. An answer that
// Telegram does not take now becomes a letter: what the update asked for is
// done, and must not be done again to be able to say so.
func (c *conversation) sendMessage(ctx context.Context, m chat.Message) error {
	m.Chat, m.Thread, m.Protect = c.t.Chat, c.thread, c.Protect
	_, rest, err := c.sender.Send(ctx, m)
	if chat.Blocked(err) {
		return err
	}
	if err == nil {
		c.then = append(c.then, c.follow(c.t.ID, c.t.Chat, rest, false)...)
		return nil
	}
	l := letter{Text: m.Text, Entities: m.Entities, Thread: m.Thread}
	l.Buttons, _ = m.Markup.(*models.InlineKeyboardMarkup)
	c.then = append(c.then, c.post("answer:"+c.t.ID, c.t.Chat, l))
	return nil
}
