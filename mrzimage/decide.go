package mrzimage

import (
	"math"
	"strings"

	"mrzbot/mrz"
	"mrzbot/mrzimage/internal/network"
)

// logs are the log-probabilities of one cell.
type logs [network.Classes]float32

// reading is a zone's text under one shape.
type reading struct {
	shape   *shape
	cells   [][]logs // what the cells may hold, under their classes
	picture [][]logs // the same by the picture alone, but for O and 0
	raw     [][]byte // the likeliest character of each cell, before any rule
	lines   [][]byte // what is believed
	blind   [][2]int // the cells (row, column) of which nothing is known
	valid   bool     // dates and all check digits of lines hold
	mean    float64  // mean log-probability of lines, but for the blind cells

	// weakest is the least log-probability of the characters that no check
	// digit protects; unsure is how many of the others are not well seen.
	weakest float64
	unsure  int
	strange int // characters that do not belong where they stand, and are clear
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
	// wellSeen is the log-probability of a character that leaves no other.
	wellSeen = -0.3
	// knownState is what it weighs that three letters are a state's code.
	knownState = 4.0
)

// decide reads cells under every shape of their size and gives the best: one
// whose check digits hold before all others, then the likeliest.
func decide(cells [][]logs) (reading, bool) {
	var best reading
	found := false
	for _, s := range shapesFor(len(cells), len(cells[0])) {
		r := readAs(s, cells)
		if !s.begins(r.lines) {
			continue
		}
		if !found || r.worth() > best.worth() {
			best, found = r, true
		}
	}
	return best, found
}

// worth orders readings of the same cells.
func (r *reading) worth() float64 {
	worth := r.mean * float64(len(r.lines)*len(r.lines[0]))
	if r.valid {
		worth += allHold
	}
	return worth
}

// allHold is what it weighs that all check digits are right: by chance they
// are once in some hundred times, and repair makes the chance larger.
const allHold = 4.0

func readAs(s *shape, cells [][]logs) reading {
	r := reading{shape: s}
	nothingKnown := unknown()
	for row := range cells {
		raw := make([]byte, len(cells[row]))
		line := make([]byte, len(cells[row]))
		adjusted, shown := make([]logs, len(cells[row])), make([]logs, len(cells[row]))
		for col := range cells[row] {
			class, seen := s.classes[row][col], cells[row][col]
			raw[col] = likeliest(&seen, anyCharacter)
			if seen == nothingKnown || seen[network.NotGlyph] > logNoGlyph {
				seen = nothingKnown
				r.blind = append(r.blind, [2]int{row, col})
			}
			adjusted[col] = under(&seen, class, twins)
			shown[col] = adjusted[col]
			if !s.covered[row][col] {
				shown[col] = under(&seen, class, sameDrawing)
				if isClear(&shown[col]) {
					adjusted[col] = shown[col]
				}
			}
			if class == anyCharacter {
				preferZero(&adjusted[col])
			}
			line[col] = believe(&adjusted[col], class)
		}
		r.raw = append(r.raw, raw)
		r.lines = append(r.lines, line)
		r.cells = append(r.cells, adjusted)
		r.picture = append(r.picture, shown)
	}
	for _, sp := range s.states {
		r.believeState(sp)
	}
	if r.valid = r.holds(); !r.valid {
		r.repair()
		r.valid = r.holds()
	}
	if r.valid {
		r.preferFigures()
	}
	r.weigh()
	r.rivalled = r.valid && len(r.blind) == 0 && r.unsure <= mostUnsure && r.mean > sureMean && r.hasRival()
	return r
}

// under gives a cell's probabilities knowing its class: a character that it may
// not hold gives its part to its look-alike.
func under(l *logs, class mrz.Class, alike map[byte]byte) logs {
	out := *l
	for i := range network.NotGlyph {
		c := network.Alphabet[i]
		twin, ok := alike[c]
		if !ok || class.Has(c) || !class.Has(twin) {
			continue
		}
		j := indexOf(twin)
		out[j] = float32(math.Log(math.Exp(float64(out[j])) + math.Exp(float64(l[i]))))
		out[i] = nothing
	}
	return out
}

