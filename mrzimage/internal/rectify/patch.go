// Package rectify cuts the cells of an MRZ out of a picture: each becomes a
// small patch of fixed size, upright, with the same contrast, whatever the
// picture's size, tilt and light.
package rectify

import (
	"math"
	"slices"

	"mrzbot/mrzimage/internal/raster"
)

// Size of a patch in samples. A cell is CellWide samples wide and its capital
// letters GlyphTall samples tall, so a patch holds a margin of about a twelfth
// of a cell at either side and a quarter of a glyph above and below: enough for
// small errors of place.
const (
	Wide      = 16
	Tall      = 22
	CellWide  = 14
	GlyphTall = 14
)

// Patch is the brightness of a cell, row by row, with mean 0 and deviation 1.
type Patch [Wide * Tall]float32

// Vector is a place or a direction in a picture, in pixels.
type Vector struct{ X, Y float64 }

// Add is the sum of two vectors.
func (v Vector) Add(w Vector) Vector { return Vector{v.X + w.X, v.Y + w.Y} }

// Sub is the difference of two vectors.
func (v Vector) Sub(w Vector) Vector { return Vector{v.X - w.X, v.Y - w.Y} }

// Times is a vector made longer.
func (v Vector) Times(f float64) Vector { return Vector{v.X * f, v.Y * f} }

// Len is a vector's length.
func (v Vector) Len() float64 { return math.Hypot(v.X, v.Y) }

// Cell is the place of one character: its middle, the way to the next cell of
// its line (length: one cell), and the way down (length: a capital letter).
type Cell struct{ Middle, Right, Down Vector }

// flat is the deviation below which a patch counts as empty: stretching the
// noise of blank paper to full contrast would only invent shapes.
const flat = 2.0

// Picture is a plane together with its smaller copies.
type Picture struct {
	levels []*raster.Gray // each half the size of the one before
}

// NewPicture prepares a plane for cutting. It keeps the plane, and makes
// copies of a third of its size together.
func NewPicture(g *raster.Gray) *Picture {
	p := &Picture{levels: []*raster.Gray{g}}
	for len(p.levels) < 5 && min(g.W, g.H) > 64 {
		g = g.Shrink(2)
		p.levels = append(p.levels, g)
	}
	return p
}

// Full is the plane at its full size.
func (p *Picture) Full() *raster.Gray { return p.levels[0] }

// Shrunk is the plane smaller by a whole number, taken from the smallest copy
// that gives it.
func (p *Picture) Shrunk(by int) *raster.Gray {
	level := 0
	for by%2 == 0 && level+1 < len(p.levels) {
		level, by = level+1, by/2
	}
	return p.levels[level].Shrink(by)
}

// Cut samples a cell. Cells much larger than a patch are taken from a smaller
// copy, so that no pixel is passed over.
func (p *Picture) Cut(c Cell, out *Patch) {
	level, scale := p.levelFor(c)
	sample(p.levels[level], c, scale, out)
	normalize(out)
}

// levelFor is the copy to take a cell from, and its scale.
func (p *Picture) levelFor(c Cell) (level int, scale float64) {
	scale = 1
	for c.Right.Len()*scale > 1.6*CellWide && level+1 < len(p.levels) {
		level++
		scale /= 2
	}
	return level, scale
}

func sample(g *raster.Gray, c Cell, scale float64, out *Patch) {
	right := c.Right.Times(scale / CellWide)
	down := c.Down.Times(scale / GlyphTall)
	start := c.Middle.Times(scale).
		Sub(right.Times(Wide/2 - 0.5)).
		Sub(down.Times(Tall/2 - 0.5))
	all := inside(g, start, right.Times(Wide), down.Times(Tall))
	for y := range Tall {
		at := start.Add(down.Times(float64(y)))
		line := out[y*Wide:][:Wide]
		for x := range line {
			if all {
				line[x] = float32(g.BilinearInside(at.X, at.Y))
			} else {
				line[x] = float32(g.Bilinear(at.X, at.Y))
			}
			at.X += right.X
			at.Y += right.Y
		}
	}
}

// inside reports whether a patch lies in the plane, and no sample at its edge.
func inside(g *raster.Gray, start, right, down Vector) bool {
	for _, v := range [4]Vector{start, start.Add(right), start.Add(down), start.Add(right).Add(down)} {
		if v.X < 1 || v.Y < 1 || v.X > float64(g.W-1) || v.Y > float64(g.H-1) {
			return false
		}
	}
	return true
}

