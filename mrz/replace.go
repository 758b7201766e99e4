package mrz

import (
	"slices"
	"strings"
)

// Replace gives the lines of an MRZ with another value in one of its fields, as
// somebody reads it on the document: fillers for what is left of the field, and
// for blanks, hyphens and apostrophes within it (ICAO 9303-3, 4.6). Dates are
// YYMMDD. Check digits stay as they are: they tell whether the value is right.
//
// It is false for a value that does not fit the field's cells or its characters,
// for a document number that is longer than nine characters, and for a field
// that the format does not have.
func Replace(m MRZ, field Field, value string) (lines []string, ok bool) {
	if m.Format == Unknown || value == "" {
		return nil, false
	}
	l := m.Format.layout()
	at := l.at[field]
	cells := strings.NewReplacer(" ", "<", "-", "<", "'", "").Replace(value)
	switch {
	case field == FieldSurname || field == FieldGivenNames:
		cells = joinedName(m, l, field, cells)
	case field == FieldPersonalNumber && at.empty():
		// The PIN of a Kyrgyz card lies at the start of the optional data.
		if m.Format != TD1 || m.Fields.IssuingState != kyrgyzstan || len(cells) != pinLength {
			return nil, false
		}
		at = l.at[FieldOptional1]
	case field == FieldDocumentNumber && len(m.Fields.DocumentNumber) > int(at.to-at.from):
		return nil, false // a part of it lies elsewhere
	}
	size := int(at.to - at.from)
	if size == 0 || cells == "" || len(cells) > size || len(m.Lines[at.line]) != l.length {
		return nil, false
	}
	for i := range len(cells) {
		if !anyCharacter.Has(cells[i]) {
			return nil, false
		}
	}
	lines = slices.Clone(m.Lines)
	line := lines[at.line]
	lines[at.line] = line[:at.from] + cells + strings.Repeat("<", size-len(cells)) + line[at.to:]
	return lines, true
}

// joinedName is the cells of the name with one of its parts replaced; the part
// alone where the format keeps them apart.
func joinedName(m MRZ, l *layout, field Field, part string) string {
	if !l.joined() {
		return part
	}
	surname, given, _ := strings.Cut(strings.TrimRight(l.at[FieldSurname].of(m.Lines), "<"), "<<")
	if field == FieldSurname {
		surname = part
	} else {
		given = part
	}
	if given == "" {
		return surname
	}
	return surname + "<<" + given
}

// Latin gives what somebody has typed of an MRZ in its alphabet, as Restore reads
// it: small and full-width letters and those of other alphabets that look like
// Latin ones become Latin capitals, quotation marks and their like fillers. What
// has no twin there stays as it is.
func Latin(typed string) string {
	var out strings.Builder
	for _, r := range typed {
		switch sign, seen := signOf(r); {
		case !seen:
		case sign == quotation:
			out.WriteByte('<')
		case sign == eitherO:
			out.WriteByte('O')
		case sign == eitherI:
			out.WriteByte('I')
		case sign == foreign:
			out.WriteRune(r)
		default:
			out.WriteByte(sign)
		}
	}
	return out.String()
}
