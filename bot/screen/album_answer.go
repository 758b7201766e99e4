package screen

import (
	"strings"

	"mrzbot/bot/text"
	"mrzbot/mrz"
)

// The answer to a picture of an album says what any answer does, on fewer lines:
// several of them are to fit a screen. What is the same for all (that all is well,
// how names are to be compared, the day's count) stands in the album's message.
// Numbers and lines copy at a tap, so that there are no buttons for it. Below the
// lines, which fill the width, there is room for the time that Telegram shows.

// inAlbum shows the fields and the lines.
func (d document) inAlbum(r *text.Builder) {
	if d.Format == mrz.Unknown {
		r.Pre(strings.Join(d.Lines, "\n")).Add("\n")
		return
	}
	d.row(r, mrz.FieldDocumentNumber, mrz.FieldPersonalNumber)
	d.row(r, mrz.FieldSurname, mrz.FieldGivenNames, mrz.FieldSex)
	r.Code(strings.Join(d.Lines, "\n")).Add("\n")
	for _, f := range []mrz.Field{mrz.FieldOptional1, mrz.FieldOptional2, mrz.FieldNationality, mrz.FieldIssuingState} {
		d.field(r, f)
	}
	d.dates(r)
}

// dates shows when somebody was born, and how long the card is good.
func (d document) dates(r *text.Builder) {
	birth, until := d.marking(mrz.FieldBirthDate), d.marking(mrz.FieldExpiryDate)
	if birth != "" && until != "" {
		r.Line(d.l.Text("album.dates", text.Args{"Date": birth, "Until": until}))
		return
	}
	d.field(r, mrz.FieldBirthDate)
	d.field(r, mrz.FieldExpiryDate)
}

// marking is a field's value, with the sign where it bears it.
func (d document) marking(f mrz.Field) string {
	v := d.shown(f)
	if v != "" && d.marked(f) {
		v += " " + suspect
	}
	return v
}

// row shows fields on one line.
func (d document) row(r *text.Builder, fields ...mrz.Field) {
	behind := false
	for _, f := range fields {
		v := d.shown(f)
		if v == "" {
			continue
		}
		if behind {
			r.Add(" ")
		}
		behind = true
		switch {
		case copied(f):
			r.Add(d.label(f)).Add(" ").Code(v)
		case f == mrz.FieldSex:
			r.Add("· " + v)
		default:
			r.Bold(v)
		}
		if d.marked(f) {
			r.Add(" " + suspect)
		}
	}
	if behind {
		r.Add("\n")
	}
}
