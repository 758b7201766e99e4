package mrzimage

import "context"

// Reader reads the machine-readable zone of pictures. The zero value works,
// and one Reader may be used by many goroutines.
type Reader struct{}

// Read finds and reads the zone of a picture. A picture without a zone is not
// an error: its verdict is VerdictNone. Errors are ErrUnsupported,
// ErrTooLarge, ErrDamaged and the context's own.
func (r *Reader) Read(ctx context.Context, data []byte) (Result, error) {
	return Result{Verdict: VerdictNone}, ErrUnsupported
}
