package imagefile

import (
	"encoding/binary"
	"image"
)

type webpChunk struct {
	kind    string
	payload []byte
}

// Flags of a VP8X chunk (WebP container specification, "Extended file format").
const (
	webpHasAlpha = 0x10
	webpHasEXIF  = 0x08
)

// stripWebP keeps the coded picture and its alpha plane, and writes the
// extended header anew when it is needed.
func stripWebP(data []byte, orientation int) ([]byte, error) {
	var (
		body     []byte
		alpha    bool
		extended []byte
	)
	ok := walkWebP(data, func(c webpChunk) {
		switch c.kind {
		case "VP8 ", "VP8L":
			body = appendWebPChunk(body, c.kind, c.payload)
		case "ALPH":
			alpha = true
			body = appendWebPChunk(body, c.kind, c.payload)
		case "VP8X":
			if len(c.payload) == 10 {
				extended = append([]byte(nil), c.payload...)
			}
		}
	})
	if !ok || body == nil {
		return nil, ErrDamaged
	}
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	if alpha || extended != nil || orientation != 1 {
		if extended == nil {
			info, err := inspectWebP(data)
			if err != nil {
				return nil, err
			}
			extended = make([]byte, 10)
			putUint24(extended[4:], info.Width-1)
			putUint24(extended[7:], info.Height-1)
		}
		extended[0] &= webpHasAlpha
		if orientation != 1 {
			extended[0] |= webpHasEXIF
		}
		extended[1], extended[2], extended[3] = 0, 0, 0
		out = appendWebPChunk(out, "VP8X", extended)
	}
	out = append(out, body...)
	if orientation != 1 {
		out = appendWebPChunk(out, "EXIF", orientationTIFF(orientation))
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}

// mostMended bounds what a cut file may be short of, in bytes: bots get no
// larger ones.
const mostMended = 20 << 20

// mendedWebP gives a file that was cut short the zeros that it lacks, from which
// decoders make something of what is there.
func mendedWebP(data []byte) []byte {
	whole := int64(binary.LittleEndian.Uint32(data[4:])) + 8
	if short := whole - int64(len(data)); short > 0 && short <= mostMended {
		return append(data[:len(data):len(data)], make([]byte, short)...)
	}
	return data
}

// walkWebP calls visit for each whole chunk, and reports whether the file
// holds as much as it says. What follows the container is not looked at.
func walkWebP(data []byte, visit func(webpChunk)) bool {
	size := int64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size > int64(len(data)) {
		return false
	}
	data = data[:size]
	at := int64(12)
	for at+8 <= size {
		length := int64(binary.LittleEndian.Uint32(data[at+4:]))
		end := at + 8 + length
		if end > size {
			return false
		}
		visit(webpChunk{kind: string(data[at : at+4]), payload: data[at+8 : end]})
		at = end + length&1
	}
	return true
}

// webpSize is the size that a chunk names; zero when it names none.
func webpSize(c webpChunk) image.Point {
	p := c.payload
	switch {
	case c.kind == "VP8X" && len(p) >= 10:
		return image.Pt(uint24(p[4:])+1, uint24(p[7:])+1)
	case c.kind == "VP8 " && len(p) >= 10:
		return image.Pt(int(binary.LittleEndian.Uint16(p[6:]))&0x3FFF, int(binary.LittleEndian.Uint16(p[8:]))&0x3FFF)
	case c.kind == "VP8L" && len(p) >= 5:
		bits := binary.LittleEndian.Uint32(p[1:])
		return image.Pt(int(bits&0x3FFF)+1, int(bits>>14&0x3FFF)+1)
	}
	return image.Point{}
}

func appendWebPChunk(out []byte, kind string, payload []byte) []byte {
	out = append(out, kind...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(payload)))
	out = append(out, payload...)
	if len(payload)%2 == 1 {
		out = append(out, 0)
	}
	return out
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

func putUint24(b []byte, v int) { b[0], b[1], b[2] = byte(v), byte(v>>8), byte(v>>16) }
