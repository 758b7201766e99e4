package find

import (
	"bytes"
	"cmp"
	"slices"
)

// blob is a connected piece of ink: the bounds, inclusive, of x, of y and of
// the two diagonals, x+y and y-x.
type blob struct {
	minX, minY, maxX, maxY           int32
	minSum, minDiff, maxSum, maxDiff int32
}

// pieceOf is a stretch of ink of one row.
func pieceOf(y, from, to int32) blob {
	return blob{from, y, to, y, from + y, y - to, to + y, y - from}
}

func (b *blob) merge(o *blob) {
	b.minX, b.minY = min(b.minX, o.minX), min(b.minY, o.minY)
	b.maxX, b.maxY = max(b.maxX, o.maxX), max(b.maxY, o.maxY)
	b.minSum, b.minDiff = min(b.minSum, o.minSum), min(b.minDiff, o.minDiff)
	b.maxSum, b.maxDiff = max(b.maxSum, o.maxSum), max(b.maxDiff, o.maxDiff)
}

// tall reports whether a piece may be a character.
func (b *blob) tall() bool {
	return max(b.maxX-b.minX, b.maxY-b.minY)+1 >= leastHeight
}

const (
	// leastHeight of a piece in pixels: below it no character can be told.
	leastHeight = 5
	// maxBlobs bounds the work on noise: a page full of text has a few thousand
	// pieces, and a picture with more pieces than this has no readable MRZ.
	maxBlobs = 60_000
)

// run is a row's stretch of ink and the piece it belongs to.
type run struct{ from, to, piece int32 }

// joiner puts together the runs of one row after the other. Only the pieces
// that the last row touches are open; of those that are whole, it keeps what is
// tall enough for a character.
type joiner struct {
	above []run  // of the last row; pieces by their index in open
	open  []blob // that the last row touches
	whole []blob

	along  []run
	parent []int32 // of the open pieces and the new ones of a row: what each was joined to
	moved  []int32 // where each goes
	kept   []blob
}

// blobs finds the pieces of ink of h rows that next gives, touching by a side or
// a corner, in the order of their uppermost and leftmost places. It gives
// false when there are too many to be looked at.
func blobs(next func() []byte, h int) ([]blob, bool) {
	var j joiner
	for y := range h {
		j.row(next(), int32(y))
		if len(j.whole) > maxBlobs {
			return nil, false
		}
	}
	j.row(nil, int32(h))
	slices.SortFunc(j.whole, func(a, b blob) int {
		return cmp.Or(cmp.Compare(a.minY, b.minY), cmp.Compare(a.minX, b.minX),
			cmp.Compare(a.maxY, b.maxY), cmp.Compare(a.maxX, b.maxX))
	})
	return j.whole, len(j.whole) <= maxBlobs
}

func (j *joiner) row(line []byte, y int32) {
	j.along, j.parent = j.along[:0], j.parent[:0]
	for i := range j.open {
		j.parent = append(j.parent, int32(i))
	}
	first := 0 // run above that may touch
	for x := 0; x < len(line); {
		skip := bytes.IndexByte(line[x:], 1)
		if skip < 0 {
			break
		}
		x += skip
		from := x
		for x < len(line) && line[x] != 0 {
			x++
		}
		first = j.add(run{int32(from), int32(x - 1), -1}, y, first)
	}
	j.close()
}

// add joins a run to the pieces above that it touches, looking from the first
// that may. It gives the first that the next run may touch.
func (j *joiner) add(r run, y int32, first int) int {
	for first < len(j.above) && j.above[first].to < r.from-1 {
		first++
	}
	piece := pieceOf(y, r.from, r.to)
	for i := first; i < len(j.above) && j.above[i].from <= r.to+1; i++ {
		touched := j.root(j.above[i].piece)
		switch {
		case r.piece < 0:
			r.piece = touched
			j.open[touched].merge(&piece)
		case r.piece != touched:
			j.open[r.piece].merge(&j.open[touched])
			j.parent[touched] = r.piece
		}
	}
	if r.piece < 0 {
		r.piece = int32(len(j.open))
		j.parent = append(j.parent, r.piece)
		j.open = append(j.open, piece)
	}
	j.along = append(j.along, r)
	return first
}

func (j *joiner) root(i int32) int32 {
	for j.parent[i] != i {
		j.parent[i] = j.parent[j.parent[i]]
		i = j.parent[i]
	}
	return i
}

// close ends a row: the pieces it does not touch are whole.
func (j *joiner) close() {
	j.moved, j.kept = j.moved[:0], j.kept[:0]
	for range j.open {
		j.moved = append(j.moved, -1)
	}
	for i := range j.along {
		piece := j.root(j.along[i].piece)
		if j.moved[piece] < 0 {
			j.moved[piece] = int32(len(j.kept))
			j.kept = append(j.kept, j.open[piece])
		}
		j.along[i].piece = j.moved[piece]
	}
	for i := range j.open {
		if j.parent[i] == int32(i) && j.moved[i] < 0 && j.open[i].tall() {
			j.whole = append(j.whole, j.open[i])
		}
	}
	j.open, j.kept = j.kept, j.open
	j.above, j.along = j.along, j.above
}
