package screen

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/text"
	"mrzbot/mrz"
)

// Fields lists the fields that are shown, in the order in which people compare
// them with a card.
func Fields() []mrz.Field { return slices.Clone(shown) }

var shown = []mrz.Field{
	mrz.FieldDocumentNumber, mrz.FieldPersonalNumber, mrz.FieldOptional1, mrz.FieldOptional2,
	mrz.FieldSurname, mrz.FieldGivenNames, mrz.FieldBirthDate, mrz.FieldExpiryDate, mrz.FieldSex,
	mrz.FieldNationality, mrz.FieldIssuingState,
}

// home is the state whose documents the people read all day: that a card is of
// it goes without saying.
const home = "KGZ"

// suspect is the sign behind a field that is to be compared with the card, and
// before the words of a button that copies it.
const suspect = "⚠️"

// document is one document of a picture, as it is shown.
type document struct {
	mrz.MRZ
	l      text.Localizer
	unsure bool        // whoever read it is not sure of any character
	alike  bool        // what no check digit protects was read twice alike
	asked  []mrz.Field // fields about which a question is open
}

// documents shows what was read, each document of the picture on its own, and
// puts the buttons that copy it under the message.
func (p Photo) documents(r *text.Builder, m *chat.Message) {
	found := parse(p.mended(), p.Now)
	for i, z := range found {
		d, behind := document{z, p.Localizer, p.Doubtful, p.Alike, p.asked()}, ""
		if len(found) > 1 {
			behind = " " + strconv.Itoa(i+1)
			r.Bold(p.Localizer.Text("read.document", text.Args{"N": i + 1, "Of": len(found)})).Add("\n")
		}
		line, fits := p.teamsLine(d)
		p.lookAt(r, d)
		if p.Album != "" {
			d.inAlbum(r)
		} else {
			d.fields(r)
			r.Pre(strings.Join(d.Lines, "\n")).Add("\n")
		}
		if !fits {
			r.Line(p.Localizer.Text("read.line_long", text.Args{"Most": chat.MaxCopy}))
		}
		if p.Album == "" {
			m.AddRows(d.copyKeys(behind))
		}
		m.AddRows(d.lineKey(line, behind))
	}
}

// parse reads the lines: as one MRZ or, where that is none, as those of several
// documents, if each line belongs to one.
func parse(lines []string, now time.Time) []mrz.MRZ {
	whole := []mrz.MRZ{mrz.Parse(lines, now)}
	if whole[0].Format != mrz.Unknown {
		return whole
	}
	var all []mrz.MRZ
	for len(lines) > 0 {
		z := mrz.MRZ{}
		for _, n := range [...]int{mrz.TD1.Lines(), mrz.TD3.Lines()} {
			if z = mrz.Parse(lines[:min(n, len(lines))], now); z.Format != mrz.Unknown {
				break
			}
		}
		if z.Format == mrz.Unknown {
			return whole
		}
		all, lines = append(all, z), lines[z.Format.Lines():]
	}
	return all
}

// fields shows the fields by name. Numbers copy at a tap.
func (d document) fields(r *text.Builder) {
	if d.Format == mrz.Unknown {
		return
	}
	for _, f := range shown {
		d.field(r, f)
		if f == mrz.FieldGivenNames && d.Fields.Surname+d.Fields.GivenNames != "" {
			names := "read.names"
			if d.alike {
				names = "read.names.alike"
			}
			r.Line(d.l.Text(names, nil))
		}
	}
}

func (d document) field(r *text.Builder, f mrz.Field) {
	v := d.shown(f)
	switch {
	case v == "":
		return
	case copied(f):
		r.Add(d.label(f)).Add(" ").Code(v)
	default:
		r.Add(d.label(f)).Add(": ").Bold(v)
	}
	if d.marked(f) {
		r.Add(" " + suspect)
	}
	r.Add("\n")
}

// shown is a field's value, or that it has none that can be one.
func (d document) shown(f mrz.Field) string {
	v := d.value(f)
	if v == "" && d.fails(f) {
		return "?" // a date that is none
	}
	return v
}

// copied reports whether a field is a number that people take somewhere else.
func copied(f mrz.Field) bool { return f == mrz.FieldDocumentNumber || f == mrz.FieldPersonalNumber }

// label is what a field is called. Only the Kyrgyz personal number is the PIN.
func (d document) label(f mrz.Field) string {
	switch {
	case f == mrz.FieldDocumentNumber:
		return "№"
	case f == mrz.FieldPersonalNumber && d.Fields.IssuingState == home:
		return d.l.Text("field.pin", nil)
	}
	return d.l.Text("field."+f.String(), nil)
}

