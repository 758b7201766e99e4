// Package find looks for machine-readable zones: two or three parallel rows of
// evenly pitched glyphs. It works on shapes alone and does not know which
// character a glyph is; what it gives are candidates, the likeliest first.
//
// The way: ink is told from paper (ink.go), connected pieces of ink are found
// (blobs.go), neighbours of like size make chains and chains make lines with a
// grid of cells (lines.go), and lines of like grid make MRZs (this file).
package find

import (
	"cmp"
	"math"
	"slices"
)

// Block is a candidate: its lines from top to bottom, in pixels of the plane.
// They lie in a frame that is turned by Eighths eighths of a circle, clockwise,
// and none runs more than a sixteenth off its frame. Whether the text stands on
// its head is not known yet.
type Block struct {
	Lines   []Line
	Eighths int

	like float64 // how much it looks like an MRZ
}

// Like is how much it looks like an MRZ, from the shapes alone: the glyphs that
// stand where an MRZ has them.
func (z Block) Like() float64 { return z.like }

// Limits of what counts as lines of one MRZ.
const (
	leastSpacing, mostSpacing = 1.3, 3.9 // of neighbouring lines, in cells
	likePitch                 = 0.87
	likeSlope                 = 0.06 // difference of direction, in radians
	likeSpacing               = 0.72 // of the narrower to the wider space
	overlap                   = 0.5  // of the shorter line
	maxLines                  = 60   // of a picture that are paired
)

// Blocks gives the candidates that the pieces make, best first, at most limit.
func (p *Pieces) Blocks(limit int) []Block {
	var blocks []Block
	for eighths := range frames {
		lines := p.linesOf(eighths)
		if len(lines) > maxLines {
			lines = slices.Clone(lines)
			slices.SortFunc(lines, func(a, b Line) int { return cmp.Compare(b.like(), a.like()) })
			lines = lines[:maxLines]
		}
		for _, group := range groups(lines) {
			if group.like >= leastLike {
				group.Eighths = eighths
				blocks = append(blocks, group)
			}
		}
	}
	slices.SortStableFunc(blocks, func(a, b Block) int { return cmp.Compare(b.like, a.like) })
	return blocks[:min(limit, len(blocks))]
}

// lengths of a line (ICAO 9303-4 to -7).
var lengths = [...]int{30, 36, 44}

// tooLong is what a glyph beyond an MRZ's length takes away, in glyphs seen:
// rows of small print and of books go on and on.
const tooLong = 2.0

// missing is what a cell without a glyph takes away: every cell of an MRZ prints
// one, while words have spaces between them.
const missing = 0.5

// likeLength is how much a row looks like a line of so many cells: the glyphs
// seen, less what is missing and what is too much.
func (l Line) likeLength(cells int) float64 {
	gaps := float64(l.Last + 1 - l.Seen)
	return float64(min(l.Seen, cells)) - missing*gaps - tooLong*float64(max(0, l.Last+1-cells))
}

// leastLike of what is called an MRZ: two short lines, with a glyph in three
// cells unseen, look more like one.
const leastLike = 14

// like is how much a row looks like a line of any MRZ.
func (l Line) like() float64 {
	best := l.likeLength(lengths[0])
	for _, cells := range lengths[1:] {
		best = max(best, l.likeLength(cells))
	}
	return best
}

// frames of reading: half a turn shows the same lines again.
const frames = 4

// marks gives the pieces of the size of characters, in a frame of reading,
// sorted along the lines.
func (p *Pieces) marks(eighths int) []mark {
	marks := make([]mark, 0, len(p.pieces))
	for i := range p.pieces {
		m := p.pieces[i].mark(eighths)
		if m.h < leastHeight || m.h > p.tallest || m.w > 1.5*m.h || m.w < 0.08*m.h {
			continue
		}
		marks = append(marks, m)
	}
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Compare(a.u, b.u) })
	return marks
}

