package mrz

import (
	"errors"
	"fmt"
	"strings"
)

// FieldError says which field cannot be written into an MRZ. It does not hold
// the field's value.
type FieldError struct{ Field Field }

func (e *FieldError) Error() string {
	return fmt.Sprintf("mrz: the field %s cannot be written into an MRZ", e.Field)
}

// Render writes an MRZ: fields as Parse gives them, all check digits computed.
// A long document number is written as ICAO says (NumberLong); PersonalNumber
// is optional data, so it has to be equal to Optional1 or one of them empty.
// Names that are too long are cut, the surname leaving one letter to the given
// names. The error is a *FieldError for a value that does not fit.
func Render(f Fields, format Format) ([]string, error) {
	l := format.layout()
	if l == nil {
		return nil, errors.New("mrz: no format to write")
	}
	p := page{layout: l}
	for range l.lines {
		p.lines = append(p.lines, []byte(strings.Repeat("<", l.length)))
	}
	if f.Optional1 == "" {
		f.Optional1 = f.PersonalNumber
	}
	if f.PersonalNumber != "" && f.PersonalNumber != f.Optional1 {
		return nil, &FieldError{FieldPersonalNumber}
	}
	p.names(f)
	p.number(f)
	p.date(FieldBirthDate, f.BirthDate, digitBirth)
	p.date(FieldExpiryDate, f.ExpiryDate, digitExpiry)
	for _, field := range [...]Field{
		FieldDocumentCode, FieldIssuingState, FieldSex, FieldNationality, FieldOptional2,
	} {
		p.put(field, f.Get(field))
	}
	if p.err != nil {
		return nil, p.err
	}
	p.digits()
	lines := p.text()
	// A visa begins with V, and only a visa; IDFRA is France's.
	if detect(lines) != format {
		return nil, &FieldError{FieldDocumentCode}
	}
	return lines, nil
}

// page is an MRZ being written. The first error stays.
type page struct {
	layout *layout
	lines  [][]byte
	err    error
}

func (p *page) fail(field Field) {
	if p.err == nil {
		p.err = &FieldError{field}
	}
}

// put writes a value into its cells.
func (p *page) put(field Field, value string) {
	at := p.layout.at[field]
	value = strings.ReplaceAll(value, " ", "<")
	if len(value) > int(at.to-at.from) || weigh(value, 0) < 0 {
		p.fail(field)
		return
	}
	copy(p.lines[at.line][at.from:], value)
}

// number writes the document number and the optional data, which the rest of
// a long number enters.
func (p *page) number(f Fields) {
	width := int(p.layout.at[FieldDocumentNumber].to - p.layout.at[FieldDocumentNumber].from)
	number, optional := f.DocumentNumber, f.Optional1
	if p.layout.longNumbers && len(number) > width {
		digit, ok := CheckDigit(number)
		if !ok || strings.ContainsAny(number, " <") {
			p.fail(FieldDocumentNumber)
			return
		}
		optional = number[width:] + string(rune(digit))
		if f.Optional1 != "" {
			optional += "<" + f.Optional1
		}
		number = number[:width]
	} else {
		p.digitOf(number, digitNumber)
	}
	p.put(FieldDocumentNumber, number)
	p.put(FieldOptional1, optional)
}

// date writes YYYY-MM-DD as YYMMDD, X as a filler.
func (p *page) date(field Field, value string, digit Field) {
	if !p.layout.has(field) {
		if value != "" {
			p.fail(field)
		}
		return
	}
	short := "<<<<<<"
	if value != "" {
		if len(value) != len("2006-01-02") || value[4] != '-' || value[7] != '-' {
			p.fail(field)
			return
		}
		short = strings.ReplaceAll(value[2:4]+value[5:7]+value[8:10], "X", "<")
	}
	if _, ok := readDate(short); !ok {
		p.fail(field)
		return
	}
	p.put(field, short)
	p.digitOf(short, digit)
}

// names writes surname and given names, cut where they are too long.
func (p *page) names(f Fields) {
	surname, given := f.Surname, f.GivenNames
	for _, field := range [...]Field{FieldSurname, FieldGivenNames} {
		if name := f.Get(field); strings.Join(strings.Fields(name), " ") != name {
			p.fail(field)
		}
	}
	at := p.layout.at[FieldSurname]
	width := int(at.to - at.from)
	if p.layout.joined() {
		const separator = "<<"
		if given != "" {
			surname = cut(surname, width-len(separator)-1) + separator + given
		}
		p.put(FieldSurname, cut(surname, width))
		return
	}
	p.put(FieldSurname, cut(surname, width))
	at = p.layout.at[FieldGivenNames]
	p.put(FieldGivenNames, cut(given, int(at.to-at.from)))
}

func cut(s string, length int) string {
	return strings.TrimRight(s[:min(len(s), length)], " ")
}

// digitOf writes the check digit of a value.
func (p *page) digitOf(value string, digit Field) {
	at := p.layout.at[digit]
	if sum := weigh(strings.ReplaceAll(value, " ", "<"), 0); sum >= 0 {
		p.lines[at.line][at.from] = '0' + byte(sum%10)
	}
}

// digits writes the check digits that cover what is already there.
func (p *page) digits() {
	if at := p.layout.at[digitPersonal]; !at.empty() {
		p.digitOf(p.layout.at[FieldPersonalNumber].of(p.text()), digitPersonal)
	}
	if at := p.layout.at[digitComposite]; !at.empty() {
		p.lines[at.line][at.from] = '0' + byte(compositeSum(p.layout, p.text())%10)
	}
}

func (p *page) text() []string {
	lines := make([]string, len(p.lines))
	for i, line := range p.lines {
		lines[i] = string(line)
	}
	return lines
}
