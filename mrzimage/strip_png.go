package mrzimage

import (
	"encoding/binary"
	"hash/crc32"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that decoding and faithful colours need, with the
// exact length of those that have one (0: any), so that nothing hides in them.
var pngKept = map[string]int{
	"IHDR": 13, "PLTE": 0, "tRNS": 0, "IDAT": 0, "IEND": 0,
	"gAMA": 4, "cHRM": 32, "sRGB": 1,
}

type pngChunk struct {
	kind    string
	payload []byte
	whole   []byte // with length and checksum
}

func stripPNG(data []byte, orientation int) ([]byte, error) {
	out := make([]byte, 0, len(data))
	out = append(out, pngSignature...)
	complete := walkPNG(data, func(c pngChunk) bool {
		length, kept := pngKept[c.kind]
		if !kept || length != 0 && length != len(c.payload) || c.kind == "IEND" && len(c.payload) != 0 {
			return true
		}
		out = append(out, c.whole...)
		if c.kind == "IHDR" && orientation != 1 {
			out = appendPNGChunk(out, "eXIf", orientationTIFF(orientation))
		}
		return true
	})
	if !complete {
		return nil, ErrDamaged
	}
	return out, nil
}

// walkPNG calls visit for each whole chunk up to IEND, and reports whether
// that end was reached.
func walkPNG(data []byte, visit func(pngChunk) bool) bool {
	at := len(pngSignature)
	for at+12 <= len(data) {
		length := int64(binary.BigEndian.Uint32(data[at:]))
		end := int64(at) + 12 + length
		if end > int64(len(data)) {
			return false
		}
		c := pngChunk{
			kind:    string(data[at+4 : at+8]),
			payload: data[at+8 : end-4],
			whole:   data[at:end],
		}
		if !visit(c) {
			return false
		}
		if c.kind == "IEND" {
			return true
		}
		at = int(end)
	}
	return false
}

func appendPNGChunk(out []byte, kind string, payload []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(payload)))
	body := len(out)
	out = append(out, kind...)
	out = append(out, payload...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[body:]))
}
