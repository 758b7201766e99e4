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

// mark compares the pixels of row y with their surroundings. With n pixels
// around, whose values and squares sum up to S and Q, a pixel v lies
// (S-nv)/n below their mean, and their deviation is the root of (nQ-S²)/n²: no
// division is needed.
func (m *inked) mark() {
	r, w := m.ink.Radius, m.plane.W
	rows := min(m.y+r, m.plane.H-1) - max(m.y-r, 0) + 1
	var sum, square int64
	for x := range min(r, w) {
		sum += int64(m.sums[x])
		square += int64(m.squares[x])
	}
	depth := m.ink.Depth * m.ink.Depth
	for x, v := range m.row(m.y) {
		if x+r < w {
			sum += int64(m.sums[x+r])
			square += int64(m.squares[x+r])
		}
		if x-r-1 >= 0 {
			sum -= int64(m.sums[x-r-1])
			square -= int64(m.squares[x-r-1])
		}
		n := int64(rows * (min(x+r, w-1) - max(x-r, 0) + 1))
		below := sum - n*int64(v)
		m.marked[x] = 0
		if below < leastContrast*n {
			continue
		}
		if float64(below)*float64(below) > depth*float64(n*square-sum*sum) {
			m.marked[x] = 1
		}
	}
}
