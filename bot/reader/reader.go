// Package reader turns a picture that somebody has sent into the lines of its
// MRZ: by the service, or on this machine. It fetches pictures, tells what kind
// of file they are, shares memory and processors between people, and judges a
// picture before a call is paid for. What is done with what was read, and
// whether it may be read at all, is decided elsewhere.
package reader

import (
	"context"
	"errors"
	"io"

	"mrzbot/mrz"
)

// Reader turns a picture into the lines of its MRZ.
type Reader interface {
	// Read fails with a *Failure, or with ErrInterrupted; any other error is
	// an outcome "internal".
	Read(ctx context.Context, p Picture) (Reading, error)
	// Paid reports whether a read may cost money, so that one whose answer was
	// never seen must not be repeated.
	Paid() bool
}

// ErrInterrupted says that a read was given up because the program stops, and
// that surely nothing was processed.
var ErrInterrupted = errors.New("reading: interrupted")

// Picture is a file to be read.
type Picture struct {
	Data []byte
	// Body is the picture on its way, when Data is nil: it gives Size bytes, or
	// fails. A Reader is given one only where Fetcher.Stream says so.
	Body io.ReadCloser
	Size int64
	// Person who sent it: they share memory and processors with others.
	Person int64
	Name   string // "photo.jpg"; never the name a person gave it
	Type   string // MIME type

	held func() // gives back the room that the file takes; nil: none
}

// Close gives up what of the picture is still on its way, and the room it took.
func (p Picture) Close() {
	if p.held != nil {
		p.held()
	}
	if p.Body != nil {
		_ = p.Body.Close() // nothing is lost: what was needed was read
	}
}

// Reading is what was read.
type Reading struct {
	Lines    []string
	Session  string       // the provider's name of the call
	Doubtful bool         // the reader itself is not sure
	Restored []mrz.Change // how the lines were put right after they came
}
