package decide

import (
	"math"
	"slices"
	"strings"

	"mrzbot/mrz"
	"mrzbot/mrzimage/internal/network"
)

// An MRZ has these at least; rows of anything else do not.
const (
	// LeastText is the mean log-probability of its characters: text in other
	// type, and tiles, give less.
	LeastText = -0.9
	// leastFit of digits where digits stand: MRZs that were read rightly had
	// 0.87 and more; words in the type of an MRZ, and tiles, at most 0.56 when
	// they passed for text.
	leastFit = 0.6
	// leastFillers: two stand between the names, and a name that leaves no
	// room for more is longer than any field.
	leastFillers = 2
	// leastKinds of characters: the dates alone have some.
	leastKinds = 7
	// leastSigns of those that only an MRZ shows (see signs).
	leastSigns = 2
)

// Plausible reports whether the cells show an MRZ at all.
func (r *Reading) Plausible() bool {
	if r.Text() < LeastText || r.Fits() < leastFit || !r.shown() {
		return false
	}
	count := map[byte]int{}
	for _, line := range r.Raw {
		for _, b := range line {
			count[b]++
		}
	}
	return count['<'] >= leastFillers && len(count) >= leastKinds && r.signs(count['<']) >= leastSigns
}

// What must be seen of an MRZ, or what hides it is none of it: a line that was
// supposed between two others, and is not there; the ends of two lines of a
// card, taken for those of a larger one.
const (
	LeastOfLine     = 4  // characters
	leastOfTwoLines = 32 // columns that are not blind in both lines
)

// shown reports whether enough of every line is seen.
func (r *Reading) shown() bool {
	columns := len(r.Lines[0])
	inLine, inColumn := make([]int, len(r.Lines)), make([]int, columns)
	for _, at := range r.Blind {
		inLine[at[0]]++
		inColumn[at[1]]++
	}
	if columns-slices.Max(inLine) < LeastOfLine {
		return false
	}
	for _, n := range inColumn {
		if n == len(r.Lines) {
			columns--
		}
	}
	return len(r.Lines) != 2 || columns >= leastOfTwoLines
}

// blindCost is the log-probability of what a blind cell shows: text has few.
const blindCost = -2.0

// Text is how likely all cells show text: the mean log-probability of lines.
func (r *Reading) Text() float64 {
	n := float64(len(r.Lines) * len(r.Lines[0]))
	blind := float64(len(r.Blind))
	return (r.Mean*(n-blind) + blindCost*blind) / n
}

// Fits is how much of what the cells show belongs where digits stand and
// nothing else may: the mean probability of digits, and of their look-alikes,
// over the cells of dates and check digits. Where a filler may stand for an
// unknown date, a filler says nothing, as long as there are enough digits.
func (r *Reading) Fits() float64 {
	sum, fillers, n := 0.0, 0.0, 0
	for row, line := range r.Cells {
		for col := range line {
			if r.shape.classes[row][col]&^mrz.Filler != mrz.Digits || r.IsBlind(row, col) {
				continue
			}
			n++
			for digit := range 10 {
				sum += math.Exp(float64(line[col][digit]))
			}
			if r.shape.classes[row][col].Has('<') {
				fillers += math.Exp(float64(line[col][network.NotGlyph-1]))
			}
		}
	}
	if sum >= leastDigits {
		return sum / max(float64(n)-fillers, 1)
	}
	return sum / float64(max(n, 1))
}

// leastDigits: a date and two check digits are always there.
const leastDigits = 8

// usualFillers: nearly all MRZs have more.
const usualFillers = 6

// signs counts what text in the type of an MRZ has by chance only: the first
// letter of a document code, the code of a state, fillers, check digits that
// hold.
func (r *Reading) signs(fillers int) int {
	n := 0
	if strings.IndexByte("IACPV", r.Raw[0][0]) >= 0 {
		n++
	}
	if fillers >= usualFillers {
		n++
	}
	for _, sp := range r.shape.states {
		if mrz.KnownState(strings.TrimRight(string(r.Raw[sp.row][sp.from:sp.to]), "<")) {
			n++
		}
	}
	for _, c := range r.shape.ties(r.Lines) {
		if c.holds(r.Lines) {
			n++
		}
	}
	return n
}

// Words reports whether the cells show text, and clearly not an MRZ's: letters
// stand where digits should.
func (r *Reading) Words() bool {
	return r.Mean > LeastText && r.Fits() < wordsFit
}

// Hopeful reports whether another binarization may show an MRZ.
func (r *Reading) Hopeful() bool { return !r.Words() && r.Text() > leastHope }

// leastHope is the mean log-probability of what may become text when it is better
// seen. Rows of dots, of bricks and the like give less.
const leastHope = -1.0

// wordsFit is that of words in the type of an MRZ, at most.
const wordsFit = 0.55
