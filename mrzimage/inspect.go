package mrzimage

import (
	"bytes"
	"errors"
)

// Errors of this package. They carry nothing of the picture.
var (
	// ErrUnsupported: the file is not a JPEG, PNG or (still) WebP picture.
	ErrUnsupported = errors.New("mrzimage: not a JPEG, PNG or WebP picture")
	// ErrTooLarge: the picture has more than MaxPixels pixels, or decoding it
	// takes more than MaxDecodedBytes.
	ErrTooLarge = errors.New("mrzimage: picture has too many pixels")
	// ErrDamaged: the file begins like a picture and cannot be decoded.
	ErrDamaged = errors.New("mrzimage: picture is damaged")
)

// MaxPixels is the largest picture that is decoded, in pixels. Phones make 12
// to 50 megapixels; above that a small file can ask for gigabytes of memory.
const MaxPixels = 50_000_000

// MaxDecodedBytes is the most memory that a picture may take, see DecodedBytes.
// What phones make at MaxPixels takes less (even a progressive JPEG with halved
// colours, 490 MiB); others could ask for a gigabyte and more.
const MaxDecodedBytes = 640 << 20

// mostScans is how many passes over the picture a JPEG may hold. Programs write
// ten, the keenest optimizers some sixty; each further one costs a decoder a
// walk over all blocks for a few bytes of file.
const mostScans = 100

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

	decoder int64 // bytes that the decoder takes; 0 when not from Inspect
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
	if int64(info.Width)*int64(info.Height) > MaxPixels || DecodedBytes(info) > MaxDecodedBytes {
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

// DecodedBytes is the most memory, in bytes, that reading this picture takes
// at one time: the decoded picture and the reader's own planes.
func DecodedBytes(i Info) int64 {
	pixels := int64(i.Width) * int64(i.Height)
	decoder := i.decoder
	if decoder == 0 {
		decoder = 15 * pixels // the worst kind: a progressive JPEG with full chroma
	}
	return decoder + pixels*planeBytesPerPixel + workingBytes
}

// What Read and Judge take besides the decoded picture: for each pixel the plane
// of brightness and its smaller copies, which are a third of it, and at most so
// much for searching, whatever the size of the picture: copies of up to
// tracesSide squared, and the pieces of ink in them.
const (
	planeBytesPerPixel = 2
	workingBytes       = 40 << 20
)
