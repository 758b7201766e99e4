package faketelegram

import (
	"reflect"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/sandbox/botapi"
)

const (
	// deletableFor is how long a bot may delete a message
	// (https://core.telegram.org/bots/api#deletemessage).
	deletableFor = 48 * time.Hour
	// maxDeleted is the most deleteMessages takes at once.
	maxDeleted = 100
)

func (t *Server) editMessageText(q *botapi.Request) (any, *botapi.Error) {
	m, err := t.editable(q)
	if err != nil {
		return nil, err
	}
	if m.wire.kind() != "text" {
		return nil, botapi.BadRequest("there is no text in the message to edit")
	}
	text, entities, err := botapi.Text(q, "text", botapi.MaxText)
	if err != nil {
		return nil, err
	}
	entities = withCommands(text, entities)
	inline, err := inlineMarkup(q)
	if err != nil {
		return nil, err
	}
	same := text == m.wire.Text && sameEntities(entities, m.wire.Entities) && reflect.DeepEqual(inline, m.wire.ReplyMarkup)
	if same {
		return nil, notModified()
	}
	m.wire.Text, m.wire.Entities, m.wire.ReplyMarkup = text, entities, inline
	return t.edited(m)
}

// editMessageMedia puts a picture in the place of another one, or of a text
// (https://core.telegram.org/bots/api#editmessagemedia).
func (t *Server) editMessageMedia(q *botapi.Request) (any, *botapi.Error) {
	m, err := t.editable(q)
	if err != nil {
		return nil, err
	}
	switch m.wire.kind() {
	case "text", "photo", "document":
	default:
		return nil, botapi.BadRequest("message can't be edited")
	}
	media, err := q.Object("media")
	if err != nil {
		return nil, err
	}
	f, err := t.uploaded(media, "media")
	if err != nil {
		return nil, err
	}
	sizes, failed := t.photoSizes(f.data)
	if failed != nil {
		return nil, botapi.BadRequest("IMAGE_PROCESS_FAILED")
	}
	caption, entities, err := botapi.Text(media, "caption", botapi.MaxCaption)
	if err != nil {
		return nil, err
	}
	inline, err := inlineMarkup(q)
	if err != nil {
		return nil, err
	}
	m.wire.Text, m.wire.Entities, m.wire.Document = "", nil, nil
	m.wire.Photo, m.wire.Caption, m.wire.CaptionEntities, m.wire.ReplyMarkup = sizes, caption, withCommands(caption, entities), inline
	return t.edited(m)
}

func (t *Server) editMessageCaption(q *botapi.Request) (any, *botapi.Error) {
	m, err := t.editable(q)
	if err != nil {
		return nil, err
	}
	if m.wire.attachment() == nil {
		return nil, botapi.BadRequest("there is no caption in the message to edit")
	}
	caption, entities, err := botapi.Text(q, "caption", botapi.MaxCaption)
	if err != nil {
		return nil, err
	}
	entities = withCommands(caption, entities)
	inline, err := inlineMarkup(q)
	if err != nil {
		return nil, err
	}
	if caption == m.wire.Caption && sameEntities(entities, m.wire.CaptionEntities) && reflect.DeepEqual(inline, m.wire.ReplyMarkup) {
		return nil, notModified()
	}
	m.wire.Caption, m.wire.CaptionEntities, m.wire.ReplyMarkup = caption, entities, inline
	return t.edited(m)
}

func (t *Server) editMessageReplyMarkup(q *botapi.Request) (any, *botapi.Error) {
	m, err := t.editable(q)
	if err != nil {
		return nil, err
	}
	inline, err := inlineMarkup(q)
	if err != nil {
		return nil, err
	}
	if reflect.DeepEqual(inline, m.wire.ReplyMarkup) {
		return nil, notModified()
	}
	m.wire.ReplyMarkup = inline
	return t.edited(m)
}

func (t *Server) edited(m *message) (any, *botapi.Error) {
	m.wire.EditDate = t.now().Unix()
	m.version = t.touch()
	return &m.wire, nil
}

func (t *Server) editable(q *botapi.Request) (*message, *botapi.Error) {
	c, err := t.chatOf(q)
	if err != nil {
		return nil, err
	}
	m := t.find(c, int(q.Int("message_id")))
	switch {
	case m == nil:
		return nil, botapi.BadRequest("message to edit not found")
	case !m.fromBot:
		return nil, botapi.BadRequest("message can't be edited")
	}
	return m, nil
}

// inlineMarkup reads the keyboard of an edit; an absent or empty one takes
// the keyboard away.
func inlineMarkup(q *botapi.Request) (*wireInline, *botapi.Error) {
	markup, err := botapi.ReadMarkup(q)
	if err != nil || markup == nil || len(markup.Inline) == 0 {
		return nil, err
	}
	return &wireInline{Rows: markup.Inline}, nil
}

func sameEntities(a, b []models.MessageEntity) bool {
	return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b)
}

func notModified() *botapi.Error {
	return botapi.BadRequest("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
}

func (t *Server) deleteMessage(q *botapi.Request) (any, *botapi.Error) {
	c, err := t.chatOf(q)
	if err != nil {
		return nil, err
	}
	m := t.find(c, int(q.Int("message_id")))
	switch {
	case m == nil:
		return nil, botapi.BadRequest("message to delete not found")
	case !t.deletable(c, m):
		return nil, botapi.BadRequest("message can't be deleted")
	}
	t.erase(m)
	return true, nil
}

func (t *Server) deleteMessages(q *botapi.Request) (any, *botapi.Error) {
	c, err := t.chatOf(q)
	if err != nil {
		return nil, err
	}
	var ids []int
	if err := q.Decode("message_ids", &ids); err != nil {
		return nil, err
	}
	if len(ids) < 1 || len(ids) > maxDeleted {
		return nil, botapi.BadRequest("message_ids must hold 1 to %d identifiers", maxDeleted)
	}
	for _, id := range ids { // those that are not there or too old are skipped
		if m := t.find(c, id); m != nil && t.deletable(c, m) {
			t.erase(m)
		}
	}
	return true, nil
}

func (t *Server) deletable(c *chat, m *message) bool {
	mayDelete := m.fromBot || c.Type == models.ChatTypePrivate
	return mayDelete && t.now().Sub(time.Unix(m.wire.Date, 0)) < deletableFor
}

func (t *Server) erase(m *message) {
	m.deleted = true
	m.version = t.touch()
}
