package imagefile

import (
	"bytes"
	"context"

	"mrzbot/mrzimage/internal/codec"
)

// stripJPEG copies the segments that decoding needs. APP14 (Adobe) and the
// bare head of JFIF stay: they decide how the colours are coded.
func stripJPEG(data []byte, info Info) ([]byte, error) {
	out := make([]byte, 0, len(data))
	out = append(out, 0xFF, codec.SOI)
	first, cut := true, codec.Segment{}
	codec.WalkJPEG(data, func(s codec.Segment) bool {
		if s.Marker == codec.APP0 {
			if jfif := bareJFIF(s.Payload); jfif != nil && first {
				out = codec.AppendSegment(out, codec.APP0, jfif)
			}
			return true
		}
		if first && info.Orientation != 1 {
			out = codec.AppendSegment(out, codec.APP1, append([]byte(exifHeader), orientationTIFF(info.Orientation)...))
		}
		first = false
		switch {
		case s.Marker == codec.SOS && s.Cut:
			cut = s
		case s.Marker == codec.SOS:
			out = codec.AppendSegment(out, s.Marker, s.Payload)
			out = append(out, s.Scan...)
		case s.Marker == codec.APP14 && bytes.HasPrefix(s.Payload, []byte("Adobe")) && len(s.Payload) >= 12:
			out = codec.AppendSegment(out, s.Marker, s.Payload[:12])
		case jpegNeeded(s):
			out = codec.AppendSegment(out, s.Marker, s.Payload)
		}
		return true
	})
	if cut.Scan != nil {
		scan, err := codedOf(data, cut, info)
		if err != nil {
			return nil, err
		}
		out = append(codec.AppendSegment(out, cut.Marker, cut.Payload), scan...)
	}
	return append(out, 0xFF, codec.EOI), nil
}

// mostStripped bounds the memory for finding the end of a cut picture, in bytes.
const mostStripped = 40_000_000

// codedOf gives of a scan that no marker ends what is coded picture: what follows
// it may be anything, as what phones append to their files. Where that cannot be
// told, nothing of the file is good.
func codedOf(data []byte, s codec.Segment, info Info) ([]byte, error) {
	if info.rare || info.heavy || info.decoder > mostStripped {
		return nil, ErrDamaged
	}
	// Only the end is wanted, so the plane may be a dot.
	p, err := codec.JPEG(context.Background(), data, codec.How{By: max(info.Width, info.Height), Orientation: 1})
	if err != nil && p.End == 0 {
		return nil, ErrDamaged
	}
	return s.Scan[:min(max(p.End-s.At, 0), len(s.Scan))], nil
}

// jpegNeeded tells the segments that belong to the coded picture: frames,
// tables, restart interval, number of lines.
func jpegNeeded(s codec.Segment) bool {
	switch s.Marker {
	case codec.DHT, codec.DAC, codec.DQT, codec.DNL, codec.DRI:
		return true
	}
	return s.Frame()
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
