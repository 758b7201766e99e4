package mrzimage

import (
	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/imagefile"
	"mrzbot/mrzimage/internal/raster"
)

// A plane is searched at sizes between imagefile.EnlargedSide and these, in pixels of its longer side.
// Below, glyphs melt into each other; above, nothing is gained for a document
// that fills most of the picture.
const (
	workingSide = 1400
	// fineSide is for a small document in a large photo, when the coarser
	// search found nothing sure: one that takes a tenth of the photo's width.
	fineSide = 2800
	// tiniestSide is the smallest picture worth a look: 30 cells of 4 pixels.
	tiniestSide = 120
)

// surroundings are the radii, for a plane of workingSide, and the depths at which
// ink is told from paper (see find.Binarize).
var surroundings = [...]struct {
	radius        int
	shallow, deep float64
}{{16, 0.45, 0.9}, {8, 0.15, 0.45}, {32, 0.25, 0.9}}

// binarizations are the ways to tell ink from paper, the most fruitful first.
var binarizations = [...]struct {
	around int // of the surroundings
	deep   bool
}{{0, false}, {0, true}, {1, true}, {2, false}, {1, false}}

// scaledCopy is a copy of the picture that is searched, with what was binarized of
// it so far.
type scaledCopy struct {
	plane  *raster.Gray
	scale  float64
	binary [len(surroundings)]*find.Binary
	found  [len(binarizations)]*find.Pieces
}

// pieces of ink by the n-th binarization.
func (c *scaledCopy) pieces(n int) *find.Pieces {
	if c.found[n] == nil {
		way := binarizations[n]
		if c.binary[way.around] == nil {
			s := surroundings[way.around]
			c.binary[way.around] = find.Binarize(c.plane, s.radius, s.shallow, s.deep)
		}
		c.found[n] = c.binary[way.around].Pieces(way.deep)
	}
	return c.found[n]
}

// copyOf gives a copy of the picture of a size fit for searching: at most side
// pixels long, and no shorter than imagefile.EnlargedSide.
func (s *search) copyOf(side int) *scaledCopy {
	full := s.picture.Full()
	long := max(full.W, full.H)
	smaller := max(1, (long+side-1)/side)
	larger := 1
	if smaller == 1 {
		larger = max(1, (imagefile.EnlargedSide+long-1)/long)
	}
	return s.copyAt(smaller, larger)
}

// copyAt gives the copy that is so many times smaller, or larger.
func (s *search) copyAt(smaller, larger int) *scaledCopy {
	scale := float64(larger) / float64(smaller)
	for _, old := range s.copies {
		if old.scale == scale {
			return old
		}
	}
	c := &scaledCopy{scale: scale}
	if larger > 1 {
		c.plane = s.picture.Full().Enlarge(larger)
	} else {
		c.plane = s.picture.Shrunk(smaller)
	}
	s.copies = append(s.copies, c)
	return c
}
