package screen

import (
	"cmp"
	"slices"
	"strings"

	"mrzbot/bot/text"
	"mrzbot/mrz"
)

// finding is one thing that somebody should look at before they trust an answer.
type finding struct {
	rank rank
	line string
}

// rank is how much a finding matters, the most important first.
type rank int

const (
	rankNoMRZ      rank = iota // there are no fields
	rankStop                   // the document is not good any more
	rankContradict             // the PIN is about somebody else
	rankDiffers                // a question that only the card can answer
	rankFails                  // a check digit, or a character that could not be read
	rankHard                   // the picture is hard to read
	rankOdd                    // what is seldom so
)

// lookAt says first what matters most: what is to be looked at, or in one line
// that nothing is.
func (p Photo) lookAt(r *text.Builder, d document) {
	found := p.findings(d)
	for _, f := range found {
		r.Line(f.line)
	}
	if len(found) == 0 && p.Album == "" {
		r.Line(p.Localizer.Text("read.all_hold", nil))
	}
	p.answers(r)
	for _, f := range p.Typed {
		r.Line(p.Localizer.Text("read.typed", text.Args{"Field": d.label(f), "Value": cmp.Or(d.value(f), d.Fields.Get(f), "–")}))
	}
	p.decided(r)
	for _, change := range p.Restored {
		r.Line(p.Localizer.Text("read.restored."+string(change), nil))
	}
	if d.Format != mrz.Unknown && !d.Valid() {
		if !p.proposes() {
			p.where(r, d.MRZ)
		}
		r.Line(p.Localizer.Text("read.compare", nil))
	}
}

// findings lists what is to be looked at, each thing once, the worst first.
func (p Photo) findings(d document) (found []finding) {
	add := func(at rank, line string) {
		if !slices.ContainsFunc(found, func(f finding) bool { return f.line == line }) {
			found = append(found, finding{at, line})
		}
	}
	for _, line := range p.questions() {
		add(rankDiffers, line)
	}
	if p.Whole {
		add(rankHard, p.Localizer.Text("read.whole", nil))
	}
	if p.Doubtful {
		add(rankHard, p.Localizer.Text("read.doubtful", nil))
	}
	if strings.Contains(strings.Join(d.Lines, ""), "?") {
		add(rankFails, p.Localizer.Text("read.unreadable_cells", nil))
	}
	if d.Format == mrz.Unknown {
		add(rankNoMRZ, p.Localizer.Text("read.not_a_zone", nil))
	} else {
		for _, e := range causes(d.MRZ) {
			add(rankFails, p.warning(e.Code))
		}
		for _, w := range d.Warnings {
			add(p.odd(d, w.Code))
		}
	}
	slices.SortStableFunc(found, func(a, b finding) int { return cmp.Compare(a.rank, b.rank) })
	return found
}

// odd gives the place and the line of a warning. What rests on a field that is in
// doubt itself is not certain, and stands behind what puts it in doubt.
func (p Photo) odd(d document, code string) (rank, string) {
	switch code {
	case mrz.CodeExpired:
		date := text.Args{"Date": d.value(mrz.FieldExpiryDate)}
		if d.doubted(mrz.FieldExpiryDate) {
			return rankOdd, p.Localizer.Text("read.expired.perhaps", date)
		}
		return rankStop, "⛔ " + p.Localizer.Text("mrz."+code, date) + "."
	case mrz.CodePersonalNumberBirthDate:
		if !d.doubted(mrz.FieldPersonalNumber) && !d.doubted(mrz.FieldBirthDate) {
			return rankContradict, p.warning(code)
		}
	case mrz.CodePersonalNumberSex:
		if !d.doubted(mrz.FieldPersonalNumber) {
			return rankContradict, p.warning(code)
		}
	}
	return rankOdd, p.warning(code)
}

func (p Photo) warning(code string) string {
	return p.Localizer.Text("read.warning", text.Args{"Warning": p.Localizer.Text("mrz."+code, nil)})
}

// causes are the errors that are not another one's doing: not the characters that
// could not be read, of which the person has been told, nor the check digit of a
// date that is none, nor the composite one where one that it covers fails as well.
func causes(z mrz.MRZ) []mrz.Problem {
	said := map[string]bool{}
	for _, p := range z.Errors {
		said[p.Code] = true
	}
	return slices.DeleteFunc(slices.Clone(z.Errors), func(p mrz.Problem) bool {
		switch p.Code {
		case mrz.CodeCharacter:
			line := []rune(z.Lines[p.Line-1])
			return p.Column <= len(line) && line[p.Column-1] == '?'
		case mrz.CodeCheckBirthDate:
			return said[mrz.CodeBirthDate]
		case mrz.CodeCheckExpiryDate:
			return said[mrz.CodeExpiryDate]
		case mrz.CodeCheckComposite:
			return said[mrz.CodeBirthDate] || said[mrz.CodeExpiryDate] || said[mrz.CodeCheckDocumentNumber] ||
				said[mrz.CodeCheckBirthDate] || said[mrz.CodeCheckExpiryDate] || said[mrz.CodeCheckPersonalNumber]
		}
		return false
	})
}
