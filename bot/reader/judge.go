package reader

import (
	"context"
	"errors"
	"slices"
	"time"

	"mrzbot/bot/outcome"
	"mrzbot/mrzimage"
)

// Judge looks at a picture before a call is paid for.
type Judge interface {
	// Judge gives nil for a picture that may be sent, a *Failure for one that
	// no reader can read, or ErrInterrupted.
	Judge(ctx context.Context, p Picture) error
}

// judgeTime is how long a picture may be looked at: many times what the
// largest takes, also on a machine that is busy with others. One that takes
// longer is sent.
const judgeTime = 30 * time.Second

// stops gives the outcome of each reason for which a picture is not sent.
var stops = map[string]outcome.Code{
	mrzimage.ReasonNoMRZ:     outcome.NoMRZ,
	mrzimage.ReasonFront:     outcome.NoMRZ,
	mrzimage.ReasonTooSmall:  outcome.TooSmall,
	mrzimage.ReasonTooBlurry: outcome.TooBlurry,
	mrzimage.ReasonTooDark:   outcome.TooDark,
	mrzimage.ReasonGlare:     outcome.Glare,
	mrzimage.ReasonCutOff:    outcome.CutOff,
	mrzimage.ReasonDamaged:   outcome.UnsupportedFile,
}

// Judge looks at a picture with the memory and the processors of the local
// reader. What it is not sure of may be sent.
func (l *Local) Judge(ctx context.Context, p Picture) error {
	var about mrzimage.Judgement
	err := l.decoding(ctx, p, func() (err error) {
		short, cancel := context.WithTimeout(ctx, judgeTime)
		defer cancel()
		about, err = l.reader.Judge(short, p.Data)
		return err
	})
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return nil
	case errors.Is(err, mrzimage.ErrRare):
		return nil // others may know it
	case err != nil:
		return pictureFailure(err)
	case about.Stop == mrzimage.ReasonDamaged:
		return &outcome.Failure{Code: outcome.UnsupportedFile, Detail: outcome.DetailDamaged}
	case about.Stop == mrzimage.ReasonNoMRZ && slices.Contains(about.Reasons, mrzimage.ReasonFront):
		return &outcome.Failure{Code: outcome.NoMRZ, Detail: outcome.DetailFront}
	case about.Stop != "":
		return &outcome.Failure{Code: stops[about.Stop]}
	}
	return nil
}
