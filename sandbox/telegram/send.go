package faketelegram

import (
	"strconv"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/sandbox/botapi"
)

// chatOf finds the chat a call is about, and refuses where the bot may not
// write.
func (t *Server) chatOf(q *botapi.Request) (*chat, *botapi.Error) {
	raw := q.Fields["chat_id"]
	if name, ok := strings.CutPrefix(raw, "@"); ok {
		for _, c := range t.chats {
			if c.Type != models.ChatTypePrivate && c.member && strings.EqualFold(c.Username, name) {
				return c, nil
			}
		}
		return nil, botapi.BadRequest("chat not found")
	}
	id, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || id == 0 {
		return nil, botapi.BadRequest("chat not found")
	}
	if id > 0 {
		return t.privateChat(id)
	}
	c, ok := t.chats[id]
	switch {
	case !ok:
		return nil, botapi.BadRequest("chat not found")
	case !c.member:
		return nil, botapi.Forbidden("bot is not a member of the " + string(c.Type) + " chat")
	}
	return c, nil
}

func (t *Server) privateChat(id int64) (*chat, *botapi.Error) {
	who, known := t.people[id]
	switch {
	case !known:
		return nil, botapi.BadRequest("chat not found")
	case !who.started:
		return nil, botapi.Forbidden("bot can't initiate conversation with a user")
	case who.blocked:
		return nil, botapi.Forbidden("bot was blocked by the user")
	}
	return t.chats[id], nil
}

func (t *Server) sendMessage(q *botapi.Request) (any, *botapi.Error) {
	c, err := t.chatOf(q)
	if err != nil {
		return nil, err
	}
	m := &message{}
	if m.wire.Text, m.wire.Entities, err = botapi.Text(q, "text", botapi.MaxText); err != nil {
		return nil, err
	}
	m.wire.Entities = withCommands(m.wire.Text, m.wire.Entities)
	return t.post(c, m, q)
}

func (t *Server) sendPhoto(q *botapi.Request) (any, *botapi.Error) {
	return t.sendUpload(q, "photo", func(m *message, f *file) *botapi.Error {
		sizes, err := t.photoSizes(f.data)
		if err != nil {
			return botapi.BadRequest("IMAGE_PROCESS_FAILED")
		}
		m.wire.Photo = sizes
		return nil
	})
}

func (t *Server) sendDocument(q *botapi.Request) (any, *botapi.Error) {
	return t.sendUpload(q, "document", func(m *message, f *file) *botapi.Error {
		m.wire.Document = f.document()
		return nil
	})
}

// Uploads may be this large (https://core.telegram.org/bots/api#sending-files).
const (
	maxUpload      = 50 << 20
	maxUploadPhoto = 10 << 20
)

func (t *Server) sendUpload(q *botapi.Request, name string, attach func(*message, *file) *botapi.Error) (any, *botapi.Error) {
	c, err := t.chatOf(q)
	if err != nil {
		return nil, err
	}
	f, err := t.uploaded(q, name)
	if err != nil {
		return nil, err
	}
	m := &message{}
	if m.wire.Caption, m.wire.CaptionEntities, err = botapi.Text(q, "caption", botapi.MaxCaption); err != nil {
		return nil, err
	}
	m.wire.CaptionEntities = withCommands(m.wire.Caption, m.wire.CaptionEntities)
	if err := attach(m, f); err != nil {
		return nil, err
	}
	return t.post(c, m, q)
}

// uploaded is the file of a call: a part of that name, a part named by
// attach://, or one Telegram knows already.
func (t *Server) uploaded(q *botapi.Request, name string) (*file, *botapi.Error) {
	kind := name
	if name == "media" { // of an edit, which is to a picture always
		kind = "photo"
	}
	reference := q.Fields[name]
	part, ok := q.Files[name]
	if !ok {
		attached, isAttached := strings.CutPrefix(reference, "attach://")
		if !isAttached {
			return t.files.known(reference)
		}
		part = q.Files[attached]
	}
	limit := maxUpload
	if kind == "photo" {
		limit = maxUploadPhoto
	}
	switch {
	case len(part.Data) == 0:
		return nil, botapi.BadRequest("file must be non-empty")
	case len(part.Data) > limit:
		return nil, botapi.BadRequest("file is too big")
	}
	return t.files.add(kind, part.Name, part.MIME, part.Data), nil
}

// post finishes a message of the bot: reply, keyboard, protection.
func (t *Server) post(c *chat, m *message, q *botapi.Request) (any, *botapi.Error) {
	topic, err := c.topicOf(q)
	if err != nil {
		return nil, err
	}
	if err := t.setReply(c, m, q); err != nil {
		return nil, err
	}
	if m.wire.ReplyTo != nil && topic == 0 {
		topic = m.wire.ReplyTo.Thread // a reply stands beside what it answers
	}
	m.wire.Thread, m.wire.InTopic = topic, topic != 0
	markup, err := botapi.ReadMarkup(q)
	if err != nil {
		return nil, err
	}
	if markup != nil {
		if len(markup.Inline) > 0 {
			m.wire.ReplyMarkup = &wireInline{Rows: markup.Inline}
		}
		if len(markup.Keys) > 0 || markup.Remove {
			c.keys = markup.Keys
		}
		c.holder = markup.Holder
	}
	m.fromBot = true
	m.wire.Protected = q.Bool("protect_content")
	if c.Type == models.ChatTypeChannel {
		m.wire.SenderChat = &c.Chat
	} else {
		m.wire.From = &t.bot
	}
	t.add(c, m)
	return &m.wire, nil
}

func (t *Server) setReply(c *chat, m *message, q *botapi.Request) *botapi.Error {
	var reply struct {
		MessageID int  `json:"message_id"`
		Without   bool `json:"allow_sending_without_reply"`
	}
	if err := q.Decode("reply_parameters", &reply); err != nil || !q.Has("reply_parameters") {
		return err
	}
	target := t.find(c, reply.MessageID)
	if target == nil {
		// In a topic the permission does not count
		// (https://core.telegram.org/bots/api#replyparameters).
		if reply.Without && q.Int("message_thread_id") == 0 {
			return nil
		}
		return botapi.BadRequest("message to be replied not found")
	}
	m.wire.ReplyTo = target.quoted()
	return nil
}
