package find

// blob is a connected piece of ink: the bounds, inclusive, of x, of y and of
// the two diagonals, x+y and y-x, and how much of it is ink.
type blob struct {
	minX, minY, maxX, maxY           int
	minSum, minDiff, maxSum, maxDiff int
	area                             int
}

// pieceOf is a stretch of ink of one row.
func pieceOf(y, from, to int) blob {
	return blob{from, y, to, y, from + y, y - to, to + y, y - from, to - from + 1}
}

// maxBlobs bounds the work on noise: a page full of text has a few thousand
// pieces, and a picture with more pieces than this has no readable zone.
const maxBlobs = 60_000

// run is a row's stretch of ink and the piece it belongs to.
type run struct{ from, to, label int }

// blobs finds the pieces of a mask, touching by a side or a corner.
func blobs(mask []byte, w, h int) []blob {
	var (
		found        []blob
		parent       []int
		above, along []run
	)
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for y := range h {
		along = along[:0]
		line := mask[y*w : (y+1)*w]
		next := 0 // first run above that may touch
		for x := 0; x < w; x++ {
			if line[x] == 0 {
				continue
			}
			from := x
			for x < w && line[x] != 0 {
				x++
			}
			r := run{from, x - 1, -1}
			for next < len(above) && above[next].to < r.from-1 {
				next++
			}
			for i := next; i < len(above) && above[i].from <= r.to+1; i++ {
				touched := root(above[i].label)
				switch {
				case r.label < 0:
					r.label = touched
				case r.label != touched:
					found[r.label].merge(found[touched])
					parent[touched] = r.label
				}
			}
			piece := pieceOf(y, r.from, r.to)
			if r.label < 0 {
				r.label = len(found)
				parent = append(parent, r.label)
				found = append(found, piece)
				if len(found) > maxLabels {
					return nil
				}
			} else {
				found[r.label].merge(piece)
			}
			along = append(along, r)
		}
		above, along = along, above
	}
	return large(found, parent)
}

// large gives the pieces that are whole and tall enough for a character; none
// when there are too many of them.
func large(found []blob, parent []int) []blob {
	out := found[:0]
	for i, b := range found {
		if parent[i] == i && max(b.maxX-b.minX, b.maxY-b.minY)+1 >= leastHeight {
			out = append(out, b)
		}
	}
	if len(out) > maxBlobs {
		return nil
	}
	return out
}

const (
	// leastHeight of a piece in pixels: below it no character can be told.
	leastHeight = 5
	// maxLabels bounds the memory for pieces before small ones are dropped.
	maxLabels = 600_000
)

func (b *blob) merge(o blob) {
	b.minX, b.minY = min(b.minX, o.minX), min(b.minY, o.minY)
	b.maxX, b.maxY = max(b.maxX, o.maxX), max(b.maxY, o.maxY)
	b.minSum, b.minDiff = min(b.minSum, o.minSum), min(b.minDiff, o.minDiff)
	b.maxSum, b.maxDiff = max(b.maxSum, o.maxSum), max(b.maxDiff, o.maxDiff)
	b.area += o.area
}
