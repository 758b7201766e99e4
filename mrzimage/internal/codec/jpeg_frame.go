package codec

import "encoding/binary"

// frame is what a JPEG says of its picture before it is coded (T.81, B.2.2).
type frame struct {
	progressive bool
	w, h        int
	hMax, vMax  int
	across      int // units (MCUs) in a row
	down        int
	components  []component
}

// component is one colour of a frame.
type component struct {
	id   byte
	h, v int // samples across and down in a unit, in blocks
	tq   byte

	blocksX, blocksY int // that the component fills, without what units add
	stride           int // blocks in a row, with it
	quant            *[64]int32
	dc, ac           *huffman
	last             int32 // DC of the block before

	coefficients []int16 // of all blocks, where they come in several scans
	samples      []byte  // of the row of units in work
}

// JPEGFrame is what can be said of a frame before it is decoded.
type JPEGFrame struct {
	Width, Height int
	Colours       int
	Samples       float64 // of a pixel on average, of all colours
	Progressive   bool
}

// FrameOf reads a frame's segment. ok is false when this package cannot decode
// such a frame.
func FrameOf(s Segment) (out JPEGFrame, ok bool) {
	if len(s.Payload) >= 5 {
		out.Height, out.Width = int(binary.BigEndian.Uint16(s.Payload[1:])), int(binary.BigEndian.Uint16(s.Payload[3:]))
	}
	f, err := parseFrame(s)
	if err != nil {
		return out, false
	}
	for _, c := range f.components {
		out.Samples += float64(c.h*c.v) / float64(f.hMax*f.vMax)
	}
	out.Colours, out.Progressive = len(f.components), f.progressive
	return out, true
}

func parseFrame(s Segment) (*frame, error) {
	const head, each = 6, 3
	p := s.Payload
	if s.Marker > SOF2 || len(p) < head || p[0] != 8 {
		return nil, ErrRare
	}
	n := int(p[5])
	if n != 1 && n != 3 && n != 4 || len(p) < head+n*each {
		return nil, ErrRare
	}
	f := &frame{
		progressive: s.Marker == SOF2,
		h:           int(binary.BigEndian.Uint16(p[1:])),
		w:           int(binary.BigEndian.Uint16(p[3:])),
	}
	for i := range n {
		c := p[head+i*each:]
		f.components = append(f.components, component{id: c[0], h: int(c[1] >> 4), v: int(c[1] & 15), tq: c[2]})
		h, v := f.components[i].h, f.components[i].v
		if h < 1 || h > 4 || v < 1 || v > 4 || c[2] > 3 {
			return nil, ErrDamaged
		}
		f.hMax, f.vMax = max(f.hMax, h), max(f.vMax, v)
	}
	if n == 1 { // one colour is not interleaved: its sampling says nothing (T.81, A.2.2)
		c := &f.components[0]
		c.h, c.v, f.hMax, f.vMax = 1, 1, 1, 1
	}
	f.measure()
	return f, nil
}

// measure reckons what follows from the size.
func (f *frame) measure() {
	f.across = (f.w + 8*f.hMax - 1) / (8 * f.hMax)
	f.down = (f.h + 8*f.vMax - 1) / (8 * f.vMax)
	for i := range f.components {
		c := &f.components[i]
		c.blocksX = (f.w*c.h + 8*f.hMax - 1) / (8 * f.hMax)
		c.blocksY = (f.h*c.v + 8*f.vMax - 1) / (8 * f.vMax)
		c.stride = f.across * c.h
	}
}

// natural is the place in a block of the coefficient at each place of the order
// in which they are coded (T.81, digit A.6). More are there than a block has, so
// that a run that leads out of it does no harm.
var natural = [64 + 16]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
	63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
}
