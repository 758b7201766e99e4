// Package mrz knows the text of the machine readable zone of travel documents
// (ICAO Doc 9303): it reads the fields, proves the check digits, says what
// protects each field, proposes repairs of misread characters, restores what
// was changed on the way (lost fillers, entities, small letters), and writes zones.
// It knows what is special about the Kyrgyz identity card.
//
// It is pure: text and a time in, values out. It is not the place for pictures,
// for the words a user reads or for deciding whether a document is genuine:
// check digits find slips, a forger computes them like anybody else, and an
// issuer may print wrong ones (ICAO 9303-3, 7).
//
// No message of this package holds a character of the zone.
package mrz

import (
	"slices"
	"time"
)

// Zone is what Parse made of the lines of one machine readable zone.
type Zone struct {
	// Lines are the lines as they were given.
	Lines []string

	// Format is Unknown when the lines have the shape of no known zone; then
	// fields and checks are empty.
	Format Format

	Fields Fields
	Checks Checks

	// Number says how the document number is written.
	Number NumberForm

	// Errors make the zone invalid: first the shape or the characters, then
	// the dates, then the check digits. Warnings ask for a look at the document.
	Errors, Warnings []Problem
}

// Valid reports whether shape, characters, dates and all check digits hold.
// It says nothing of fields that no digit protects; see Zone.Protection.
func (z Zone) Valid() bool { return len(z.Errors) == 0 }

// Parse reads a zone. It takes the lines as they are: nothing is cleaned up,
// so a lower case letter or a space is an error; Restore puts that right. It never fails; what is wrong
// stands in the result. The day of now, in its location, decides what is
// expired and which century a date is of.
func Parse(lines []string, now time.Time) Zone {
	z := Zone{Lines: make([]string, len(lines))}
	copy(z.Lines, lines)
	var room [maxLines]string
	cells, clean := room[:0], true
	for _, line := range lines[:min(len(lines), maxLines)] {
		single, ok := singleBytes(line)
		cells, clean = append(cells, single), clean && ok
	}
	if len(lines) <= maxLines {
		z.Format = detect(cells)
	}
	l := z.Format.layout()
	if l == nil {
		z.Errors = []Problem{shapeProblem(lines)}
		return z
	}
	if !clean {
		z.characters(cells)
	}

	r := verify(l, cells)
	z.Checks, z.Number = r.checks, r.number.form
	z.Fields = Fields{
		DocumentCode:   plain(l.at[FieldDocumentCode].of(cells)),
		IssuingState:   plain(l.at[FieldIssuingState].of(cells)),
		DocumentNumber: plain(r.number.head) + r.number.tail,
		Optional1:      plain(r.number.rest),
		Sex:            plain(l.at[FieldSex].of(cells)),
		Nationality:    plain(l.at[FieldNationality].of(cells)),
		Optional2:      plain(l.at[FieldOptional2].of(cells)),
	}
	z.personalNumber()
	r.pin, r.hasPIN = z.pin()
	z.heading(l)
	z.documentNumber(l)
	z.dates(l, &r, now)
	z.sex(l)
	z.names(l, cells)
	z.crossCheck(l, &r)
	z.digits(l)
	return z
}

// characters reports every cell outside the alphabet.
func (z *Zone) characters(cells []string) {
	for i, line := range cells {
		for j := range len(line) {
			if !anyCharacter.Has(line[j]) {
				z.fail(CodeCharacter, span{line: uint8(i), from: uint8(j)})
			}
		}
	}
}

// personalNumber fills the field where the format or the issuer has one.
func (z *Zone) personalNumber() {
	switch {
	case z.Format == TD3:
		z.Fields.PersonalNumber = z.Fields.Optional1
	case z.Format == TD1 && z.Fields.IssuingState == kyrgyzstan && isPIN(z.Fields.Optional1):
		z.Fields.PersonalNumber = z.Fields.Optional1
	}
}

// heading looks at what says which document it is: code, state, nationality.
func (z *Zone) heading(l *layout) {
	if !l.usualCode(z.Fields.DocumentCode) {
		z.warn(CodeDocumentCodeUnusual, l.at[FieldDocumentCode])
	}
	if !KnownState(z.Fields.IssuingState) {
		z.warn(CodeStateUnknown, l.at[FieldIssuingState])
	}
	if l.has(FieldNationality) && !KnownState(z.Fields.Nationality) {
		z.warn(CodeStateUnknown, l.at[FieldNationality])
	}
}

func (z *Zone) documentNumber(l *layout) {
	if z.Fields.DocumentNumber == "" {
		z.warn(CodeDocumentNumberMissing, l.at[FieldDocumentNumber])
	}
	if z.Number == NumberLongFiller {
		z.warn(CodeLongNumberConvention, l.at[digitNumber])
	}
}

// sex accepts what issuers print instead of M, F and the filler, with a
// warning: no digit protects the cell, so the letter proves no misreading.
func (z *Zone) sex(l *layout) {
	switch z.Fields.Sex {
	case "", "M", "F":
		if !sexInSpanish(z.Format, z.Fields) {
			return
		}
	}
	z.warn(CodeSexUnusual, l.at[FieldSex])
}

// digits turns failed checks into errors.
func (z *Zone) digits(l *layout) {
	for _, c := range [...]struct {
		check Check
		code  string
		at    Field
	}{
		{z.Checks.DocumentNumber, CodeCheckDocumentNumber, digitNumber},
		{z.Checks.BirthDate, CodeCheckBirthDate, digitBirth},
		{z.Checks.ExpiryDate, CodeCheckExpiryDate, digitExpiry},
		{z.Checks.PersonalNumber, CodeCheckPersonalNumber, digitPersonal},
		{z.Checks.Composite, CodeCheckComposite, digitComposite},
	} {
		if c.check == Failed && !z.garbled(append(z.covered(l, c.at), l.at[c.at])...) {
			z.fail(c.code, l.at[c.at])
		}
	}
}

// covered are the parts that a check digit covers.
func (z *Zone) covered(l *layout, digit Field) []span {
	switch digit {
	case digitNumber:
		if z.Number != NumberPlain {
			return []span{l.at[FieldDocumentNumber], l.at[FieldOptional1]}
		}
		return []span{l.at[FieldDocumentNumber]}
	case digitBirth:
		return []span{l.at[FieldBirthDate]}
	case digitExpiry:
		return []span{l.at[FieldExpiryDate]}
	case digitPersonal:
		return []span{l.at[FieldPersonalNumber]}
	}
	return slices.Clone(l.composite)
}

func (z *Zone) fail(code string, at span) { z.Errors = append(z.Errors, at.problem(code)) }

// warn says what is odd about a part, unless that has been said of its
// characters.
func (z *Zone) warn(code string, at span) {
	if !z.garbled(at) {
		z.Warnings = append(z.Warnings, at.problem(code))
	}
}

// garbled reports whether one of the parts holds a character outside the
// alphabet. What else is wrong with them comes of that.
func (z *Zone) garbled(parts ...span) bool {
	return slices.ContainsFunc(z.Errors, func(p Problem) bool {
		return p.Code == CodeCharacter && slices.ContainsFunc(parts, func(at span) bool {
			return p.Line == int(at.line)+1 && int(at.from) < p.Column && p.Column <= int(at.to)
		})
	})
}
