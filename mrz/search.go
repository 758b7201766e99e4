package mrz

import (
	"iter"
	"slices"
	"time"
)

// maxOpen is how many cells with nothing readable a search will fill from the
// check digits alone: there are few digits to determine more.
const maxOpen = 2

// cell is a place in an MRZ, counted from 0.
type cell struct{ line, column int }

// move is a character to try in a cell.
type move struct {
	at   cell
	char byte
}

// gap is a cell with nothing readable, and what belongs there.
type gap struct {
	at    cell
	class Class
}

// search is one look for the legal repairs of an MRZ.
type search struct {
	format Format
	layout *layout
	kyrgyz bool
	now    time.Time

	read []string // as it was read, but as guess sees it
	base []string // the same, each impossible character exchanged for the likeliest
	open []gap    // cells of base that no look-alike fills

	others   []move // other fillings of the exchanged cells
	alike    []move // look-alikes for cells that could be right
	siblings []move // siblings for such cells
	rest     []move // all else that could stand there
}

func newSearch(lines []string, format Format, now time.Time) *search {
	s := &search{format: format, layout: format.layout(), now: now}
	for _, line := range lines {
		s.read = append(s.read, guess(line))
	}
	s.base = slices.Clone(s.read)
	s.states()
	s.unprotected()
	return s
}

// proven are the repairs of an MRZ whose digits hold: what no digit protects,
// and on a Kyrgyz card the misreadings to which the digits are blind, for
// there a letter among digits shows.
func (s *search) proven() [][]string {
	outside := s.finish(s.base)
	if s.kyrgyz {
		s.covered(s.impossible)
		if found := s.filled(); len(found) == 1 {
			return found
		}
	}
	if !s.holds(outside) { // the French card's composite covers the names, too
		return nil
	}
	return [][]string{outside}
}

// run tries the repairs, the fewest liberties first, and returns all that fit
// at the first step where one does: what is impossible exchanged for what it
// looks like, or for something else; then one possible character exchanged for
// a look-alike, or for anything, for of siblings alone none is certain.
func (s *search) run() [][]string {
	s.covered(s.impossible)
	found := s.filled()
	if len(found) > 0 || len(s.open) > 0 {
		return found
	}
	s.covered(s.possible)
	base := [][]string{s.base}
	for _, moves := range [...][]move{s.others, s.alike, slices.Concat(s.siblings, s.rest)} {
		if found = s.fitting(after(base, moves)); len(found) > 0 {
			break
		}
	}
	return found
}

// filled are the fits of base with its gaps filled.
func (s *search) filled() [][]string {
	if len(s.open) > maxOpen {
		return nil
	}
	sets := [][]string{s.base}
	for _, gap := range s.open {
		sets = slices.Collect(after(sets, fillings(gap)))
	}
	return s.fitting(slices.Values(sets))
}

// fillings are all the moves that fill a gap.
func fillings(g gap) []move {
	var moves []move
	for _, char := range g.class.chars() {
		moves = append(moves, move{g.at, char})
	}
	return moves
}

// after makes each of the moves on each set of lines.
func after(sets [][]string, moves []move) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for _, lines := range sets {
			for _, m := range moves {
				if !yield(replace(lines, m.at, m.char)) {
					return
				}
			}
		}
	}
}

// fitting are those in which everything fits.
func (s *search) fitting(sets iter.Seq[[]string]) [][]string {
	var found [][]string
	for lines := range sets {
		lines = s.finish(lines)
		if s.holds(lines) && (!s.kyrgyz || !contradicts(Parse(lines, s.now))) {
			found = append(found, lines)
		}
	}
	return found
}

func (s *search) holds(lines []string) bool {
	return detect(lines) == s.format && s.format.Holds(lines)
}

// finish exchanges an impossible mark for the sex: on a Kyrgyz card for what
// the personal number says, elsewhere for what it looks like.
func (s *search) finish(lines []string) []string {
	at := s.layout.at[FieldSex]
	read, place := at.of(lines)[0], cell{int(at.line), int(at.from)}
	if Only("MFX<").Has(read) {
		return lines
	}
	m := Parse(lines, s.now)
	if p, ok := m.pin(); ok && p.sex != "" {
		return replace(lines, place, p.sex[0])
	}
	if chars := printed(read, classes[FieldSex]); len(chars) > 0 && !sexInSpanish(s.format, m.Fields) {
		return replace(lines, place, chars[0])
	}
	return lines
}

// contradicts reports whether a Kyrgyz card is not as they are, or its personal
// number disagrees with the rest. On a card printed so a repair proves little.
func contradicts(m MRZ) bool {
	return slices.ContainsFunc(m.Warnings, func(p Problem) bool {
		switch p.Code {
		case CodeDocumentNumberUnusual, CodeOptionalDataUnusual,
			CodePersonalNumberUnusual, CodePersonalNumberBirthDate, CodePersonalNumberSex:
			return true
		}
		return false
	})
}
