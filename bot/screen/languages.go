package screen

import (
	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/text"
)

// LanguageButton is the verb of the buttons that choose a language. Its code
// follows.
const LanguageButton = "lang"

// Languages asks for a language: with a button for each, in that language. The
// one in use is marked.
func Languages(l text.Localizer) chat.Message {
	var keys []models.InlineKeyboardButton
	for _, lang := range text.Languages() {
		name := l.Text("lang."+lang, nil)
		if lang == l.Lang {
			name = "✓ " + name
		}
		keys = append(keys, models.InlineKeyboardButton{Text: name, CallbackData: LanguageButton + ":" + lang})
	}
	return chat.Message{
		Text:   l.Text("lang", nil),
		Markup: &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{keys}},
	}
}
