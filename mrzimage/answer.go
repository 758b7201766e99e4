package mrzimage

import (
	"math"
	"slices"
	"strings"

	"mrzbot/mrz"
	"mrzbot/mrzimage/internal/network"
)

// result is what the search found, as the caller sees it.
func (s *search) result(also []*candidate) Result {
	if s.best == nil || !s.best.plausible() || s.foreign(s.best) {
		return Result{Verdict: VerdictNone, Picture: s.unread()}
	}
	out, ok := s.told(s.best)
	if !ok {
		return Result{Verdict: VerdictNone, Picture: s.unread()}
	}
	for _, c := range also {
		if other, ok := s.told(c); ok {
			out.Also = append(out.Also, other)
		}
	}
	return out
}

// told is what the caller sees of one zone; false when its lines are of another
// length than those of any format.
func (s *search) told(c *candidate) (Result, bool) {
	s.blank(c)
	unreadable, open := c.unreadable(), false
	if s.otherLength(c, unreadable) {
		return Result{}, false
	}
	out := Result{
		Verdict: VerdictDoubtful,
		Format:  c.reading.shape.name,
		Corners: c.corners(s.by),
		places:  c.places(),
		Picture: s.judge(c),
	}
	steady := s.steadied(c)
	sum, n := 0.0, 0
	for i, line := range c.reading.lines {
		raw := c.reading.raw[i]
		text := make([]byte, len(line))
		sure := make([]float64, len(line))
		for k, char := range line {
			log := c.reading.log(i, k)
			text[k], sure[k] = char, min(math.Exp(log), steady[i][k])
			sum += log
			n++
			if unreadable[i][k] {
				text[k] = Unreadable
				open = true
				continue
			}
			if char != raw[k] {
				out.Repairs = append(out.Repairs, Repair{i + 1, k + 1, string(raw[k]), string(char)})
			}
		}
		out.Lines = append(out.Lines, string(text))
		out.Raw = append(out.Raw, string(raw))
		out.Cells = append(out.Cells, sure)
	}
	out.Confidence = math.Exp(sum / float64(n))
	if c.sure() && !open && !c.faded && isSteady(steady) {
		out.Verdict = VerdictOK
	}
	if c.faded && !slices.Contains(out.Picture.Reasons, ReasonGlare) {
		out.Picture.Reasons = append(out.Picture.Reasons, ReasonGlare)
	}
	return out, true
}

// A zone has these at least; rows of anything else do not.
const (
	// leastText is the mean log-probability of its characters: text in other
	// type, and tiles, give less.
	leastText = -0.9
	// leastFit of figures where figures stand: zones that were read rightly had
	// 0.87 and more; words in the type of a zone, and tiles, at most 0.56 when
	// they passed for text.
	leastFit = 0.6
	// leastFillers: two stand between the names, and a name that leaves no
	// room for more is longer than any field.
	leastFillers = 2
	// leastKinds of characters: the dates alone have some.
	leastKinds = 7
	// leastSigns of those that only a zone shows (see signs).
	leastSigns = 2
)

// plausible reports whether the candidate is a zone at all.
func (c *candidate) plausible() bool {
	if c.reading.text() < leastText || c.reading.fits() < leastFit || !c.reading.shown() {
		return false
	}
	count := map[byte]int{}
	for _, line := range c.reading.raw {
		for _, b := range line {
			count[b]++
		}
	}
	return count['<'] >= leastFillers && len(count) >= leastKinds && c.reading.signs(count['<']) >= leastSigns
}

// What must be seen of a zone, or what hides it is none of it: a line that was
// supposed between two others, and is not there; the ends of two lines of a
// card, taken for those of a larger one.
const (
	leastOfLine     = 4  // characters
	leastOfTwoLines = 32 // columns that are not blind in both lines
)

// shown reports whether enough of every line is seen.
func (r *reading) shown() bool {
	columns := len(r.lines[0])
	inLine, inColumn := make([]int, len(r.lines)), make([]int, columns)
	for _, at := range r.blind {
		inLine[at[0]]++
		inColumn[at[1]]++
	}
	if columns-slices.Max(inLine) < leastOfLine {
		return false
	}
	for _, n := range inColumn {
		if n == len(r.lines) {
			columns--
		}
	}
	return len(r.lines) != 2 || columns >= leastOfTwoLines
}

// blindCost is the log-probability of what a blind cell shows: text has few.
const blindCost = -2.0

// text is how likely all cells show text: the mean log-probability of lines.
func (r *reading) text() float64 {
	n := float64(len(r.lines) * len(r.lines[0]))
	blind := float64(len(r.blind))
	return (r.mean*(n-blind) + blindCost*blind) / n
}

// fits is how much of what the cells show belongs where digits stand and
// nothing else may: the mean probability of digits, and of their look-alikes,
// over the cells of dates and check digits. Where a filler may stand for an
// unknown date, a filler says nothing, as long as there are enough digits.
func (r *reading) fits() float64 {
	sum, fillers, n := 0.0, 0.0, 0
	for row, line := range r.cells {
		for col := range line {
			if r.shape.classes[row][col]&^mrz.Filler != mrz.Digits || r.isBlind(row, col) {
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

// usualFillers: nearly all zones have more.
const usualFillers = 6

// signs counts what text in the type of a zone has by chance only: the first
// letter of a document code, the code of a state, fillers, check digits that
// hold.
func (r *reading) signs(fillers int) int {
	n := 0
	if strings.IndexByte("IACPV", r.raw[0][0]) >= 0 {
		n++
	}
	if fillers >= usualFillers {
		n++
	}
	for _, sp := range r.shape.states {
		if mrz.KnownState(strings.TrimRight(string(r.raw[sp.row][sp.from:sp.to]), "<")) {
			n++
		}
	}
	for _, c := range r.shape.ties(r.lines) {
		if c.holds(r.lines) {
			n++
		}
	}
	return n
}