// mark is the piece as a frame shows it: u is the way along the lines, to the
// right in the first frame, down in the third; v is the way down the page.
func (b *blob) mark(eighths int) mark {
	const diagonal = 1 / math.Sqrt2
	span := func(from, to int32) (middle, size float64) {
		return float64(from+to+1) / 2, float64(to - from + 1)
	}
	x, wide := span(b.minX, b.maxX)
	y, tall := span(b.minY, b.maxY)
	sum, wideSum := span(b.minSum, b.maxSum)
	diff, wideDiff := span(b.minDiff, b.maxDiff)
	sum, wideSum = diagonal*(sum+0.5), diagonal*wideSum
	diff, wideDiff = diagonal*(diff-0.5), diagonal*wideDiff
	switch eighths {
	case 1:
		return mark{sum, diff, wideSum, wideDiff}
	case 2:
		return mark{y, -x, tall, wide}
	case 3:
		return mark{diff, -sum, wideDiff, wideSum}
	}
	return mark{x, y, wide, tall}
}

// groups pairs lines that lie below each other, and pairs of pairs that share
// a line.
func groups(lines []Line) []Block {
	type pair struct {
		upper, lower int
		space        float64
	}
	var pairs []pair
	for i, a := range lines {
		for j, b := range lines {
			if i == j {
				continue
			}
			if space, ok := below(a, b); ok {
				pairs = append(pairs, pair{i, j, space})
			}
		}
	}
	var blocks []Block
	for _, p := range pairs {
		blocks = append(blocks, blockOf(lines[p.upper], lines[p.lower]))
		for _, q := range pairs {
			if q.upper == p.lower && min(p.space, q.space) > likeSpacing*max(p.space, q.space) {
				blocks = append(blocks, blockOf(lines[p.upper], lines[p.lower], lines[q.lower]))
			}
		}
	}
	return blocks
}

// uneven is what a cell takes away by which the lines of an MRZ begin or end
// apart, in glyphs seen.
const uneven = 0.5

// blockOf judges lines as an MRZ: three of them are a card's, of two nobody
// knows.
func blockOf(lines ...Line) Block {
	z := Block{Lines: lines, like: math.Inf(-1)}
	allowed := lengths[:]
	if len(lines) == 3 {
		allowed = lengths[:1]
	}
	for _, cells := range allowed {
		sum := 0.0
		for _, l := range lines {
			sum += l.likeLength(cells)
		}
		z.like = max(z.like, sum)
	}
	first, last := lines[0], lines[len(lines)-1]
	for _, end := range [2]float64{0, 1} {
		z.like -= uneven * min(math.Abs(first.aside(last, end)), 10)
	}
	return z
}

// aside is how far an end of another line (0: its first cell, 1: its last) lies
// from the same end of this line, in cells along this one.
func (l Line) aside(o Line, end float64) float64 {
	k, n := end*float64(l.Last), end*float64(o.Last)
	du, dv := l.U.Slope(k), l.V.Slope(k)
	return ((o.U.At(n)-l.U.At(k))*du + (o.V.At(n)-l.V.At(k))*dv) / (du*du + dv*dv)
}

// below reports whether b is the line after a, and at what distance in cells.
func below(a, b Line) (float64, bool) {
	am, bm := float64(a.Last)/2, float64(b.Last)/2
	pa, pb := a.U.Slope(am), b.U.Slope(bm)
	if min(pa, pb) < likePitch*max(pa, pb) {
		return 0, false
	}
	slope := a.V.Slope(am) / pa
	if math.Abs(slope-b.V.Slope(bm)/pb) > likeSlope {
		return 0, false
	}
	// The distance of b's middle from a's straight course.
	du := b.U.At(bm) - a.U.At(am)
	dv := b.V.At(bm) - a.V.At(am)
	space := (dv - slope*du) / math.Hypot(1, slope) / ((pa + pb) / 2)
	if space < leastSpacing || space > mostSpacing {
		return 0, false
	}
	// Both lines' ends, along a's direction.
	offset := slope * (dv - slope*du) / (1 + slope*slope)
	from := max(a.U.At(0), b.U.At(0)+offset)
	to := min(a.U.At(float64(a.Last)), b.U.At(float64(b.Last))+offset)
	shorter := min(float64(a.Last)*pa, float64(b.Last)*pb)
	return space, to-from > overlap*shorter
}
