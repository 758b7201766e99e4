package mrz

import (
	"slices"
	"strings"
)

// way is one way to write a line in the length of a format.
type way struct {
	text  string
	cost  int  // how much was changed
	holds bool // the check digits of the line itself hold
	// lone is a single filler put at the end of a name that has none. What was
	// lost may have been a letter, unless another line has lost its end.
	lone, ended bool
}

// and is what two lines cost together.
func (w way) and(other way) way {
	return way{cost: w.cost + other.cost, lone: w.lone || other.lone, ended: w.ended || other.ended}
}

// What the ways cost, from the least change to the greatest.
const (
	costNone    = 0 // sign by sign
	costEnd     = 1 // fillers at the end of the line
	costBlanks  = 2 // blanks are between the characters, not of them
	costRun     = 3 // fillers in a run of them
	costField   = 4 // fillers where none were
	costDoubled = 5 // two fillers for one sign
	costTwice   = 7 // fillers in two places
)

// maxEither is how many characters of a line may be a letter or a digit.
const maxEither = 4

// ways are the ways to write a line, counted from 0, in a format. A line that
// has its length sign by sign is not stretched.
func ways(format Format, i int, line string) []way {
	f := fit{format: format, line: i, width: format.Length(), seen: map[string]bool{}}
	if len(line) == f.width {
		if text := oneEach.Replace(line); f.mayStand(line, text) {
			f.add(text, way{cost: costNone})
		}
		return f.ways
	}
	for _, form := range forms(line, f.names()) {
		f.adjust(form.text, form.cost)
	}
	return f.ways
}

// mayStand reports whether each sign of a line that became a filler stands where
// one can. A blank among digits is a character that was not read.
func (f *fit) mayStand(line, text string) bool {
	if text != line && f.format == TD1 && f.kyrgyz(text) {
		return inKyrgyzFillers(f.line, text)
	}
	for column := range len(line) {
		if line[column] != text[column] && !f.mayFill(column, column+1) {
			return false
		}
	}
	return true
}

// form is a line with each sign decided on, but not yet of the right length.
type form struct {
	text string
	cost int
}

// oneEach writes a filler for each sign of one.
var oneEach = strings.NewReplacer(" ", "<", string(rune(quotation)), "<")

// forms decides what blanks and quotation marks are, the likeliest first.
func forms(line string, names bool) []form {
	trimmed := strings.Trim(line, " ")
	list := []form{{trimmed, costNone}}
	if strings.Contains(trimmed, " ") {
		list = append(list, form{strings.ReplaceAll(trimmed, " ", ""), costBlanks})
		if label, rest, _ := strings.Cut(trimmed, " "); len(label) <= maxLabel {
			list = append(list, form{strings.TrimLeft(rest, " "), costBlanks})
		}
		if names {
			list = append(list, withSeparator(trimmed)...)
		}
	}
	for _, f := range list[:len(list):len(list)] {
		if strings.IndexByte(f.text, quotation) >= 0 {
			double := strings.ReplaceAll(f.text, string(rune(quotation)), "<<")
			list = append(list, form{double, f.cost + costDoubled})
		}
	}
	for i := range list {
		list[i].text = oneEach.Replace(list[i].text)
	}
	return list
}

// maxLabel is the length of a word before a line, such as "MRZ" or "Line1".
const maxLabel = 6

// withSeparator puts two fillers for one of the blanks in a name, each in turn: in
// some texts a run of blanks becomes a single one.
func withSeparator(name string) []form {
	var list []form
	if strings.Contains(name, "<") || strings.Contains(name, "  ") {
		return nil
	}
	for i := range len(name) {
		if name[i] == ' ' {
			list = append(list, form{name[:i] + "<<" + name[i+1:], costDoubled})
		}
	}
	return list
}

// fit collects the ways to write one line.
type fit struct {
	format      Format
	line, width int
	ways        []way
	seen        map[string]bool
}

// names reports whether the line holds the names, in which no digit tells one
// place from another.
func (f *fit) names() bool { return int(f.format.layout().at[FieldSurname].line) == f.line }

// adjust brings a form to the width by changing the number of fillers in one
// place, or at the end and in one place more.
func (f *fit) adjust(text string, cost int) {
	missing := f.width - len(text)
	if missing == 0 {
		f.add(text, way{cost: cost})
		return
	}
	if missing < 0 && (len(text) == TD2.Length() || len(text) == TD3.Length()) {
		return // a line of another document
	}
	if end := len(strings.TrimRight(text, "<")); 0 < end && end <= f.width && f.mayFill(end, f.width) {
		f.add(text[:end]+strings.Repeat("<", f.width-end), way{
			cost: cost + costEnd, ended: missing > 0 && !f.names(),
			lone: f.names() && missing == 1 && end == len(text),
		})
	}
	if f.names() {
		return
	}
	for at := range len(text) {
		if at > 0 && text[at-1] == '<' {
			continue // in a run of fillers one place is like the other
		}
		f.stretch(text, cost, at, missing)
	}
}

