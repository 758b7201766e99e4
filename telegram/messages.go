package telegram

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// maxDelete is how many messages one call may delete (Bot API, deleteMessages).
const maxDelete = 100

// Message is a text to be sent.
type Message struct {
	Chat     int64
	Text     string                 // at most 4096 characters
	Entities []models.MessageEntity // offsets in UTF-16 units
	ReplyTo  int                    // the message it answers, if that still exists; 0: none
	Thread   int                    // the topic of the chat it goes to; 0: none
	Markup   models.ReplyMarkup     // nil: none
	Protect  bool                   // it can be neither forwarded nor saved
	// Notice marks what nobody asked for just now. Notices keep a pace of one a
	// second for a chat and 25 a second overall: one whose turn is later fails
	// with that time as RetryAfter, and is asked for again then.
	Notice bool
	// Aside: a pause that Telegram wants of it holds up no other message of the chat.
	Aside bool
	// Picture is shown above the text, or Document is sent; the text is then a
	// caption of at most 1024 characters.
	Picture, Document *Upload
}

// Sent is a message that Telegram took. It is the zero Sent when the answer
// that tells was lost.
type Sent struct {
	ID int   `json:"message_id"`
	At int64 `json:"date"` // by Telegram's clock, in Unix seconds
}

// Send sends a message, or a file with one. It may come twice when the first answer did not come
// at all.
func (c *Client) Send(ctx context.Context, m Message) (Sent, error) {
	if m.Picture != nil || m.Document != nil {
		return c.sendFile(ctx, m)
	}
	p := bot.SendMessageParams{
		ChatID:             m.Chat,
		MessageThreadID:    m.Thread,
		Text:               m.Text,
		Entities:           m.Entities,
		LinkPreviewOptions: noPreview(),
		ProtectContent:     m.Protect,
		ReplyMarkup:        markup(m.Markup),
	}
	if m.ReplyTo != 0 {
		p.ReplyParameters = &models.ReplyParameters{MessageID: m.ReplyTo, AllowSendingWithoutReply: true}
	}
	var sent Sent
	err := outcome(c.traffic(ctx, call{method: "sendMessage", chat: m.Chat, notice: m.Notice, apart: m.Aside}, &p, &sent))
	if err != nil {
		return Sent{}, err
	}
	return sent, nil
}

// Edit replaces a message's text and buttons. Nil markup takes the buttons
// away. A message that reads so already is fine.
func (c *Client) Edit(ctx context.Context, chat int64, message int, text string, entities []models.MessageEntity, buttons models.ReplyMarkup) error {
	return c.edit(ctx, call{method: "editMessageText", chat: chat}, chat, message, text, entities, buttons)
}

// EditAside is Edit for what can wait: when Telegram has had enough of it, the chat's
// messages still go out.
func (c *Client) EditAside(ctx context.Context, chat int64, message int, text string, entities []models.MessageEntity, buttons models.ReplyMarkup) error {
	return c.edit(ctx, call{method: "editMessageText", chat: chat, apart: true}, chat, message, text, entities, buttons)
}

func (c *Client) edit(ctx context.Context, what call, chat int64, message int, text string, entities []models.MessageEntity, buttons models.ReplyMarkup) error {
	p := bot.EditMessageTextParams{
		ChatID:             chat,
		MessageID:          message,
		Text:               text,
		Entities:           entities,
		LinkPreviewOptions: noPreview(),
		ReplyMarkup:        markup(buttons),
	}
	err := outcome(c.traffic(ctx, what, &p, nil))
	if refusedFor(err, "message is not modified") {
		return nil
	}
	return err
}

// AnswerCallback ends the waiting of a pressed button, with a text (at most
// 200 characters) or without one; alert shows it as a window. A press that is
// too old to be answered is fine.
func (c *Client) AnswerCallback(ctx context.Context, id, text string, alert bool) error {
	p := bot.AnswerCallbackQueryParams{CallbackQueryID: id, Text: text, ShowAlert: alert}
	err := outcome(c.traffic(ctx, call{method: "answerCallbackQuery", about: id}, &p, nil))
	if refusedFor(err, "query is too old", "query id is invalid", "QUERY_ID_INVALID") {
		return nil
	}
	return err
}

// Delete removes messages of a chat, which Telegram allows for 48 hours.
// Messages that are gone already are fine. When Telegram refuses some for good
// the others are removed all the same, and the first refusal is the error.
func (c *Client) Delete(ctx context.Context, chat int64, messages []int) error {
	var first error
	for part := range slices.Chunk(messages, maxDelete) {
		p := bot.DeleteMessagesParams{ChatID: chat, MessageIDs: part}
		err := outcome(c.traffic(ctx, call{method: "deleteMessages", chat: chat}, &p, nil))
		if err == nil || refusedFor(err, "message to delete not found") {
			continue
		}
		if e, ok := errors.AsType[*Error](err); !ok || !e.Final() {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// Typing shows for about five seconds, in a topic of the chat or in none (0),
// that an answer is being made. When Telegram has had enough of it, the chat's
// messages still go out.
func (c *Client) Typing(ctx context.Context, chat int64, thread int) error {
	p := bot.SendChatActionParams{ChatID: chat, MessageThreadID: thread, Action: models.ChatActionTyping}
	return outcome(c.traffic(ctx, call{method: "sendChatAction", chat: chat, apart: true}, &p, nil))
}

// React puts an emoji at a message, one of those that Telegram has for it (Bot
// API, ReactionTypeEmoji). When Telegram has had enough of it, the chat's messages
// still go out.
func (c *Client) React(ctx context.Context, chat int64, message int, emoji string) error {
	p := bot.SetMessageReactionParams{ChatID: chat, MessageID: message, Reaction: []models.ReactionType{{
		Type: models.ReactionTypeTypeEmoji, ReactionTypeEmoji: &models.ReactionTypeEmoji{Emoji: emoji},
	}}}
	return outcome(c.traffic(ctx, call{method: "setMessageReaction", chat: chat, apart: true}, &p, nil))
}

// noPreview keeps Telegram from opening addresses that a text holds.
func noPreview() *models.LinkPreviewOptions {
	return &models.LinkPreviewOptions{IsDisabled: new(true)}
}

// markup gives plain nil for a typed one, which would be sent as null and
// refused.
func markup(m models.ReplyMarkup) models.ReplyMarkup {
	switch v := reflect.ValueOf(m); v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if v.IsNil() {
			return nil
		}
	}
	return m
}
