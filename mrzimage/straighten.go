package mrzimage

import "mrzbot/mrzimage/internal/rectify"

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
// may have led the finder away from it. The lines of a zone are parallel, so
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
func (s *search) unslipped(row rectify.Row, columns int) (rectify.Row, []logs) {
	best, cells := row, s.lookRow(row, columns)
	sure := sureness(cells) + slipGain
	for _, slip := range [2]int{-1, 1} {
		moved := row.Moved(slip)
		moved.Last = row.Last
		if look := s.lookRow(moved, columns); sureness(look) > sure {
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
		if k < c.columns && !c.reading.isBlind(row, k) && c.reading.log(row, k) > wellSeen {
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
