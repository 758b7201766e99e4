// Package typed reads what people type from a card on a phone: the lines of an
// MRZ, or one line or field with which they correct an answer. It decides what
// was meant, and asks nobody; what is said of it is decided elsewhere.
package typed

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"mrzbot/mrz"
)

// longLine is how long a line is that can be one of an MRZ, and no field of it.
const longLine = 20

// Lines gives the lines of the MRZ that a text is, with what had to be restored
// in them; nil when it is none. like reports whether it was meant to be one.
func Lines(text string, now time.Time) (lines []string, restored []mrz.Change, like bool) {
	for _, block := range mrz.Split(text) {
		if lines, restored = whole(block, now); lines != nil {
			return lines, restored, true
		}
	}
	written := 0
	for line := range strings.Lines(text) {
		if likeLine(line) {
			written++
		}
	}
	return nil, nil, written > 1
}

// whole gives lines that have the shape of an MRZ, or can be restored to it.
func whole(lines []string, now time.Time) ([]string, []mrz.Change) {
	if r, ok := mrz.Restore(lines); ok {
		return r.Lines, r.Changes
	}
	if mrz.Parse(lines, now).Format != mrz.Unknown {
		return lines, nil
	}
	return nil, nil
}

// likeLine reports whether a line is like one of an MRZ: long, in its alphabet,
// and with fillers or many digits, as no sentence has.
func likeLine(line string) bool {
	line = mrz.Latin(strings.TrimSpace(line))
	digits, fillers := 0, 0
	for _, r := range line {
		switch {
		case r == '<':
			fillers++
		case r >= '0' && r <= '9':
			digits++
		case r < 'A' || r > 'Z':
			return false
		}
	}
	return len(line) >= longLine && (fillers > 1 || digits > 5)
}

// Refusal says why a correction is not taken, as the name of a text.
type Refusal string

// The refusals.
const (
	NotLatin Refusal = "latin"   // a name in Cyrillic letters: the lines hold Latin ones
	Unclear  Refusal = "unclear" // which field it is
	Unfit    Refusal = "unfit"   // it does not fit into the field
	Same     Refusal = "same"    // nothing would change
)

// Correction is what a text does to an answer; the zero one: it is no correction.
type Correction struct {
	Lines    []string
	Restored []mrz.Change
	Fields   []mrz.Field // those that are different now
	Refused  Refusal     // "": it was taken, if there are Lines
}

// Correct takes a text for one line or one field of an MRZ as it should be. Which
// one it is follows from its form and from what it is most like.
func Correct(before []string, text string, now time.Time) Correction {
	text = strings.TrimSpace(text)
	m := mrz.Parse(before, now)
	if text == "" || strings.Contains(text, "\n") || len(text) > 200 {
		return Correction{}
	}
	if likeLine(text) || strings.Contains(mrz.Latin(text), "<") {
		return correctLine(before, text, now)
	}
	if m.Format == mrz.Unknown {
		return Correction{}
	}
	field, value, refused, ok := meant(m, text)
	switch {
	case !ok:
		return Correction{}
	case refused != "":
		return Correction{Refused: refused}
	}
	lines, ok := mrz.Replace(m, field, value)
	if !ok {
		return Correction{Refused: Unfit}
	}
	return corrected(before, lines, nil, now)
}

// correctLine puts a line in the place of the one that it is most like.
func correctLine(before []string, text string, now time.Time) Correction {
	line, best, at := mrz.Latin(text), 0, -1
	for i := range before {
		if n := alike(before[i], line); n > best {
			best, at = n, i
		}
	}
	if at < 0 || 2*best < len(strings.TrimRight(line, "<")) {
		return Correction{Refused: Unclear}
	}
	changed := slices.Clone(before)
	changed[at] = text
	lines, restored := whole(changed, now)
	if lines == nil {
		return Correction{Refused: Unfit}
	}
	return corrected(before, lines, restored, now)
}

func corrected(before, lines []string, restored []mrz.Change, now time.Time) Correction {
	if slices.Equal(before, lines) {
		return Correction{Refused: Same}
	}
	was, is := mrz.Parse(before, now).Fields, mrz.Parse(lines, now).Fields
	c := Correction{Lines: lines, Restored: restored}
	for _, f := range mrz.AllFields() {
		if f == mrz.FieldOptional1 && is.PersonalNumber == is.Optional1 {
			continue // said as the PIN
		}
		if was.Get(f) != is.Get(f) {
			c.Fields = append(c.Fields, f)
		}
	}
	return c
}

// meant tells which field a text is for. ok is false when it is like none.
func meant(m mrz.MRZ, text string) (field mrz.Field, value string, refused Refusal, ok bool) {
	if date := yymmdd(text); date != "" {
		field, refused = nearer(date, mrz.FieldBirthDate, compact(m.Fields.BirthDate), mrz.FieldExpiryDate, compact(m.Fields.ExpiryDate))
		return field, date, refused, true
	}
	letters, digits := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		case r != ' ' && r != '-' && r != '\'' && r != '’' && r != '<':
			return 0, "", "", false
		}
	}
	switch one := mrz.Latin(strings.ReplaceAll(text, " ", "")); {
	case letters == 0 && digits > 9:
		return mrz.FieldPersonalNumber, one, "", true
	case digits > 2:
		return mrz.FieldDocumentNumber, one, "", true
	case digits > 0 || letters < 2:
		return 0, "", "", false
	}
	return meantName(m, text)
}

// meantName tells which of the names a text is for. A text that is not written as
// a name is taken for one only where it is much like one.
func meantName(m mrz.MRZ, text string) (field mrz.Field, value string, refused Refusal, ok bool) {
	written := unicode.IsUpper([]rune(text)[0]) && len(strings.Fields(text)) <= 3
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }) {
		return 0, "", NotLatin, written
	}
	name := strings.ToUpper(strings.ReplaceAll(text, "’", "'"))
	field, refused = nearer(name, mrz.FieldSurname, m.Fields.Surname, mrz.FieldGivenNames, m.Fields.GivenNames)
	near := min(distance(name, m.Fields.Surname), distance(name, m.Fields.GivenNames))
	switch {
	case 2*near <= len(name):
		return field, name, refused, true
	case name == text: // in capitals, as on the card
		return 0, "", Unclear, true
	}
	return 0, "", "", false
}

// nearer tells which of two values a third is more like.
func nearer(value string, a mrz.Field, va string, b mrz.Field, vb string) (mrz.Field, Refusal) {
	switch da, db := distance(value, va), distance(value, vb); {
	case da < db:
		return a, ""
	case db < da:
		return b, ""
	}
	return 0, Unclear
}

// yymmdd reads a date as people here write it, DD.MM.YYYY; "" for anything else.
func yymmdd(text string) string {
	t, err := time.Parse("02.01.2006", strings.NewReplacer("/", ".", "-", ".", " ", "").Replace(text))
	if err != nil {
		return ""
	}
	return t.Format("060102")
}

// compact writes a date of an MRZ, YYYY-MM-DD, as it stands there.
func compact(iso string) string { return strings.ReplaceAll(iso, "-", "")[min(2, len(iso)):] }

// alike counts the characters that two lines have in the same place.
func alike(a, b string) (n int) {
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			n++
		}
	}
	return n
}

// distance is how many characters are changed, added or left out between two
// texts (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			next := before
			if a[i] != b[j] {
				next = 1 + min(before, row[j], row[j+1])
			}
			before, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
