package reader

import (
	"context"
	"errors"
	"slices"
	"time"

	"mrzbot/bot/outcome"
	"mrzbot/mrzimage"
)

// Looker looks at a picture before a call is paid for.
type Looker interface {
	// Look tells what it has seen. It fails with a *Failure for a picture that no
	// reader can read, whose Look then says why, or with ErrInterrupted.
	Look(ctx context.Context, p Picture) (Look, error)
	// Upright gives the picture as it is to be sent: its text level and the right way
	// up, where that was seen or its file says how. One that cannot be turned comes
	// back as it is. It fails with ErrInterrupted only.
	Upright(ctx context.Context, p Picture, seen Look) (Picture, error)
}

// Look is what was seen in a picture on this machine: what the service's answer
// is compared with, or what is answered in its place. The zero Look has seen
// nothing.
type Look struct {
	Reads []LocalReading // one for each MRZ in the picture, the best first
	// Hint is what stands in the way of reading, where that was seen.
	Hint outcome.Detail
	// Angle of the lines that were read, in degrees clockwise; 0: level, or none.
	Angle float64
}

// LocalReading is an MRZ as it was read on this machine.
type LocalReading struct {
	Lines []string
	Sure  bool        // the verdict is ok: every character is well founded
	Cells [][]float64 // of each character of Lines, how probable it is
}

// Sure gives the lines that the local reader is sure of; nil: there are none, or
// of more than one MRZ.
func (l Look) Sure() []string {
	if len(l.Reads) != 1 || !l.Reads[0].Sure {
		return nil
	}
	return l.Reads[0].Lines
}

// lookTime is how long a picture may be looked at: many times what the
// largest takes, also on a machine that is busy with others. One that takes
// longer is sent.
const lookTime = 30 * time.Second

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

// hints are the reasons that help somebody to make a better picture, the most
// useful first: the wrong side cannot be read in any light, and what lies beyond
// the edge cannot be read however sharp it is. That no MRZ was found says nothing
// that the failure to read it does not.
var hints = []struct {
	reason string
	hint   outcome.Detail
}{
	{mrzimage.ReasonFront, outcome.DetailFront},
	{mrzimage.ReasonCutOff, outcome.DetailCutOff},
	{mrzimage.ReasonTooDark, outcome.DetailTooDark},
	{mrzimage.ReasonTooSmall, outcome.DetailTooSmall},
	{mrzimage.ReasonTooBlurry, outcome.DetailTooBlurry},
	{mrzimage.ReasonGlare, outcome.DetailGlare},
}

// Look has the local reader read the picture: what it reads anything of may be
// sent, and else what the picture does not rule out.
func (l *Local) Look(ctx context.Context, p Picture) (Look, error) {
	var r mrzimage.Result
	err := l.decoding(ctx, p, func() (err error) {
		short, cancel := context.WithTimeout(ctx, lookTime)
		defer cancel()
		r, err = l.reader.Read(short, p.Data)
		return err
	})
	about := r.Picture
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return Look{}, nil
	case errors.Is(err, mrzimage.ErrRare):
		return Look{}, nil // others may know it
	case err != nil:
		return Look{}, pictureFailure(err)
	case about.Stop != "":
		return lookOf(r), stopOf(about)
	}
	return lookOf(r), nil
}

// lookOf is what a result says to those who go on.
func lookOf(r mrzimage.Result) Look {
	look := Look{Hint: hintOf(r.Picture)}
	if r.Verdict != mrzimage.VerdictNone {
		look.Angle = r.Picture.Angle
	}
	for _, one := range append([]mrzimage.Result{r}, r.Also...) {
		if one.Verdict != mrzimage.VerdictNone {
			look.Reads = append(look.Reads, LocalReading{one.Lines, one.Verdict == mrzimage.VerdictOK, one.Cells})
		}
	}
	return look
}

// stopOf is the outcome of a picture that is not sent.
func stopOf(j mrzimage.Judgement) *outcome.Failure {
	f := &outcome.Failure{Code: stops[j.Stop]}
	switch {
	case j.Stop == mrzimage.ReasonDamaged:
		f.Detail = outcome.DetailDamaged
	case j.Stop == mrzimage.ReasonNoMRZ && slices.Contains(j.Reasons, mrzimage.ReasonFront):
		f.Detail = outcome.DetailFront
	case j.Stop == mrzimage.ReasonGlare && j.GlareLine > 0:
		f.Detail = []outcome.Detail{outcome.DetailLine1, outcome.DetailLine2, outcome.DetailLine3}[j.GlareLine-1]
	}
	return f
}

// hintOf is why a picture is stopped, or else the most useful of what stands in the
// way of reading it.
func hintOf(j mrzimage.Judgement) outcome.Detail {
	if j.Stop == mrzimage.ReasonNoMRZ && !slices.Contains(j.Reasons, mrzimage.ReasonFront) {
		return outcome.DetailNone
	}
	for _, h := range hints {
		stop := j.Stop == h.reason || j.Stop == mrzimage.ReasonNoMRZ && h.reason == mrzimage.ReasonFront
		if stop || j.Stop == "" && slices.Contains(j.Reasons, h.reason) {
			return hintAt(h.hint, j.GlareLine)
		}
	}
	return outcome.DetailNone
}

// hintAt names the line that glare lies on.
func hintAt(hint outcome.Detail, line int) outcome.Detail {
	if hint != outcome.DetailGlare || line == 0 {
		return hint
	}
	return []outcome.Detail{outcome.DetailGlareLine1, outcome.DetailGlareLine2, outcome.DetailGlareLine3}[line-1]
}
