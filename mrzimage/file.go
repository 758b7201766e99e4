package mrzimage

import "mrzbot/mrzimage/internal/imagefile"

// Errors of this package. They carry nothing of the picture.
var (
	// ErrUnsupported: the file is not a JPEG, PNG or (still) WebP picture.
	ErrUnsupported = imagefile.ErrUnsupported
	// ErrRare: a JPEG or WebP that this package cannot decode, and others may:
	// coded arithmetically or without loss, with samples of twelve bits.
	ErrRare = imagefile.ErrRare
	// ErrTooLarge: the picture has more than MaxPixels pixels, or decoding it
	// takes more than MaxMemory or too long.
	ErrTooLarge = imagefile.ErrTooLarge
	// ErrDamaged: the file begins like a picture and nobody can decode it.
	ErrDamaged = imagefile.ErrDamaged
)

// MaxPixels is the largest picture that is decoded, in pixels.
const MaxPixels = imagefile.MaxPixels

// MaxMemory is the most memory in bytes that a picture may take, see Info.Memory.
const MaxMemory = imagefile.MaxMemory

// Kind is a picture's file format.
type Kind = imagefile.Kind

// The kinds that can be read.
const (
	KindJPEG = imagefile.KindJPEG
	KindPNG  = imagefile.KindPNG
	KindWebP = imagefile.KindWebP
)

// Info is what a file says about itself without being decoded: Kind, Width, Height
// and Orientation, and the Memory that reading it takes.
type Info = imagefile.Info

// Inspect says what a file is without decoding it. It gives ErrUnsupported,
// ErrDamaged, and with the Info ErrTooLarge or ErrRare.
func Inspect(data []byte) (Info, error) { return imagefile.Inspect(data) }

// StripMetadata gives the same picture without anything but what decoding needs and
// the orientation: no place, no time, no device, no thumbnail, no colour profile, no
// trailing data. The coded pixels are copied, not coded again. Files that are cut
// short are given an end. Errors are those of Inspect, but rare kinds are stripped, and
// the number of pixels is not limited; ErrDamaged is also for a file of which cannot be
// told where its picture ends.
func StripMetadata(data []byte) ([]byte, error) { return imagefile.StripMetadata(data) }

// TurnedBy is how a picture must be turned for the text in it to run level, the right way
// up: an orientation of EXIF, from that of its file (see Info) and a Judgement's Angle. 1:
// it is as it should be.
func TurnedBy(orientation int, angle float64) int { return imagefile.TurnedBy(orientation, angle) }

// Turn gives a picture as a JPEG that is upright by itself, without metadata: turned by an
// orientation of EXIF, whatever its own file says. What is turned is coded again. It takes
// Info.TurnMemory. It fails for what Inspect does not take, and for what is not whole or
// too rare to be turned.
func Turn(data []byte, orientation int) ([]byte, error) {
	info, err := imagefile.Inspect(data)
	if err != nil {
		return nil, err
	}
	return imagefile.Turn(data, info, orientation)
}
