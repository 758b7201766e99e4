package mrzimage

import (
	"cmp"
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

// refine measures the rows of the best candidate again by the network's own
// sureness. It costs much more than reading, so it is done once for each.
func (s *search) refine() {
	c := s.best
	if c == nil || c.refined || c.sure() || !c.hopeful() {
		return
	}
	c.refined = true
	out := *c
	out.rows = slices.Clone(c.rows)
	out.cells = slices.Clone(c.cells)
	s.straighten(&out)
	for i := range out.rows {
		out.rows[i], out.cells[i] = s.refineRow(out.rows[i], out.cells[i])
	}
	if s.decided(&out) && out.better(c) {
		s.best = &out
	}
}

// refineRow asks the least sure cells first: where they are no surer in another
// place, the whole row is not.
func (s *search) refineRow(row rectify.Row, cells []logs) (rectify.Row, []logs) {
	picked := leastSure(cells)
	of := func(cells []logs) float64 {
		some := make([]logs, len(picked))
		for i, k := range picked {
			some[i] = cells[k]
		}
		return sureness(some)
	}
	some, score := of(cells), sureness(cells)
	for _, n := range nudges {
		for _, sign := range []float64{1, -1} {
			for range 2 {
				tried := n.apply(row, sign)
				look := make([]logs, len(cells))
				for _, k := range picked {
					look[k] = s.look(tried.Cell(float64(k)))
				}
				nextSome := of(look)
				if nextSome <= some {
					break
				}
				for k := range look {
					if !slices.Contains(picked, k) {
						look[k] = s.look(tried.Cell(float64(k)))
					}
				}
				next := sureness(look)
				if next <= score {
					break
				}
				row, cells, some, score = tried, look, nextSome, next
			}
		}
	}
	return row, cells
}

// askedFirst is how many cells of a row tell whether a place may be better.
const askedFirst = 12

// leastSure are the cells of a row whose likeliest character is the least
// likely.
func leastSure(cells []logs) []int {
	order := make([]int, len(cells))
	tops := make([]float32, len(cells))
	for i := range cells {
		order[i], tops[i] = i, cells[i][indexOf(likeliest(&cells[i], anyCharacter))]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(tops[a], tops[b]) })
	return order[:min(len(order), askedFirst)]
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
