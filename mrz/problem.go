package mrz

import "strconv"

// Problem is one thing that is wrong or odd. It holds no character of the MRZ.
type Problem struct {
	Code    string `json:"code"`
	Message string `json:"message"` // English, with the place

	// Line and Column count from 1 and say where the part begins; 0 is "no
	// such place".
	Line   int `json:"-"`
	Column int `json:"-"`
}

// Codes of errors.
const (
	CodeShape               = "shape"
	CodeCharacter           = "character"
	CodeBirthDate           = "birth_date"
	CodeExpiryDate          = "expiry_date"
	CodeCheckDocumentNumber = "check_document_number"
	CodeCheckBirthDate      = "check_birth_date"
	CodeCheckExpiryDate     = "check_expiry_date"
	CodeCheckPersonalNumber = "check_personal_number"
	CodeCheckComposite      = "check_composite"
)

// Codes of warnings.
const (
	CodeDocumentCodeUnusual     = "document_code_unusual"
	CodeStateUnknown            = "state_unknown"
	CodeDocumentNumberMissing   = "document_number_missing"
	CodeLongNumberConvention    = "long_number_convention"
	CodeBirthCentury            = "birth_century"
	CodeBirthDateIncomplete     = "birth_date_incomplete"
	CodeExpiryDateIncomplete    = "expiry_date_incomplete"
	CodeNoExpiry                = "no_expiry"
	CodeExpiryFar               = "expiry_far"
	CodeExpired                 = "expired"
	CodeSexUnusual              = "sex_unusual"
	CodeNoName                  = "no_name"
	CodeNameSingle              = "name_single"
	CodeNameUnusual             = "name_unusual"
	CodeNameTruncated           = "name_truncated"
	CodeNameCharacter           = "name_character"
	CodeDocumentNumberUnusual   = "document_number_unusual"
	CodeOptionalDataUnusual     = "optional_data_unusual"
	CodePersonalNumberUnusual   = "personal_number_unusual"
	CodePersonalNumberBirthDate = "personal_number_birth_date"
	CodePersonalNumberSex       = "personal_number_sex"
)

// text is a code with its words.
type text struct{ code, words string }

var errorTexts = []text{
	{CodeShape, "not the shape of an MRZ: 3 lines of 30, or 2 of 36 or 44 characters"},
	{CodeCharacter, "only A to Z, 0 to 9 and < may stand here"},
	{CodeBirthDate, "the birth date is no date"},
	{CodeExpiryDate, "the expiry date is no date"},
	{CodeCheckDocumentNumber, "the check digit of the document number does not fit"},
	{CodeCheckBirthDate, "the check digit of the birth date does not fit"},
	{CodeCheckExpiryDate, "the check digit of the expiry date does not fit"},
	{CodeCheckPersonalNumber, "the check digit of the personal number does not fit"},
	{CodeCheckComposite, "the composite check digit does not fit"},
}

var warningTexts = []text{
	{CodeDocumentCodeUnusual, "an unusual document code for this format"},
	{CodeStateUnknown, "no state or organization of ICAO's list"},
	{CodeDocumentNumberMissing, "there is no document number"},
	{CodeLongNumberConvention, "the check digit of this long document number counts the filler before it"},
	{CodeBirthCentury, "the century of birth is a guess: the year shown is the likelier of two"},
	{CodeBirthDateIncomplete, "the birth date is not fully known"},
	{CodeExpiryDateIncomplete, "the expiry date is not fully known"},
	{CodeNoExpiry, "the document has no expiry date"},
	{CodeExpiryFar, "the expiry date means no end, or one far away or long past: its century cannot be told"},
	{CodeExpired, "the document has expired"},
	{CodeSexUnusual, "an unusual mark for the sex"},
	{CodeNoName, "there is no name"},
	{CodeNameSingle, "there is only a surname, or only given names"},
	{CodeNameUnusual, "fillers stand at unusual places in the name"},
	{CodeNameTruncated, "the name fills its line and may be cut"},
	{CodeNameCharacter, "a digit stands in the name"},
	{CodeDocumentNumberUnusual, "a Kyrgyz card's number has two letters and seven digits"},
	{CodeOptionalDataUnusual, "a Kyrgyz card has fillers only here"},
	{CodePersonalNumberUnusual, "a Kyrgyz personal number has 14 digits and begins with 1 or 2"},
	{CodePersonalNumberBirthDate, "the personal number names another birth date"},
	{CodePersonalNumberSex, "the personal number names another sex"},
}

// Codes returns every code a Problem can have, for those who translate them.
func Codes() (errors, warnings []string) {
	for _, t := range errorTexts {
		errors = append(errors, t.code)
	}
	for _, t := range warningTexts {
		warnings = append(warnings, t.code)
	}
	return errors, warnings
}

func (s span) problem(code string) Problem { return problem(code, int(s.line)+1, int(s.from)+1) }

// problem makes the Problem of a code at a place; line 0 is no place.
func problem(code string, line, column int) Problem {
	return Problem{Code: code, Line: line, Column: column, Message: place(line, column) + wordsOf(code)}
}

// lengthProblem is the shape of a line of n characters where want belong.
func lengthProblem(line, n, want int) Problem {
	return Problem{Code: CodeShape, Line: line, Message: place(line, 0) +
		strconv.Itoa(n) + " characters where " + strconv.Itoa(want) + " belong"}
}

func place(line, column int) string {
	switch {
	case line == 0:
		return ""
	case column == 0:
		return "line " + strconv.Itoa(line) + ": "
	}
	return "line " + strconv.Itoa(line) + ", column " + strconv.Itoa(column) + ": "
}

func wordsOf(code string) string {
	for _, table := range [...][]text{errorTexts, warningTexts} {
		for _, t := range table {
			if t.code == code {
				return t.words
			}
		}
	}
	return code
}
