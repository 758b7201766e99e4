package mrzimage

import (
	"cmp"
	"context"
	"math"
	"slices"

	"mrzbot/mrzimage/internal/raster"
)

// mayBeZone is how many pieces of ink in an even row may be a zone. Rows of a
// zone had 27 and more even when they could hardly be read; of the fronts of
// cards, mostly 16 at most.
const mayBeZone = 18

// mostPieces that are put in rows: a page full of text has some thousand, and
// what has more is not judged.
const mostPieces = 6000

// traces reports whether a picture in which no zone was found may still hold
// one: a long even row of pieces of like size, at any angle, or so many pieces
// that nothing can be said.
func (s *search) traces(ctx context.Context) (bool, error) {
	full := s.picture.Full()
	if max(full.W, full.H) < tiniestSide {
		return false, nil
	}
	in := s.copyOf(tracesSide)
	for ink := range firstInks {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		pieces := in.pieces(ink)
		if pieces.TooMany() {
			return true, nil
		}
		marks := piecesOf(pieces.Boxes(), max(in.plane.W, in.plane.H)/12)
		if len(marks) > mostPieces || hasRow(marks, mayBeZone) {
			return true, nil
		}
	}
	return false, nil
}

// tracesSide is the size at which traces are looked for, in pixels of the longer
// side: those of a document that takes a twentieth of a large photo's width.
const tracesSide = 4200

// piece is a piece of ink: its middle and its longer side.
type piece struct{ x, y, size float64 }

// mostOblong is how much longer than wide a character may be: an I in a narrow
// stroke.
const mostOblong = 5

// piecesOf gives the pieces that may be characters, from left to right.
func piecesOf(boxes []raster.Box, tallest int) []piece {
	var marks []piece
	for _, b := range boxes {
		w, h := b.MaxX-b.MinX, b.MaxY-b.MinY
		if size := max(w, h); size <= tallest && size <= mostOblong*min(w, h) {
			marks = append(marks, piece{float64(b.MinX+b.MaxX) / 2, float64(b.MinY+b.MaxY) / 2, float64(size)})
		}
	}
	slices.SortFunc(marks, func(a, b piece) int { return cmp.Compare(a.x, b.x) })
	return marks
}

// What counts as the next of a row.
const (
	rowReach  = 2.2  // to the next, in sizes of the smaller
	rowLike   = 0.5  // of the smaller size to the larger
	rowMiss   = 0.25 // from where it should be, in steps: other type is less even
	rowTrials = 4    // neighbours of a piece with which a row may begin
)

// hasRow reports whether so many pieces stand in an even row.
func hasRow(marks []piece, long int) bool {
	for i := range marks {
		for _, j := range neighbours(marks, i) {
			if follow(marks, i, j, long) >= long {
				return true
			}
		}
	}
	return false
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
	slices.SortFunc(found, func(a, b near) int { return cmp.Compare(a.away, b.away) })
	out := make([]int, 0, rowTrials)
	for _, n := range found[:min(len(found), rowTrials)] {
		out = append(out, n.at)
	}
	return out
}

// follow counts the pieces of the row that begins with i and j, up to most; one
// piece may be missing between two.
func follow(marks []piece, i, j, most int) int {
	n := 2
	dx, dy := marks[j].x-marks[i].x, marks[j].y-marks[i].y
	size := marks[j].size
	at := j
	for n < most {
		next := -1
		for _, skip := range [2]float64{1, 2} {
			next = nearest(marks, at, marks[at].x+skip*dx, marks[at].y+skip*dy, rowMiss*math.Hypot(dx, dy), size)
			if next >= 0 {
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
	from, _ := slices.BinarySearchFunc(marks, x-within, func(m piece, x float64) int { return cmp.Compare(m.x, x) })
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
