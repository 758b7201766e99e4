package mrzimage

import (
	"bytes"
	"encoding/binary"
)

const (
	jpegSOF0  = 0xC0 // baseline
	jpegSOF2  = 0xC2 // progressive
	jpegSOI   = 0xD8
	jpegEOI   = 0xD9
	jpegSOS   = 0xDA
	jpegRST0  = 0xD0
	jpegRST7  = 0xD7
	jpegTEM   = 0x01
	jpegAPP0  = 0xE0
	jpegAPP1  = 0xE1
	jpegAPP14 = 0xEE
)

// stripJPEG copies the segments that decoding needs. APP14 (Adobe) and the
// bare head of JFIF stay: they decide how the colours are coded.
func stripJPEG(data []byte, orientation int) ([]byte, error) {
	out := make([]byte, 0, len(data))
	out = append(out, 0xFF, jpegSOI)
	first := true
	scans := 0
	complete := walkJPEG(data, func(marker byte, payload []byte) {
		if marker == jpegAPP0 {
			if jfif := bareJFIF(payload); jfif != nil && first {
				out = appendSegment(out, jpegAPP0, jfif)
			}
			return
		}
		if first && orientation != 1 {
			out = appendSegment(out, jpegAPP1, append([]byte(exifHeader), orientationTIFF(orientation)...))
		}
		first = false
		switch {
		case marker == jpegSOS:
			scans++
			out = append(out, 0xFF, jpegSOS)
			out = append(out, payload...) // with its length and the coded data
		case marker == jpegAPP14 && bytes.HasPrefix(payload, []byte("Adobe")) && len(payload) >= 12:
			out = appendSegment(out, marker, payload[:12])
		case jpegNeeded(marker):
			out = appendSegment(out, marker, payload)
		}
	})
	if !complete && scans == 0 {
		return nil, ErrDamaged
	}
	return append(out, 0xFF, jpegEOI), nil
}

// jpegNeeded tells the segments that belong to the coded picture: frames,
// tables, restart interval, number of lines.
func jpegNeeded(marker byte) bool {
	switch {
	case marker >= 0xC0 && marker <= 0xCF:
		return marker != 0xC8
	case marker == 0xDB, marker == 0xDC, marker == 0xDD:
		return true
	}
	return false
}

// bareJFIF is a JFIF head without its thumbnail; nil for any other APP0.
func bareJFIF(payload []byte) []byte {
	const head = 14
	if len(payload) < head || !bytes.HasPrefix(payload, []byte("JFIF\x00")) {
		return nil
	}
	bare := bytes.Clone(payload[:head])
	bare[12], bare[13] = 0, 0
	return bare
}

func appendSegment(out []byte, marker byte, payload []byte) []byte {
	out = append(out, 0xFF, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(payload)+2))
	return append(out, payload...)
}

// walkJPEG calls visit for each segment up to the end of the picture, and
// reports whether that end was reached. A payload comes without its length,
// but for SOS, whose payload is the rest of the scan: length, head and coded
// data.
func walkJPEG(data []byte, visit func(marker byte, payload []byte)) bool {
	at := 2
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
		case marker == jpegEOI:
			return true
		case marker == 0 || marker == jpegTEM || marker == jpegSOI || marker >= jpegRST0 && marker <= jpegRST7:
			at += 2
			continue
		}
		at += 2
		if at+2 > len(data) {
			return false
		}
		length := int(binary.BigEndian.Uint16(data[at:]))
		if length < 2 || at+length > len(data) {
			return false
		}
		if marker != jpegSOS {
			visit(marker, data[at+2:at+length])
			at += length
			continue
		}
		end := endOfScan(data, at+length)
		visit(marker, data[at:end])
		at = end
	}
	return false
}

// endOfScan finds the next marker that is neither a stuffed zero nor a
// restart.
func endOfScan(data []byte, at int) int {
	for ; at+1 < len(data); at++ {
		if data[at] != 0xFF {
			continue
		}
		m := data[at+1]
		if m != 0 && m != 0xFF && (m < jpegRST0 || m > jpegRST7) {
			return at
		}
	}
	return len(data)
}
