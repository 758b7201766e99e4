package find

import "mrzbot/mrzimage/internal/raster"

// Pieces are the pieces of ink of a plane that are tall enough for a character.
type Pieces struct {
	pieces  []blob
	tallest float64 // a character may be
	tooMany bool
	lines   *[frames][]Line // what they make in each frame of reading; nil: not looked for yet
}

// Pieces finds the pieces of ink at the shallower or at the deeper depth.
func (i *Binary) Pieces(deep bool) *Pieces {
	pieces, ok := blobs(i.rows(deep), i.h)
	return &Pieces{pieces: pieces, tallest: float64(max(i.w, i.h)) / 12, tooMany: !ok}
}

// linesOf gives the lines that the pieces make in a frame of reading.
func (p *Pieces) linesOf(eighths int) []Line {
	if p.lines == nil {
		p.lines = new([frames][]Line)
		for eighths := range p.lines {
			p.lines[eighths] = linesOf(p.marks(eighths))
		}
	}
	return p.lines[eighths]
}

// Rows counts the rows of print, in any type, in that frame of reading that
// shows most of it, and the glyphs in them.
func (p *Pieces) Rows() (rows, glyphs int) {
	for eighths := range frames {
		lines, seen := p.linesOf(eighths), 0
		for _, l := range lines {
			seen += l.Seen
		}
		if seen > glyphs {
			rows, glyphs = len(lines), seen
		}
	}
	return rows, glyphs
}

// TooMany reports whether there are more pieces than can be looked at; then
// there are no boxes and no MRZs.
func (p *Pieces) TooMany() bool { return p.tooMany }

// Boxes gives the pieces' boxes.
func (p *Pieces) Boxes() []raster.Box {
	boxes := make([]raster.Box, len(p.pieces))
	for i, b := range p.pieces {
		boxes[i] = raster.Box{MinX: int(b.minX), MinY: int(b.minY), MaxX: int(b.maxX) + 1, MaxY: int(b.maxY) + 1}
	}
	return boxes
}
