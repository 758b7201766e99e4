package mrzimage

import (
	"cmp"
	"slices"

	"mrzbot/mrzimage/internal/decide"
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
	if c == nil || c.refined || c.reading.Sure() || !c.reading.Hopeful() {
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
func (s *search) refineRow(row rectify.Row, cells []decide.Logs) (rectify.Row, []decide.Logs) {
	picked := leastSure(cells)
	of := func(cells []decide.Logs) float64 {
		some := make([]decide.Logs, len(picked))
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
				look := make([]decide.Logs, len(cells))
				for _, k := range picked {
					look[k] = s.classify(tried.Cell(float64(k)))
				}
				nextSome := of(look)
				if nextSome <= some {
					break
				}
				for k := range look {
					if !slices.Contains(picked, k) {
						look[k] = s.classify(tried.Cell(float64(k)))
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
func leastSure(cells []decide.Logs) []int {
	order := make([]int, len(cells))
	tops := make([]float32, len(cells))
	for i := range cells {
		order[i], tops[i] = i, cells[i][decide.IndexOf(decide.Likeliest(&cells[i], decide.AnyCharacter))]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(tops[a], tops[b]) })
	return order[:min(len(order), askedFirst)]
}

// sureness of a row: the mean log-probability of the likeliest characters. One
// cell that is no glyph at all must not outweigh the rest.
func sureness(cells []decide.Logs) float64 {
	sum := 0.0
	for i := range cells {
		l := &cells[i]
		sum += max(float64(l[decide.IndexOf(decide.Likeliest(l, decide.AnyCharacter))]), -3)
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

const (
	// leastMissed cells make it worth laying a row anew.
	leastMissed = 2
	// leastFitted cells in a row that are well read say where it lies.
	leastFitted = 6
	// slipGain is what a row must be surer, on average over its cells, when it
	// is moved by a whole cell: half of what one character weighs. Hidden ends
	// look alike.
	slipGain = 0.05
)

// straighten lays rows anew that miss some of their cells: what lies over a row
// may have led the finder away from it. The lines of an MRZ are parallel, so
// that another row shows how this one goes on from where it is well read.
func (s *search) straighten(c *candidate) {
	for i, missed := range s.missed(c) {
		if missed < leastMissed {
			continue
		}
		row, best := c.rows[i], sureness(c.cells[i])
		for _, run := range c.wellRead(i) {
			for j, other := range c.rows {
				if i == j {
					continue
				}
				laid, cells := s.unslipped(rectify.Parallel(row, other, run), c.columns)
				if sure := sureness(cells); sure > best {
					c.rows[i], c.cells[i], best = laid, cells, sure
				}
			}
		}
	}
}

// unslipped reads a row, and moves it by a cell where it is surer then: beyond
// something wide the count of its cells may be wrong by one, so that one end
// stands beside the text.
func (s *search) unslipped(row rectify.Row, columns int) (rectify.Row, []decide.Logs) {
	best, cells := row, s.classifyRow(row, columns)
	sure := sureness(cells) + slipGain
	for _, slip := range [2]int{-1, 1} {
		moved := row.Moved(slip)
		moved.Last = row.Last
		if look := s.classifyRow(moved, columns); sureness(look) > sure {
			best, cells, sure = moved, look, sureness(look)
		}
	}
	return best, cells
}

// wellRead are the stretches of a row's cells that are well read, those that
// are long enough.
func (c *candidate) wellRead(row int) [][]int {
	var runs [][]int
	var run []int
	for k := range c.columns + 1 {
		if k < c.columns && !c.reading.IsBlind(row, k) && c.reading.Log(row, k) > decide.WellSeen {
			run = append(run, k)
			continue
		}
		if len(run) >= leastFitted {
			runs = append(runs, run)
		}
		run = nil
	}
	return runs
}