// stretch changes the number of fillers at a place.
func (f *fit) stretch(text string, cost, at, missing int) {
	if missing < 0 {
		if strings.HasPrefix(text[at:], strings.Repeat("<", -missing)) {
			f.add(text[:at]+text[at-missing:], way{cost: cost + costRun})
		}
		return
	}
	if f.mayFill(at, at+missing) {
		place := costField
		if text[at] == '<' {
			place = costRun
		}
		f.add(text[:at]+strings.Repeat("<", missing)+text[at:], way{cost: cost + place})
	}
	for n := 1; n < missing && at < f.heading(); n++ {
		if f.mayFill(at, at+n) {
			f.add(text[:at]+strings.Repeat("<", n)+text[at:]+strings.Repeat("<", missing-n), way{cost: cost + costTwice})
		}
	}
}

// mayFill reports whether fillers may be put into these cells: into no date and
// into no check digit but that of a long number.
func (f *fit) mayFill(from, to int) bool {
	return mayFill(f.format.layout(), f.line, from, to) || f.format == TD2 && mayFill(IDFRA.layout(), f.line, from, to)
}

func mayFill(l *layout, line, from, to int) bool {
	for _, part := range [...]Field{FieldBirthDate, digitBirth, FieldExpiryDate, digitExpiry, digitComposite} {
		if at := l.at[part]; !at.empty() && int(at.line) == line && from < int(at.to) && int(at.from) < to {
			return false
		}
	}
	return true
}

// heading is how many characters stand before the optional data of TD1's first
// line, which alone may have lost fillers before its end and at it.
func (f *fit) heading() int {
	if at := f.format.layout().at[FieldOptional1]; f.format == TD1 && int(at.line) == f.line {
		return int(at.from)
	}
	return 0
}

// add keeps a way, with each character decided on that may be a letter or a
// digit. What the cell does not decide is tried both ways.
func (f *fit) add(text string, w way) {
	texts := []string{text}
	for column := range len(text) {
		pair := eitherOf(text[column])
		if pair == "" {
			continue
		}
		class := f.format.Alphabet(f.line+1, column+1)
		if f.format == TD1 && f.kyrgyz(text) {
			class = Kyrgyz(f.line+1, column+1)
		}
		var longer []string
		for _, text := range texts {
			for i := range len(pair) {
				if class.Has(pair[i]) {
					longer = append(longer, text[:column]+pair[i:i+1]+text[column+1:])
				}
			}
		}
		if texts = longer; len(texts) > 1<<maxEither {
			return
		}
	}
	for _, w.text = range texts {
		if !f.seen[w.text] && (w.cost == costNone || f.believable(w.text)) {
			f.seen[w.text] = true
			w.holds = f.holds(w.text)
			f.ways = append(f.ways, w)
		}
	}
}

// believable reports whether a line that was changed has fillers where they
// belong, as far as that is known.
func (f *fit) believable(text string) bool {
	if f.format == TD1 && f.kyrgyz(text) {
		return inKyrgyzFillers(f.line, text)
	}
	return f.separated(text)
}

// inKyrgyzFillers reports whether the fillers of a line, counted from 0, are
// those of a Kyrgyz card. Its other cells may hold anything.
func inKyrgyzFillers(i int, line string) bool {
	for column := 5; column < len(line); column++ {
		class := Kyrgyz(i+1, column+1)
		if line[column] == '<' && !class.Has('<') || line[column] != '<' && class == Filler {
			return false
		}
	}
	return true
}

// separated reports whether names still have what separates them. If that was
// lost with other fillers, nobody knows where it stood.
func (f *fit) separated(text string) bool {
	if !f.names() || strings.HasPrefix(text, frenchCard) {
		return true
	}
	from := f.format.layout().at[FieldSurname].from
	return strings.Contains(strings.TrimRight(text[from:], "<"), "<<")
}

// holds reports whether the line's own digits and dates hold, whatever the
// other lines say.
func (f *fit) holds(text string) bool {
	if f.format == TD2 && holdsAlone(IDFRA.layout(), f.line, text) {
		return true
	}
	return holdsAlone(f.format.layout(), f.line, text)
}

func holdsAlone(l *layout, line int, text string) bool {
	lines := slices.Repeat([]string{strings.Repeat("<", l.length)}, l.lines)
	lines[line] = text
	r := verify(l, lines)
	on := func(part Field) bool { return int(l.at[part].line) == line }
	return (!on(FieldDocumentNumber) || r.checks.DocumentNumber != Failed) &&
		(!on(FieldBirthDate) || r.birthOK && r.checks.BirthDate != Failed) &&
		(!on(FieldExpiryDate) || r.expiryOK && r.checks.ExpiryDate != Failed)
}

// kyrgyz reports whether a line is one of a Kyrgyz card, as far as it says so.
func (f *fit) kyrgyz(text string) bool {
	switch f.line {
	case 0:
		return text[2:5] == kyrgyzstan
	case 1:
		return text[15:18] == kyrgyzstan
	}
	return false
}
