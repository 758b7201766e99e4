package mrz

import "strings"

// Field names one field of an MRZ.
type Field uint8

// The fields, in the order of Fields.
const (
	FieldDocumentCode Field = iota
	FieldIssuingState
	FieldDocumentNumber
	FieldOptional1
	FieldBirthDate
	FieldSex
	FieldExpiryDate
	FieldNationality
	FieldOptional2
	FieldSurname
	FieldGivenNames
	FieldPersonalNumber
	fieldCount
)

// The check digits are parts of a layout like the fields, but no fields of
// anybody else's.
const (
	digitNumber = fieldCount + iota
	digitBirth
	digitExpiry
	digitPersonal
	digitComposite
	partCount
)

var fieldNames = [fieldCount]string{
	"document_code", "issuing_state", "document_number", "optional1", "birth_date", "sex",
	"expiry_date", "nationality", "optional2", "surname", "given_names", "personal_number",
}

// String is the field's key in JSON.
func (f Field) String() string {
	if f >= fieldCount {
		return "unknown"
	}
	return fieldNames[f]
}

// AllFields returns the fields in the order of Fields.
func AllFields() []Field {
	all := make([]Field, fieldCount)
	for i := range all {
		all[i] = Field(i)
	}
	return all
}

// Fields are the values of an MRZ, fillers removed: a filler inside a value is
// a space, those around it are gone. A field the format does not have is empty.
type Fields struct {
	// DocumentCode has one or two letters, such as "ID" or "P".
	DocumentCode string `json:"document_code"`

	// IssuingState and Nationality are codes of ICAO 9303-3, 5: mostly three
	// letters, Germany's is "D".
	IssuingState string `json:"issuing_state"`

	// DocumentNumber is the whole number, also when it is longer than its nine
	// cells; what follows a long number in the optional data is Optional1.
	DocumentNumber string `json:"document_number"`
	Optional1      string `json:"optional1"`

	// BirthDate is YYYY-MM-DD with X for what is unknown, as in 1990-XX-XX. It
	// is empty when the MRZ holds no date there. The MRZ has two digits of the
	// year (ICAO 9303-3, 4.8). The century is the PIN's on a Kyrgyz document whose
	// PIN has the same two digits; else it is the latest in which the day is not
	// in the future, and where the holder could also be a hundred years older the
	// warning CodeBirthCentury says that this is a guess.
	BirthDate string `json:"birth_date"`

	// Sex is as printed: M, F, or empty for the filler (not specified). Some
	// issuers print other letters; then there is a warning.
	Sex string `json:"sex"`

	// ExpiryDate is written as BirthDate is. The century is that in which the end
	// is at most 25 years past or 49 ahead, of a visa the nearest. An end outside,
	// such as 991231, has XX for its century (XX99-12-31) and the warning
	// CodeExpiryFar; it is never called expired. It is empty for a document
	// without an end: six fillers (ICAO 9303-3, 4.8), zeros or nines.
	ExpiryDate  string `json:"expiry_date"`
	Nationality string `json:"nationality"`
	Optional2   string `json:"optional2"`
	Surname     string `json:"surname"`
	GivenNames  string `json:"given_names"`

	// PersonalNumber is the number of TD3's second line, and the PIN of a
	// Kyrgyz card; Optional1 holds the same text.
	PersonalNumber string `json:"personal_number"`
}

// Get returns one field by its name, "" for a name that is none.
func (f Fields) Get(field Field) string {
	switch field {
	case FieldDocumentCode:
		return f.DocumentCode
	case FieldIssuingState:
		return f.IssuingState
	case FieldDocumentNumber:
		return f.DocumentNumber
	case FieldOptional1:
		return f.Optional1
	case FieldBirthDate:
		return f.BirthDate
	case FieldSex:
		return f.Sex
	case FieldExpiryDate:
		return f.ExpiryDate
	case FieldNationality:
		return f.Nationality
	case FieldOptional2:
		return f.Optional2
	case FieldSurname:
		return f.Surname
	case FieldGivenNames:
		return f.GivenNames
	case FieldPersonalNumber:
		return f.PersonalNumber
	}
	return ""
}

// plain is a field's text without its fillers.
func plain(s string) string {
	from, to := 0, len(s)
	for from < to && s[from] == '<' {
		from++
	}
	for from < to && s[to-1] == '<' {
		to--
	}
	s = s[from:to]
	if strings.IndexByte(s, '<') < 0 {
		return s
	}
	return strings.ReplaceAll(s, "<", " ")
}

// Protection says which check digit would show a misread character of a field.
type Protection uint8

const (
	// Unprotected is a field outside every check digit: of the text alone
	// nobody can tell whether it was read right.
	Unprotected Protection = iota

	// ByComposite is a field that only the composite check digit covers.
	ByComposite

	// ByOwnDigit is a field with a check digit of its own.
	ByOwnDigit
)

// String is one or two English words.
func (p Protection) String() string {
	switch p {
	case ByOwnDigit:
		return "own digit"
	case ByComposite:
		return "composite"
	default:
		return "unprotected"
	}
}

// Protection says what protects a field of this MRZ by its format (ICAO
// 9303-5, 4.2.4 and its sisters), whether or not the digit holds. Of a long
// document number all characters are protected by the number's own digit.
// A field the MRZ does not have is Unprotected.
func (m MRZ) Protection(field Field) Protection {
	l := m.Format.layout()
	if l == nil || field >= fieldCount {
		return Unprotected
	}
	at := l.at[field]
	if field == FieldPersonalNumber && m.Fields.PersonalNumber != "" {
		at = l.at[FieldOptional1]
	}
	switch {
	case at.empty():
		return Unprotected
	case field == FieldDocumentNumber, field == FieldBirthDate, field == FieldExpiryDate:
		return ByOwnDigit
	case l.has(digitPersonal) && at == l.at[FieldOptional1]:
		return ByOwnDigit
	case l.composes(at):
		return ByComposite
	}
	return Unprotected
}
