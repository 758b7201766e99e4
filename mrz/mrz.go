// Package mrz knows the text of the machine readable zone of travel documents
// (ICAO Doc 9303): it reads the fields, proves the check digits, says what
// protects each field, proposes repairs of misread characters, restores what
// was changed on the way (lost fillers, entities, small letters), and writes MRZs.
// It knows what is special about the Kyrgyz identity card.
//
// It is pure: text and a time in, values out. It is not the place for pictures,
// for the words a user reads or for deciding whether a document is genuine:
// check digits find slips, a forger computes them like anybody else, and an
// issuer may print wrong ones (ICAO 9303-3, 7).
//
// No message of this package holds a character of the MRZ.
package mrz

import (
	"slices"
	"time"
)

// MRZ is what Parse made of the lines of one machine readable zone.
type MRZ struct {
	// Lines are the lines as they were given.
	Lines []string

	// Format is Unknown when the lines have the shape of no known MRZ; then
	// fields and checks are empty.
	Format Format

	Fields Fields
	Checks Checks

	// Number says how the document number is written.
	Number NumberForm

	// Errors make the MRZ invalid: first the shape or the characters, then
	// the dates, then the check digits. Warnings ask for a look at the document.
	Errors, Warnings []Problem
}

// Valid reports whether shape, characters, dates and all check digits hold.
// It says nothing of fields that no digit protects; see MRZ.Protection.
func (m MRZ) Valid() bool { return len(m.Errors) == 0 }

// Parse reads an MRZ. It takes the lines as they are: nothing is cleaned up,
// so a lower case letter or a space is an error; Restore puts that right. It never fails; what is wrong
// stands in the result. The day of now, in its location, decides what is
// expired and which century a date is of.
func Parse(lines []string, now time.Time) MRZ {
	m := MRZ{Lines: make([]string, len(lines))}
	copy(m.Lines, lines)
	var room [maxLines]string
	cells, clean := room[:0], true
	for _, line := range lines[:min(len(lines), maxLines)] {
		single, ok := singleBytes(line)
		cells, clean = append(cells, single), clean && ok
	}
	if len(lines) <= maxLines {
		m.Format = detect(cells)
	}
	l := m.Format.layout()
	if l == nil {
		m.Errors = []Problem{shapeProblem(lines)}
		return m
	}
	if !clean {
		m.characters(cells)
	}

	r := verify(l, cells)
	m.Checks, m.Number = r.checks, r.number.form
	m.Fields = Fields{
		DocumentCode:   plain(l.at[FieldDocumentCode].of(cells)),
		IssuingState:   plain(l.at[FieldIssuingState].of(cells)),
		DocumentNumber: plain(r.number.head) + r.number.tail,
		Optional1:      plain(r.number.rest),
		Sex:            plain(l.at[FieldSex].of(cells)),
		Nationality:    plain(l.at[FieldNationality].of(cells)),
		Optional2:      plain(l.at[FieldOptional2].of(cells)),
	}
	m.personalNumber()
	r.pin, r.hasPIN = m.pin()
	m.heading(l)
	m.documentNumber(l)
	m.dates(l, &r, now)
	m.sex(l)
	m.names(l, cells)
	m.crossCheck(l, &r)
	m.digits(l)
	return m
}

// characters reports every cell outside the alphabet.
func (m *MRZ) characters(cells []string) {
	for i, line := range cells {
		for j := range len(line) {
			if !anyCharacter.Has(line[j]) {
				m.fail(CodeCharacter, span{line: uint8(i), from: uint8(j)})
			}
		}
	}
}

// personalNumber fills the field where the format or the issuer has one.
func (m *MRZ) personalNumber() {
	switch {
	case m.Format == TD3:
		m.Fields.PersonalNumber = m.Fields.Optional1
	case m.Format == TD1 && m.Fields.IssuingState == kyrgyzstan && isPIN(m.Fields.Optional1):
		m.Fields.PersonalNumber = m.Fields.Optional1
	}
}

// heading looks at what says which document it is: code, state, nationality.
func (m *MRZ) heading(l *layout) {
	if !l.usualCode(m.Fields.DocumentCode) {
		m.warn(CodeDocumentCodeUnusual, l.at[FieldDocumentCode])
	}
	if !KnownState(m.Fields.IssuingState) {
		m.warn(CodeStateUnknown, l.at[FieldIssuingState])
	}
	if l.has(FieldNationality) && !KnownState(m.Fields.Nationality) {
		m.warn(CodeStateUnknown, l.at[FieldNationality])
	}
}

func (m *MRZ) documentNumber(l *layout) {
	if m.Fields.DocumentNumber == "" {
		m.warn(CodeDocumentNumberMissing, l.at[FieldDocumentNumber])
	}
	if m.Number == NumberLongFiller {
		m.warn(CodeLongNumberConvention, l.at[digitNumber])
	}
}

// sex accepts what issuers print instead of M, F and the filler, with a
// warning: no digit protects the cell, so the letter proves no misreading.
func (m *MRZ) sex(l *layout) {
	switch m.Fields.Sex {
	case "", "M", "F":
		if !sexInSpanish(m.Format, m.Fields) {
			return
		}
	}
	m.warn(CodeSexUnusual, l.at[FieldSex])
}

// digits turns failed checks into errors.
func (m *MRZ) digits(l *layout) {
	for _, c := range [...]struct {
		check Check
		code  string
		at    Field
	}{
		{m.Checks.DocumentNumber, CodeCheckDocumentNumber, digitNumber},
		{m.Checks.BirthDate, CodeCheckBirthDate, digitBirth},
		{m.Checks.ExpiryDate, CodeCheckExpiryDate, digitExpiry},
		{m.Checks.PersonalNumber, CodeCheckPersonalNumber, digitPersonal},
		{m.Checks.Composite, CodeCheckComposite, digitComposite},
	} {
		if c.check == Failed && !m.garbled(append(m.covered(l, c.at), l.at[c.at])...) {
			m.fail(c.code, l.at[c.at])
		}
	}
}

// covered are the parts that a check digit covers.
func (m *MRZ) covered(l *layout, digit Field) []span {
	switch digit {
	case digitNumber:
		if m.Number != NumberPlain {
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

func (m *MRZ) fail(code string, at span) { m.Errors = append(m.Errors, at.problem(code)) }

// warn says what is odd about a part, unless that has been said of its
// characters.
func (m *MRZ) warn(code string, at span) {
	if !m.garbled(at) {
		m.Warnings = append(m.Warnings, at.problem(code))
	}
}

// garbled reports whether one of the parts holds a character outside the
// alphabet. What else is wrong with them comes of that.
func (m *MRZ) garbled(parts ...span) bool {
	return slices.ContainsFunc(m.Errors, func(p Problem) bool {
		return p.Code == CodeCharacter && slices.ContainsFunc(parts, func(at span) bool {
			return p.Line == int(at.line)+1 && int(at.from) < p.Column && p.Column <= int(at.to)
		})
	})
}
