package bot

import (
	"context"
	"slices"
	"strings"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/text"
	"mrzbot/mrz"
	"mrzbot/storage"
)

// answer is what is held, sealed, between a read and its reply.
type answer struct {
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

// render makes the reply to a photo.
func (j *job) render(a answer) chat.Message {
	var r text.Builder
	if a.Code == outcome.OK {
		j.renderZone(&r, a)
	} else {
		j.renderOutcome(&r, a)
	}
	r.Add(j.counted(a))
	return chat.Message{Text: r.String(), Entities: r.Entities}
}

// renderOutcome says what went wrong and what to do.
func (j *job) renderOutcome(r *text.Builder, a answer) {
	name := "outcome." + string(a.Code)
	if detailed := name + "." + string(a.Detail); a.Detail != outcome.DetailNone && j.localizer.Has(detailed) {
		name = detailed
	}
	r.Line(j.localizer.Text(name, text.Args{"Limit": a.Limit, "Unanswered": a.Unanswered}))
}

// upToDate adds what changes until the reply is written. When the store does not
// know, it is not told.
func (j *job) upToDate(ctx context.Context, a answer) answer {
	day := j.t.Attempt.Day
	switch {
	case a.Detail == outcome.DetailUnanswered:
		day = storage.DayOf(j.started, j.Zone)
	case !j.t.Attempt.Counted || !outcome.Of(a.Code).Asks:
		return a
	}
	if count, err := j.Store.Attempts(ctx, j.t.Person, day); err == nil {
		a.Unanswered = count.Unanswered
	}
	return a
}

// counted says whether it counted, and how many there are today.
func (j *job) counted(a answer) string {
	switch {
	case !j.t.Attempt.Counted:
		return j.localizer.Text("not_counted", nil)
	case a.Unanswered > 0 && a.Limit == 0:
		return j.localizer.Text("counted.unanswered.unlimited", text.Args{"N": j.t.Attempt.Number, "Unanswered": a.Unanswered})
	case a.Unanswered > 0:
		return j.localizer.Text("counted.unanswered", text.Args{"N": j.t.Attempt.Number, "Limit": a.Limit, "Unanswered": a.Unanswered})
	case a.Limit == 0:
		return j.localizer.Text("counted.unlimited", text.Args{"N": j.t.Attempt.Number})
	default:
		return j.localizer.Text("counted", text.Args{"N": j.t.Attempt.Number, "Limit": a.Limit})
	}
}

// renderZone shows the fields by name with what protects them, and the lines
// so that a tap copies them. It fits one phone screen.
func (j *job) renderZone(r *text.Builder, a answer) {
	z := mrz.Parse(a.Lines, j.Now().In(j.Zone))
	j.renderVerdict(r, z, a)
	if z.Format != mrz.Unknown {
		for _, f := range shown {
			v, sign := value(z.Fields, f), mark(z, f)
			if v == "" && sign == markFails {
				v = "?" // a date that is none
			}
			if v != "" {
				r.Bold(j.localizer.Text("field."+f.String(), nil)).Add(": ").Add(v).Line(sign)
			}
		}
	}
	r.Pre(strings.Join(a.Lines, "\n")).Add("\n")
	switch {
	case z.Format == mrz.Unknown:
	case z.Valid():
		r.Line(j.localizer.Text("read.legend", nil))
	default:
		r.Line(j.localizer.Text("read.legend.fails", nil))
	}
}

// shown lists the fields in the order in which people compare them with a card.
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

// renderVerdict says first what matters most: what failed, or that nothing did.
func (j *job) renderVerdict(r *text.Builder, z mrz.MRZ, a answer) {
	if a.Doubtful {
		r.Line(j.localizer.Text("read.doubtful", nil))
	}
	for _, change := range a.Restored {
		r.Line(j.localizer.Text("read.restored."+string(change), nil))
	}
	if strings.Contains(strings.Join(a.Lines, ""), "?") {
		r.Line(j.localizer.Text("read.unreadable_cells", nil))
	}
	if z.Format == mrz.Unknown {
		r.Line(j.localizer.Text("read.not_a_zone", nil))
		return
	}
	if z.Valid() {
		r.Line(j.localizer.Text("read.all_hold", nil))
	} else {
		for _, e := range j.problems(legible(z)) {
			r.Line(j.localizer.Text("read.warning", text.Args{"Warning": e}))
		}
	}
	for _, w := range j.problems(z.Warnings) {
		r.Line(j.localizer.Text("read.warning", text.Args{"Warning": w}))
	}
	if !z.Valid() {
		r.Line(j.localizer.Text("read.compare", nil))
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
func (j *job) problems(ps []mrz.Problem) []string {
	var said []string
	for _, p := range ps {
		if text := j.localizer.Text("mrz."+p.Code, nil); !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	return said
}
