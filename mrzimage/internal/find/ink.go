package find

import (
	"math"

	"mrzbot/mrzimage/internal/raster"
)

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

// mask marks ink with 1. The means are kept as running sums, so a plane of any
// size needs only a few rows of memory beside the mask.
func mask(g *raster.Gray, ink Ink) []byte {
	out := make([]byte, g.W*g.H)
	r := ink.Radius
	sums := make([]int64, g.W)
	squares := make([]int64, g.W)
	move := func(y int, sign int64) {
		for x, v := range g.Pix[y*g.W : (y+1)*g.W] {
			sums[x] += sign * int64(v)
			squares[x] += sign * int64(v) * int64(v)
		}
	}
	for y := range min(r, g.H) {
		move(y, 1)
	}
	for y := range g.H {
		if y+r < g.H {
			move(y+r, 1)
		}
		if y-r-1 >= 0 {
			move(y-r-1, -1)
		}
		rows := min(y+r, g.H-1) - max(y-r, 0) + 1
		maskRow(g.Pix[y*g.W:(y+1)*g.W], out[y*g.W:(y+1)*g.W], sums, squares, rows, ink)
	}
	return out
}

func maskRow(pix, out []byte, sums, squares []int64, rows int, ink Ink) {
	r, w := ink.Radius, len(pix)
	var sum, square int64
	for x := range min(r, w) {
		sum += sums[x]
		square += squares[x]
	}
	for x, v := range pix {
		if x+r < w {
			sum += sums[x+r]
			square += squares[x+r]
		}
		if x-r-1 >= 0 {
			sum -= sums[x-r-1]
			square -= squares[x-r-1]
		}
		n := float64(rows * (min(x+r, w-1) - max(x-r, 0) + 1))
		mean := float64(sum) / n
		below := mean - float64(v)
		if below < leastContrast {
			continue
		}
		if below > ink.Depth*math.Sqrt(float64(square)/n-mean*mean) {
			out[x] = 1
		}
	}
}
