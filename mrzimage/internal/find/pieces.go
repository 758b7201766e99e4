package find

import (
	"bytes"

	"mrzbot/mrzimage/internal/raster"
)

// Pieces gives the boxes of a plane's pieces of ink that are tall enough for a
// character; false when there are too many to be looked at.
func Pieces(g *raster.Gray, ink Ink) ([]raster.Box, bool) {
	marked := mask(g, ink)
	if bytes.IndexByte(marked, 1) < 0 {
		return nil, true
	}
	pieces := blobs(marked, g.W, g.H)
	if pieces == nil {
		return nil, false
	}
	boxes := make([]raster.Box, len(pieces))
	for i, b := range pieces {
		boxes[i] = raster.Box{MinX: b.minX, MinY: b.minY, MaxX: b.maxX + 1, MaxY: b.maxY + 1}
	}
	return boxes, true
}
