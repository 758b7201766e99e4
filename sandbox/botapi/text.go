package botapi

import (
	"unicode"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"
)

// Limits of texts, in UTF-16 units after the markup is taken out
// (https://core.telegram.org/bots/api#sendmessage, #sendphoto, #answercallbackquery).
const (
	MaxText     = 4096
	MaxCaption  = 1024
	MaxAnswer   = 200
	MaxEntities = 100 // Telegram cuts silently here; the sandbox refuses
)

// Units counts UTF-16 units, the measure of all offsets and limits.
func Units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// Text is the text of a call as it will stand in the chat: markup or entities
// read and checked, characters tidied, length checked. The name is "text" or
// "caption"; entities come from "entities" or "caption_entities".
func Text(q *Request, name string, limit int) (string, []models.MessageEntity, *Error) {
	entitiesName := "entities"
	if name == "caption" {
		entitiesName = "caption_entities"
	}
	text, entities := q.Fields[name], []models.MessageEntity(nil)
	switch mode := q.Fields["parse_mode"]; {
	case mode != "" && q.Has(entitiesName):
		return "", nil, BadRequest("parse_mode and %s exclude each other", entitiesName)
	case mode == "HTML":
		var err *Error
		if text, entities, err = ParseHTML(text); err != nil {
			return "", nil, err
		}
	case mode != "":
		return "", nil, BadRequest("unsupported parse_mode: the sandbox plays HTML only")
	default:
		if err := q.Decode(entitiesName, &entities); err != nil {
			return "", nil, err
		}
	}
	if Units(text) > limit {
		if name == "caption" {
			return "", nil, BadRequest("message caption is too long")
		}
		return "", nil, BadRequest("message is too long")
	}
	if err := CheckEntities(text, entities); err != nil {
		return "", nil, err
	}
	text, entities = Tidy(text, entities)
	if text == "" && name == "text" {
		return "", nil, BadRequest("message text is empty")
	}
	return text, entities, nil
}

// Tidy does what Telegram does to every text before it shows it: carriage
// returns go, tabs and other control characters become spaces, white space at
// both ends is cut. Entities move along; those left with nothing go.
func Tidy(text string, entities []models.MessageEntity) (string, []models.MessageEntity) {
	units := utf16.Encode([]rune(text))
	kept := make([]uint16, 0, len(units))
	at := make([]int, len(units)+1) // place of each old unit in kept
	for i, u := range units {
		at[i] = len(kept)
		switch {
		case u == '\r':
			continue
		case u < ' ' && u != '\n':
			u = ' '
		}
		kept = append(kept, u)
	}
	at[len(units)] = len(kept)

	start, end := 0, len(kept)
	for start < end && unicode.IsSpace(rune(kept[start])) {
		start++
	}
	for end > start && unicode.IsSpace(rune(kept[end-1])) {
		end--
	}
	var moved []models.MessageEntity
	for _, e := range entities {
		from := min(max(at[e.Offset], start), end) - start
		to := min(max(at[e.Offset+e.Length], start), end) - start
		if to > from {
			e.Offset, e.Length = from, to-from
			moved = append(moved, e)
		}
	}
	return string(utf16.Decode(kept[start:end])), moved
}

// Plain is Tidy for a text without entities: a button's label, a copied text.
func Plain(text string) string {
	text, _ = Tidy(text, nil)
	return text
}
