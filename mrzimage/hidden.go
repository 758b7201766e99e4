package mrzimage

import (
	"slices"

	"mrzbot/mrzimage/internal/decide"
	"mrzbot/mrzimage/internal/judge"
	"mrzbot/mrzimage/internal/rectify"
)

// logSureFaded is the log-probability of a character that fades towards glare and
// can be seen: nearly all had more, half characters mostly less.
const logSureFaded = -0.05

// unreadable are the cells of an MRZ whose characters are not known.
func (c *candidate) unreadable() [][]bool {
	r := &c.reading
	out := make([][]bool, len(r.Lines))
	for row, line := range r.Lines {
		out[row] = make([]bool, len(line))
		for col := range line {
			fades := c.fading[row][col] && r.Log(row, col) < logSureFaded
			out[row][col] = r.IsBlind(row, col) || fades || r.Lost(row, col)
		}
	}
	hidden := make([][]bool, len(out))
	for row := range out {
		hidden[row] = slices.Clone(out[row])
	}
	for row := range out {
		for col := range out[row] {
			if beside(hidden, row, col) && r.HalfHidden(row, col) {
				out[row][col] = true
			}
		}
	}
	return out
}

// beside reports whether one of the eight cells around another is marked.
func beside(marked [][]bool, row, col int) bool {
	for _, line := range marked[max(row-1, 0):min(row+2, len(marked))] {
		if slices.Contains(line[max(col-1, 0):min(col+2, len(line))], true) {
			return true
		}
	}
	return false
}

// mostOfContrast is the part of the MRZ's usual contrast that something which
// hides a character leaves of it: in three of four hidden cells less than half.
const mostOfContrast = 0.75

// covered reports whether all cells of which nothing is known have lost their
// contrast: something lies there, and another binarization would show no
// more of them.
func (s *search) covered(c *candidate) bool {
	return !slices.ContainsFunc(s.missed(c), func(cells int) bool { return cells > 0 })
}

// missed counts, for each row, the cells of which nothing is known though they
// have their contrast: they were looked for in a wrong place.
func (s *search) missed(c *candidate) []int {
	out := make([]int, len(c.rows))
	if len(c.reading.Blind) == 0 {
		return out
	}
	var all []float64
	for _, row := range c.rows {
		for col := range c.columns {
			l := s.picture.Light(row.Cell(float64(col)))
			all = append(all, (l.Paper-l.Ink)/max(l.Paper, 1))
		}
	}
	sorted := slices.Sorted(slices.Values(all))
	usual := sorted[len(sorted)*3/4]
	for _, at := range c.reading.Blind {
		if all[at[0]*c.columns+at[1]] > mostOfContrast*usual {
			out[at[0]]++
		}
	}
	return out
}

// blank finds the cells that glare has erased and reads the MRZ again without
// them: what is left of an E may look like a clear L, and a check digit that is
// made to hold by a guess proves nothing.
func (s *search) blank(c *candidate) {
	lights := slices.Concat(s.lights(c)...)
	erased, lost := judge.ErasedBy(lights)
	usual := judge.InkOf(lights)
	fading := make([]bool, len(lights))
	for i := range lights {
		if erased[i] {
			continue
		}
		some, most := judge.Fading(lights, i, c.columns, usual, func() [3][3]rectify.Light {
			return s.picture.Ninths(c.rows[i/c.columns].Cell(float64(i % c.columns)))
		})
		c.faded = c.faded || some
		fading[i] = most
	}
	c.lost = lost
	c.fading = slices.Collect(slices.Chunk(fading, c.columns))
	if lost == 0 {
		return
	}
	cells := make([][]decide.Logs, len(c.rows))
	for i := range cells {
		cells[i] = slices.Clone(c.cells[i])
		for k := range cells[i] {
			if erased[i*c.columns+k] {
				cells[i][k] = decide.Unknown()
			}
		}
	}
	if r, ok := decide.Decide(cells); ok {
		r.Raw = c.reading.Raw
		c.reading = r
	}
}

// lights measures the cells of an MRZ whose rows are settled, once.
func (s *search) lights(c *candidate) [][]rectify.Light {
	if c.lights == nil {
		for _, row := range c.places() {
			c.lights = append(c.lights, judge.LightsOf(s.picture, row))
		}
	}
	return c.lights
}
