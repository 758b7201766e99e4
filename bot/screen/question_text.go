package screen

import (
	"cmp"
	"slices"
	"strings"

	"mrzbot/bot/text"
	"mrzbot/mrz"
)

// button is the text of the button for a way.
func (p Photo) button(q Question, way int) string {
	switch last := len(q.Ways) - 1; {
	case !q.Repair:
		return p.reading(q, way)
	case last == 1 && way == 0:
		return p.Localizer.Text("button.yes", nil)
	case last == 1:
		return p.Localizer.Text("button.no", nil)
	case way == last:
		return p.Localizer.Text("button.neither", nil)
	}
	return p.reading(q, way)
}

// reading is the field that a question is about, as it reads with a way; the
// characters that are changed where the value does not tell.
func (p Photo) reading(q Question, way int) string {
	if value, tells := p.telling(q, way); tells {
		return value
	}
	changes := q.Ways[way]
	if len(changes) == 0 {
		for _, other := range q.Ways {
			changes = append(changes, other...)
		}
		return p.characters(changes, func(r mrz.Repair) string { return r.From })
	}
	return p.characters(changes, func(r mrz.Repair) string { return r.To })
}

// telling is the value of the field with a way, and whether it is unlike that with
// any other: a check digit is no part of it, nor are fillers.
func (p Photo) telling(q Question, way int) (value string, tells bool) {
	value = p.valueWith(p.about(q, way), q.Ways[way])
	for i, set := range q.Ways {
		if i != way && p.valueWith(p.about(q, way), set) == value {
			return value, false
		}
	}
	return value, value != ""
}

// characters are single characters of the MRZ with their places.
func (p Photo) characters(changes []mrz.Repair, char func(mrz.Repair) string) string {
	var all []string
	for _, r := range changes {
		all = append(all, p.Localizer.Text("read.character", text.Args{"Char": char(r), "Line": r.Line, "Column": r.Column}))
	}
	return strings.Join(all, ", ")
}

// about is the field that a way of a question changes: that of its first change.
func (p Photo) about(q Question, way int) []mrz.Repair {
	if len(q.Ways[way]) > 0 {
		return q.Ways[way]
	}
	i := slices.IndexFunc(q.Ways, func(set []mrz.Repair) bool { return len(set) > 0 })
	return q.Ways[i]
}

// valueWith is what the fields that are changed at these places hold with some changes.
func (p Photo) valueWith(places, changes []mrz.Repair) string {
	before := mrz.Parse(p.Lines, p.Now)
	after := mrz.Parse(mrz.Apply(p.Lines, changes), p.Now)
	var values []string
	for _, f := range fieldsAt(before, places) {
		values = append(values, cmp.Or(document{MRZ: after, l: p.Localizer}.value(f), after.Fields.Get(f)))
	}
	return strings.Join(values, " ")
}

// mostNamed is how many fields a question names; where more differ, number and
// surname tell one card from another.
const mostNamed = 3

