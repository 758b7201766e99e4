package sandbox

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"
	"mrzbot/sandbox/botapi"
)

// Option changes how a person sends something.
type Option func(*draft)

// draft is a person's message on its way.
type draft struct {
	chat      int64 // 0: their talk with the bot
	replyTo   int
	origin    object
	album     string
	unchanged bool
}

// ReplyTo makes it a reply to a message of the chat.
func ReplyTo(messageID int) Option { return func(d *draft) { d.replyTo = messageID } }

// In sends it to a group instead of the talk with the bot.
func In(g Group) Option { return func(d *draft) { d.chat = g.ID } }

// ForwardedFrom forwards it from somebody whose account is open.
func ForwardedFrom(p Person) Option {
	return func(d *draft) { d.origin = object{"type": "user", "sender_user": p.user()} }
}

// ForwardedHidden forwards it from somebody who shows only a name.
func ForwardedHidden(name string) Option {
	return func(d *draft) { d.origin = object{"type": "hidden_user", "sender_user_name": name} }
}

// InAlbum makes it a part of the album of that id. Telegram sends the parts
// as separate updates without an end mark.
func InAlbum(id string) Option { return func(d *draft) { d.album = id } }

// Unchanged sends a photo's bytes as they are, without Telegram's scaling and
// recompression.
func Unchanged() Option { return func(d *draft) { d.unchanged = true } }

func drafted(options []Option) draft {
	var d draft
	for _, option := range options {
		option(&d)
	}
	return d
}

// Say sends a text and returns the message's id. A text of nothing but white
// space cannot be sent: 0.
func (t *Telegram) Say(p Person, text string, options ...Option) int {
	text = botapi.Plain(text)
	if text == "" {
		return 0
	}
	return t.send(p, drafted(options), &message{wire: wireMessage{Text: text, Entities: commandsIn(text)}})
}

// send brings a person's message into the chat and on its way to the bot.
func (t *Telegram) send(p Person, d draft, m *message) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.chats[d.chat]
	if d.chat == 0 {
		c = t.talk(p)
	}
	if c == nil || !c.member {
		return 0 // a group the bot is not in
	}
	user := t.know(p).user()
	m.wire.From = &user
	m.wire.AlbumID = d.album
	if d.origin != nil {
		d.origin["date"] = t.now().Unix()
		m.wire.ForwardOrigin = d.origin
	}
	if target := t.find(c, d.replyTo); target != nil {
		m.wire.ReplyTo = target.quoted()
	}
	t.add(c, m)
	wire := m.wire
	t.enqueue(messageQueue(c.ID), "message", updateLifetime, wireUpdate{Message: &wire})
	return m.wire.ID
}

// Post publishes a text in a channel.
func (t *Telegram) Post(g Group, text string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.chats[g.ID]
	if c == nil || !c.member {
		return 0
	}
	text = botapi.Plain(text)
	m := &message{wire: wireMessage{Text: text, Entities: commandsIn(text), SenderChat: &c.Chat}}
	t.add(c, m)
	wire := m.wire
	t.enqueue(messageQueue(c.ID), "channel_post", updateLifetime, wireUpdate{ChannelPost: &wire})
	return m.wire.ID
}

// Edit changes the text or caption of a message the person sent; false: there
// is no such message of theirs.
func (t *Telegram) Edit(p Person, messageID int, text string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.messages[messageID]
	if m == nil || m.deleted || m.wire.From == nil || m.wire.From.ID != p.ID {
		return false
	}
	text = botapi.Plain(text)
	if m.wire.kind() == "text" {
		m.wire.Text, m.wire.Entities = text, commandsIn(text)
	} else {
		m.wire.Caption, m.wire.CaptionEntities = text, commandsIn(text)
	}
	m.wire.EditDate = t.now().Unix()
	m.version = t.touch()
	wire := m.wire
	t.enqueue(messageQueue(m.wire.Chat.ID), "edited_message", updateLifetime, wireUpdate{EditedMessage: &wire})
	return true
}

