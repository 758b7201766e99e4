package reader

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outcome"
	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
	"mrzbot/storage"
)

// TestEveryStopHasAnOutcome: a reason without one would end as no outcome.
func TestEveryStopHasAnOutcome(t *testing.T) {
	for _, reason := range mrzimage.Reasons() {
		row := outcome.Of(stops[reason])
		require.NotEmpty(t, row.Code, reason)
		require.Equal(t, storage.ChargeNo, row.Charge, reason)
		require.False(t, row.Counts || row.Waits || row.Alert, reason)
	}
}

// TestLookingSharesTheBudget: looking and reading take of the same room, and
// what waits for it can be stopped.
func TestLookingSharesTheBudget(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, jpeg.Encode(&file, image.NewGray(image.Rect(0, 0, 90, 60)), nil))
	picture := Picture{Data: file.Bytes(), Person: 7}
	local := NewLocal(100<<20, 1)
	_, err := local.Look(t.Context(), picture)
	require.Equal(t, &outcome.Failure{Code: outcome.TooSmall}, err)

	stopped, stop := context.WithCancel(t.Context())
	stop()
	leave, err := local.room.enter(t.Context(), 8, 1)
	require.NoError(t, err)
	_, err = local.Look(stopped, picture)
	require.ErrorIs(t, err, ErrInterrupted)
	_, err = local.Read(stopped, picture)
	require.ErrorIs(t, err, ErrInterrupted)
	leave()
	_, err = local.Look(t.Context(), picture)
	require.Equal(t, &outcome.Failure{Code: outcome.TooSmall}, err, "all was given back")
}

// TestWhatDoesNotFitTheBudget gets its hint before any of it is decoded.
func TestWhatDoesNotFitTheBudget(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, jpeg.Encode(&file, image.NewGray(image.Rect(0, 0, 90, 60)), nil))
	picture := Picture{Data: file.Bytes()}
	info, err := mrzimage.Inspect(picture.Data)
	require.NoError(t, err)
	local := NewLocal(info.Memory()-1, 1)
	leave, err := local.room.enter(t.Context(), 8, 1) // so that decoding would wait for ever
	require.NoError(t, err)
	defer leave()
	hint := &outcome.Failure{Code: outcome.TooLarge, Detail: outcome.DetailPixels}
	_, err = local.Look(t.Context(), picture)
	require.Equal(t, hint, err)
	_, err = local.Read(t.Context(), picture)
	require.Equal(t, hint, err)
}

// TestEveryReasonIsAHint: what the judge finds, a 422 is told with, in the words of the
// stop for it.
func TestEveryReasonIsAHint(t *testing.T) {
	for _, reason := range mrzimage.Reasons() {
		hint := hintOf(mrzimage.Judgement{Reasons: []string{reason}})
		if reason == mrzimage.ReasonNoMRZ || reason == mrzimage.ReasonDamaged {
			require.Empty(t, hint, "that says nothing that the failure does not, or is certain")
			continue
		}
		code, detail, ok := outcome.StopFor(hint)
		require.True(t, ok, reason)
		require.Equal(t, stops[reason], code)
		require.Equal(t, &outcome.Failure{Code: code, Detail: detail}, stopOf(stopFor(reason)))
		require.Equal(t, hint, hintOf(stopFor(reason)), "of a picture that its person wants sent")
	}
}

// stopFor is what a picture is judged that is stopped for a reason.
func stopFor(reason string) mrzimage.Judgement {
	j := mrzimage.Judgement{Stop: reason, Reasons: []string{mrzimage.ReasonNoMRZ, mrzimage.ReasonCutOff, reason}}
	if reason == mrzimage.ReasonFront {
		j.Stop = mrzimage.ReasonNoMRZ
	}
	return j
}

// TestGlareOnALine: glare that lies on one line is told by it.
func TestGlareOnALine(t *testing.T) {
	card, err := specimen.Card{Lines: specimen.Invent("TD1", 7), Seed: 7, PixelsPerCell: 16}.Draw()
	require.NoError(t, err)
	local := NewLocal(400<<20, 1)
	for _, c := range []struct {
		at, wide float64 // of the picture
		want     outcome.Detail
	}{
		{0.64, 0.05, outcome.DetailGlareLine1}, {0.71, 0.05, outcome.DetailGlareLine2}, {0.79, 0.05, outcome.DetailGlareLine3},
		{0.72, 0.1, outcome.DetailGlare}, {0.2, 0.05, outcome.DetailNone},
	} {
		p := specimen.Plain.Photo(960, 720, 7)
		p.Turn, p.Glare, p.GlareX, p.GlareY, p.GlareWide = 0, 1, 0.35, c.at, c.wide
		var file bytes.Buffer
		require.NoError(t, jpeg.Encode(&file, p.Take(card), &jpeg.Options{Quality: 88}))
		seen, err := local.Look(t.Context(), Picture{Data: file.Bytes(), Person: 7})
		require.NoError(t, err)
		require.Equal(t, c.want, seen.Hint, "%+v", c)
	}
	glare := mrzimage.Judgement{Stop: mrzimage.ReasonGlare, GlareLine: 3}
	require.Equal(t, &outcome.Failure{Code: outcome.Glare, Detail: outcome.DetailLine3}, stopOf(glare))
	require.Equal(t, outcome.DetailGlareLine3, hintOf(glare))
}
