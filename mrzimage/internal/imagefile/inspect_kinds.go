package imagefile

import (
	"bytes"
	"encoding/binary"
	"image"

	"mrzbot/mrzimage/internal/codec"
)

// inspectJPEG reads the heads of a JPEG's segments.
func inspectJPEG(data []byte) (Info, error) {
	info := Info{Kind: KindJPEG, Orientation: 1}
	var (
		frame         codec.JPEGFrame
		known         bool
		frames, scans int
		colours       int // of the first scan
		lines         int
	)
	codec.WalkJPEG(data, func(s codec.Segment) bool {
		switch {
		case s.Marker == codec.SOS && len(s.Payload) > 0 && len(s.Scan) > 0:
			if scans++; scans == 1 {
				colours = int(s.Payload[0])
			}
		case s.Marker == codec.APP1 && info.Orientation == 1:
			if tiff, ok := bytes.CutPrefix(s.Payload, []byte(exifHeader)); ok {
				info.Orientation = exifOrientation(tiff)
			}
		case s.Marker == codec.DNL && lines == 0 && len(s.Payload) >= 2:
			lines = int(binary.BigEndian.Uint16(s.Payload))
		case s.Frame():
			if frames++; frames == 1 {
				frame, known = codec.FrameOf(s)
			}
		}
		return true
	})
	if frames == 0 || scans == 0 {
		return Info{}, ErrDamaged
	}
	info.Width, info.Height = frame.Width, frame.Height
	if info.Height == 0 {
		info.Height = lines
	}
	// Hierarchical pictures have several frames.
	info.rare = !known || frames > 1
	samples := frame.Samples * float64(info.Width) * float64(info.Height)
	info.heavy = samples*float64(scans) > mostSamples
	if frame.Progressive || colours < frame.Colours {
		info.decoder = int64(coefficientBytes * samples)
	}
	info.decoder += int64(info.Width) * jpegRowBytes
	info.turn = int64(samples)
	if frame.Progressive {
		info.turn += int64(standardCoefficientBytes * samples)
	}
	return info, nil
}

// coefficientBytes are those of each sample of a JPEG whose colours, or bits,
// come in several scans.
const coefficientBytes = 2

// standardCoefficientBytes are the same in image/jpeg.
const standardCoefficientBytes = 4

// jpegRowBytes are those of a row of units in work, for each pixel of the width:
// four colours of up to four blocks.
const jpegRowBytes = 4 * 4 * 8

func inspectPNG(data []byte) (Info, error) {
	info := Info{Kind: KindPNG, Orientation: 1}
	var head codec.PNGHead
	ok, coded := false, false
	codec.WalkPNG(data, func(c codec.Chunk) bool {
		switch c.Kind {
		case "IHDR":
			head, ok = codec.PNGHeadOf(c.Payload)
		case "eXIf":
			info.Orientation = exifOrientation(c.Payload)
		case "IDAT":
			coded = coded || len(c.Payload) > 0
		}
		return ok
	})
	if !ok || !coded {
		return Info{}, ErrDamaged
	}
	info.Width, info.Height = int(head.Width), int(head.Height)
	if head.Width > MaxPixels || head.Height > MaxPixels {
		info.heavy = true
		return info, nil // what follows would be beyond all numbers
	}
	info.turn = standardPNGBytes * head.Width * head.Height
	info.heavy = head.RawBytes() > mostRowBytes
	info.decoder = pngRowBytes * head.Width
	if head.Interlaced {
		info.decoder += head.Width * head.Height
	}
	return info, nil
}

// standardPNGBytes are those of each pixel in image/png: four samples of two bytes, and
// once more where it is interlaced.
const standardPNGBytes = 2 * 4 * 2

// pngRowBytes are those of the rows in work, for each pixel of the width: two
// of four samples of two bytes, and their tones.
const pngRowBytes = 2*4*2 + 8

// mostTrees bounds what the decoder of lossless WebP takes for its code trees:
// it allows 2600 groups of them, of 50 KB at most, and each node of a tree
// takes a few hundred times the bits that describe it.
const (
	mostTrees    = 2600 * 50_000
	treesPerByte = 256
)

// Bytes of each pixel that golang.org/x/image/webp takes: lossy pictures have
// the samples of YCbCr; lossless ones four bytes, and the copy of a transform;
// an alpha plane beside a lossy one is a lossless picture and then a plane.
const (
	lossyBytes    = 2
	losslessBytes = 8
	alphaBytes    = 10
)

func inspectWebP(data []byte) (Info, error) {
	info := Info{Kind: KindWebP, Orientation: 1}
	perPixel, trees := int64(lossyBytes), int64(0)
	var size image.Point
	animated, sizes := false, 0
	ok := walkWebP(mendedWebP(data), func(c webpChunk) {
		switch c.kind {
		case "ANIM", "ANMF":
			animated = true
		case "EXIF":
			tiff := bytes.TrimPrefix(c.payload, []byte(exifHeader))
			info.Orientation = exifOrientation(tiff)
		case "VP8L", "ALPH":
			perPixel += losslessBytes
			if c.kind == "ALPH" {
				perPixel += alphaBytes - losslessBytes
			}
			trees = max(trees, min(treesPerByte*int64(len(c.payload)), mostTrees))
		}
		// The canvas and the frame each name a size. Where they differ, the
		// decoder makes what has neither (CVE-2026-46601).
		if p := webpSize(c); p.X > 0 && p != size {
			size.X, size.Y = max(size.X, p.X), max(size.Y, p.Y)
			sizes++
		}
	})
	switch {
	case animated:
		return Info{}, ErrUnsupported
	case !ok || size.X == 0:
		return Info{}, ErrDamaged
	}
	info.Width, info.Height = size.X, size.Y
	info.rare = sizes > 1
	info.decoder = perPixel*int64(size.X)*int64(size.Y) + trees
	info.turn = info.decoder
	return info, nil
}
