package mrzimage

import (
	"context"
	"sync"

	"mrzbot/mrzimage/internal/imagefile"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/rectify"
)

// Reader reads the machine-readable zone of pictures. The zero value works,
// and one Reader may be used by many goroutines.
type Reader struct {
	once sync.Once
	net  *network.Params
	err  error
}

// Read finds and reads the MRZ of a picture. A picture without an MRZ is not
// an error: its verdict is VerdictNone. Errors are ErrUnsupported,
// ErrRare, ErrTooLarge, ErrDamaged and the context's own.
func (r *Reader) Read(ctx context.Context, data []byte) (Result, error) {
	s, err := r.open(ctx, data)
	if err != nil {
		return Result{}, err
	}
	if err := s.run(ctx); err != nil {
		return Result{}, err
	}
	also, err := s.further(ctx)
	if err != nil {
		return Result{}, err
	}
	return s.result(also), nil
}

// open decodes a picture and makes it ready to be searched.
func (r *Reader) open(ctx context.Context, data []byte) (*search, error) {
	r.once.Do(func() { r.net, r.err = network.Load() })
	if r.err != nil {
		return nil, r.err
	}
	info, err := Inspect(data)
	if err != nil {
		return nil, err
	}
	plane, err := imagefile.Decode(ctx, data, info)
	if err != nil {
		return nil, err
	}
	if plane.Dithered() {
		plane.Smooth()
	}
	return &search{net: r.net, picture: rectify.NewPicture(plane.Gray), info: info, by: float64(plane.By), missing: plane.Missing}, nil
}
