package mrzimage

import (
	"slices"

	"mrzbot/mrzimage/internal/rectify"
)

// nudge is a small change of a row's place, in parts of a cell and a glyph.
type nudge struct{ right, down, tall, wide, lean float64 }

// nudges are tried one after the other, each in both directions; what makes
// the network surer stays.
var nudges = []nudge{
	{down: 0.09}, {right: 0.08}, {tall: 0.07}, {wide: 0.006}, {lean: 0.06},
	{down: 0.05}, {right: 0.05},
}

// leastWorth is the mean log-probability below which finer measuring is in
// vain.
const leastWorth = -1.4

// refine measures the rows of the best candidate again by the network's own
// sureness. It costs much more than reading, so it is done once for each.
func (s *search) refine() {
	c := s.best
	if c == nil || c.refined || c.sure() || c.reading.mean < leastWorth {
		return
	}
	c.refined = true
	out := *c
	out.rows = slices.Clone(c.rows)
	out.cells = slices.Clone(c.cells)
	for i := range out.rows {
		out.rows[i], out.cells[i] = s.refineRow(out.rows[i], out.cells[i])
	}
	if s.decided(&out) && out.better(c) {
		s.best = &out
	}
}

func (s *search) refineRow(row rectify.Row, cells []logs) (rectify.Row, []logs) {
	score := sureness(cells)
	for _, n := range nudges {
		for _, sign := range []float64{1, -1} {
			for range 2 {
				tried := n.apply(row, sign)
				look := s.lookRow(tried, len(cells))
				next := sureness(look)
				if next <= score {
					break
				}
				row, cells, score = tried, look, next
			}
		}
	}
	return row, cells
}

// sureness of a row: the mean log-probability of the likeliest characters. One
// cell that is no glyph at all must not outweigh the rest.
func sureness(cells []logs) float64 {
	sum := 0.0
	for i := range cells {
		l := &cells[i]
		sum += max(float64(l[indexOf(likeliest(l, anyCharacter))]), -3)
	}
	return sum / float64(len(cells))
}

func (n nudge) apply(r rectify.Row, sign float64) rectify.Row {
	middle := float64(r.Last) / 2
	right := r.Right(middle)
	down := r.Cell(middle).Down
	r = r.Shifted(right.Times(sign * n.right).Add(down.Times(sign * n.down)))
	r.Tall *= 1 + sign*n.tall
	r.Lean += sign * n.lean
	if n.wide != 0 {
		// Wider around the row's middle.
		f := 1 + sign*n.wide
		r.X = r.X.Stretched(middle, f)
		r.Y = r.Y.Stretched(middle, f)
	}
	return r
}
