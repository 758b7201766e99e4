package bill

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"
)

// Format says how a file is written, so that a spreadsheet set to the reader's
// language opens it by itself: where the decimal sign is a comma, semicolons stand
// between the fields.
type Format struct {
	Separator byte
	Point     byte // the decimal sign
}

// FormatFor gives the format for a language, by its code.
func FormatFor(language string) Format {
	if language == "ru" || language == "ky" {
		return Format{Separator: ';', Point: ','}
	}
	return Format{Separator: ',', Point: '.'}
}

// bom tells spreadsheets that a file is UTF-8.
const bom = "\ufeff"

// table writes rows. failed is that of the first write that failed; what follows is
// written nowhere.
type table struct {
	w      *bufio.Writer
	format Format
	failed error
}

func newTable(w io.Writer, f Format, header ...string) *table {
	t := &table{w: bufio.NewWriter(w), format: f}
	_, _ = t.w.WriteString(bom)
	t.row(header...)
	return t
}

// row writes a row, as RFC 4180 has it. encoding/csv leaves fields without quotes
// that some spreadsheets read as something else, such as those that begin with a quote
// of ours; here every field that is more than letters and digits is quoted.
func (t *table) row(fields ...string) {
	for i, field := range fields {
		if i > 0 {
			_ = t.w.WriteByte(t.format.Separator)
		}
		field = harmless(field)
		if !strings.ContainsFunc(field, needsQuotes) {
			_, _ = t.w.WriteString(field)
			continue
		}
		_ = t.w.WriteByte('"')
		_, _ = t.w.WriteString(strings.ReplaceAll(field, `"`, `""`))
		_ = t.w.WriteByte('"')
	}
	_, t.failed = t.w.WriteString("\r\n") // the writer's error stays
}

func (t *table) end() error { return t.w.Flush() }

func needsQuotes(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("-_.: +", r) && r < utf8.RuneSelf
}

// harmless keeps a spreadsheet from taking a field for a formula, or a part of it
// where it is opened with other separators: an apostrophe goes before what one may
// begin with. Names are what people chose to be called.
func harmless(field string) string {
	var b strings.Builder
	begins := true
	for _, r := range field {
		if begins && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
			b.WriteByte('\'')
		}
		begins = strings.ContainsRune(",;|\"\t\r\n", r) || begins && r == ' '
		b.WriteRune(r)
	}
	return b.String()
}
