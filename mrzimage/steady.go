package mrzimage

import (
	"math"
	"slices"

	"mrzbot/mrzimage/internal/rectify"
)

// What a stroke, a hair, a scratch, a fold or other print does to a letter that no
// check digit protects: it makes an E of an F, an I of a T. Such a letter often
// looks clear, but not in each of several cuts that differ a little, or there is
// ink beside it where no letter has any, or it ends above the line on which the
// others stand.
const (
	// leastSteady is the least probability of a letter in all cuts, leastSteadyBeside
	// that of one with ink beside it, and leastSteadyStruck that of one with ink at
	// either side, as a stroke through it leaves. Of 120 cards with pen strokes, hairs
	// and scratches over the names, 109 seemed sure and 4 of these were misread; with
	// these, 89 are sure and none is.
	leastSteady       = 0.7
	leastSteadyBeside = 0.9
	leastSteadyStruck = 0.95
	// clearAtOnce is the probability from which on a letter without ink beside it
	// is not cut again.
	clearAtOnce = 0.99
	// mostBeside is the ink between two characters, in parts of the ink of the characters,
	// that is no blur and no pattern.
	mostBeside = 0.3
	// struckBeside is the ink at either side of a letter that is struck through.
	struckBeside = 0.6
	// mostShort is how far above the others' feet or below their heads a letter may
	// end, in heights of a capital letter.
	mostShort = 0.13
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
		lights := make([]rectify.Light, c.columns)
		for col := range lights {
			lights[col] = s.picture.Light(c.rows[row].Cell(float64(col)))
		}
		gaps := s.gaps(c, row, lights)
		short := s.short(c, row, lights)
		for col := range out[row] {
			if c.reading.shape.covered[row][col] || c.reading.isBlind(row, col) {
				continue
			}
			least := leastSteady
			switch before, after := gaps[col], gaps[col+1]; {
			case min(before, after) > struckBeside:
				least = leastSteadyStruck
			case max(before, after) > mostBeside:
				least = leastSteadyBeside
			}
			if least > leastSteady || math.Exp(float64(c.reading.picture[row][col][indexOf(c.reading.lines[row][col])])) < clearAtOnce {
				out[row][col] = s.steady(c, row, col)
			}
			if short[col] || out[row][col] < least {
				out[row][col] = min(out[row][col], doubted)
			}
		}
	}
	return out
}

// isSteady reports whether all characters are as sure as one must be.
func isSteady(cells [][]float64) bool {
	return !slices.ContainsFunc(cells, func(row []float64) bool { return slices.Min(row) <= doubted })
}

// steady is the least probability of a character when its cell is cut a little
// aside, larger or smaller.
func (s *search) steady(c *candidate, row, col int) float64 {
	r := &c.reading
	char, class := r.lines[row][col], r.shape.classes[row][col]
	twin, alike := sameDrawing[char]
	alike = alike && !(class.Has(char) && class.Has(twin))
	least := 1.0
	for _, n := range cuts {
		l := s.look(n.ofCell(c.rows[row].Cell(float64(col))))
		p := math.Exp(float64(l[indexOf(char)]))
		if alike {
			p += math.Exp(float64(l[indexOf(twin)]))
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
	for col, char := range c.reading.lines[row] {
		if char >= 'A' && char <= 'Z' && char != 'M' && char != 'W' && !c.reading.isBlind(row, col) {
			heads[col], feet[col] = s.picture.Extent(c.rows[row].Cell(float64(col)), lights[col])
			letters = append(letters, col)
		}
	}
	if len(letters) < leastFellows {
		return out
	}
	head, foot := middleOf(heads, letters), middleOf(feet, letters)
	for _, col := range letters {
		out[col] = heads[col] > head+mostShort || feet[col] < foot-mostShort
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
