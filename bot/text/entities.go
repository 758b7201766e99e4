package text

import (
	"strings"
	"unicode/utf16"

	"github.com/go-telegram/bot/models"
)

// Builder builds a message's text with its entities. Entities instead of a markup
// language: every MRZ is full of "<", and a name can hold anything.
type Builder struct {
	text     strings.Builder
	units    int // UTF-16 code units so far, which is how Telegram counts
	Entities []models.MessageEntity
}

// Add adds words.
func (b *Builder) Add(s string) *Builder {
	b.text.WriteString(s)
	b.units += Units(s)
	return b
}

// Line adds words and a line break.
func (b *Builder) Line(s string) *Builder { return b.Add(s).Add("\n") }

func (b *Builder) span(kind models.MessageEntityType, s string) *Builder {
	if s == "" {
		return b // Telegram refuses empty entities
	}
	start := b.units
	b.Add(s)
	b.Entities = append(b.Entities, models.MessageEntity{Type: kind, Offset: start, Length: b.units - start})
	return b
}

// Bold, Code and Pre add words with an entity; "" adds nothing.
func (b *Builder) Bold(s string) *Builder { return b.span(models.MessageEntityTypeBold, s) }
func (b *Builder) Code(s string) *Builder { return b.span(models.MessageEntityTypeCode, s) }
func (b *Builder) Pre(s string) *Builder  { return b.span(models.MessageEntityTypePre, s) }

// Link adds words that open an address.
func (b *Builder) Link(s, url string) *Builder {
	if b.span(models.MessageEntityTypeTextLink, s); s != "" {
		b.Entities[len(b.Entities)-1].URL = url
	}
	return b
}

// Fold adds words of which the first lines show until somebody taps them; ""
// adds nothing.
func (b *Builder) Fold(s string) *Builder {
	return b.span(models.MessageEntityTypeExpandableBlockquote, s)
}

// String is the text without the line breaks at its end, which Telegram cuts.
func (b *Builder) String() string { return strings.TrimRight(b.text.String(), "\n") }

// Units is the length of a text as Telegram counts it, in UTF-16 code units.
func Units(text string) (n int) {
	for _, r := range text {
		n += max(1, utf16.RuneLen(r)) // -1 for an invalid rune, which is sent as one unit
	}
	return n
}
