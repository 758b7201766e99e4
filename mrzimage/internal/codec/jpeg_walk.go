package codec

import (
	"bytes"
	"encoding/binary"
)

// Markers of a JPEG file (T.81, table B.1).
const (
	SOF0  = 0xC0 // a frame: baseline
	SOF1  = 0xC1 // extended
	SOF2  = 0xC2 // progressive
	DHT   = 0xC4
	JPG   = 0xC8
	DAC   = 0xCC
	SOF15 = 0xCF
	RST0  = 0xD0
	RST7  = 0xD7
	SOI   = 0xD8
	EOI   = 0xD9
	SOS   = 0xDA
	DQT   = 0xDB
	DNL   = 0xDC
	DRI   = 0xDD
	APP0  = 0xE0
	APP1  = 0xE1
	APP14 = 0xEE
	tem   = 0x01
)

// Segment of a JPEG file.
type Segment struct {
	Marker  byte
	Payload []byte // without its length; of SOS, the head of the scan
	Scan    []byte // of SOS: the coded data, restarts included
	At      int    // of Scan in the file
	Cut     bool   // the file ended before this segment did, or right behind its data
}

// Frame reports whether the segment describes a frame, of whatever kind.
func (s Segment) Frame() bool {
	return s.Marker >= SOF0 && s.Marker <= SOF15 && s.Marker != DHT && s.Marker != JPG && s.Marker != DAC
}

// WalkJPEG calls visit for each segment of the first picture in a file, until it
// ends, the file does, or visit says no more.
func WalkJPEG(data []byte, visit func(Segment) (more bool)) {
	at, coded := 2, false
	for at+1 < len(data) {
		if data[at] != 0xFF {
			at++ // decoders pass over stray bytes between segments
			continue
		}
		marker := data[at+1]
		switch {
		case marker == 0xFF:
			at++ // a fill byte
			continue
		case marker == EOI && coded, marker == SOI && coded:
			return // another picture begins where the first has not ended
		case marker == 0 || marker == tem || marker == SOI || marker == EOI || marker >= RST0 && marker <= RST7:
			at += 2
			continue
		}
		at += 2
		if at+2 > len(data) {
			return
		}
		length := int(binary.BigEndian.Uint16(data[at:]))
		if length < 2 {
			continue // no segment: what comes next is looked for
		}
		if at+length > len(data) {
			return
		}
		s := Segment{Marker: marker, Payload: data[at+2 : at+length]}
		at += length
		if marker == SOS {
			end := endOfScan(data, at)
			s.Scan, s.At, s.Cut = data[at:end], at, end == len(data)
			at, coded = end, true
		}
		if !visit(s) {
			return
		}
	}
}

// endOfScan finds the next marker that is neither a stuffed zero nor a restart.
func endOfScan(data []byte, at int) int {
	for {
		n := bytes.IndexByte(data[at:], 0xFF)
		if n < 0 || at+n+1 >= len(data) {
			return len(data)
		}
		at += n
		if m := data[at+1]; m != 0 && m != 0xFF && (m < RST0 || m > RST7) {
			return at
		}
		at++
	}
}

// AppendSegment writes a segment of a JPEG file.
func AppendSegment(out []byte, marker byte, payload []byte) []byte {
	out = append(out, 0xFF, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(payload)+2))
	return append(out, payload...)
}
