package codec

import (
	"compress/flate"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// PNGSignature begins a PNG file.
const PNGSignature = "\x89PNG\r\n\x1a\n"

// Chunk of a PNG file.
type Chunk struct {
	Kind    string
	Payload []byte
}

// WalkPNG calls visit for each chunk up to IEND, until the file ends or visit
// says no more. A chunk that the file cuts short has the payload that is there.
// Checksums are not looked at. It reports whether IEND was reached.
func WalkPNG(data []byte, visit func(Chunk) (more bool)) (whole bool) {
	at := len(PNGSignature)
	for at+8 <= len(data) {
		length := int64(binary.BigEndian.Uint32(data[at:]))
		c := Chunk{Kind: string(data[at+4 : at+8])}
		end := int64(at) + 8 + length
		c.Payload = data[at+8 : min(end, int64(len(data)))]
		if !visit(c) {
			return false
		}
		if c.Kind == "IEND" {
			return true
		}
		if end+4 > int64(len(data)) {
			return false
		}
		at = int(end) + 4
	}
	return false
}

// PNGHead is what a PNG says of itself (PNG specification, 11.2.1).
type PNGHead struct {
	Width, Height int64
	depth, color  byte
	Interlaced    bool
}

// The types of colour.
const (
	pngGrey      = 0
	pngRGB       = 2
	pngPalette   = 3
	pngGreyAlpha = 4
	pngRGBA      = 6
)

// pngDepths are the bits a sample may have, by the type of colour.
var pngDepths = map[byte]string{
	pngGrey: "\x01\x02\x04\x08\x10", pngRGB: "\x08\x10", pngPalette: "\x01\x02\x04\x08",
	pngGreyAlpha: "\x08\x10", pngRGBA: "\x08\x10",
}

// PNGHeadOf reads the payload of IHDR; ok is false for one that is none.
func PNGHeadOf(p []byte) (h PNGHead, ok bool) {
	if len(p) < 13 || p[10] != 0 || p[11] != 0 || p[12] > 1 {
		return h, false
	}
	h = PNGHead{
		Width: int64(binary.BigEndian.Uint32(p)), Height: int64(binary.BigEndian.Uint32(p[4:])),
		depth: p[8], color: p[9], Interlaced: p[12] == 1,
	}
	const most = 1<<31 - 1
	for _, depth := range []byte(pngDepths[h.color]) {
		ok = ok || depth == h.depth
	}
	return h, ok && h.Width > 0 && h.Height > 0 && h.Width <= most && h.Height <= most
}

// RawBytes is the size of the picture before it is compressed.
func (h PNGHead) RawBytes() int64 { return h.Height * h.rowBytes(h.Width) }

// samples of a pixel.
func (h PNGHead) samples() int64 {
	switch h.color {
	case pngRGB:
		return 3
	case pngGreyAlpha:
		return 2
	case pngRGBA:
		return 4
	}
	return 1
}

// rowBytes of a row of pixels, without the byte that names its filter.
func (h PNGHead) rowBytes(w int64) int64 { return (w*h.samples()*int64(h.depth) + 7) / 8 }

// PNG decodes a picture row by row. What a damaged or unfinished file does not
// hold is missing from the plane; ErrDamaged is for one that holds nothing.
func PNG(ctx context.Context, data []byte, how How) (Plane, error) {
	d := &pngDecoder{}
	var parts [][]byte
	ok := false
	WalkPNG(data, func(c Chunk) bool {
		switch c.Kind {
		case "IHDR":
			d.PNGHead, ok = PNGHeadOf(c.Payload)
		case "PLTE":
			d.palette = c.Payload
		case "tRNS":
			d.clear = c.Payload
		case "IDAT":
			parts = append(parts, c.Payload)
		}
		return ok
	})
	if !ok {
		return Plane{}, ErrDamaged
	}
	in := &joined{parts: parts}
	var zlib [2]byte // the head of the stream, which says nothing that is needed
	if _, err := io.ReadFull(in, zlib[:]); err != nil {
		return Plane{}, ErrDamaged
	}
	d.in = flate.NewReader(in)
	d.out = newCanvas(ctx, int(d.Width), int(d.Height), how)
	d.prepare()
	var err error
	if d.Interlaced {
		err = d.passes()
	} else {
		err = d.straight()
	}
	if err != nil {
		return Plane{}, err
	}
	return d.out.done()
}

// joined reads slices one after the other.
type joined struct{ parts [][]byte }

func (j *joined) Read(p []byte) (int, error) {
	for len(j.parts) > 0 && len(j.parts[0]) == 0 {
		j.parts = j.parts[1:]
	}
	if len(j.parts) == 0 {
		return 0, io.EOF
	}
	n := copy(p, j.parts[0])
	j.parts[0] = j.parts[0][n:]
	return n, nil
}

func (j *joined) ReadByte() (byte, error) {
	var b [1]byte
	_, err := j.Read(b[:])
	return b[0], err
}

// AppendPNGChunk writes a chunk of a PNG file, with its checksum.
func AppendPNGChunk(out []byte, kind string, payload []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(payload)))
	body := len(out)
	out = append(out, kind...)
	out = append(out, payload...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[body:]))
}
