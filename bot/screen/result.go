// Package screen makes what people see: it takes values and gives messages. It
// asks nobody and sends nothing.
package screen

import (
	"slices"
	"strings"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/mrz"
	"mrzbot/storage"
)

// Answer is what became of a photo. Between a read and its reply it is kept,
// sealed, in this form.
type Answer struct {
	Code     outcome.Code   `json:"code"`
	Detail   outcome.Detail `json:"detail,omitempty"`
	Lang     string         `json:"lang"`
	Lines    []string       `json:"lines,omitempty"`
	Doubtful bool           `json:"doubtful,omitempty"`
	Restored []mrz.Change   `json:"restored,omitempty"` // how the lines were put right
	File     bool           `json:"file,omitempty"`     // it was sent as a file
	Limit    int            `json:"limit,omitempty"`    // the person's, when it was held; 0: none
	Held     int64          `json:"held"`               // when that was, in Unix seconds
	Thread   int            `json:"thread,omitempty"`   // the topic the photo was sent in
	Date     int64          `json:"date,omitempty"`     // when Telegram had the photo, in Unix seconds
	// Unanswered is how many of the day's attempts have no answer, as it is when
	// the reply is written; 0 where that is not told.
	Unanswered int `json:"-"`
}

// Photo is the reply to a photo.
type Photo struct {
	Answer
	Localizer text.Localizer
	Attempt   storage.Attempt
	Now       time.Time // in the time zone of the people
}

// Message makes the reply.
func (p Photo) Message() chat.Message {
	var r text.Builder
	if p.Code == outcome.OK {
		p.zone(&r)
	} else {
		p.outcome(&r)
	}
	r.Add(p.Counted())
	return chat.Message{Text: r.String(), Entities: r.Entities}
}

// outcome says what went wrong and what to do.
func (p Photo) outcome(r *text.Builder) {
	name := "outcome." + string(p.Code)
	if detailed := name + "." + string(p.Detail); p.Detail != outcome.DetailNone && p.Localizer.Has(detailed) {
		name = detailed
	}
	r.Line(p.Localizer.Text(name, text.Args{"Limit": p.Limit, "Unanswered": p.Unanswered}))
}

// Counted says whether it counted, and how many there are today.
func (p Photo) Counted() string {
	switch {
	case !p.Attempt.Counted:
		return p.Localizer.Text("not_counted", nil)
	case p.Unanswered > 0 && p.Limit == 0:
		return p.Localizer.Text("counted.unanswered.unlimited", text.Args{"N": p.Attempt.Number, "Unanswered": p.Unanswered})
	case p.Unanswered > 0:
		return p.Localizer.Text("counted.unanswered", text.Args{"N": p.Attempt.Number, "Limit": p.Limit, "Unanswered": p.Unanswered})
	case p.Limit == 0:
		return p.Localizer.Text("counted.unlimited", text.Args{"N": p.Attempt.Number})
	default:
		return p.Localizer.Text("counted", text.Args{"N": p.Attempt.Number, "Limit": p.Limit})
	}
}

// zone shows the fields by name with what protects them, and the lines
// so that a tap copies them. It fits one phone screen.
func (p Photo) zone(r *text.Builder) {
	z := mrz.Parse(p.Lines, p.Now)
	p.verdict(r, z)
	if z.Format != mrz.Unknown {
		for _, f := range shown {
			v, sign := value(z.Fields, f), mark(z, f)
			if v == "" && sign == markFails {
				v = "?" // a date that is none
			}
			if v != "" {
				r.Bold(p.Localizer.Text("field."+f.String(), nil)).Add(": ").Add(v).Line(sign)
			}
		}
	}
	r.Pre(strings.Join(p.Lines, "\n")).Add("\n")
	switch {
	case z.Format == mrz.Unknown:
	case z.Valid():
		r.Line(p.Localizer.Text("read.legend", nil))
	default:
		r.Line(p.Localizer.Text("read.legend.fails", nil))
	}
}

// Fields lists the fields that are shown, in the order in which people compare
// them with a card.
func Fields() []mrz.Field { return slices.Clone(shown) }

