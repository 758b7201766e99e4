// Package codec makes planes of brightness of picture files, and says how their
// files are laid out.
//
// It decodes for what the reader needs, which is less than a picture: one byte a
// pixel, at no more pixels than are searched, row by row, so that a JPEG or a PNG
// takes hardly more memory than its plane. And it takes what is there: a file
// that was cut short gives the rows before the cut. It knows nothing of text or
// documents.
package codec

import "errors"

var (
	// ErrRare: a kind that this package does not decode, and others may.
	ErrRare = errors.New("codec: a rare kind of picture")
	// ErrDamaged: not even a part of the picture can be decoded.
	ErrDamaged = errors.New("codec: picture is damaged")
)
