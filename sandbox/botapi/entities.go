package botapi

import (
	"slices"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"
)

// entityTypes a bot may send (https://core.telegram.org/bots/api#messageentity).
var entityTypes = []models.MessageEntityType{
	"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number",
	"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote",
	"code", "pre", "text_link", "text_mention", "custom_emoji", "date_time",
}

// CheckEntities refuses what Telegram would refuse or silently drop: unknown
// types, places outside the text or inside a character, entities that cross,
// and anything inside code, pre or a second quote.
func CheckEntities(text string, entities []models.MessageEntity) *Error {
	if len(entities) > MaxEntities {
		return BadRequest("too many entities")
	}
	units := utf16.Encode([]rune(text))
	inside := func(i int) bool { // between the two halves of a surrogate pair
		return i > 0 && i < len(units) && utf16.IsSurrogate(rune(units[i])) && units[i] >= 0xDC00
	}
	for _, e := range entities {
		end := e.Offset + e.Length
		switch {
		case !slices.Contains(entityTypes, e.Type):
			return BadRequest("unsupported entity type")
		case e.Offset < 0 || e.Length <= 0:
			return BadRequest("entity has an invalid offset or length")
		case end > len(units) || end < 0:
			return BadRequest("entity beginning at UTF-16 offset %d ends after the end of the text at UTF-16 offset %d", e.Offset, end)
		case inside(e.Offset):
			return BadRequest("entity begins in a middle of a UTF-16 symbol at UTF-16 offset %d", e.Offset)
		case inside(end):
			return BadRequest("entity beginning at UTF-16 offset %d ends in a middle of a UTF-16 symbol at UTF-16 offset %d", e.Offset, end)
		case e.Type == "text_link" && e.URL == "":
			return BadRequest("entity text_link has no url")
		case e.Type == "text_mention" && e.User == nil:
			return BadRequest("entity text_mention has no user")
		}
	}
	return checkNesting(entities)
}

func checkNesting(entities []models.MessageEntity) *Error {
	for i, a := range entities {
		for _, b := range entities[i+1:] {
			aEnd, bEnd := a.Offset+a.Length, b.Offset+b.Length
			if aEnd <= b.Offset || bEnd <= a.Offset {
				continue
			}
			aHoldsB := a.Offset <= b.Offset && bEnd <= aEnd
			bHoldsA := b.Offset <= a.Offset && aEnd <= bEnd
			switch {
			case !aHoldsB && !bHoldsA:
				return BadRequest("entities at UTF-16 offsets %d and %d cross each other", a.Offset, b.Offset)
			case isCode(a.Type) || isCode(b.Type):
				return BadRequest("pre and code entities can't be combined with others at UTF-16 offset %d", b.Offset)
			case isQuote(a.Type) && isQuote(b.Type):
				return BadRequest("blockquote entities can't be nested at UTF-16 offset %d", b.Offset)
			}
		}
	}
	return nil
}

func isCode(t models.MessageEntityType) bool { return t == "code" || t == "pre" }

func isQuote(t models.MessageEntityType) bool {
	return t == "blockquote" || t == "expandable_blockquote"
}
