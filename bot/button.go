package bot

import (
	"context"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// A button's data is a verb, and behind a colon what it is about. It proves
// nothing: who may press, under which message and whether it was pressed before
// is asked of the store at every press.

// press answers a button. Roles are asked again at every press: a keyboard
// outlives a role.
func (c *conversation) press(ctx context.Context, q *models.CallbackQuery) error {
	verb, about, _ := strings.Cut(q.Data, ":")
	if c.person.Role == storage.RoleNone {
		return c.pressOfStranger(ctx, q, verb)
	}
	if c.person.Role == storage.RoleAdmin {
		switch verb {
		case usersButton:
			return c.turn(ctx, q, about)
		case allowButton:
			return c.decide(ctx, q, about, allowButton)
		case denyButton:
			return c.decide(ctx, q, about, denyButton)
		}
	}
	switch verb {
	case againButton:
		return c.again(ctx, q, about)
	case cancelButton:
		return c.cancel(ctx, q)
	case askButton:
		c.toast(ctx, q, "ask.in")
		c.strip(ctx, q)
		return nil
	}
	c.toast(ctx, q, "button.old")
	return nil
}

// toast ends the waiting of a button, with a text of that name or without. What
// the press was about is done: that Telegram does not take the word about it is
// not worth doing it again.
func (c *conversation) toast(ctx context.Context, q *models.CallbackQuery, key string) {
	if key != "" {
		key = c.localizer.Text(key, nil)
	}
	c.toastText(ctx, q, key)
}

func (c *conversation) toastText(ctx context.Context, q *models.CallbackQuery, text string) {
	if err := c.sender.API.AnswerCallback(ctx, q.ID, text, false); err != nil {
		c.Log.Debug("press not answered", "update_id", chat.UpdateID(c.t), "error", err)
	}
}

// Edit changes a message of the bot's. One that cannot be changed stays as it
// is: its buttons know that they are of no use any more.
func (c *conversation) edit(ctx context.Context, in int64, message int, m chat.Message) {
	if err := c.sender.Edit(ctx, in, message, m); err != nil {
		c.Log.Debug("message not edited", "update_id", chat.UpdateID(c.t), "chat_id", in, "error", err)
	}
}

// show puts a text in the place of the message that was pressed, or below it
// when that one cannot be changed.
func (c *conversation) show(ctx context.Context, m chat.Message) error {
	if err := c.sender.Edit(ctx, c.t.Chat, c.t.Message, m); err != nil {
		return c.sendMessage(ctx, m)
	}
	return nil
}

// strip takes the buttons off the message that was pressed.
func (c *conversation) strip(ctx context.Context, q *models.CallbackQuery) {
	if m := q.Message.Message; m != nil && m.Text != "" {
		c.edit(ctx, c.t.Chat, c.t.Message, chat.Message{Text: m.Text, Entities: m.Entities})
	}
}

// under reports whether the press came from the message that a kept task
// remembers as its own. An id that was lost on the way fits any.
func (c *conversation) under(kept storage.Task) bool {
	reply, _, _ := strings.Cut(kept.Note, " ")
	return reply == "0" || reply == text.ID(int64(c.t.Message))
}
