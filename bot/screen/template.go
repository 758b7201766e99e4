package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"mrzbot/mrz"
)

// TemplateKey is the setting that holds the team's line as an admin wrote it.
const TemplateKey = "template"

// Template is the line that a team copies from each answer, with names of fields
// in braces: {surname};{given_names}. The zero Template makes no line.
type Template struct{ parts []templatePart }

// templatePart is words as they stand, or the value of a field.
type templatePart struct {
	words string
	value func(z mrz.MRZ, now time.Time) string
}

// templateField is a field by the name that admins write.
type templateField struct {
	name  string
	value func(z mrz.MRZ, now time.Time) string
}

// templateFields are the fields there are, in the order in which they are listed.
var templateFields = []templateField{
	{"surname", ofField(mrz.FieldSurname)},
	{"given_names", ofField(mrz.FieldGivenNames)},
	{"birth_date", dateOf(mrz.FieldBirthDate)},
	{"expiry_date", dateOf(mrz.FieldExpiryDate)},
	{"sex", ofField(mrz.FieldSex)},
	{"document_number", ofField(mrz.FieldDocumentNumber)},
	{"personal_number", ofField(mrz.FieldPersonalNumber)},
	{"nationality", ofField(mrz.FieldNationality)},
	{"issuing_state", ofField(mrz.FieldIssuingState)},
	{"document_code", ofField(mrz.FieldDocumentCode)},
	{"optional1", ofField(mrz.FieldOptional1)},
	{"optional2", ofField(mrz.FieldOptional2)},
	{"today", func(_ mrz.MRZ, now time.Time) string { return now.Format("02.01.2006") }},
}

func ofField(f mrz.Field) func(mrz.MRZ, time.Time) string {
	return func(z mrz.MRZ, _ time.Time) string { return z.Fields.Get(f) }
}

func dateOf(f mrz.Field) func(mrz.MRZ, time.Time) string {
	return func(z mrz.MRZ, _ time.Time) string { return Date(z.Fields.Get(f)) }
}

// TemplateFields lists the names of fields.
func TemplateFields() (names []string) {
	for _, f := range templateFields {
		names = append(names, f.name)
	}
	return names
}

// TemplateError says what is wrong with a template. Problem is "unknown", for a
// name that is none; "brace", for one that is not closed or not opened; or
// "nothing", where no field is named.
type TemplateError struct{ Problem, Name string }

// Error holds nothing that somebody wrote.
func (e *TemplateError) Error() string { return fmt.Sprintf("template: %s", e.Problem) }

// ParseTemplate reads a template. Names of fields may be written in any case and
// with blanks around them. Every error is a *TemplateError.
func ParseTemplate(raw string) (t Template, err error) {
	named := false
	for raw != "" {
		words, rest, opened := strings.Cut(raw, "{")
		if strings.Contains(words, "}") {
			return Template{}, &TemplateError{Problem: "brace"}
		}
		t.parts = append(t.parts, templatePart{words: words})
		if !opened {
			break
		}
		name, behind, closed := strings.Cut(rest, "}")
		if !closed || strings.Contains(name, "{") {
			return Template{}, &TemplateError{Problem: "brace"}
		}
		name = strings.TrimSpace(name)
		i := slices.IndexFunc(templateFields, func(f templateField) bool { return strings.EqualFold(f.name, name) })
		if i < 0 {
			return Template{}, &TemplateError{Problem: "unknown", Name: name}
		}
		t.parts = append(t.parts, templatePart{value: templateFields[i].value})
		raw, named = behind, true
	}
	if !named {
		return Template{}, &TemplateError{Problem: "nothing"}
	}
	return t, nil
}

// The signs at which a spreadsheet begins a new cell, and those at the beginning
// of a cell with which it reads a formula.
const (
	cellEnds   = ";,|\t\n"
	formulaSig = "=+-@＝＋－＠"
)

// Line makes the line for a document. No cell of it is a formula to a spreadsheet:
// one that begins like a formula gets an apostrophe, as people type it. A value
// stays in its cell, whatever stands in it.
func (t Template) Line(z mrz.MRZ, now time.Time) string {
	var line cells
	for _, part := range t.parts {
		line.add(part.words)
		if part.value != nil {
			line.add(strings.Map(inCell, part.value(z, now)))
		}
	}
	return strings.TrimSpace(line.String())
}

// specimen is an invented card.
var specimen = []string{"IDKGZID1234567320101199012345<", "9001011M3101012KGZ<<<<<<<<<<<0", "TESTOV<<TEST<<<<<<<<<<<<<<<<<<"}

// Example makes the line for an invented card, for those who set a template.
func (t Template) Example(now time.Time) string { return t.Line(mrz.Parse(specimen, now), now) }

// inCell gives a blank for a sign that would end a cell, or its quotes.
func inCell(r rune) rune {
	if strings.ContainsRune(cellEnds+`"`, r) || unicode.IsControl(r) {
		return ' '
	}
	return r
}

// cells is a line in the making.
type cells struct {
	strings.Builder
	inside bool // something stands in the present cell, other than blanks and quotes
}

func (c *cells) add(words string) {
	for _, r := range words {
		switch {
		case strings.ContainsRune(cellEnds, r):
			c.inside = false
		case c.inside || unicode.IsSpace(r) || r == '"':
		default:
			if strings.ContainsRune(formulaSig, r) {
				c.WriteByte('\'')
			}
			c.inside = true
		}
		c.WriteRune(r)
	}
}
