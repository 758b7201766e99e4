package bot

import (
	"context"
	"strings"

	"github.com/go-telegram/bot/models"

	"mrzbot/storage"
)

// A button's data is a verb, and behind a colon what it is about. It proves
// nothing: who may press, under which message and whether it was pressed before
// is asked of the store at every press.

// button is a button under a message: the name of its text, and its data.
type button struct{ text, data string }

// buttons makes one row.
func buttons(v voice, row ...button) *models.InlineKeyboardMarkup {
	var keys []models.InlineKeyboardButton
	for _, b := range row {
		keys = append(keys, models.InlineKeyboardButton{Text: v.say(b.text, nil), CallbackData: b.data})
	}
	return &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{keys}}
}

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
func (c *conversation) toast(ctx context.Context, q *models.CallbackQuery, text string) {
	if text != "" {
		text = c.voice.say(text, nil)
	}
	c.toastText(ctx, q, text)
}

func (c *conversation) toastText(ctx context.Context, q *models.CallbackQuery, text string) {
	if err := c.Chat.AnswerCallback(ctx, q.ID, text, false); err != nil {
		c.Log.Debug("press not answered", "update_id", updateID(c.t), "error", err)
	}
}

// edit changes a message of the bot's. One that cannot be changed stays as it
// is: its buttons know that they are of no use any more.
func (c *conversation) edit(ctx context.Context, chat int64, message int, m Message) {
	if err := c.Bot.edit(ctx, chat, message, m); err != nil {
		c.Log.Debug("message not edited", "update_id", updateID(c.t), "chat_id", chat, "error", err)
	}
}

// show puts a text in the place of the message that was pressed, or below it
// when that one cannot be changed.
func (c *conversation) show(ctx context.Context, m Message) error {
	if err := c.Bot.edit(ctx, c.t.Chat, c.t.Message, m); err != nil {
		return c.sendMessage(ctx, m)
	}
	return nil
}

// strip takes the buttons off the message that was pressed.
func (c *conversation) strip(ctx context.Context, q *models.CallbackQuery) {
	if m := q.Message.Message; m != nil && m.Text != "" {
		c.edit(ctx, c.t.Chat, c.t.Message, Message{Text: m.Text, Entities: m.Entities})
	}
}

// under reports whether the press came from the message that a kept task
// remembers as its own. An id that was lost on the way fits any.
func (c *conversation) under(kept storage.Task) bool {
	reply, _, _ := strings.Cut(kept.Note, " ")
	return reply == "0" || reply == itoa(int64(c.t.Message))
}
