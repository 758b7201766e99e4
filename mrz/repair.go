package mrz

import (
	"slices"
	"time"
	"unicode/utf8"
)

// Repair is one change of an MRZ: From stands at Line and Column, both counted
// from 1 in the lines as they were read, and To belongs there. An empty From is
// a character missing before that column, an empty To one too many; a "\n" is
// the end of a line. Columns count characters, not bytes.
type Repair struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// maxProposals is how many alternatives a person can be asked to choose from.
// With more, the arithmetic has told nothing.
const maxProposals = 4

// Propose looks for the repairs of misread characters that make everything
// fit: dates, check digits and, on a Kyrgyz card, the personal number.
// Each element is one alternative, the changes in it in the order of the MRZ;
// a single element is the only legal repair. The likeliest comes first. There
// is none if nothing fits, if nothing is wrong, or if too much would fit.
//
// A change stays inside the class of its cell (Format.Alphabet, Kyrgyz), and
// never writes a letter into optional data, where the composite digit alone
// would have to justify it. Characters that look alike are exchanged first, a
// letter for a digit before a digit for another: in a row of digits there is
// nearly always one that makes a check digit fit. A repaired MRZ is a
// proposal, and what was changed has to be shown.
//
// Nothing is proposed where the shape is wrong: a lost character leaves no trace
// of where it stood, and check digits alone would be made to say what it was;
// Restore puts back fillers, and only those. Nor is a state's code replaced, for
// no digit protects it, unless the card is a Kyrgyz one by its other code.
func Propose(m MRZ, now time.Time) [][]Repair {
	if m.Format == Unknown {
		return nil
	}
	s := newSearch(m.Lines, m.Format, now)
	if format := detect(s.base); format != m.Format && !m.Valid() {
		// The misread document code had hidden it: 1DFRA is no start of TD2.
		s = newSearch(m.Lines, format, now)
	}
	look := s.run
	if m.Valid() {
		look = s.proven
	}
	found := look()
	if len(found) > maxProposals {
		return nil
	}
	var sets [][]Repair
	for _, lines := range found {
		if set := differences(m.Lines, lines); len(set) > 0 {
			sets = append(sets, set)
		}
	}
	return sets
}

// differences lists the cells in which lines of equal shape differ.
func differences(from, to []string) []Repair {
	var set []Repair
	for i, line := range from {
		for j := 0; line != ""; j++ {
			_, size := utf8.DecodeRuneInString(line)
			if read, want := line[:size], to[i][j:j+1]; read != want {
				set = append(set, Repair{Line: i + 1, Column: j + 1, From: read, To: want})
			}
			line = line[size:]
		}
	}
	return set
}

// replace returns the lines with one character exchanged.
func replace(lines []string, at cell, char byte) []string {
	changed := slices.Clone(lines)
	line := []byte(changed[at.line])
	line[at.column] = char
	changed[at.line] = string(line)
	return changed
}
