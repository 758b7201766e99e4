// Package decide turns what the network saw in the cells of an MRZ into text, under the
// rules of its format (ICAO 9303): it chooses between likely characters by the check
// digits, says how far the text can be relied on, and whether the cells show an MRZ at
// all. It knows probabilities only, no picture.
package decide

import (
	"math"
	"strings"

	"mrzbot/mrz"
	"mrzbot/mrzimage/internal/network"
)

// Logs are the log-probabilities of one cell.
type Logs [network.Outputs]float32

// Reading is an MRZ's text under one shape.
type Reading struct {
	shape   *shape
	Cells   [][]Logs // what the cells may hold, under their classes
	Picture [][]Logs // the same by the picture alone, but for O and 0
	Raw     [][]byte // the likeliest character of each cell, before any rule
	Lines   [][]byte // what is believed
	Blind   [][2]int // the cells (row, column) of which nothing is known
	Valid   bool     // dates and all check digits of lines hold
	Mean    float64  // mean log-probability of lines, but for the blind cells

	// weakest is the least log-probability of the characters that no check
	// digit protects; unsure is how many of the others are not well seen.
	weakest float64
	unsure  int
	Strange int // characters that do not belong where they stand, and are clear
	// foreign: one of them, and no filler, is under a check digit, which may not tell it from what
	// belongs there: in a number of digits a U counts as a 0 does.
	foreign bool

	rivalled bool // another text would hold as well, and is nearly as likely
}

// What evidence weighs, in natural logarithms.
const (
	// clearly is how sure the network must be of a character that its cell may
	// not hold, for the character to stay.
	clearly = -0.07
	// mostCost of changes that make check digits hold: one poorly seen
	// character, or two that could as well be the others.
	mostCost = 4.5
	// mostCostAlone is for one check digit when not all can be made to hold:
	// then digits may have been printed wrong, and prove less.
	mostCostAlone = 1.0
	// candidatesWithin the likeliest are weighed, at most mostCandidates.
	candidatesWithin = 7.0
	mostCandidates   = 5
	// WellSeen is the log-probability of a character that leaves no other.
	WellSeen = -0.3
	// knownState is what it weighs that three letters are a state's code.
	knownState = 4.0
)

// Decide reads cells under every shape of their size and gives the best: one
// whose check digits hold before all others, then the likeliest.
func Decide(cells [][]Logs) (Reading, bool) {
	var best Reading
	found := false
	for _, s := range shapesFor(len(cells), len(cells[0])) {
		r := readAs(s, cells)
		if !s.begins(r.Lines) {
			continue
		}
		if !found || r.worth() > best.worth() {
			best, found = r, true
		}
	}
	return best, found
}

// worth orders readings of the same cells.
func (r *Reading) worth() float64 {
	worth := r.Mean * float64(len(r.Lines)*len(r.Lines[0]))
	if r.Valid {
		worth += AllHold
	}
	return worth
}

// AllHold is what it weighs that all check digits are right: by chance they
// are once in some hundred times, and repair makes the chance larger.
const AllHold = 4.0

func readAs(s *shape, cells [][]Logs) Reading {
	r := Reading{shape: s}
	nothingKnown := Unknown()
	for row := range cells {
		raw := make([]byte, len(cells[row]))
		line := make([]byte, len(cells[row]))
		adjusted, shown := make([]Logs, len(cells[row])), make([]Logs, len(cells[row]))
		for col := range cells[row] {
			class, seen := s.classes[row][col], cells[row][col]
			raw[col] = Likeliest(&seen, AnyCharacter)
			if seen == nothingKnown || seen[network.NotGlyph] > logNoGlyph {
				seen = nothingKnown
				r.Blind = append(r.Blind, [2]int{row, col})
			}
			adjusted[col] = under(&seen, class, twins)
			shown[col] = adjusted[col]
			if !s.covered[row][col] {
				shown[col] = under(&seen, class, SameDrawing)
				if isClear(&shown[col]) {
					adjusted[col] = shown[col]
				}
			}
			if class == AnyCharacter {
				preferZero(&adjusted[col])
			}
			line[col] = believe(&adjusted[col], class)
		}
		r.Raw = append(r.Raw, raw)
		r.Lines = append(r.Lines, line)
		r.Cells = append(r.Cells, adjusted)
		r.Picture = append(r.Picture, shown)
	}
	for _, sp := range s.states {
		r.believeState(sp)
	}
	if r.Valid = r.holds(); !r.Valid {
		r.repair()
		r.Valid = r.holds()
	}
	if r.Valid {
		r.preferDigits()
	}
	r.weigh()
	r.rivalled = r.Valid && len(r.Blind) == 0 && r.unsure <= mostUnsure && r.Mean > sureMean && r.hasRival()
	return r
}

