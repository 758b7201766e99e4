package text

import (
	"strings"
	"unicode"

	"github.com/go-telegram/bot/models"
	"golang.org/x/text/unicode/norm"

	"mrzbot/storage"
)

// maxMarks is how many combining marks stay on one letter: living scripts
// rarely need more, and floods of them paint over the lines around.
const maxMarks = 2

// blanks show as nothing, although Unicode counts them as letters or symbols:
// Hangul fillers, Khmer inherent vowels, the empty Braille pattern.
var blanks = map[rune]bool{'\u115f': true, '\u1160': true, '\u3164': true, '\uffa0': true, '\u17b4': true, '\u17b5': true, '\u2800': true}

// joiner makes one picture of two, such as a family; elsewhere it is not seen.
const joiner = '\u200d'

// CleanName makes one short line of a name, from wherever it comes: Telegram
// gives names as their owners wrote them. White space of any kind and what
// turns the direction of writing is one space; what shows as nothing or is no
// character goes, and so do marks that pile up on a letter. At most
// storage.MaxName characters stay; "" is a name with nothing to see.
func CleanName(s string) string { return CleanLine(s, storage.MaxName) }

// CleanLine is CleanName for a line of at most so many characters.
func CleanLine(s string, most int) string {
	var b strings.Builder
	marks, before, space := 0, rune(0), false // before: what a mark would stand on
	line := []rune(norm.NFC.String(strings.ToValidUTF8(s, "")))
	for i, r := range line {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029':
			space, before = true, 0
			continue
		case r == joiner && unicode.Is(unicode.So, before) && i+1 < len(line) && unicode.Is(unicode.So, line[i+1]):
		case unseen(r):
			continue
		case unicode.IsMark(r):
			if marks++; before == 0 || marks > maxMarks {
				continue
			}
		default:
			marks, before = 0, r
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	line = []rune(norm.NFC.String(b.String())) // some letters have met their marks only now
	return strings.TrimSpace(string(line[:min(len(line), most)]))
}

// unseen reports whether a character shows as nothing, or is none.
func unseen(r rune) bool {
	return !unicode.IsGraphic(r) || blanks[r] ||
		unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// DisplayName is a Telegram user's own name, as it is kept and shown.
func DisplayName(u models.User) string { return CleanName(u.FirstName + " " + u.LastName) }
