package bot

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

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
	t      storage.Task
	from   models.User
	person storage.Person
	voice  voice
	thread int            // the topic it came from; 0: none
	then   []storage.Task // what follows when this one is done
	keep   *storage.Keep  // nil: nobody looks for it again
}

// update answers everything that is not a photo.
func (b *Bot) update(ctx context.Context, t storage.Task) queue.Verdict {
	raw, err := b.Seal.Open(t.ID, SealUpdate, t.Payload)
	if err != nil {
		// Sealed under another token: a command of that time is not worth a word.
		return queue.Done()
	}
	var u models.Update
	if err := json.Unmarshal(raw, &u); err != nil || t.Note == noteUndecodable {
		b.Log.Warn("update put aside", "update_id", updateID(t), "error_type", errorType(err))
		return queue.Aside(noteUndecodable)
	}
	c := &conversation{Bot: b, t: t}
	var answer func(context.Context) error
	switch {
	case u.Message != nil && u.Message.From != nil && u.Message.Chat.Type == models.ChatTypePrivate:
		c.from, c.thread = *u.Message.From, topicOf(u.Message)
		answer = func(ctx context.Context) error { return c.message(ctx, u.Message) }
	case u.CallbackQuery != nil:
		c.from, c.thread = u.CallbackQuery.From, topicOf(u.CallbackQuery.Message.Message)
		answer = func(ctx context.Context) error { return c.press(ctx, u.CallbackQuery) }
	case u.MyChatMember != nil:
		b.note(ctx, u.MyChatMember.From.ID, u.MyChatMember.NewChatMember.Type == models.ChatMemberTypeBanned)
		return queue.Done()
	default:
		return queue.Done()
	}
	if c.person, err = b.person(ctx, c.from.ID); err != nil {
		return b.storeFailed(t, "who wrote it", err)
	}
	c.voice = b.texts.speak(c.from.LanguageCode)
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
	if blocked(err) {
		c.note(ctx, c.t.Person, true)
		return queue.Done(c.then...) // others are told all the same
	}
	after, fromTelegram := retryAfter(err)
	switch {
	case c.Now().Sub(c.t.Added) > maxTalkAge:
		c.Log.Error("no answer given", "update_id", updateID(c.t), "error", err)
		return queue.Done(c.then...)
	case fromTelegram:
		return queue.Later(c.Now().Add(max(after, time.Second)), c.t.Note)
	case isStoreError(err):
		return c.storeFailed(c.t, "answer", err)
	default:
		c.Log.Error("answer refused", "update_id", updateID(c.t), "error", err)
		return queue.Done(c.then...)
	}
}

// message answers a message.
func (c *conversation) message(ctx context.Context, m *models.Message) error {
	cmd, isCommand := parseCommand(m.Text, c.Username)
	none, err := c.unclaimed(ctx)
	if err != nil {
		return storeError{err}
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
		return c.reply(ctx, c.voice.say(talkText(m, c.person.Role), nil))
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
func (c *conversation) toStranger(ctx context.Context, command bool, text string) error {
	key, n := "talk:", strangerReplies
	if command {
		key, n = "command:", strangerCommands
	}
	ok, err := c.Store.Take(ctx, key+itoa(c.t.Person), c.Now(), n, strangerWindow)
	if err != nil {
		return storeError{err}
	}
	if !ok {
		return nil
	}
	m := c.withID(text)
	if text == "stranger" {
		m.Markup = buttons(c.voice, button{"button.ask", askButton})
	}
	return c.sendMessage(ctx, m)
}

// withID says a text, with the person's id where it has a place for it, which
// copies at a tap.
func (c *conversation) withID(text string) Message {
	before, after, has := strings.Cut(c.voice.say(text, args{"ID": blank, "Days": c.ledgerDays()}), blank)
	var r rich
	if r.add(before); has {
		r.code(itoa(c.t.Person)).add(after)
	}
	return Message{Text: r.String(), Entities: r.entities}
}

// reply answers in the chat the update came from.
func (c *conversation) reply(ctx context.Context, text string) error {
	var r rich
	return c.send(ctx, r.add(text))
}

func (c *conversation) send(ctx context.Context, r *rich) error {
	return c.sendMessage(ctx, Message{Text: r.String(), Entities: r.entities})
}

// sendMessage answers in the chat the update came from. An answer that
// Telegram does not take now becomes a letter: what the update asked for is
// done, and must not be done again to be able to say so.
func (c *conversation) sendMessage(ctx context.Context, m Message) error {
	m.Chat, m.Thread, m.Protect = c.t.Chat, c.thread, c.Protect
	_, rest, err := c.Bot.send(ctx, m)
	if blocked(err) {
		return err
	}
	if err == nil {
		c.then = append(c.then, c.follow(c.t.ID, c.t.Chat, rest)...)
		return nil
	}
	l := letter{Text: m.Text, Entities: m.Entities, Thread: m.Thread}
	l.Buttons, _ = m.Markup.(*models.InlineKeyboardMarkup)
	c.then = append(c.then, c.post("answer:"+c.t.ID, c.t.Chat, l))
	return nil
}

// topicOf gives the topic of a private chat that a message stands in; 0: none,
// or not known.
func topicOf(m *models.Message) int {
	if m == nil {
		return 0
	}
	return topic(m.IsTopicMessage, m.MessageThreadID)
}

// topic gives the id of a topic. A message can have a thread without standing
// in a topic: nothing can be sent there.
func topic(inTopic bool, thread int) int {
	if !inTopic {
		return 0
	}
	return thread
}

// storeError marks an error as the store's, so that it is told from Telegram's.
type storeError struct{ error }

func (e storeError) Unwrap() error { return e.error }
