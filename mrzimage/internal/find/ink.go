package find

import "mrzbot/mrzimage/internal/raster"

// Ink says how to tell ink from paper: a pixel is ink when it is darker than
// the mean of its surroundings by Depth deviations of these surroundings.
// Small depths keep faint strokes whole, large ones keep neighbours and
// background print apart.
type Ink struct {
	Radius int // of the surroundings, in pixels of the plane
	Depth  float64
}

// leastContrast is what a stroke must at least be darker than its
// surroundings, so that the noise of blank paper is no ink.
const leastContrast = 5

// inked marks the ink of a plane row by row, from the top down. The means are
// kept as running sums, so that a plane of any size needs memory for a few
// rows only.
type inked struct {
	plane *raster.Gray
	ink   Ink
	y     int // of the next row

	// Of the pixels of each column that are among the surroundings of a row.
	// The squares of a column fit 32 bits for any radius below 16,000.
	sums, squares []int32
	marked        []byte
}

func inkOf(g *raster.Gray, ink Ink) *inked {
	m := &inked{
		plane: g, ink: ink,
		sums: make([]int32, g.W), squares: make([]int32, g.W), marked: make([]byte, g.W),
	}
	blank := make([]byte, g.W)
	for y := range min(ink.Radius, g.H) {
		m.swap(m.row(y), blank)
	}
	return m
}

func (m *inked) row(y int) []byte { return m.plane.Pix[y*m.plane.W : (y+1)*m.plane.W] }

// swap takes a row into the columns' sums and another out of them.
func (m *inked) swap(in, out []byte) {
	sums, squares := m.sums[:len(in)], m.squares[:len(in)]
	out = out[:len(in)]
	for x, v := range in {
		a, b := int32(v), int32(out[x])
		sums[x] += a - b
		squares[x] += (a - b) * (a + b)
	}
}

// next gives the ink of the next row, marked with 1. The slice is the same
// each time.
func (m *inked) next() []byte {
	r, h := m.ink.Radius, m.plane.H
	enters, leaves := m.y+r < h, m.y-r-1 >= 0
	switch {
	case enters && leaves:
		m.swap(m.row(m.y+r), m.row(m.y-r-1))
	case enters:
		m.swap(m.row(m.y+r), m.marked0())
	case leaves:
		m.swap(m.marked0(), m.row(m.y-r-1))
	}
	m.mark()
	m.y++
	return m.marked
}

// marked0 is the buffer of marks, emptied: a blank row.
func (m *inked) marked0() []byte {
	clear(m.marked)
	return m.marked
}

// mark compares the pixels of row y with their surroundings.
func (m *inked) mark() {
	r, w := m.ink.Radius, m.plane.W
	rows := min(m.y+r, m.plane.H-1) - max(m.y-r, 0) + 1
	a := around{depth: m.ink.Depth * m.ink.Depth}
	for x := range min(r, w) {
		a.sum += int(m.sums[x])
		a.square += int(m.squares[x])
	}
	pix := m.row(m.y)
	edge := func(from, to int) {
		for x := from; x < to; x++ {
			if x+r < w {
				a.sum += int(m.sums[x+r])
				a.square += int(m.squares[x+r])
			}
			if x-r-1 >= 0 {
				a.sum -= int(m.sums[x-r-1])
				a.square -= int(m.squares[x-r-1])
			}
			a.n = rows * (min(x+r, w-1) - max(x-r, 0) + 1)
			m.marked[x] = a.ink(pix[x])
		}
	}
	left, right := min(r+1, w), max(w-r, min(r+1, w))
	edge(0, left)
	a.n = rows * (2*r + 1)
	for x := left; x < right; x++ { // as above, where nothing is beyond the edges
		a.sum += int(m.sums[x+r]) - int(m.sums[x-r-1])
		a.square += int(m.squares[x+r]) - int(m.squares[x-r-1])
		m.marked[x] = a.ink(pix[x])
	}
	edge(right, w)
}

// around are the surroundings of a pixel: how many pixels, and the sums of
// their values and of the squares of these.
type around struct {
	n, sum, square int
	depth          float64 // squared
}

// ink is 1 for a pixel that is ink. With n pixels around, whose values and
// squares sum up to S and Q, a pixel v lies (S-nv)/n below their mean, and
// their deviation is the root of (nQ-S²)/n²: no division is needed.
func (a *around) ink(v byte) byte {
	below := a.sum - a.n*int(v)
	if below < leastContrast*a.n {
		return 0
	}
	if float64(below)*float64(below) > a.depth*float64(a.n*a.square-a.sum*a.sum) {
		return 1
	}
	return 0
}
