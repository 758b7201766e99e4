package bot

import (
	"strings"

	"github.com/go-telegram/bot/models"
)

// rich builds a message's text with its entities. Entities instead of a markup
// language: every MRZ is full of "<", and a name can hold anything.
type rich struct {
	text     strings.Builder
	units    int // UTF-16 code units so far, which is how Telegram counts
	entities []models.MessageEntity
}

func (r *rich) add(s string) *rich {
	r.text.WriteString(s)
	r.units += units(s)
	return r
}

func (r *rich) line(s string) *rich { return r.add(s).add("\n") }

func (r *rich) span(kind models.MessageEntityType, s string) *rich {
	if s == "" {
		return r // Telegram refuses empty entities
	}
	start := r.units
	r.add(s)
	r.entities = append(r.entities, models.MessageEntity{Type: kind, Offset: start, Length: r.units - start})
	return r
}

func (r *rich) bold(s string) *rich { return r.span(models.MessageEntityTypeBold, s) }
func (r *rich) code(s string) *rich { return r.span(models.MessageEntityTypeCode, s) }
func (r *rich) pre(s string) *rich  { return r.span(models.MessageEntityTypePre, s) }

// String is the text without the line breaks at its end, which Telegram cuts.
func (r *rich) String() string { return strings.TrimRight(r.text.String(), "\n") }
