package mrz

import (
	"slices"
	"strings"
	"time"
)

// proposeLength looks for the one character that a line has too few or too
// many. Fillers come first: readers lose and double them most. In free text,
// such as names, nothing tells one place from another, so there only the
// fillers at the end are made up or taken away.
func proposeLength(lines []string, now time.Time) [][]Repair {
	e, ok := newEdit(lines, now)
	if !ok {
		return nil
	}
	for _, fillers := range [...]bool{true, false} {
		for column := range e.length {
			if e.short {
				e.insert(column, fillers)
			} else {
				e.remove(column, fillers)
			}
		}
		if len(e.found) > 0 {
			break
		}
	}
	if len(e.found) > maxProposals {
		return nil
	}
	return e.found
}

// edit is the mending of one line of the wrong length.
type edit struct {
	format Format
	lines  []string
	line   int  // the one in question
	short  bool // or else long, by one
	length int  // of that line when one too long, or mended
	now    time.Time

	found [][]Repair
	own   bool     // found where state and nationality are one
	seen  []string // mended lines, for a run of fillers can be mended anywhere
}

// newEdit finds out which format the lines are one character away from.
func newEdit(lines []string, now time.Time) (*edit, bool) {
	for _, format := range [...]Format{TD1, TD2, TD3} {
		if len(lines) != format.Lines() {
			continue
		}
		e := &edit{lines: lines, now: now}
		padded := slices.Clone(lines)
		wrong := 0
		for i, line := range lines {
			switch len(line) - format.Length() {
			case 0:
				continue
			case -1:
				padded[i], e.short, e.length = line+"<", true, format.Length()
			case 1:
				padded[i], e.length = line[:format.Length()], len(line)
			}
			e.line = i
			wrong++
		}
		if e.format = detect(padded); e.format != Unknown && wrong == 1 {
			return e, true
		}
	}
	return nil, false
}

// insert tries the characters that may be missing before a column. A cell that
// no digit protects cannot tell a filler from a letter, so there all are tried
// at once.
func (e *edit) insert(column int, fillers bool) {
	line := e.lines[e.line]
	class := e.format.Alphabet(e.line+1, column+1)
	if e.dated(column) {
		class = Digits
	}
	last, free := e.free(column)
	switch {
	case free && (!fillers || column != last || !strings.HasSuffix(line[:column], "<<")):
		return
	case free || fillers && e.protected(column):
		class &= Filler
	case fillers:
		return
	case e.protected(column):
		class &^= Filler
	}
	for _, char := range class.chars() {
		e.try(line[:column]+string(rune(char))+line[column:], Repair{
			Line: e.line + 1, Column: column + 1, To: string(rune(char)),
		})
	}
}

// within reports whether one of the spans has a column of the line.
func (e *edit) within(column int, spans ...span) bool {
	return slices.ContainsFunc(spans, func(s span) bool {
		return int(s.line) == e.line && int(s.from) <= column && column < int(s.to)
	})
}

func (e *edit) dated(column int) bool {
	l := e.format.layout()
	return e.within(column, l.at[FieldBirthDate], l.at[FieldExpiryDate])
}

// protected reports whether a check digit would notice another character in a
// column.
func (e *edit) protected(column int) bool {
	l := e.format.layout()
	return e.dated(column) || e.within(column, l.at[FieldDocumentNumber]) || e.within(column, l.composite...)
}

// remove tries the line without the character in a column. After the fillers
// that end free text, any one character may be too many.
func (e *edit) remove(column int, fillers bool) {
	line := e.lines[e.line]
	char := line[column]
	if (char == '<' || !anyCharacter.Has(char)) != fillers {
		return
	}
	if last, free := e.free(column); free {
		if !strings.HasSuffix(line[:column], "<<") || column != last+1 {
			return
		}
	}
	e.try(line[:column]+line[column+1:], Repair{Line: e.line + 1, Column: column + 1, From: line[column : column+1]})
}

// free reports whether a column is one of free text that no check digit
// covers, names or a visa's optional data, and which is its last.
func (e *edit) free(column int) (last int, free bool) {
	l := e.format.layout()
	for _, field := range [...]Field{FieldSurname, FieldGivenNames, FieldOptional1} {
		at := l.at[field]
		if field == FieldOptional1 && l.has(digitComposite) {
			continue
		}
		last = int(at.to) - 1
		if !e.short {
			at.to++
		}
		if e.within(column, at) {
			return last, true
		}
	}
	return 0, false
}

// try keeps a mended line if everything fits, and nothing looks odd that a
// shifted character would make odd.
func (e *edit) try(line string, r Repair) {
	lines := slices.Clone(e.lines)
	lines[e.line] = line
	if !e.format.Holds(lines) || slices.Contains(e.seen, line) {
		return
	}
	z := Parse(lines, e.now)
	if z.Format == TD1 && z.Fields.IssuingState == kyrgyzstan && (contradicts(z) || !inKyrgyzCells(lines)) {
		return
	}
	for _, p := range z.Warnings {
		switch p.Code {
		case CodeDocumentCodeUnusual, CodeStateUnknown, CodeSexUnusual:
			return
		}
	}
	e.seen = append(e.seen, line)
	// No digit protects the state, but most people hold papers of their own.
	own := z.Fields.IssuingState == z.Fields.Nationality
	switch {
	case own && !e.own:
		e.found, e.own = nil, true
	case e.own && !own:
		return
	}
	e.found = append(e.found, []Repair{r})
}

// inKyrgyzCells reports whether the first two lines have the characters of a
// Kyrgyz card's.
func inKyrgyzCells(lines []string) bool {
	for i, line := range lines[:2] {
		for j := range len(line) {
			if !Kyrgyz(i+1, j+1).Has(line[j]) {
				return false
			}
		}
	}
	return true
}