func normalize(p *Patch) {
	sum := float32(0)
	for _, v := range p {
		sum += v
	}
	mean := sum / float32(len(p))
	squares := float32(0)
	for i, v := range p {
		p[i] = v - mean
		squares += p[i] * p[i]
	}
	deviation := max(math.Sqrt(float64(squares)/float64(len(p))), flat)
	for i := range p {
		p[i] /= float32(deviation)
	}
}

// Light is the brightness of a cell's ink and of its paper, from 0 to 255.
type Light struct{ Ink, Paper float64 }

// Light measures a cell: its darkest and its brightest parts, but for the
// outermost twentieths, which may be dirt and noise.
func (p *Picture) Light(c Cell) Light {
	var patch Patch
	level, scale := p.levelFor(c)
	sample(p.levels[level], c, scale, &patch)
	const twentieth = len(patch) / 20
	ink, paper := patch.ranked(twentieth, len(patch)-1-twentieth)
	return Light{Ink: float64(ink), Paper: float64(paper)}
}

// ranked gives the values of two places in the order of size. The samples are brightnesses
// of 0 to 255: they are counted first, so that only a few alike are sorted.
func (p *Patch) ranked(low, high int) (a, b float32) {
	var counts [256]uint16
	for _, v := range p {
		counts[byte(v)]++
	}
	of := func(rank int) float32 {
		whole := 0
		for int(counts[whole]) <= rank {
			rank -= int(counts[whole])
			whole++
		}
		var room [len(p)]float32
		alike := room[:0]
		for _, v := range p {
			if byte(v) == byte(whole) {
				alike = append(alike, v)
			}
		}
		slices.Sort(alike)
		return alike[rank]
	}
	return of(low), of(high)
}

// Ninths measures the parts of a cell's glyph: three rows of three, each ink
// the third darkest of some two dozen samples.
func (p *Picture) Ninths(c Cell) (out [3][3]Light) {
	var patch Patch
	level, scale := p.levelFor(c)
	sample(p.levels[level], c, scale, &patch)
	const (
		left, top = (Wide - CellWide) / 2, (Tall - GlyphTall) / 2
		wide      = CellWide / 3.0
		tall      = GlyphTall / 3.0
	)
	for row := range out {
		for col := range out[row] {
			var part []float32
			for y := int(top + tall*float64(row)); y < int(top+tall*float64(row+1)+0.5); y++ {
				from := patch[y*Wide:]
				part = append(part, from[int(left+wide*float64(col)):int(left+wide*float64(col+1)+0.5)]...)
			}
			slices.Sort(part)
			out[row][col] = Light{Ink: float64(part[2]), Paper: float64(part[len(part)-2])}
		}
	}
	return out
}

// Gap measures the ink of the narrow space between two characters, in the middle
// of a cell that lies half on the one and half on the other: the darkest place in
// it, from 0, paper, to 1, ink. Each place is the mean of two samples by two.
func (p *Picture) Gap(c Cell, usual Light) float64 {
	var patch Patch
	level, scale := p.levelFor(c)
	sample(p.levels[level], c, scale, &patch)
	const middle = Wide/2 - 1
	most := 0.0
	for y := (Tall-GlyphTall)/2 - 2; y < (Tall+GlyphTall)/2+1; y++ {
		sum := float32(0)
		for dy := range 2 {
			for dx := range 2 {
				sum += patch[(y+dy)*Wide+middle+dx]
			}
		}
		most = max(most, (usual.Paper-float64(sum)/4)/max(usual.Paper-usual.Ink, 1))
	}
	return most
}

// Extent is where the ink of a cell begins and ends, in heights of a capital
// letter below its middle.
func (p *Picture) Extent(c Cell, usual Light) (head, foot float64) {
	var patch Patch
	level, scale := p.levelFor(c)
	sample(p.levels[level], c, scale, &patch)
	half := (usual.Ink + usual.Paper) / 2
	edge := func(from, step int) float64 {
		before := usual.Paper
		for y := from; y >= 0 && y < Tall; y += step {
			darkest := float64(slices.Min(patch[y*Wide+1 : (y+1)*Wide-1]))
			if darkest < half {
				into := (before - half) / max(before-darkest, 1)
				return (float64(y) + float64(step)*(into-1) - (Tall-1)/2.0) / GlyphTall
			}
			before = max(darkest, half)
		}
		return 0
	}
	return edge(0, 1), edge(Tall-1, -1)
}
