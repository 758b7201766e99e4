package mrzimage

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
)

// inspectJPEG reads the heads of a JPEG's segments.
func inspectJPEG(data []byte) (Info, error) {
	info := Info{Kind: KindJPEG, Orientation: 1}
	scans, frames, perPixel := 0, 0, 0.0
	walkJPEG(data, func(marker byte, payload []byte) {
		switch {
		case marker == jpegSOS:
			scans++
		case marker == jpegAPP1 && info.Orientation == 1:
			if tiff, ok := bytes.CutPrefix(payload, []byte(exifHeader)); ok {
				info.Orientation = exifOrientation(tiff)
			}
		case marker >= jpegSOF0 && marker <= jpegSOF2:
			frames++
			info.Width, info.Height = jpegSize(payload)
			perPixel = jpegBytesPerPixel(marker, payload)
		}
	})
	if frames != 1 || scans > mostScans {
		return Info{}, ErrDamaged
	}
	info.decoder = int64(perPixel * float64(info.Width) * float64(info.Height))
	return info, nil
}

// jpegSize gives what a frame says of its size, if image/jpeg can decode it:
// samples of eight bits, of one, three or four colours. Asking image/jpeg would
// do the same for a decoder's worth of memory, for each photo on its way.
func jpegSize(frame []byte) (width, height int) {
	const precision, head, each = 8, 6, 3
	if len(frame) < head || frame[0] != precision {
		return 0, 0
	}
	n := int(frame[head-1])
	if n != 1 && n != 3 && n != 4 || len(frame) != head+n*each {
		return 0, 0
	}
	return int(binary.BigEndian.Uint16(frame[3:])), int(binary.BigEndian.Uint16(frame[1:]))
}

// jpegBytesPerPixel is what image/jpeg takes for a frame: a byte for each
// sample; in progressive files besides that every coefficient as an int32; four
// bytes for a picture of four colours, or of red, green and blue, made anew
// from the samples. (ITU-T T.81, B.2.2: precision, lines, samples, then for
// each of the components its name, its sampling and its table.)
func jpegBytesPerPixel(marker byte, frame []byte) float64 {
	const head, each = 6, 3
	if len(frame) < head+each {
		return 0
	}
	n := min(int(frame[head-1]), (len(frame)-head)/each)
	samples, most := 0, 1
	rgb := n == 3
	for i := range n {
		c := frame[head+i*each:]
		area := int(c[1]>>4) * int(c[1]&15)
		samples, most = samples+area, max(most, area)
		rgb = rgb && c[0] == "RGB"[i]
	}
	perPixel := float64(samples) / float64(most)
	if marker == jpegSOF2 {
		perPixel *= 5
	}
	if n == 4 || rgb {
		perPixel += 4
	}
	return perPixel
}

// pngInterlaced is the byte of IHDR that says whether a picture is stored in
// passes: those are decoded beside the picture, the largest half its size.
const pngInterlaced = 12

func inspectPNG(data []byte) (Info, error) {
	conf, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Info{}, ErrDamaged
	}
	info := Info{Kind: KindPNG, Width: conf.Width, Height: conf.Height, Orientation: 1}
	pixels := int64(conf.Width) * int64(conf.Height)
	switch conf.ColorModel {
	case color.GrayModel:
		info.decoder = pixels
	case color.Gray16Model:
		info.decoder = 2 * pixels
	case color.RGBA64Model, color.NRGBA64Model:
		info.decoder = 8 * pixels
	default:
		info.decoder = 4 * pixels
	}
	walkPNG(data, func(c pngChunk) bool {
		switch {
		case c.kind == "eXIf":
			info.Orientation = exifOrientation(c.payload)
		case c.kind == "IHDR" && len(c.payload) > pngInterlaced && c.payload[pngInterlaced] != 0:
			info.decoder += info.decoder / 2
		}
		return true
	})
	return info, nil
}

// mostTrees bounds what the decoder of lossless WebP takes for its code trees:
// it allows 2600 groups of them, of 50 KB at most, and each node of a tree
// takes a few hundred times the bits that describe it.
const (
	mostTrees    = 2600 * 50_000
	treesPerByte = 256
)

func inspectWebP(data []byte) (Info, error) {
	info := Info{Kind: KindWebP, Orientation: 1}
	perPixel, trees := int64(3), int64(0)
	var size image.Point
	animated := false
	ok := walkWebP(data, func(c webpChunk) {
		switch c.kind {
		case "ANIM", "ANMF":
			animated = true
		case "EXIF":
			tiff := bytes.TrimPrefix(c.payload, []byte(exifHeader))
			info.Orientation = exifOrientation(tiff)
		case "VP8L", "ALPH":
			perPixel = 8 // the picture, and the transforms' copy
			trees = max(trees, min(treesPerByte*int64(len(c.payload)), mostTrees))
		}
		// The canvas and the frame each name a size; the decoder believes the
		// frame, so the larger one counts.
		if p := webpSize(c); p.X > 0 {
			size.X, size.Y = max(size.X, p.X), max(size.Y, p.Y)
		}
	})
	switch {
	case animated:
		return Info{}, ErrUnsupported
	case !ok || size.X == 0:
		return Info{}, ErrDamaged
	}
	info.Width, info.Height = size.X, size.Y
	info.decoder = perPixel*int64(size.X)*int64(size.Y) + trees
	return info, nil
}