// value gives a field as it is shown; nothing for what another line tells
// already, or what goes without saying.
func (d document) value(f mrz.Field) string {
	v := d.Fields.Get(f)
	switch f {
	case mrz.FieldOptional1:
		if v == d.Fields.PersonalNumber {
			return ""
		}
	case mrz.FieldIssuingState:
		if v == d.Fields.Nationality {
			return ""
		}
	case mrz.FieldNationality:
		if v == home {
			return ""
		}
	case mrz.FieldBirthDate, mrz.FieldExpiryDate:
		return Date(v)
	case mrz.FieldSex:
		switch v {
		case "M":
			return d.l.Text("sex.male", nil)
		case "F":
			return d.l.Text("sex.female", nil)
		}
	}
	return v
}

// Date writes a date of an MRZ, YYYY-MM-DD, as people here write it: DD.MM.YYYY.
func Date(iso string) string {
	parts := strings.Split(iso, "-")
	slices.Reverse(parts)
	return strings.Join(parts, ".")
}

// fails reports whether a field's own check digit fails, or the field should be a
// date and is none.
func (d document) fails(f mrz.Field) bool {
	return d.Protection(f) == mrz.ByOwnDigit && (d.noDate(f) || d.ownCheck(f) == mrz.Failed)
}

// doubted reports whether a field is to be compared with the card, for what its
// check digit says or for what could not be read. What only the composite check
// digit covers is in doubt when that one fails, for whatever reason.
func (d document) doubted(f mrz.Field) bool {
	return d.fails(f) || strings.ContainsFunc(d.Fields.Get(f), foreign) ||
		d.Protection(f) == mrz.ByComposite && d.Checks.Composite == mrz.Failed
}

// marked reports whether a field bears the sign: it is in doubt, somebody is asked
// about it, or it contradicts another one.
func (d document) marked(f mrz.Field) bool {
	return d.doubted(f) || slices.Contains(d.asked, f) || slices.ContainsFunc(d.Warnings, func(w mrz.Problem) bool {
		switch w.Code {
		case mrz.CodePersonalNumberBirthDate:
			return f == mrz.FieldPersonalNumber || f == mrz.FieldBirthDate
		case mrz.CodePersonalNumberSex:
			return f == mrz.FieldPersonalNumber || f == mrz.FieldSex
		}
		return false
	})
}

// foreign reports whether a character can stand in no field: ? for one that could
// not be read, or what a service makes of it.
func foreign(r rune) bool {
	return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != ' ' && r != '-'
}

// noDate reports whether a field should be a date and is none.
func (d document) noDate(f mrz.Field) bool {
	return slices.ContainsFunc(d.Errors, func(p mrz.Problem) bool {
		return f == mrz.FieldBirthDate && p.Code == mrz.CodeBirthDate ||
			f == mrz.FieldExpiryDate && p.Code == mrz.CodeExpiryDate
	})
}

// ownCheck is the state of a field's own check digit.
func (d document) ownCheck(f mrz.Field) mrz.Check {
	switch f {
	case mrz.FieldDocumentNumber:
		return d.Checks.DocumentNumber
	case mrz.FieldBirthDate:
		return d.Checks.BirthDate
	case mrz.FieldExpiryDate:
		return d.Checks.ExpiryDate
	default:
		return d.Checks.PersonalNumber
	}
}

// copyKeys are the buttons that copy a number or the MRZ. behind tells those of
// several documents apart. A number of which a character is missing is of no use.
func (d document) copyKeys(behind string) (row []models.InlineKeyboardButton) {
	for _, f := range shown {
		if v := d.value(f); copied(f) && !strings.Contains(v, "?") {
			row = appendKey(row, d.label(f)+behind, v, d.marked(f) || d.unsure)
		}
	}
	return appendKey(row, "MRZ"+behind, strings.Join(d.Lines, "\n"), d.loose())
}

// loose reports whether something of the whole is in doubt.
func (d document) loose() bool { return !d.Valid() || d.unsure || len(d.asked) > 0 }

// lineKey is the button that copies the team's line.
func (d document) lineKey(line, behind string) []models.InlineKeyboardButton {
	return appendKey(nil, d.l.Text("copy.line", nil)+behind, line, d.loose())
}

// appendKey adds a button that copies a text, if one can copy it. One in doubt
// says so before it is pressed: what is pasted somewhere shows it no more.
func appendKey(row []models.InlineKeyboardButton, label, copied string, doubted bool) []models.InlineKeyboardButton {
	if doubted {
		label = suspect + " " + label
	}
	if key, ok := chat.CopyKey(label, copied); ok {
		row = append(row, key)
	}
	return row
}

// teamsLine gives the team's line, "" where there is none. It does not fit when it
// is too long for a button.
func (p Photo) teamsLine(d document) (line string, fits bool) {
	if d.Format == mrz.Unknown {
		return "", true
	}
	line = p.Team.Line(d.MRZ, p.Now)
	return line, text.Units(line) <= chat.MaxCopy
}
