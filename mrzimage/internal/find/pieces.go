package find

import "mrzbot/mrzimage/internal/raster"

// Pieces are the pieces of ink of a plane that are tall enough for a character.
type Pieces struct {
	pieces  []blob
	tallest float64 // a character may be
	tooMany bool
}

// PiecesOf finds the pieces of ink of a plane.
func PiecesOf(g *raster.Gray, ink Ink) Pieces {
	pieces, ok := blobs(inkOf(g, ink).next, g.H)
	return Pieces{pieces, float64(max(g.W, g.H)) / 12, !ok}
}

// TooMany reports whether there are more pieces than can be looked at; then
// there are no boxes and no zones.
func (p Pieces) TooMany() bool { return p.tooMany }

// Boxes gives the pieces' boxes.
func (p Pieces) Boxes() []raster.Box {
	boxes := make([]raster.Box, len(p.pieces))
	for i, b := range p.pieces {
		boxes[i] = raster.Box{MinX: int(b.minX), MinY: int(b.minY), MaxX: int(b.maxX) + 1, MaxY: int(b.maxY) + 1}
	}
	return boxes
}
