package sandbox

import (
	"mrzbot/sandbox/botapi"
)

// Option changes how a person sends something.
type Option func(*draft)

// draft is a person's message on its way.
type draft struct {
	chat      int64 // 0: their talk with the bot
	replyTo   int
	topic     int
	origin    object
	album     string
	unchanged bool
}

// ReplyTo makes it a reply to a message of the chat.
func ReplyTo(messageID int) Option { return func(d *draft) { d.replyTo = messageID } }

// InTopic sends it to a topic of the talk with the bot.
func InTopic(id int) Option { return func(d *draft) { d.topic = id } }

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
	m.wire.Thread, m.wire.InTopic = d.topic, d.topic != 0
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
