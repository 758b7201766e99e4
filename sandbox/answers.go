package sandbox

import (
	"slices"
	"time"

	"github.com/go-telegram/bot/models"
	"mrzbot/sandbox/botapi"
)

const (
	// queryLifetime is how long Telegram keeps a button press for delivery,
	// and here also how long the bot may answer it.
	queryLifetime = 150 * time.Second
	// typingLasts is how long a chat action is shown.
	typingLasts = 5 * time.Second
)

// query is a press of a button that waits for the bot's answer.
type query struct {
	at     time.Time
	answer *Answer
}

// Answer is what the person sees after a press: nothing, a notice at the top,
// or a box they must close.
type Answer struct {
	At    time.Time
	Text  string
	Alert bool
	URL   string
}

// Typing is one chat action of the bot.
type Typing struct {
	At     time.Time
	Chat   int64
	Action string
	Topic  int // of the chat; 0: none

	after int // the last message there was
}

func (t *Telegram) answerCallbackQuery(q *botapi.Request) (any, *botapi.Error) {
	asked := t.queries[q.Fields["callback_query_id"]]
	now := t.now()
	if asked == nil || asked.answer != nil || now.Sub(asked.at) > queryLifetime {
		return nil, botapi.BadRequest("query is too old and response timeout expired or query ID is invalid")
	}
	text := botapi.Plain(q.Fields["text"])
	if botapi.Units(text) > botapi.MaxAnswer {
		return nil, botapi.BadRequest("MESSAGE_TOO_LONG")
	}
	asked.answer = &Answer{At: now, Text: text, Alert: q.Bool("show_alert"), URL: q.Fields["url"]}
	t.touch()
	return true, nil
}

// Answer is the bot's answer to a press; false: none yet.
func (t *Telegram) Answer(queryID string) (Answer, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if asked := t.queries[queryID]; asked != nil && asked.answer != nil {
		return *asked.answer, true
	}
	return Answer{}, false
}

var chatActions = []string{
	"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
	"choose_sticker", "find_location", "record_video_note", "upload_video_note",
}

func (t *Telegram) sendChatAction(q *botapi.Request) (any, *botapi.Error) {
	c, err := t.chatOf(q)
	if err != nil {
		return nil, err
	}
	action := q.Fields["action"]
	if !slices.Contains(chatActions, action) {
		return nil, botapi.BadRequest("wrong parameter action in request")
	}
	topic, err := c.topicOf(q)
	if err != nil {
		return nil, err
	}
	t.typings = keepLast(append(t.typings, Typing{At: t.now(), Chat: c.ID, Action: action, Topic: topic, after: t.lastID}), maxTypings)
	t.touch()
	return true, nil
}

// Typings is every chat action so far, oldest first.
func (t *Telegram) Typings(chat int64) []Typing {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []Typing
	for _, typing := range t.typings {
		if typing.Chat == chat {
			list = append(list, typing)
		}
	}
	return list
}

// TypingUntil is when the typing now shown in the chat goes out; zero: none is
// shown. A message of the bot ends it, as in Telegram.
func (t *Telegram) TypingUntil(chat int64) time.Time {
	list := t.Typings(chat)
	if len(list) == 0 {
		return time.Time{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	last := list[len(list)-1]
	until := last.At.Add(typingLasts)
	if !until.After(t.now()) {
		return time.Time{}
	}
	if c := t.chats[chat]; c != nil {
		for _, m := range c.messages {
			if m.fromBot && m.wire.ID > last.after {
				return time.Time{}
			}
		}
	}
	return until
}

// reactions a bot may set (https://core.telegram.org/bots/api#reactiontypeemoji).
var reactions = []string{
	"❤", "👍", "👎", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩", "🤮", "💩", "🙏", "👌", "🕊",
	"🤡", "🥱", "🥴", "😍", "🐳", "❤\u200d🔥", "🌚", "🌭", "💯", "🤣", "⚡", "🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾",
	"💋", "🖕", "😈", "😴", "😭", "🤓", "👻", "👨\u200d💻", "👀", "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅",
	"🎄", "☃", "💅", "🤪", "🗿", "🆒", "💘", "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "🤷\u200d♂", "🤷", "🤷\u200d♀", "😡",
}

func (t *Telegram) setMessageReaction(q *botapi.Request) (any, *botapi.Error) {
	c, err := t.chatOf(q)
	if err != nil {
		return nil, err
	}
	m := t.find(c, int(q.Int("message_id")))
	if m == nil {
		return nil, botapi.BadRequest("message to react not found")
	}
	var chosen []struct {
		Emoji string `json:"emoji"`
	}
	if err := q.Decode("reaction", &chosen); err != nil {
		return nil, err
	}
	switch {
	case len(chosen) > 1:
		return nil, botapi.BadRequest("REACTIONS_TOO_MANY")
	case len(chosen) == 0:
		m.reaction = ""
	case !slices.Contains(reactions, chosen[0].Emoji):
		return nil, botapi.BadRequest("REACTION_INVALID")
	default:
		m.reaction = chosen[0].Emoji
	}
	m.version = t.touch()
	return true, nil
}

func (t *Telegram) getMe(*botapi.Request) (any, *botapi.Error) { return t.bot, nil }

func (t *Telegram) getChat(q *botapi.Request) (any, *botapi.Error) {
	c, err := t.chatOf(q)
	if err != nil && err.Code == 403 { // a chat may be looked at where the bot may not write
		id := q.Int("chat_id")
		if known := t.chats[id]; known != nil && known.Type == models.ChatTypePrivate {
			c, err = known, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return object{
		"id": c.ID, "type": c.Type, "title": c.Title, "username": c.Username,
		"first_name": c.FirstName, "last_name": c.LastName, "accent_color_id": 0, "max_reaction_count": 11,
		"accepted_gift_types": object{
			"unlimited_gifts": true, "limited_gifts": true, "unique_gifts": true, "premium_subscription": true, "gifts_from_channels": true,
		},
	}, nil
}
