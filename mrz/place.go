package mrz

import "strings"

// FieldAt gives the field that a cell belongs to, and what protects the cell. Line
// and column count from 1. The check digit of a field belongs to the field. ok is
// false for the composite check digit, which belongs to none, and outside the MRZ.
// Where one run of cells holds both names, the first two fillers part them.
func (m MRZ) FieldAt(line, column int) (f Field, p Protection, ok bool) {
	l := m.Format.layout()
	if l == nil {
		return 0, Unprotected, false
	}
	part, ok := l.partAt(line-1, column-1)
	switch {
	case !ok:
		return 0, Unprotected, false
	case part == digitComposite:
		return 0, ByComposite, false
	case part == digitNumber:
		return FieldDocumentNumber, ByOwnDigit, true
	case part == digitBirth:
		return FieldBirthDate, ByOwnDigit, true
	case part == digitExpiry:
		return FieldExpiryDate, ByOwnDigit, true
	case part == digitPersonal:
		return FieldPersonalNumber, ByOwnDigit, true
	case part == FieldOptional1 && m.Fields.PersonalNumber != "":
		part = FieldPersonalNumber
	case part == FieldSurname && l.joined() && l.behindSurname(m.Lines, column-1):
		part = FieldGivenNames
	}
	return part, m.Protection(part), true
}

// partAt gives the part in which a cell lies, both counted from 0.
func (l *layout) partAt(line, column int) (Field, bool) {
	for part := range partCount {
		at := l.at[part]
		if !at.empty() && int(at.line) == line && int(at.from) <= column && column < int(at.to) {
			return part, true
		}
	}
	return 0, false
}

// behindSurname reports whether a column of the names lies behind the fillers that
// end the surname.
func (l *layout) behindSurname(lines []string, column int) bool {
	at := l.at[FieldSurname]
	cells := []rune(lines[at.line])
	end := strings.Index(string(cells[at.from:]), "<<")
	return end >= 0 && column >= int(at.from)+end
}