var shown = []mrz.Field{
	mrz.FieldDocumentNumber, mrz.FieldPersonalNumber, mrz.FieldOptional1, mrz.FieldOptional2,
	mrz.FieldSurname, mrz.FieldGivenNames, mrz.FieldBirthDate, mrz.FieldSex, mrz.FieldExpiryDate,
	mrz.FieldNationality, mrz.FieldIssuingState,
}

// value gives a field's text; nothing for what another line tells already.
func value(f mrz.Fields, field mrz.Field) string {
	v := f.Get(field)
	switch {
	case field == mrz.FieldOptional1 && v == f.PersonalNumber,
		field == mrz.FieldIssuingState && v == f.Nationality:
		return ""
	}
	return v
}

// The marks behind a field: its own check digit holds or fails; only the
// composite one covers it, and that holds, or fails because of any of the
// characters it covers. No mark: nothing protects it.
const (
	markOwn       = " ✓"
	markFails     = " ✗"
	markComposite = " ◦"
	markUnproven  = " ?"
)

func mark(z mrz.MRZ, f mrz.Field) string {
	check, holds, fails := mrz.Absent, "", ""
	switch z.Protection(f) {
	case mrz.ByOwnDigit:
		if noDate(z, f) {
			return markFails // its digit may hold all the same
		}
		check, holds, fails = ownCheck(z.Checks, f), markOwn, markFails
	case mrz.ByComposite:
		check, holds, fails = z.Checks.Composite, markComposite, markUnproven
	}
	switch check {
	case mrz.Holds:
		return holds
	case mrz.Failed:
		return fails
	default:
		return ""
	}
}

// noDate reports whether a field should be a date and is none.
func noDate(z mrz.MRZ, f mrz.Field) bool {
	return slices.ContainsFunc(z.Errors, func(p mrz.Problem) bool {
		return f == mrz.FieldBirthDate && p.Code == mrz.CodeBirthDate ||
			f == mrz.FieldExpiryDate && p.Code == mrz.CodeExpiryDate
	})
}

// ownCheck is the state of a field's own check digit.
func ownCheck(c mrz.Checks, f mrz.Field) mrz.Check {
	switch f {
	case mrz.FieldDocumentNumber:
		return c.DocumentNumber
	case mrz.FieldBirthDate:
		return c.BirthDate
	case mrz.FieldExpiryDate:
		return c.ExpiryDate
	default:
		return c.PersonalNumber
	}
}

// verdict says first what matters most: what failed, or that nothing did.
func (p Photo) verdict(r *text.Builder, z mrz.MRZ) {
	if p.Doubtful {
		r.Line(p.Localizer.Text("read.doubtful", nil))
	}
	for _, change := range p.Restored {
		r.Line(p.Localizer.Text("read.restored."+string(change), nil))
	}
	if strings.Contains(strings.Join(p.Lines, ""), "?") {
		r.Line(p.Localizer.Text("read.unreadable_cells", nil))
	}
	if z.Format == mrz.Unknown {
		r.Line(p.Localizer.Text("read.not_a_zone", nil))
		return
	}
	if z.Valid() {
		r.Line(p.Localizer.Text("read.all_hold", nil))
	} else {
		for _, e := range p.problems(legible(z)) {
			r.Line(p.Localizer.Text("read.warning", text.Args{"Warning": e}))
		}
	}
	for _, w := range p.problems(z.Warnings) {
		r.Line(p.Localizer.Text("read.warning", text.Args{"Warning": w}))
	}
	if !z.Valid() {
		r.Line(p.Localizer.Text("read.compare", nil))
	}
}

// legible are the errors but for the characters that could not be read, of
// which the person has been told.
func legible(z mrz.MRZ) []mrz.Problem {
	return slices.DeleteFunc(slices.Clone(z.Errors), func(p mrz.Problem) bool {
		if p.Code != mrz.CodeCharacter {
			return false
		}
		line := []rune(z.Lines[p.Line-1])
		return p.Column <= len(line) && line[p.Column-1] == '?'
	})
}

// problems says each problem once, in the person's language.
func (p Photo) problems(ps []mrz.Problem) []string {
	var said []string
	for _, problem := range ps {
		if words := p.Localizer.Text("mrz."+problem.Code, nil); !slices.Contains(said, words) {
			said = append(said, words)
		}
	}
	return said
}
