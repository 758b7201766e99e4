package mrz

import "iter"

// Format is one of the layouts an MRZ can have.
type Format uint8

// The formats this package reads.
const (
	// Unknown is the format of lines that are no MRZ.
	Unknown Format = iota

	// TD1 is the identity card with three lines of 30 (ICAO 9303-5).
	TD1

	// TD2 is the larger card with two lines of 36 (ICAO 9303-6).
	TD2

	// TD3 is the passport, two lines of 44 (ICAO 9303-4).
	TD3

	// MRVA and MRVB are the visas of TD3's and TD2's shape (ICAO 9303-7). Both
	// start with V and have no composite check digit.
	MRVA
	MRVB

	// IDFRA is the French identity card of 1988 to 2021: TD2's shape, but the
	// given names on the second line, no expiry date, and a composite digit
	// over everything.
	IDFRA

	formatCount
)

// Formats returns the known formats.
func Formats() []Format { return []Format{TD1, TD2, TD3, MRVA, MRVB, IDFRA} }

// String is the name, "" for Unknown.
func (f Format) String() string {
	if l := f.layout(); l != nil {
		return l.name
	}
	return ""
}

// MarshalText writes the name.
func (f Format) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Lines is how many lines an MRZ of this format has, 0 for Unknown.
func (f Format) Lines() int {
	if l := f.layout(); l != nil {
		return l.lines
	}
	return 0
}

// Length is how many characters each line has, 0 for Unknown.
func (f Format) Length() int {
	if l := f.layout(); l != nil {
		return l.length
	}
	return 0
}

// Alphabet is the class of characters that belong in a cell, line and column
// counted from 1; it is empty outside the MRZ. It is narrower than what Parse
// accepts: a cell that no digit protects is only a warning there.
func (f Format) Alphabet(line, column int) Class {
	l := f.layout()
	if l == nil {
		return 0
	}
	for part := range partCount {
		at := l.at[part]
		if at.empty() || line != int(at.line)+1 || column <= int(at.from) || column > int(at.to) {
			continue
		}
		if part == FieldDocumentCode && column == int(at.from)+1 {
			return l.firstLetter
		}
		if l.has(digitPersonal) && part == digitPersonal {
			return Digits | Filler
		}
		if part == digitNumber && l.longNumbers {
			return Digits | Filler
		}
		return classes[part]
	}
	return 0
}

// classes are what belongs in the parts of every format, but for the first
// letter of the document code and the check digits that may be a filler.
var classes = [partCount]Class{
	FieldDocumentCode:   (Letters | Filler) &^ Only("V"),
	FieldIssuingState:   Letters | Filler,
	FieldDocumentNumber: anyCharacter,
	FieldOptional1:      anyCharacter,
	FieldBirthDate:      Digits | Filler,
	FieldSex:            Only("MF<"),
	FieldExpiryDate:     Digits | Filler,
	FieldNationality:    Letters | Filler,
	FieldOptional2:      anyCharacter,
	FieldSurname:        Letters | Filler,
	FieldGivenNames:     Letters | Filler,
	digitNumber:         Digits,
	digitBirth:          Digits,
	digitExpiry:         Digits,
	digitPersonal:       Digits,
	digitComposite:      Digits,
}

// span is a run of cells on one line, counted from 0, the end excluded.
type span struct{ line, from, to uint8 }

func (s span) empty() bool { return s.from == s.to }

// of cuts the span out of the lines; an empty span gives "".
func (s span) of(lines []string) string { return lines[s.line][s.from:s.to] }

// cells are the span's places.
func (s span) cells() iter.Seq[cell] {
	return func(yield func(cell) bool) {
		for column := s.from; column < s.to; column++ {
			if !yield(cell{int(s.line), int(column)}) {
				return
			}
		}
	}
}

// maxLines is the number of lines of the tallest format.
const maxLines = 3

// layout says where the parts of a format stand. A part with an empty span is
// one the format does not have.
type layout struct {
	name          string
	lines, length int
	firstLetter   Class // of the document code
	longNumbers   bool  // whether a number may run on in the optional data
	at            [partCount]span
	composite     []span // what the composite digit is computed over, in order
}

func (l *layout) has(part Field) bool { return !l.at[part].empty() }

// joined reports whether one run of cells holds both names.
func (l *layout) joined() bool { return l.at[FieldSurname] == l.at[FieldGivenNames] }

// composes reports whether the composite digit covers the span.
func (l *layout) composes(at span) bool {
	for _, c := range l.composite {
		if c.line == at.line && c.from <= at.from && at.to <= c.to {
			return true
		}
	}
	return false
}

// usualCode reports whether a document code is one that ICAO gives the format:
// its first letter, then a letter at the issuer's choice (but V) or nothing.
func (l *layout) usualCode(code string) bool {
	switch len(code) {
	case 1:
		return l.firstLetter.Has(code[0])
	case 2:
		return l.firstLetter.Has(code[0]) && classes[FieldDocumentCode].Has(code[1])
	}
	return false
}

func (f Format) layout() *layout {
	if f == Unknown || f >= formatCount {
		return nil
	}
	return &layouts[f]
}
