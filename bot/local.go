package bot

import (
	"context"
	"errors"

	"golang.org/x/sync/semaphore"

	"mrzbot/mrzimage"
)

// Local reads and judges pictures on this machine. Decoded pictures are large: they take
// shares of a memory budget, and no more are decoded at once than there are
// processors.
type Local struct {
	reader mrzimage.Reader
	budget int64
	memory *semaphore.Weighted
	cpus   *semaphore.Weighted
}

// NewLocal makes a local reader with a budget in bytes for decoded pictures.
func NewLocal(budget int64, cpus int) *Local {
	return &Local{budget: budget, memory: semaphore.NewWeighted(budget), cpus: semaphore.NewWeighted(int64(cpus))}
}

// Paid is false: reading again costs nothing.
func (*Local) Paid() bool { return false }

// Read reads the picture here.
func (l *Local) Read(ctx context.Context, p Picture) (Reading, error) {
	var r mrzimage.Result
	err := l.decoding(ctx, p.Data, func() (err error) {
		r, err = l.reader.Read(ctx, p.Data)
		return err
	})
	switch {
	case err != nil:
		return Reading{}, pictureFailure(err)
	case r.Verdict == mrzimage.VerdictNone:
		return Reading{}, &Failure{Code: CodeUnreadable, Detail: DetailLocal}
	}
	return Reading{Lines: r.Lines, Doubtful: r.Verdict != mrzimage.VerdictOK}, nil
}

// decoding does something with a picture when there is room and a processor
// for decoding it.
func (l *Local) decoding(ctx context.Context, data []byte, do func() error) error {
	info, err := mrzimage.Inspect(data)
	if err != nil {
		return err
	}
	// One picture may always be decoded, however small the budget.
	share := min(mrzimage.DecodedBytes(info), l.budget)
	if err := l.memory.Acquire(ctx, share); err != nil {
		return err
	}
	defer l.memory.Release(share)
	if err := l.cpus.Acquire(ctx, 1); err != nil {
		return err
	}
	defer l.cpus.Release(1)
	return do()
}

// pictureFailure turns an error of mrzimage into an outcome.
func pictureFailure(err error) error {
	switch {
	case errors.Is(err, mrzimage.ErrTooLarge):
		return &Failure{Code: CodeTooLarge, Detail: DetailPixels}
	case errors.Is(err, mrzimage.ErrUnsupported):
		return &Failure{Code: CodeUnsupportedFile}
	case errors.Is(err, mrzimage.ErrDamaged):
		return &Failure{Code: CodeUnsupportedFile, Detail: DetailDamaged}
	case errors.Is(err, context.Canceled):
		return ErrInterrupted
	default:
		return err
	}
}
