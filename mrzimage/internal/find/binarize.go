package find

import (
	"encoding/binary"

	"mrzbot/mrzimage/internal/raster"
)

// leastContrast is what a stroke must at least be darker than its
// surroundings, so that the noise of blank paper is no ink.
const leastContrast = 5

// Binary is the ink of a plane. A pixel is ink when it is darker than the mean of
// its surroundings by so many deviations of these surroundings: its depth.
// Small depths keep faint strokes whole, large ones keep neighbours and
// background print apart. Whoever looks at the surroundings of a pixel can as
// well compare it twice, so ink is told at two depths. It takes a byte for each
// pixel of the plane.
type Binary struct {
	w, h  int
	marks []byte // 0: paper; 1: ink at the shallower depth; 2: at both
}

// Binarize tells the ink of a plane from its paper. The radius of the surroundings is in pixels;
// it is 60 at most.
func Binarize(g *raster.Gray, radius int, shallow, deep float64) *Binary {
	m := marker{plane: g, radius: radius, shallow: depthOf(shallow), deep: depthOf(deep), columns: make([]sums, g.W)}
	out := &Binary{w: g.W, h: g.H, marks: make([]byte, g.W*g.H)}
	blank := make([]byte, g.W)
	row := func(y int) []byte {
		if y < 0 || y >= g.H {
			return blank
		}
		return g.Pix[y*g.W : (y+1)*g.W]
	}
	for y := range min(radius, g.H) {
		m.swap(row(y), blank)
	}
	for y := range g.H {
		m.swap(row(y+radius), row(y-radius-1))
		m.mark(row(y), out.marks[y*g.W:(y+1)*g.W], min(y+radius, g.H-1)-max(y-radius, 0)+1)
	}
	return out
}

// rows gives the rows of ink, from the top down, marked with 1. The slice is the
// same each time.
func (i *Binary) rows(deep bool) func() []byte {
	row, left := make([]byte, i.w), i.marks
	add := uint64(0x0101010101010101) // so that half of a mark is 1 for ink at either depth
	if deep {
		add = 0
	}
	return func() []byte {
		marks := left[:i.w]
		x := 0
		for ; x+8 <= len(row); x += 8 { // eight marks at once
			eight := binary.LittleEndian.Uint64(marks[x:])
			binary.LittleEndian.PutUint64(row[x:], (eight+add)>>1&0x0101010101010101)
		}
		for ; x < len(row); x++ {
			row[x] = (marks[x] + byte(add)) / 2
		}
		left = left[i.w:]
		return row
	}
}

// marker compares the pixels of a plane with their surroundings, row by row. The
// means are kept as running sums.
type marker struct {
	plane         *raster.Gray
	radius        int
	shallow, deep int    // squared, in parts of depthUnit
	columns       []sums // of the pixels of each column that are among the surroundings of a row
}

// sums of values, in the lower 32 bits, and of their squares, in the upper:
// sums are added and taken away in one step. For radii up to 60 both fit.
type sums uint64

func (s sums) values() int  { return int(uint32(s)) }
func (s sums) squares() int { return int(s >> 32) }

// swap takes a row into the columns' sums and another out of them.
func (m *marker) swap(in, out []byte) {
	columns := m.columns[:len(in)]
	out = out[:len(in)]
	for x, v := range in {
		// sumsOf(v) - sumsOf(out[x]), with one product: v²-w² is (v-w)(v+w).
		w := sums(out[x])
		by := sums(v) - w
		columns[x] += by + by*(sums(v)+w)<<32
	}
}

// mark marks a row of pixels, the middle one of so many.
func (m *marker) mark(pix, marks []byte, rows int) {
	r, w := m.radius, len(pix)
	var around sums
	for x := range min(r, w) {
		around += m.columns[x]
	}
	edge := func(from, to int) {
		for x := from; x < to; x++ {
			if x+r < w {
				around += m.columns[x+r]
			}
			if x-r-1 >= 0 {
				around -= m.columns[x-r-1]
			}
			n := rows * (min(x+r, w-1) - max(x-r, 0) + 1)
			marks[x] = inkAt(pix[x], around, n, m.shallow, m.deep)
		}
	}
	left, right := min(r+1, w), max(w-r, min(r+1, w))
	edge(0, left)
	if left < right {
		around = m.inside(pix, marks, left, right, around, rows*(2*r+1))
	}
	edge(right, w)
}

// inside marks a stretch of the row whose pixels all have n pixels around: for
// each, one column enters these and one leaves.
func (m *marker) inside(pix, marks []byte, from, to int, around sums, n int) sums {
	pix = pix[from:to]
	marks, shallow, deep := marks[from:to], m.shallow, m.deep
	enter, leave := m.columns[from+m.radius:][:len(pix)], m.columns[from-m.radius-1:][:len(pix)]
	for x, v := range pix {
		around += enter[x] - leave[x]
		if around.values() < n*(int(v)+leastContrast) {
			continue // paper, as most pixels are: the mark is 0 already
		}
		marks[x] = inkAt(v, around, n, shallow, deep)
	}
	return around
}

// inkAt counts the depths at which a pixel is ink. With n pixels around, whose
// values and squares sum up to S and Q, a pixel v lies (S-nv)/n below their
// mean, and their deviation is the root of (nQ-S²)/n²: no division is needed.
func inkAt(v byte, around sums, n, shallow, deep int) byte {
	sum := around.values()
	below := sum - n*int(v)
	pale := below - leastContrast*n // negative for what is no ink at all
	square := depthUnit*below*below - 1
	spread := n*around.squares() - sum*sum
	return notNegative(pale|(square-shallow*spread)) + notNegative(pale|(square-deep*spread))
}

func notNegative(v int) byte { return byte(^uint64(v) >> 63) }

// depthOf is a depth squared, in parts of depthUnit.
func depthOf(depth float64) int { return int(depth*depth*depthUnit + 0.5) }

// depthUnit keeps products within 63 bits for radii up to 60.
const depthUnit = 1 << 16
