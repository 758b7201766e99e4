package reader

import (
	"cmp"
	"context"
	"errors"

	"mrzbot/bot/outcome"
	"mrzbot/mrzimage"
)

// Local reads pictures, and looks at them for others, on this machine. It decodes no more of them at
// once than there are processors, and than a budget of memory allows.
type Local struct {
	reader mrzimage.Reader
	room   *room
}

// NewLocal makes a local reader with a budget of memory for pictures, in bytes.
func NewLocal(budget int64, cpus int) *Local {
	return &Local{room: newRoom(budget, cpus)}
}

// Paid is false: reading again costs nothing.
func (*Local) Paid() bool { return false }

// Read reads the picture here.
func (l *Local) Read(ctx context.Context, p Picture) (Reading, error) {
	var r mrzimage.Result
	err := l.decoding(ctx, p, func() (err error) {
		r, err = l.reader.Read(ctx, p.Data)
		return err
	})
	switch {
	case err != nil:
		return Reading{}, pictureFailure(err)
	case r.Verdict == mrzimage.VerdictNone && r.Picture.Missing > 0:
		return Reading{}, &outcome.Failure{Code: outcome.UnsupportedFile, Detail: outcome.DetailDamaged}
	case r.Verdict == mrzimage.VerdictNone:
		return Reading{}, &outcome.Failure{Code: outcome.Unreadable, Detail: cmp.Or(hintOf(r.Picture), outcome.DetailLocal)}
	}
	return Reading{Lines: r.Lines, Doubtful: r.Verdict != mrzimage.VerdictOK}, nil
}

// decoding does something with a picture when there is room for it. What does
// not fit the budget is refused before any of it is decoded.
func (l *Local) decoding(ctx context.Context, p Picture, do func() error) error {
	info, err := mrzimage.Inspect(p.Data)
	if err != nil {
		return err
	}
	need := info.Memory()
	if !l.room.fits(need) {
		return mrzimage.ErrTooLarge
	}
	leave, err := l.room.enter(ctx, p.Person, need)
	if err != nil {
		return err
	}
	defer leave()
	return do()
}

// pictureFailure turns an error of mrzimage into an outcome.
func pictureFailure(err error) error {
	switch {
	case errors.Is(err, mrzimage.ErrTooLarge):
		return &outcome.Failure{Code: outcome.TooLarge, Detail: outcome.DetailPixels}
	case errors.Is(err, mrzimage.ErrRare):
		return &outcome.Failure{Code: outcome.UnsupportedFile, Detail: outcome.DetailRare}
	case errors.Is(err, mrzimage.ErrUnsupported):
		return &outcome.Failure{Code: outcome.UnsupportedFile}
	case errors.Is(err, mrzimage.ErrDamaged):
		return &outcome.Failure{Code: outcome.UnsupportedFile, Detail: outcome.DetailDamaged}
	case errors.Is(err, context.Canceled):
		return ErrInterrupted
	default:
		return err
	}
}
