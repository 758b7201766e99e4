package mrzimage

import (
	"math"
	"slices"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/raster"
)

// scene is what a picture without a zone looks like.
type scene struct {
	bright float64 // of its brightest parts, 0 to 255
	sharp  float64 // see edges; 0 when it shows nothing
}

// sceneSide is the size at which a picture without a zone is looked at, in
// pixels of its longer side: small enough to be free of noise. The largest
// zone that fits has cells of a thirtieth of this.
const sceneSide = 320

func sceneOf(g *raster.Gray) scene {
	g = g.Shrink((max(g.W, g.H) + sceneSide - 1) / sceneSide)
	tones := g.Tones(raster.Box{MaxX: g.W, MaxY: g.H})
	return scene{bright: float64(tones.Quantile(brightPart)), sharp: edges(g)}
}

// brightPart of a picture's pixels are no brighter than its paper; the rest may
// be lamps, and their reflections.
const brightPart = 0.99

// Squares in which the sharpness is looked for.
const (
	square       = 32 // pixels of a plane of sceneSide: wider than the edges of all but hopeless pictures
	leastInRange = 50 // of tones, for a square that shows an edge at all
)

// edges is the sharpness of the sharpest parts of a plane: the part of an
// edge's height within one pixel, which one in ten of the squares with an edge
// exceeds. Steps to the right and down are taken apart, because a shaking hand
// blurs only one of them; the worse counts.
func edges(g *raster.Gray) float64 {
	var across, down []float64
	for y := 0; y+square < g.H; y += square {
		for x := 0; x+square < g.W; x += square {
			if a, d, ok := edgesIn(g, x, y); ok {
				across, down = append(across, a), append(down, d)
			}
		}
	}
	if len(across) == 0 {
		return 0
	}
	slices.Sort(across)
	slices.Sort(down)
	return min(across[len(across)*9/10], down[len(down)*9/10])
}

func edgesIn(g *raster.Gray, x0, y0 int) (across, down float64, ok bool) {
	least, most, stepX, stepY := 255, 0, 0, 0
	for y := y0; y < y0+square; y++ {
		row, next := g.Pix[y*g.W+x0:][:square+1], g.Pix[(y+1)*g.W+x0:][:square]
		for x := range square {
			v := int(row[x])
			least, most = min(least, v), max(most, v)
			right, below := int(row[x+1])-v, int(next[x])-v
			stepX, stepY = max(stepX, right, -right), max(stepY, below, -below)
		}
	}
	if most-least < leastInRange {
		return 0, 0, false
	}
	span := float64(most - least)
	return float64(stepX) / span, float64(stepY) / span, true
}

// mostPieces that are put in rows: a page full of text has some thousand, and
// what has more is not judged.
const mostPieces = 6000

// traces gives the number of pieces in the longest even row of pieces of ink,
// at any angle. False: there are so many that nothing can be said.
func traces(g *raster.Gray, ink find.Ink) (longest int, ok bool) {
	boxes, ok := find.Pieces(g, ink)
	if !ok {
		return 0, false
	}
	var marks []piece
	tallest := max(g.W, g.H) / 12
	for _, b := range boxes {
		w, h := b.MaxX-b.MinX, b.MaxY-b.MinY
		if size := max(w, h); size <= tallest && size <= mostOblong*min(w, h) {
			marks = append(marks, piece{float64(b.MinX+b.MaxX) / 2, float64(b.MinY+b.MaxY) / 2, float64(size)})
		}
	}
	if len(marks) > mostPieces {
		return 0, false
	}
	return longestRow(marks), true
}

// mostOblong is how much longer than wide a character may be: an I in a narrow
// stroke.
const mostOblong = 5

// piece is a piece of ink: its middle and its longer side.
type piece struct{ x, y, size float64 }

// What counts as the next of a row.
const (
	rowReach  = 2.2  // to the next, in sizes of the smaller
	rowLike   = 0.5  // of the smaller size to the larger
	rowMiss   = 0.25 // from where it should be, in steps: other type is less even
	rowTrials = 4    // neighbours of a piece with which a row may begin
)

// longestRow is the number of pieces in the longest even row.
func longestRow(marks []piece) int {
	slices.SortFunc(marks, func(a, b piece) int {
		switch {
		case a.x < b.x:
			return -1
		case a.x > b.x:
			return 1
		}
		return 0
	})
	longest := 0
	for i := range marks {
		for _, j := range neighbours(marks, i) {
			longest = max(longest, follow(marks, i, j))
		}
	}
	return longest
}

// neighbours are the nearest pieces of like size that do not come before.
func neighbours(marks []piece, i int) []int {
	type near struct {
		at   int
		away float64
	}
	var found []near
	a := marks[i]
	for j := i + 1; j < len(marks) && marks[j].x-a.x <= rowReach*a.size; j++ {
		b := marks[j]
		away := math.Hypot(b.x-a.x, b.y-a.y)
		if away > rowReach*min(a.size, b.size) || min(a.size, b.size) < rowLike*max(a.size, b.size) {
			continue
		}
		found = append(found, near{j, away})
	}
	slices.SortFunc(found, func(a, b near) int {
		if a.away < b.away {
			return -1
		}
		return 1
	})
	out := make([]int, 0, rowTrials)
	for _, n := range found[:min(len(found), rowTrials)] {
		out = append(out, n.at)
	}
	return out
}

// follow counts the pieces of the row that begins with i and j; one piece may
// be missing between two.
func follow(marks []piece, i, j int) int {
	const mostInRow = 60
	n := 2
	dx, dy := marks[j].x-marks[i].x, marks[j].y-marks[i].y
	size := marks[j].size
	at := j
	for n < mostInRow {
		next := -1
		for _, skip := range [2]float64{1, 2} {
			if next = nearest(marks, at, marks[at].x+skip*dx, marks[at].y+skip*dy, rowMiss*math.Hypot(dx, dy), size); next >= 0 {
				// The step is learned slowly, so that a row may bend a little.
				dx += 0.25 * ((marks[next].x-marks[at].x)/skip - dx)
				dy += 0.25 * ((marks[next].y-marks[at].y)/skip - dy)
				break
			}
		}
		if next < 0 {
			return n
		}
		at = next
		n++
	}
	return n
}

// nearest is the piece of like size nearest to a place; -1 when none is within.
func nearest(marks []piece, not int, x, y, within, size float64) int {
	from, _ := slices.BinarySearchFunc(marks, x-within, func(m piece, x float64) int {
		if m.x < x {
			return -1
		}
		return 1
	})
	best := -1
	for i := from; i < len(marks) && marks[i].x <= x+within; i++ {
		m := marks[i]
		away := math.Hypot(m.x-x, m.y-y)
		if i == not || away > within || min(m.size, size) < rowLike*max(m.size, size) {
			continue
		}
		best, within = i, away
	}
	return best
}
