package faketelegram

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-telegram/bot/models"

	"mrzbot/sandbox/botapi"
)

var commandWord = regexp.MustCompile(`/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?`)

// commandsIn finds bot commands where Telegram's server finds them: not
// after a letter, a digit, "_", "/", "<" or ">", and not before one of them.
// The sandbox marks nothing else in what people write.
func commandsIn(text string) []models.MessageEntity {
	var list []models.MessageEntity
	for _, place := range commandWord.FindAllStringIndex(text, -1) {
		from, to := place[0], place[1]
		before, _ := utf8.DecodeLastRuneInString(text[:from])
		after, _ := utf8.DecodeRuneInString(text[to:])
		if from > 0 && joins(before) || to < len(text) && joins(after) {
			continue
		}
		list = append(list, models.MessageEntity{
			Type: "bot_command", Offset: botapi.Units(text[:from]), Length: botapi.Units(text[from:to]),
		})
	}
	return list
}

func joins(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_/<>", r)
}

// withCommands adds the commands Telegram marks in a bot's own text, so that
// people can tap them: everywhere but in code and links.
func withCommands(text string, entities []models.MessageEntity) []models.MessageEntity {
	for _, command := range commandsIn(text) {
		inLink := slices.ContainsFunc(entities, func(e models.MessageEntity) bool {
			return e.Type == "text_link" && e.Offset <= command.Offset && command.Offset < e.Offset+e.Length
		})
		more := append(slices.Clone(entities), command)
		if !inLink && botapi.CheckEntities(text, more) == nil {
			entities = more
		}
	}
	slices.SortStableFunc(entities, func(a, b models.MessageEntity) int {
		if a.Offset != b.Offset {
			return a.Offset - b.Offset
		}
		return b.Length - a.Length
	})
	return entities
}
