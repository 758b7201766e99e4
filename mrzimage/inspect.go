package mrzimage

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// Errors of this package. They carry nothing of the picture.
var (
	// ErrUnsupported: the file is not a JPEG, PNG or (still) WebP picture.
	ErrUnsupported = errors.New("mrzimage: not a JPEG, PNG or WebP picture")
	// ErrTooLarge: the picture has more than MaxPixels pixels.
	ErrTooLarge = errors.New("mrzimage: picture has too many pixels")
	// ErrDamaged: the file begins like a picture and cannot be decoded.
	ErrDamaged = errors.New("mrzimage: picture is damaged")
)

// MaxPixels is the largest picture that is decoded, in pixels. Phones make 12
// to 50 megapixels; above that a small file can ask for gigabytes of memory.
const MaxPixels = 50_000_000

// Kind is a picture's file format.
type Kind string

// The kinds that can be read.
const (
	KindJPEG Kind = "jpeg"
	KindPNG  Kind = "png"
	KindWebP Kind = "webp"
)

// Info is what a file says about itself without being decoded.
type Info struct {
	Kind          Kind
	Width, Height int // as stored, before Orientation is applied
	Orientation   int // EXIF: 1 to 8; 1 when the file does not say

	bytesPerPixel int64 // what the decoder takes; 0 when not from Inspect
}

// Inspect says what a file is without decoding it. It gives ErrUnsupported,
// ErrTooLarge (with the Info) or ErrDamaged.
func Inspect(data []byte) (Info, error) {
	var (
		info Info
		err  error
	)
	switch kindOf(data) {
	case KindJPEG:
		info, err = inspectJPEG(data)
	case KindPNG:
		info, err = inspectPNG(data)
	case KindWebP:
		info, err = inspectWebP(data)
	default:
		return Info{}, ErrUnsupported
	}
	if err != nil {
		return Info{}, err
	}
	if info.Width <= 0 || info.Height <= 0 {
		return Info{}, ErrDamaged
	}
	if int64(info.Width)*int64(info.Height) > MaxPixels {
		return info, ErrTooLarge
	}
	return info, nil
}

func kindOf(data []byte) Kind {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}):
		return KindJPEG
	case bytes.HasPrefix(data, []byte(pngSignature)):
		return KindPNG
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return KindWebP
	}
	return ""
}

func inspectJPEG(data []byte) (Info, error) {
	conf, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Info{}, ErrDamaged
	}
	info := Info{Kind: KindJPEG, Width: conf.Width, Height: conf.Height, Orientation: 1}
	walkJPEG(data, func(marker byte, payload []byte) {
		if marker == jpegAPP1 && info.Orientation == 1 {
			if tiff, ok := bytes.CutPrefix(payload, []byte(exifHeader)); ok {
				info.Orientation = exifOrientation(tiff)
			}
		}
		if marker >= 0xC0 && marker <= 0xC2 {
			info.bytesPerPixel = jpegBytesPerPixel(conf.ColorModel, marker == 0xC2)
		}
	})
	return info, nil
}

// jpegBytesPerPixel is what image/jpeg takes at most: full chroma, and for
// progressive files every coefficient as an int32.
func jpegBytesPerPixel(model color.Model, progressive bool) int64 {
	samples := int64(3)
	switch model {
	case color.GrayModel:
		samples = 1
	case color.CMYKModel:
		samples = 8 // decoded planes and the picture made of them
	}
	if progressive {
		return samples * 5
	}
	return samples
}

func inspectPNG(data []byte) (Info, error) {
	conf, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return Info{}, ErrDamaged
	}
	info := Info{Kind: KindPNG, Width: conf.Width, Height: conf.Height, Orientation: 1}
	info.bytesPerPixel = 4
	switch conf.ColorModel {
	case color.GrayModel:
		info.bytesPerPixel = 1
	case color.Gray16Model:
		info.bytesPerPixel = 2
	case color.RGBA64Model, color.NRGBA64Model:
		info.bytesPerPixel = 8
	}
	walkPNG(data, func(c pngChunk) bool {
		if c.kind == "eXIf" {
			info.Orientation = exifOrientation(c.payload)
		}
		return true
	})
	return info, nil
}

func inspectWebP(data []byte) (Info, error) {
	info := Info{Kind: KindWebP, Orientation: 1, bytesPerPixel: 3}
	var size image.Point
	animated := false
	ok := walkWebP(data, func(c webpChunk) {
		switch c.kind {
		case "ANIM", "ANMF":
			animated = true
		case "EXIF":
			tiff := bytes.TrimPrefix(c.payload, []byte(exifHeader))
			info.Orientation = exifOrientation(tiff)
		case "VP8L":
			info.bytesPerPixel = 8 // the picture, and the transforms' copy
		case "ALPH":
			info.bytesPerPixel = 8
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
	return info, nil
}

// DecodedBytes is the most memory, in bytes, that reading this picture takes
// at one time: the decoded picture and the reader's own planes.
func DecodedBytes(i Info) int64 {
	perPixel := i.bytesPerPixel
	if perPixel == 0 {
		perPixel = 15 // the worst kind: a progressive JPEG with full chroma
	}
	pixels := int64(i.Width) * int64(i.Height)
	return pixels*(perPixel+planeBytesPerPixel) + workingBytes
}

// What Read takes besides the decoded picture: for each pixel the plane of
// brightness and a turned or several smaller copies of it, and at most so much
// for searching, whatever the size of the picture (see fineSide).
const (
	planeBytesPerPixel = 2
	workingBytes       = 80 << 20
)
