package chat

import (
	"github.com/go-telegram/bot/models"

	"mrzbot/bot/text"
)

// Button is a button under a message: the name of its text, and its data.
type Button struct {
	Name, Data string
	Style      Style
	Behind     string // what stands behind the text, such as a number; "": nothing
}

// Style is the color of a button. Not every app shows it, so a button must be told
// from others by its text.
type Style string

// Styles of Telegram's (Bot API, InlineKeyboardButton.style).
const (
	StyleGood   Style = "success" // green
	StyleDanger Style = "danger"  // red
)

// Buttons makes one row.
func Buttons(v text.Localizer, row ...Button) *models.InlineKeyboardMarkup {
	return &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{Row(v, row...)}}
}

// Row makes a row of buttons for Message.AddRows.
func Row(v text.Localizer, row ...Button) (keys []models.InlineKeyboardButton) {
	for _, b := range row {
		label := v.Text(b.Name, nil)
		if b.Behind != "" {
			label += " " + b.Behind
		}
		keys = append(keys, models.InlineKeyboardButton{Text: label, CallbackData: b.Data, Style: string(b.Style)})
	}
	return keys
}

// MaxCopy is the longest text that a button copies, in UTF-16 units (Bot API,
// CopyTextButton: 1 to 256 characters).
const MaxCopy = 256

// CopyKey makes a button that copies a text. It is false for a text that no button
// can copy: an empty one, and one that is longer than MaxCopy.
func CopyKey(label, copied string) (key models.InlineKeyboardButton, ok bool) {
	key = models.InlineKeyboardButton{Text: label, CopyText: &models.CopyTextButton{Text: copied}}
	return key, copied != "" && text.Units(copied) <= MaxCopy
}

// AddRows puts rows of buttons below those that the message has. Empty rows are
// left out.
func (m *Message) AddRows(rows ...[]models.InlineKeyboardButton) {
	var all [][]models.InlineKeyboardButton
	if had, ok := m.Markup.(*models.InlineKeyboardMarkup); ok && had != nil {
		all = append(all, had.InlineKeyboard...)
	}
	for _, row := range rows {
		if len(row) > 0 {
			all = append(all, row)
		}
	}
	if len(all) > 0 {
		m.Markup = &models.InlineKeyboardMarkup{InlineKeyboard: all}
	}
}

// TopicOf gives the topic of a private chat that a message stands in; 0: none,
// or not known.
func TopicOf(m *models.Message) int {
	if m == nil {
		return 0
	}
	return Topic(m.IsTopicMessage, m.MessageThreadID)
}

// Topic gives the id of a topic. A message can have a thread without standing
// in a topic: nothing can be sent there.
func Topic(inTopic bool, thread int) int {
	if !inTopic {
		return 0
	}
	return thread
}

// Keyboards that take the place of a phone's own. The library's type leaves out a
// user_is_bot that is false, which asks for people only.
type (
	// PeopleKeys is a keyboard whose first key opens Telegram's list of people.
	PeopleKeys struct {
		Keyboard [][]peopleKey `json:"keyboard"`
		Resize   bool          `json:"resize_keyboard"`
		Once     bool          `json:"one_time_keyboard"`
	}
	peopleKey struct {
		Text    string        `json:"text"`
		Style   Style         `json:"style,omitempty"`
		Request *usersRequest `json:"request_users,omitempty"`
	}
	usersRequest struct {
		ID       int32 `json:"request_id"`
		Bots     bool  `json:"user_is_bot"`
		Most     int   `json:"max_quantity"`
		Name     bool  `json:"request_name"`
		Username bool  `json:"request_username"`
	}
)

// MostPicked is how many people Telegram lets somebody pick at once (Bot API,
// KeyboardButtonRequestUsers.max_quantity).
const MostPicked = 10

// PickPeople makes a keyboard with two keys: one lets people be picked, whom the bot
// is told under the number of this request; the other sends its own text.
func PickPeople(request int32, pick, cancel string) PeopleKeys {
	return PeopleKeys{Resize: true, Once: true, Keyboard: [][]peopleKey{
		{{Text: pick, Style: StyleGood, Request: &usersRequest{ID: request, Most: MostPicked, Name: true, Username: true}}},
		{{Text: cancel}},
	}}
}

// NoKeys takes such a keyboard away.
func NoKeys() models.ReplyKeyboardRemove { return models.ReplyKeyboardRemove{RemoveKeyboard: true} }