// zeroUsual is what it weighs that numbers hold 0 far more often than O (many
// states never use the letter). A clear letter stays one, and a check digit
// outweighs this.
const zeroUsual = 2.0

// preferZero multiplies the odds of 0 against O.
func preferZero(l *logs) {
	zero, letter := &l[indexOf('0')], &l[indexOf('O')]
	both := math.Exp(float64(*zero)) + math.Exp(float64(*letter))
	part := 1 / (1 + math.Exp(float64(*letter-*zero)-zeroUsual))
	*zero = float32(math.Log(max(both*part, 1e-9)))
	*letter = float32(math.Log(max(both*(1-part), 1e-9)))
}

// nothing is the log-probability of what cannot be.
const nothing = -20

// twins are the figures' and letters' look-alikes.
var twins = map[byte]byte{
	'0': 'O', '1': 'I', '2': 'Z', '5': 'S', '6': 'G', '8': 'B',
	'O': '0', 'D': '0', 'Q': '0', 'I': '1', 'Z': '2', 'S': '5', 'G': '6', 'B': '8',
}

// sameDrawing are those that are one drawing in many prints, so that only the
// class tells them apart. All other look-alikes print differently: where no check
// digit looks, the picture decides between them.
var sameDrawing = map[byte]byte{'0': 'O', 'O': '0'}

// believe is the likeliest character that the cell may hold; against clear
// evidence the class gives way, for states do print what the standard does not
// allow.
func believe(l *logs, class mrz.Class) byte {
	if isClear(l) {
		class = anyCharacter
	}
	return likeliest(l, class)
}

// isClear reports whether the network is sure of a character.
func isClear(l *logs) bool { return l[indexOf(likeliest(l, anyCharacter))] > clearly }

// believeState reads three cells together: a code that exists is likelier than
// one that does not.
func (r *reading) believeState(sp span) {
	cells, line := r.cells[sp.row][sp.from:sp.to], r.lines[sp.row][sp.from:sp.to]
	var choices [3][]byte
	for i := range choices {
		choices[i] = candidates(&cells[i], mrz.Letters|mrz.Filler, line[i])
	}
	best := math.Inf(-1)
	var code [3]byte
	for _, a := range choices[0] {
		for _, b := range choices[1] {
			for _, c := range choices[2] {
				sum := float64(cells[0][indexOf(a)] + cells[1][indexOf(b)] + cells[2][indexOf(c)])
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
	zero, letter := indexOf('0'), indexOf('O')
	for i, c := range code {
		if c == 'O' {
			line[i] = '0'
			for _, l := range [2]*logs{&cells[i], &r.picture[sp.row][sp.from+i]} {
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

func likeliest(l *logs, class mrz.Class) byte {
	best := -1
	for i := range network.NotGlyph {
		if class.Has(network.Alphabet[i]) && (best < 0 || l[i] > l[best]) {
			best = i
		}
	}
	return network.Alphabet[best]
}

func indexOf(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return network.NotGlyph - 1 // the filler
}

// weigh sums up how sure the reading is.
func (r *reading) weigh() {
	sum, n := 0.0, 0
	r.weakest, r.unsure, r.strange, r.foreign = 0, 0, 0, false
	for row, line := range r.lines {
		for col, c := range line {
			if r.isBlind(row, col) {
				continue
			}
			log := float64(r.cells[row][col][indexOf(c)])
			sum += log
			n++
			if !r.shape.classes[row][col].Has(c) {
				r.strange++
				r.foreign = r.foreign || c != '<' && r.shape.covered[row][col]
			}
			switch {
			case !r.shape.covered[row][col]:
				r.weakest = min(r.weakest, float64(r.picture[row][col][indexOf(c)]))
			case log < wellSeen:
				r.unsure++
			}
		}
	}
	r.mean = sum / float64(max(n, 1))
}
