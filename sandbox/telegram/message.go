package faketelegram

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/sandbox/botapi"
)

// Message is a message as the people in the chat see it.
type Message struct {
	ID        int
	Chat      int64
	From      int64 // 0 for a channel's post
	FromBot   bool
	Date      time.Time
	EditDate  time.Time // zero: never edited
	Kind      string    // "text", "photo", "document", "sticker", … as Telegram's field is called
	Text      string    // or the caption
	Detail    string    // of a contact, a place or chosen people: who or where, in words
	Entities  []models.MessageEntity
	ReplyTo   int // message id; 0: no reply
	Topic     int // of the chat; 0: none
	Buttons   [][]botapi.Button
	File      *Attachment
	Forwarded string // name of the first sender, when it was forwarded
	AlbumID   string
	Protected bool
	Reaction  string // the bot's
	Deleted   bool
	Taken     bool  // a person's: the bot has it
	Version   int64 // grows with every change of any message; see Changes
}

// Attachment is the picture or file of a message.
type Attachment struct {
	FileID        string
	Name          string
	MIME          string
	Size          int
	Width, Height int
}

type message struct {
	wire     wireMessage
	picked   string // who was chosen, as their own phone shows it
	fromBot  bool
	reaction string
	deleted  bool
	taken    bool
	version  int64
}

func (m *message) view() Message {
	w := &m.wire
	v := Message{
		ID: w.ID, Chat: w.Chat.ID, FromBot: m.fromBot, Date: time.Unix(w.Date, 0), Kind: w.kind(),
		Text: w.Text, Entities: slices.Clone(w.Entities), File: w.attachment(), AlbumID: w.AlbumID,
		Topic: w.Thread, Protected: w.Protected, Reaction: m.reaction, Deleted: m.deleted, Taken: m.taken, Version: m.version,
	}
	if w.From != nil {
		v.From = w.From.ID
	}
	if w.EditDate != 0 {
		v.EditDate = time.Unix(w.EditDate, 0)
	}
	if v.Text == "" {
		v.Text, v.Entities = w.Caption, slices.Clone(w.CaptionEntities)
	}
	if w.ReplyTo != nil {
		v.ReplyTo = w.ReplyTo.ID
	}
	if w.ReplyMarkup != nil {
		v.Buttons = w.ReplyMarkup.Rows
	}
	if v.Detail = w.detail(); m.picked != "" {
		v.Detail = m.picked
	}
	if name, ok := w.ForwardOrigin["sender_user_name"].(string); ok {
		v.Forwarded = name
	}
	if user, ok := w.ForwardOrigin["sender_user"].(models.User); ok {
		v.Forwarded = Person{FirstName: user.FirstName, LastName: user.LastName}.Name()
	}
	return v
}

func (w *wireMessage) kind() string {
	switch {
	case w.Photo != nil:
		return "photo"
	case w.Animation != nil: // before document: Telegram sets both
		return "animation"
	case w.Document != nil:
		return "document"
	case w.Sticker != nil:
		return "sticker"
	case w.Video != nil:
		return "video"
	case w.VideoNote != nil:
		return "video_note"
	case w.Voice != nil:
		return "voice"
	case w.Audio != nil:
		return "audio"
	case w.Contact != nil:
		return "contact"
	case w.Location != nil:
		return "location"
	case w.UsersShared != nil:
		return "users_shared"
	}
	return "text"
}

// detail says who or where, for what has no text.
func (w *wireMessage) detail() string {
	switch {
	case w.Contact != nil:
		return strings.TrimSpace(w.Contact.FirstName+" "+w.Contact.LastName) + ", " + w.Contact.PhoneNumber
	case w.Location != nil:
		return fmt.Sprintf("%.4f, %.4f", w.Location.Latitude, w.Location.Longitude)
	}
	return ""
}

func (w *wireMessage) attachment() *Attachment {
	switch {
	case len(w.Photo) > 0:
		p := w.Photo[len(w.Photo)-1]
		return &Attachment{FileID: p.FileID, MIME: "image/jpeg", Size: p.FileSize, Width: p.Width, Height: p.Height}
	case w.Document != nil:
		d := w.Document
		return &Attachment{FileID: d.FileID, Name: d.FileName, MIME: d.MimeType, Size: int(d.FileSize)}
	}
	return nil
}

// add puts a new message into its chat and gives it its number.
func (t *Server) add(c *chat, m *message) {
	t.lastID++
	m.wire.ID = t.lastID
	m.wire.Chat = c.Chat
	m.wire.Date = t.now().Unix()
	m.version = t.touch()
	t.messages[m.wire.ID] = m
	c.messages = append(c.messages, m)
	for len(c.messages) > maxMessagesPerChat {
		delete(t.messages, c.messages[0].wire.ID)
		c.messages = c.messages[1:]
	}
}

// find is a message that is still there; nil: none.
func (t *Server) find(c *chat, id int) *message {
	if m := t.messages[id]; m != nil && !m.deleted && m.wire.Chat.ID == c.ID {
		return m
	}
	return nil
}

// quoted is a message as it stands inside a reply to it: without its own
// reply, as Telegram sends it.
func (m *message) quoted() *wireMessage {
	w := m.wire
	w.ReplyTo = nil
	return &w
}

// Messages is what stands in the chat, oldest first, deleted ones included
// and marked.
func (t *Server) Messages(chat int64) []Message {
	list, _ := t.Changes(chat, 0)
	slices.SortFunc(list, func(a, b Message) int { return a.ID - b.ID })
	return list
}

// Changes is the chat's messages that are new or changed since a version, in
// order of their change, and the version to ask with next.
func (t *Server) Changes(chat int64, since int64) ([]Message, int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []Message
	if c := t.chats[chat]; c != nil {
		for _, m := range c.messages {
			if m.version > since {
				list = append(list, m.view())
			}
		}
	}
	slices.SortFunc(list, func(a, b Message) int { return int(a.Version - b.Version) })
	return list, t.version
}

// Version grows with every change of any message.
func (t *Server) Version() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.version
}

// Message is one message by its id, which is unique over all chats.
func (t *Server) Message(id int) (Message, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m, ok := t.messages[id]
	if !ok {
		return Message{}, false
	}
	return m.view(), true
}

// WaitMessage waits for a message of the bot in the chat that fits, and
// returns the latest one that does. A nil match fits every message.
func (t *Server) WaitMessage(ctx context.Context, chat int64, match func(Message) bool) (Message, error) {
	var found Message
	err := t.Wait(ctx, func() bool {
		for _, m := range slices.Backward(t.Messages(chat)) {
			if m.FromBot && !m.Deleted && (match == nil || match(m)) {
				found = m
				return true
			}
		}
		return false
	})
	return found, err
}

// Keyboard is the reply keyboard now shown in the chat and the placeholder of
// its input field.
func (t *Server) Keyboard(chat int64) (rows [][]botapi.Key, placeholder string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.chats[chat]; c != nil {
		return c.keys, c.holder
	}
	return nil, ""
}
