package mrzimage

import (
	"math"
	"slices"
	"strings"

	"mrzbot/mrzimage/internal/decide"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/rectify"
)

// What a stroke, a hair, a scratch, a fold or other print does to a letter that no
// check digit protects: it makes an E of an F, an I of a T. Such a letter often
// looks clear, but not in each of several cuts that differ a little, or there is
// ink beside it where no letter has any, or it ends above the line on which the
// others stand.
const (
	// leastSteady is the least probability of a letter in all cuts, leastSteadyBeside
	// that of one with ink beside it that may have been another, leastSteadyMarked that of
	// one that is marked, and leastSteadyStruck that of any other with ink at either side,
	// as a stroke through it leaves. A pen that runs along the foot of an F makes a good E:
	// with 0.9 beside, as for all, 3 of 36 such were believed.
	leastSteady       = 0.7
	leastSteadyBeside = 0.95
	leastSteadyMarked = 0.9
	leastSteadyStruck = 0.9
	// clearAtOnce is the probability from which on a letter without ink beside it
	// is not cut again.
	clearAtOnce = 0.99
	// mostBeside is the ink between two characters, in parts of the ink of the characters,
	// that is no blur and no pattern; littleBeside is enough on a marked one.
	mostBeside   = 0.3
	littleBeside = 0.15
	// logMarked is the log-probability of a mark, a tenth, that the network sees on a
	// character: one of sixteen without a mark has it, and most that were misread.
	logMarked = -2.3
	// struckBeside is the ink at either side of a letter that is struck through.
	struckBeside = 0.6
	// mostShort is how far above the others' feet or below their heads a letter may
	// end, in heights of a capital letter.
	mostShort = 0.13
	// mostShortT is how far above the others' feet a T may end: an I that has lost its foot
	// is a T that is a little short. Of 90 that were T none ended more than 0.05 above.
	mostShortT = 0.08
	// leastFellows are needed to know where the letters of a row begin and end.
	leastFellows = 4
	// doubted is the most probability of a letter that is not steady, or ends short.
	doubted = 0.5
)

// cuts are small errors of place and size, in parts of a cell and a glyph.
var cuts = []nudge{
	{right: 0.06}, {right: -0.06}, {down: 0.06}, {down: -0.06}, {tall: 0.07, wide: 0.05}, {tall: -0.07, wide: -0.05},
}

// steadied measures how sure the characters are that no check digit protects:
// probabilities, 1 for all others and where nothing is to be said against what the
// first look gave.
func (s *search) steadied(c *candidate) [][]float64 {
	out := make([][]float64, len(c.rows))
	for row := range out {
		out[row] = slices.Repeat([]float64{1}, c.columns)
		lights := s.lights(c)[row]
		gaps := s.gaps(c, row, lights)
		short := s.short(c, row, lights)
		for col := range out[row] {
			if c.reading.Covered(row, col) || c.reading.IsBlind(row, col) {
				continue
			}
			least := s.leastSteady(c, row, col, gaps[col], gaps[col+1])
			if least > leastSteady || math.Exp(float64(c.reading.Picture[row][col][decide.IndexOf(c.reading.Lines[row][col])])) < clearAtOnce {
				out[row][col] = s.steady(c, row, col)
			}
			if short[col] || out[row][col] < least {
				out[row][col] = min(out[row][col], doubted)
			}
		}
	}
	return out
}

// unmade are the characters that no other becomes by ink that is laid on it.
const unmade = "AMNSVW<"

// leastSteady is how steady a character must be, by the ink before and after it.
func (s *search) leastSteady(c *candidate, row, col int, before, after float64) float64 {
	beside, marked := max(before, after), c.cells[row][col][network.Marked] > logMarked
	switch {
	case strings.IndexByte(unmade, c.reading.Lines[row][col]) >= 0:
		if min(before, after) > struckBeside {
			return leastSteadyStruck
		}
	case beside > mostBeside, beside > littleBeside && marked:
		return leastSteadyBeside
	case marked:
		return leastSteadyMarked
	}
	return leastSteady
}

// isSteady reports whether all characters are as sure as one must be.
func isSteady(cells [][]float64) bool {
	return !slices.ContainsFunc(cells, func(row []float64) bool { return slices.Min(row) <= doubted })
}

// steady is the least probability of a character when its cell is cut a little
// aside, larger or smaller.
func (s *search) steady(c *candidate, row, col int) float64 {
	r := &c.reading
	char, class := r.Lines[row][col], r.Class(row, col)
	twin, alike := decide.SameDrawing[char]
	alike = alike && !(class.Has(char) && class.Has(twin))
	least := 1.0
	for _, n := range cuts {
		l := s.classify(n.ofCell(c.rows[row].Cell(float64(col))))
		p := math.Exp(float64(l[decide.IndexOf(char)]))
		if alike {
			p += math.Exp(float64(l[decide.IndexOf(twin)]))
		}
		least = min(least, p)
	}
	return least
}

func (n nudge) ofCell(c rectify.Cell) rectify.Cell {
	c.Middle = c.Middle.Add(c.Right.Times(n.right)).Add(c.Down.Times(n.down))
	c.Right, c.Down = c.Right.Times(1+n.wide), c.Down.Times(1+n.tall)
	return c
}

// gaps measures the ink before each cell of a row, and after the last: what there is
// more than in most gaps of the row, into which a blur carries some of its letters.
func (s *search) gaps(c *candidate, row int, lights []rectify.Light) []float64 {
	out := make([]float64, c.columns+1)
	for k := range out {
		before, after := lights[max(k-1, 0)], lights[min(k, c.columns-1)]
		beside := rectify.Light{Ink: min(before.Ink, after.Ink), Paper: min(before.Paper, after.Paper)}
		out[k] = s.picture.Gap(c.rows[row].Cell(float64(k)-0.5), beside)
	}
	usual := slices.Sorted(slices.Values(out))[len(out)/2]
	for k := range out {
		out[k] -= usual
	}
	return out
}

// short tells the letters of a row that begin below the others or end above them:
// a scratch may have taken their heads or feet. M and W fill their cells, so that a
// blur leaves little paper to tell their ends; and no other letter becomes one by
// losing a part.
func (s *search) short(c *candidate, row int, lights []rectify.Light) []bool {
	out := make([]bool, c.columns)
	heads, feet := make([]float64, c.columns), make([]float64, c.columns)
	var letters []int
	for col, char := range c.reading.Lines[row] {
		if char >= 'A' && char <= 'Z' && char != 'M' && char != 'W' && !c.reading.IsBlind(row, col) {
			heads[col], feet[col] = s.picture.Extent(c.rows[row].Cell(float64(col)), lights[col])
			letters = append(letters, col)
		}
	}
	if len(letters) < leastFellows {
		return out
	}
	head, foot := middleOf(heads, letters), middleOf(feet, letters)
	for _, col := range letters {
		most := mostShort
		if c.reading.Lines[row][col] == 'T' {
			most = mostShortT
		}
		out[col] = heads[col] > head+mostShort || feet[col] < foot-most
	}
	return out
}

// middleOf is the median of some of the values.
func middleOf(values []float64, picked []int) float64 {
	some := make([]float64, len(picked))
	for i, k := range picked {
		some[i] = values[k]
	}
	slices.Sort(some)
	return some[len(some)/2]
}
