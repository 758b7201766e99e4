// Package find looks for machine-readable zones: two or three parallel rows of
// evenly pitched glyphs. It works on shapes alone and does not know which
// character a glyph is; what it gives are candidates, the likeliest first.
//
// The way: ink is told from paper (ink.go), connected pieces of ink are found
// (blobs.go), neighbours of like size make chains and chains make lines with a
// grid of cells (lines.go), and lines of like grid make zones (this file).
package find

import (
	"cmp"
	"math"
	"slices"

	"mrzbot/mrzimage/internal/raster"
)

// Zone is a candidate: its lines from top to bottom, in pixels of the plane.
// Quarter says whether the text runs down the plane instead of to the right.
// Whether the text stands on its head is not known yet.
type Zone struct {
	Lines   []Line
	Quarter bool

	seen int
}

// Limits of what counts as lines of one zone.
const (
	leastSpacing, mostSpacing = 1.3, 3.9 // of neighbouring lines, in cells
	likePitch                 = 0.87
	likeSlope                 = 0.06 // difference of direction, in radians
	likeSpacing               = 0.72 // of the narrower to the wider space
	overlap                   = 0.5  // of the shorter line
	maxLines                  = 60   // of a picture that are paired
)

// Zones gives the candidates of a plane, best first, at most limit.
func Zones(g *raster.Gray, ink Ink, limit int) []Zone {
	pieces := blobs(mask(g, ink), g.W, g.H)
	var zones []Zone
	for _, quarter := range []bool{false, true} {
		lines := linesOf(marksOf(pieces, g, quarter))
		if len(lines) > maxLines {
			slices.SortFunc(lines, func(a, b Line) int { return b.Seen - a.Seen })
			lines = lines[:maxLines]
		}
		for _, group := range groups(lines) {
			group.Quarter = quarter
			zones = append(zones, group)
		}
	}
	slices.SortStableFunc(zones, func(a, b Zone) int { return cmp.Compare(b.seen, a.seen) })
	return zones[:min(limit, len(zones))]
}

// marksOf gives the pieces of the size of characters, in the frame of reading,
// sorted along the lines. In a quarter turned frame u runs down the plane and v
// from right to left.
func marksOf(pieces []blob, g *raster.Gray, quarter bool) []mark {
	var marks []mark
	tallest := float64(max(g.W, g.H)) / 12
	for _, b := range pieces {
		w, h := float64(b.maxX-b.minX+1), float64(b.maxY-b.minY+1)
		m := mark{float64(b.minX) + w/2, float64(b.minY) + h/2, w, h}
		if quarter {
			m = mark{m.v, -m.u, h, w}
		}
		if m.h < leastHeight || m.h > tallest || m.w > 1.5*m.h || m.w < 0.08*m.h {
			continue
		}
		marks = append(marks, m)
	}
	slices.SortFunc(marks, func(a, b mark) int { return cmp.Compare(a.u, b.u) })
	return marks
}

// groups pairs lines that lie below each other, and pairs of pairs that share
// a line.
func groups(lines []Line) []Zone {
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
	var zones []Zone
	for _, p := range pairs {
		zones = append(zones, zoneOf(lines[p.upper], lines[p.lower]))
		for _, q := range pairs {
			if q.upper == p.lower && min(p.space, q.space) > likeSpacing*max(p.space, q.space) {
				zones = append(zones, zoneOf(lines[p.upper], lines[p.lower], lines[q.lower]))
			}
		}
	}
	return zones
}

func zoneOf(lines ...Line) Zone {
	z := Zone{Lines: lines}
	for _, l := range lines {
		z.seen += l.Seen
	}
	return z
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