// believe is the likeliest character that the cell may hold; against clear
// evidence the class gives way, for states do print what the standard does not
// allow.
func believe(l *Logs, class mrz.Class) byte {
	if isClear(l) {
		class = AnyCharacter
	}
	return Likeliest(l, class)
}

// isClear reports whether the network is sure of a character.
func isClear(l *Logs) bool { return l[IndexOf(Likeliest(l, AnyCharacter))] > clearly }

// believeState reads three cells together: a code that exists is likelier than
// one that does not.
func (r *Reading) believeState(sp span) {
	cells, line := r.Cells[sp.row][sp.from:sp.to], r.Lines[sp.row][sp.from:sp.to]
	var choices [3][]byte
	for i := range choices {
		choices[i] = candidates(&cells[i], mrz.Letters|mrz.Filler, line[i])
	}
	best := math.Inf(-1)
	var code [3]byte
	for _, a := range choices[0] {
		for _, b := range choices[1] {
			for _, c := range choices[2] {
				sum := float64(cells[0][IndexOf(a)] + cells[1][IndexOf(b)] + cells[2][IndexOf(c)])
				if mrz.KnownState(strings.TrimRight(string([]byte{a, b, c}), "<")) {
					sum += knownState
				}
				if sum > best {
					best, code = sum, [3]byte{a, b, c}
				}
			}
		}
	}
	copy(line, code[:])
	if !ofDigits(code) {
		return
	}
	zero, letter := IndexOf('0'), IndexOf('O')
	for i, c := range code {
		if c == 'O' {
			line[i] = '0'
			for _, l := range [2]*Logs{&cells[i], &r.Picture[sp.row][sp.from+i]} {
				l[zero], l[letter] = l[letter], l[zero]
			}
		}
	}
}

// ofDigits reports whether a state's code is a number, as some states write it: an
// O in it is a 0, which is drawn alike.
func ofDigits(code [3]byte) bool {
	digits := 0
	for _, c := range code {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c != 'O':
			return false
		}
	}
	return digits > 0
}

func Likeliest(l *Logs, class mrz.Class) byte {
	best := -1
	for i := range network.NotGlyph {
		if class.Has(network.Alphabet[i]) && (best < 0 || l[i] > l[best]) {
			best = i
		}
	}
	return network.Alphabet[best]
}

func IndexOf(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return network.NotGlyph - 1 // the filler
}

// weigh sums up how sure the reading is.
func (r *Reading) weigh() {
	sum, n := 0.0, 0
	r.weakest, r.unsure, r.Strange, r.foreign = 0, 0, 0, false
	for row, line := range r.Lines {
		for col, c := range line {
			if r.IsBlind(row, col) {
				continue
			}
			log := float64(r.Cells[row][col][IndexOf(c)])
			sum += log
			n++
			if !r.shape.classes[row][col].Has(c) {
				r.Strange++
				r.foreign = r.foreign || c != '<' && r.shape.covered[row][col]
			}
			switch {
			case !r.shape.covered[row][col]:
				r.weakest = min(r.weakest, float64(r.Picture[row][col][IndexOf(c)]))
			case log < WellSeen:
				r.unsure++
			}
		}
	}
	r.Mean = sum / float64(max(n, 1))
}

// Unknown is a cell that may hold any character.
func Unknown() Logs {
	var l Logs
	for i := range l {
		l[i] = float32(-math.Log(float64(network.Classes)))
	}
	return l
}

// Found reports whether the cells begin as some format does.
func (r *Reading) Found() bool { return r.shape != nil }

// Format is the name of the format: FormatTD1 and its like.
func (r *Reading) Format() string { return r.shape.name }

// Class is what may stand in a cell.
func (r *Reading) Class(row, col int) mrz.Class { return r.shape.classes[row][col] }

// Covered reports whether a check digit covers a cell.
func (r *Reading) Covered(row, col int) bool { return r.shape.covered[row][col] }