// Erase deletes a message as a person does; a bot is not told.
func (t *Telegram) Erase(messageID int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m := t.messages[messageID]; m != nil {
		t.erase(m)
	}
}

var commandWord = regexp.MustCompile(`/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?`)

// commandsIn finds bot commands where Telegram's server finds them: not
// after a letter, a digit, "_", "/", "<" or ">", and not before one of them.
// The sandbox marks nothing else in what people write.
func commandsIn(text string) []models.MessageEntity {
	var list []models.MessageEntity
	for _, place := range commandWord.FindAllStringIndex(text, -1) {
		from, to := place[0], place[1]
		before, _ := utf8.DecodeLastRuneInString(text[:from])
		after, _ := utf8.DecodeRuneInString(text[to:])
		if from > 0 && joins(before) || to < len(text) && joins(after) {
			continue
		}
		list = append(list, models.MessageEntity{
			Type: "bot_command", Offset: botapi.Units(text[:from]), Length: botapi.Units(text[from:to]),
		})
	}
	return list
}

func joins(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_/<>", r)
}

// Errors of Press.
var (
	ErrNoMessage = errors.New("sandbox: there is no such message")
	ErrNoButton  = errors.New("sandbox: the message has no such button")
)

// Press presses the button with that callback data or, if none has it, with
// that label. It returns the id to ask Answer with. Buttons that copy or open
// an address send nothing: ErrNoButton.
func (t *Telegram) Press(p Person, messageID int, button string) (queryID string, err error) {
	return t.press(p, messageID, func(all []botapi.Button) int {
		if i := slices.IndexFunc(all, func(b botapi.Button) bool { return b.Data != "" && b.Data == button }); i >= 0 {
			return i
		}
		return slices.IndexFunc(all, func(b botapi.Button) bool { return b.Text == button })
	})
}

// PressIndex presses the n-th button, counted from 0 along the rows.
func (t *Telegram) PressIndex(p Person, messageID, n int) (queryID string, err error) {
	return t.press(p, messageID, func([]botapi.Button) int { return n })
}

func (t *Telegram) press(p Person, messageID int, choose func([]botapi.Button) int) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.messages[messageID]
	if m == nil || m.deleted {
		return "", ErrNoMessage
	}
	var all []botapi.Button
	if m.wire.ReplyMarkup != nil {
		all = slices.Concat(m.wire.ReplyMarkup.Rows...)
	}
	i := choose(all)
	if i < 0 || i >= len(all) || all[i].Data == "" {
		return "", ErrNoButton
	}
	wire := m.wire
	return t.ask(p, m.wire.Chat.ID, all[i].Data, &wire), nil
}

// PressForgotten presses a button of a message the bot cannot see any more:
// the update holds its id and no content. The data is anything a person with
// a crafted client may send.
func (t *Telegram) PressForgotten(p Person, messageID int, data string) (queryID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.talk(p)
	return t.ask(p, c.ID, data, object{"chat": c.Chat, "message_id": messageID, "date": 0})
}

func (t *Telegram) ask(p Person, chat int64, data string, about any) string {
	id := fmt.Sprintf("%d%09d", p.ID, len(t.asked)+1)
	for t.queries[id] != nil { // numbers come round again when old queries are forgotten
		id += "1"
	}
	t.queries[id] = &query{at: t.now()}
	t.asked = append(t.asked, id)
	for len(t.asked) > maxQueries {
		delete(t.queries, t.asked[0])
		t.asked = t.asked[1:]
	}
	t.enqueue(pressQueue(p.ID), "callback_query", queryLifetime, wireUpdate{CallbackQuery: &wireQuery{
		ID: id, From: t.know(p).user(), Message: about, ChatInstance: strings.TrimPrefix(fmt.Sprint(chat), "-"), Data: data,
	}})
	return id
}
