// Package imagefile knows picture files: it says what a file is (JPEG, PNG, WebP),
// what reading it costs, takes its metadata away, and decodes it to an upright plane
// of brightness. It does not look at what the picture shows.
package imagefile

import (
	"bytes"
	"errors"

	"mrzbot/mrzimage/internal/codec"
)

// Errors of reading a file. They carry nothing of the picture.
var (
	// ErrUnsupported: the file is not a JPEG, PNG or (still) WebP picture.
	ErrUnsupported = errors.New("mrzimage: not a JPEG, PNG or WebP picture")
	// ErrRare: a JPEG or WebP that this package cannot decode, and others may:
	// coded arithmetically or without loss, with samples of twelve bits.
	ErrRare = errors.New("mrzimage: a rare kind of picture")
	// ErrTooLarge: the picture has more than MaxPixels pixels, or decoding it
	// takes more than MaxMemory or too long.
	ErrTooLarge = errors.New("mrzimage: picture is too large")
	// ErrDamaged: the file begins like a picture and nobody can decode it.
	ErrDamaged = errors.New("mrzimage: picture is damaged")
)

// MaxPixels is the largest picture that is decoded, in pixels: phones make
// pictures of 12, 50, 64, 108 and 200 megapixels.
const MaxPixels = 200_000_000

// MaxMemory is the most memory in bytes that a picture may take, see Info.Memory.
const MaxMemory = 640 << 20

// mostPlaneSide bounds the longer side of the plane that is decoded. Larger
// pictures are made smaller on the way: what is to be found in them is found at
// less than half of this, and a character of 20 pixels reads no worse than one
// of 40.
const mostPlaneSide = 6000

// EnlargedSide is what the longer side of a small picture is enlarged to, in pixels,
// before it is searched; Info.Memory counts that.
const EnlargedSide = 900

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

	decoder int64 // bytes that the decoder takes besides the plane
	turn    int64 // bytes that decoding with colours takes, see TurnMemory
	heavy   bool  // it takes too long to decode
	rare    bool
}

// What bounds the time of decoding to about that of the largest pictures of
// phones, where a few bytes of file can ask for a thousand times as much.
const (
	mostRowBytes = 256 << 20     // of a PNG before it is compressed
	mostSamples  = 1_500_000_000 // of a JPEG, in all its passes
)

// Inspect says what a file is without decoding it. It gives ErrUnsupported,
// ErrDamaged, and with the Info ErrTooLarge or ErrRare.
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
	switch {
	case err != nil:
		return Info{}, err
	case info.Width <= 0 || info.Height <= 0:
		return Info{}, ErrDamaged
	case int64(info.Width)*int64(info.Height) > MaxPixels, info.Memory() > MaxMemory, info.heavy:
		return info, ErrTooLarge
	case info.rare:
		return info, ErrRare
	}
	return info, nil
}

func kindOf(data []byte) Kind {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, codec.SOI, 0xFF}):
		return KindJPEG
	case bytes.HasPrefix(data, []byte(codec.PNGSignature)):
		return KindPNG
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return KindWebP
	}
	return ""
}

// Memory is the most memory, in bytes, that reading this picture takes at one
// time: what the decoder takes, and the reader's own planes.
func (i Info) Memory() int64 {
	pixels := codec.SizeOf(i.Width, i.Height, i.shrunk()).Pixels()
	search := min(max(pixels, EnlargedSide*EnlargedSide)*searchBytes, mostSearchBytes)
	return i.decoder + pixels*planeBytes + search + otherBytes
}

// shrunk is how many times smaller the plane is than the picture.
func (i Info) shrunk() int {
	return (max(i.Width, i.Height) + mostPlaneSide - 1) / mostPlaneSide
}

// What Read takes besides the decoder, in bytes.
const (
	// planeBytes for each pixel are the plane of brightness, and its smaller
	// copies, which are a third of it.
	planeBytes = 2
	// searchBytes for each pixel are the copies that are searched and the pieces of
	// ink in them. Small pictures are enlarged, large ones made smaller.
	searchBytes     = 8
	mostSearchBytes = 34_000_000
	otherBytes      = 9_000_000
)
