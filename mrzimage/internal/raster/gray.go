// Package raster holds a plane of brightness and the few operations on it that
// finding and reading need. It knows nothing of files or text.
package raster

import (
	"encoding/binary"
	"math"
)

// Gray is a plane of brightness, 0 black to 255 white, without padding.
type Gray struct {
	W, H int
	Pix  []byte
}

// NewGray gives a black plane.
func NewGray(w, h int) *Gray {
	return &Gray{W: w, H: h, Pix: make([]byte, w*h)}
}

// At is the brightness of the nearest pixel inside the plane.
func (g *Gray) At(x, y int) byte {
	x, y = min(max(x, 0), g.W-1), min(max(y, 0), g.H-1)
	return g.Pix[y*g.W+x]
}

// Bilinear is the brightness at a place between pixels; (0.5, 0.5) is the
// middle of the first pixel.
func (g *Gray) Bilinear(x, y float64) float64 {
	x, y = x-0.5, y-0.5
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx), int(fy)
	dx, dy := x-fx, y-fy
	var a, b, c, d byte
	if ix >= 0 && iy >= 0 && ix+1 < g.W && iy+1 < g.H {
		p := g.Pix[iy*g.W+ix:]
		a, b, c, d = p[0], p[1], p[g.W], p[g.W+1]
	} else {
		a, b, c, d = g.At(ix, iy), g.At(ix+1, iy), g.At(ix, iy+1), g.At(ix+1, iy+1)
	}
	top := float64(a) + dx*(float64(b)-float64(a))
	bottom := float64(c) + dx*(float64(d)-float64(c))
	return top + dy*(bottom-top)
}

// BilinearInside is Bilinear for a place that is a pixel and more away from the edges.
func (g *Gray) BilinearInside(x, y float64) float64 {
	x, y = x-0.5, y-0.5
	ix, iy := int(x), int(y)
	dx, dy := x-float64(ix), y-float64(iy)
	above := g.Pix[iy*g.W+ix:][:2]
	below := g.Pix[(iy+1)*g.W+ix:][:2]
	a, b, c, d := float64(above[0]), float64(above[1]), float64(below[0]), float64(below[1])
	top := a + dx*(b-a)
	bottom := c + dx*(d-c)
	return top + dy*(bottom-top)
}

// Shrink gives a plane smaller by a whole number, whose pixels are the means of
// the squares they cover. Whole numbers only: uneven squares would bend strokes.
func (g *Gray) Shrink(by int) *Gray {
	if by <= 1 {
		return g
	}
	w, h := max(1, g.W/by), max(1, g.H/by)
	out := NewGray(w, h)
	if by == 2 && g.W > 1 && g.H > 1 { // the usual
		for y := range h {
			halve(out.Pix[y*w:(y+1)*w], g.Pix[2*y*g.W:][:2*w], g.Pix[(2*y+1)*g.W:][:2*w])
		}
		return out
	}
	sums := make([]uint32, w)
	for y := range h {
		clear(sums)
		rows := min(by, g.H-y*by)
		for sy := y * by; sy < y*by+rows; sy++ {
			AddSquares(sums, g.Pix[sy*g.W:(sy+1)*g.W], by)
		}
		n := uint32(rows * min(by, g.W))
		line := out.Pix[y*w : (y+1)*w]
		for x, sum := range sums {
			line[x] = byte((sum + n/2) / n)
		}
	}
	return out
}

// halve gives the means of the squares of two rows, four squares at once: the sum of each
// has 16 bits of a word.
func halve(out, above, below []byte) {
	const low, two = 0x00FF00FF00FF00FF, 0x0002000200020002
	x := 0
	for ; x+4 <= len(out); x += 4 {
		a, b := binary.LittleEndian.Uint64(above[2*x:]), binary.LittleEndian.Uint64(below[2*x:])
		means := (a&low + a>>8&low + b&low + b>>8&low + two) >> 2 & low
		means |= means >> 8
		binary.LittleEndian.PutUint32(out[x:], uint32(means&0xFFFF|means>>16&0xFFFF0000))
	}
	for ; x < len(out); x++ {
		out[x] = byte((uint(above[2*x]) + uint(above[2*x+1]) + uint(below[2*x]) + uint(below[2*x+1]) + 2) >> 2)
	}
}

// AddSquares adds a row of pixels to the sums of the squares they lie in. Two
// and three at a time, which take the most pixels, have a quick way.
func AddSquares(sums []uint32, line []byte, by int) {
	switch {
	case by == 2 && len(line) >= 2*len(sums):
		line = line[:2*len(sums)]
		for x := range sums {
			sums[x] += uint32(line[2*x]) + uint32(line[2*x+1])
		}
	case by == 3 && len(line) >= 3*len(sums):
		line = line[:3*len(sums)]
		for x := range sums {
			sums[x] += uint32(line[3*x]) + uint32(line[3*x+1]) + uint32(line[3*x+2])
		}
	default:
		for x := range sums {
			for _, v := range line[x*by : min((x+1)*by, len(line))] {
				sums[x] += uint32(v)
			}
		}
	}
}

// Enlarge gives a plane scaled up by a whole number, interpolated by a cubic
// curve (Catmull-Rom), which keeps narrow gaps between glyphs open.
func (g *Gray) Enlarge(by int) *Gray {
	wide := NewGray(g.W*by, g.H)
	taps := cubicTaps(by)
	for y := range g.H {
		for x := range wide.W {
			t := &taps[x%by]
			sum := float32(0)
			for i, w := range t.weight {
				sum += w * float32(g.At(x/by+t.first+i, y))
			}
			wide.Pix[y*wide.W+x] = clamp(sum)
		}
	}
	out := NewGray(g.W*by, g.H*by)
	for y := range out.H {
		t := &taps[y%by]
		for x := range out.W {
			sum := float32(0)
			for i, w := range t.weight {
				sum += w * float32(wide.At(x, y/by+t.first+i))
			}
			out.Pix[y*out.W+x] = clamp(sum)
		}
	}
	return out
}

type taps struct {
	first  int
	weight [4]float32
}

func cubicTaps(by int) []taps {
	out := make([]taps, by)
	for i := range out {
		at := (float64(i)+0.5)/float64(by) - 0.5
		base := math.Floor(at)
		t := at - base
		out[i].first = int(base) - 1
		for k := range out[i].weight {
			out[i].weight[k] = float32(catmullRom(t - float64(k-1)))
		}
	}
	return out
}

func catmullRom(d float64) float64 {
	d = math.Abs(d)
	switch {
	case d < 1:
		return 1.5*d*d*d - 2.5*d*d + 1
	case d < 2:
		return -0.5*d*d*d + 2.5*d*d - 4*d + 2
	}
	return 0
}

func clamp(v float32) byte {
	return byte(min(max(v+0.5, 0), 255))
}
