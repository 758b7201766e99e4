package chat

import (
	"github.com/go-telegram/bot/models"

	"mrzbot/bot/text"
)

// Button is a button under a message: the name of its text, and its data.
type Button struct{ Name, Data string }

// Buttons makes one row.
func Buttons(v text.Localizer, row ...Button) *models.InlineKeyboardMarkup {
	var keys []models.InlineKeyboardButton
	for _, b := range row {
		keys = append(keys, models.InlineKeyboardButton{Text: v.Text(b.Name, nil), CallbackData: b.Data})
	}
	return &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{keys}}
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
