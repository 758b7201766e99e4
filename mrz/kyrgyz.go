package mrz

// kyrgyzstan is the code of the Kyrgyz Republic.
const kyrgyzstan = "KGZ"

// Kyrgyz is the class of characters that belong in a cell of the Kyrgyz
// identity card, which is TD1 with more rules: two letters and seven digits
// for the number, the personal number (PIN) of fourteen digits in the optional
// data of the first line, fillers in those of the second. Line and column
// count from 1. It rests on few cards: use it to read and repair, never to
// refuse.
func Kyrgyz(line, column int) Class {
	switch {
	case line == 1:
		return kyrgyzFirst(column)
	case line == 2 && (column <= 7 || column >= 9 && column <= 15):
		return Digits & TD1.Alphabet(line, column)
	case line == 2 && column >= 16 && column <= 18:
		return Only(kyrgyzstan[column-16 : column-15])
	case line == 2 && column >= 19 && column <= 29:
		return Filler
	}
	return TD1.Alphabet(line, column)
}

func kyrgyzFirst(column int) Class {
	switch {
	case column == 1:
		return Only("I")
	case column == 2:
		return Only("D<")
	case column >= 3 && column <= 5:
		return Only(kyrgyzstan[column-3 : column-2])
	case column >= 6 && column <= 7:
		return Letters
	case column == 16:
		return Only(pinFemale + pinMale)
	case column >= 8 && column <= 29:
		return Digits
	case column == 30:
		return Filler
	}
	return 0
}

// The PIN is a digit for the sex, the birth date as DDMMYYYY, and five digits
// in which no check digit could be confirmed.
const (
	pinLength = 14
	pinFemale = "1"
	pinMale   = "2"
)

// pin is what a Kyrgyz personal number says of its holder.
type pin struct {
	sex  string // "M", "F", or "" for another first digit
	born date
}

// isPIN reports whether a text could be a PIN: fourteen digits.
func isPIN(s string) bool {
	if len(s) != pinLength {
		return false
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// pin reads the MRZ's personal number if it is a PIN: on the Kyrgyz card, and
// in the Kyrgyz passport, whose personal number it is.
func (m *MRZ) pin() (pin, bool) {
	s := m.Fields.PersonalNumber
	if m.Fields.IssuingState != kyrgyzstan || !isPIN(s) {
		return pin{}, false
	}
	day, _ := twoDigits(s[1], s[2])
	month, _ := twoDigits(s[3], s[4])
	century, _ := twoDigits(s[5], s[6])
	year, _ := twoDigits(s[7], s[8])
	p := pin{born: date{century*100 + year, month, day}}
	switch s[:1] {
	case pinMale:
		p.sex = "M"
	case pinFemale:
		p.sex = "F"
	}
	return p, true
}

// agrees reports whether the birth date of the MRZ can be that of the PIN.
func (p pin) agrees(d shortDate) bool {
	return (d.year == unknown || d.year == p.born.year%100) &&
		(d.month == unknown || d.month == p.born.month) &&
		(d.day == unknown || d.day == p.born.day)
}

// namesCentury reports whether the PIN has the year of the birth date, and one
// that can be somebody's. That day or month differ is another matter.
func (p pin) namesCentury(d shortDate, today date) bool {
	return d.year == p.born.year%100 && !today.before(d.in(p.born.year)) && today.year-p.born.year <= oldest
}

// crossCheck compares a Kyrgyz document with the profile, and the PIN with
// birth date and sex. Profile and PINs have their exceptions (wrong and double
// PINs were issued), so that nothing here refuses a document.
func (m *MRZ) crossCheck(l *layout, r *reading) {
	if m.Fields.IssuingState != kyrgyzstan {
		return
	}
	at, p := l.at[FieldOptional1], r.pin
	if m.Format == TD1 {
		if !isKyrgyzNumber(m.Fields.DocumentNumber) {
			m.warn(CodeDocumentNumberUnusual, l.at[FieldDocumentNumber])
		}
		if !r.hasPIN || p.sex == "" {
			m.warn(CodePersonalNumberUnusual, at)
		}
		if m.Fields.Optional2 != "" {
			m.warn(CodeOptionalDataUnusual, l.at[FieldOptional2])
		}
	}
	if !r.hasPIN {
		return
	}
	if r.birthOK && !p.agrees(r.birth) {
		m.warn(CodePersonalNumberBirthDate, at)
	}
	if p.sex != "" && (m.Fields.Sex == "M" || m.Fields.Sex == "F") && p.sex != m.Fields.Sex {
		m.warn(CodePersonalNumberSex, at)
	}
}

// isKyrgyzNumber reports whether a text has the form of a card's number.
func isKyrgyzNumber(s string) bool {
	const series, length = 2, 9
	if len(s) != length {
		return false
	}
	for i := range len(s) {
		if i < series && !Letters.Has(s[i]) || i >= series && !isDigit(s[i]) {
			return false
		}
	}
	return true
}