// fieldsAt are the fields in which changes lie. A filler more or less between the
// names moves their end, so that both are shown.
func fieldsAt(z mrz.MRZ, changes []mrz.Repair) []mrz.Field {
	var fields []mrz.Field
	add := func(f mrz.Field) {
		if !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	for _, r := range changes {
		f, _, ok := z.FieldAt(r.Line, r.Column)
		if !ok {
			continue
		}
		if inName := f == mrz.FieldSurname || f == mrz.FieldGivenNames; inName && (r.From == "<" || r.To == "<") {
			add(mrz.FieldSurname)
			add(mrz.FieldGivenNames)
			continue
		}
		add(f)
	}
	if len(fields) > mostNamed {
		return []mrz.Field{mrz.FieldDocumentNumber, mrz.FieldSurname}
	}
	return fields
}

// title names the fields in which changes lie.
func (p Photo) title(changes []mrz.Repair) string {
	var names []string
	z := mrz.Parse(p.Lines, p.Now)
	for _, f := range fieldsAt(z, changes) {
		names = append(names, document{MRZ: z, l: p.Localizer}.label(f))
	}
	if names == nil {
		return p.Localizer.Text("field.composite", nil)
	}
	return strings.Join(names, ", ")
}

// questions says what is to be looked at on the card, a line each.
func (p Photo) questions() (lines []string) {
	for i, q := range p.Questions {
		last := len(q.Ways) - 1
		switch {
		case p.chosen(i) >= 0:
		case !q.Repair:
			lines = append(lines, p.Localizer.Text("read.two_ways",
				text.Args{"Field": p.title(q.Ways[1]), "Service": p.reading(q, 0), "Here": p.reading(q, 1)}))
		case last == 1:
			with := "read.repair"
			if mrz.Parse(p.Lines, p.Now).Valid() { // where no check digit looks
				with = "read.repair.loose"
			}
			lines = append(lines, p.repair(q, 0, with, "read.repair.place"))
		default:
			lines = append(lines, p.Localizer.Text("read.repairs", nil))
			for way := range last {
				lines = append(lines, p.repair(q, way, "read.repairs.one", "read.repairs.place"))
			}
		}
	}
	return lines
}

// asked are the fields about which a question is open.
func (p Photo) asked() (fields []mrz.Field) {
	z := mrz.Parse(p.Lines, p.Now)
	for i, q := range p.Questions {
		if p.chosen(i) >= 0 {
			continue
		}
		for _, way := range q.Ways {
			fields = append(fields, fieldsAt(z, way)...)
		}
	}
	return fields
}

// answers says what was chosen.
func (p Photo) answers(r *text.Builder) {
	for i, q := range p.Questions {
		if way := p.chosen(i); way >= 0 && !(q.Repair && way == len(q.Ways)-1) {
			r.Line(p.Localizer.Text("read.chosen", text.Args{"Field": p.title(p.about(q, way)), "Value": p.reading(q, way)}))
		}
	}
}

// proposes reports whether a repair is asked about.
func (p Photo) proposes() bool {
	for i, q := range p.Questions {
		if q.Repair && p.chosen(i) < 0 {
			return true
		}
	}
	return false
}

// repair says a proposal: the field and its value, where that tells, and each
// character in its place.
func (p Photo) repair(q Question, way int, withValue, without string) string {
	name := without
	value, tells := p.telling(q, way)
	if tells {
		name = withValue
	}
	return p.Localizer.Text(name, text.Args{"Field": p.title(q.Ways[way]), "Value": value, "Changes": p.changes(q.Ways[way])})
}

// changes says of each character what it is and what was read.
func (p Photo) changes(set []mrz.Repair) string {
	var all []string
	for _, r := range set {
		all = append(all, p.Localizer.Text("read.change", text.Args{"Line": r.Line, "Column": r.Column, "From": r.From, "To": r.To}))
	}
	return strings.Join(all, ", ")
}

// decided says where a check digit has decided between service and bot.
func (p Photo) decided(r *text.Builder) {
	for rest := p.Decided; len(rest) > 0; {
		n := 1
		for n < len(rest) && p.title(rest[:1]) == p.title(rest[n:n+1]) {
			n++
		}
		r.Line(p.Localizer.Text("read.decided", text.Args{"Field": p.title(rest[:n]), "Changes": p.changes(rest[:n])}))
		rest = rest[n:]
	}
}

// where says which characters to compare with the card: those that a failing check
// digit covers by itself, or, where only the composite one fails, those that no
// other covers.
func (p Photo) where(r *text.Builder, z mrz.MRZ) {
	var failing []mrz.Field
	for code, f := range map[string]mrz.Field{
		mrz.CodeCheckDocumentNumber: mrz.FieldDocumentNumber, mrz.CodeCheckPersonalNumber: mrz.FieldPersonalNumber,
		mrz.CodeCheckBirthDate: mrz.FieldBirthDate, mrz.CodeBirthDate: mrz.FieldBirthDate,
		mrz.CodeCheckExpiryDate: mrz.FieldExpiryDate, mrz.CodeExpiryDate: mrz.FieldExpiryDate,
	} {
		if slices.ContainsFunc(z.Errors, func(e mrz.Problem) bool { return e.Code == code }) {
			failing = append(failing, f)
		}
	}
	composite := slices.ContainsFunc(z.Errors, func(e mrz.Problem) bool { return e.Code == mrz.CodeCheckComposite })
	if len(failing) == 0 && composite {
		failing = []mrz.Field{mrz.FieldPersonalNumber, mrz.FieldOptional1, mrz.FieldOptional2}
	}
	for i, line := range z.Lines {
		from := 0
		for column := 1; column <= len(line)+1; column++ {
			f, _, ok := z.FieldAt(i+1, column)
			in := ok && column <= len(line) && slices.Contains(failing, f) && (f != mrz.FieldOptional2 || z.Fields.Optional2 != "")
			switch {
			case in && from == 0:
				from = column
			case !in && from > 0:
				r.Line(p.Localizer.Text("read.where", text.Args{"Line": i + 1, "From": from, "To": column - 1}))
				from = 0
			}
		}
	}
}
