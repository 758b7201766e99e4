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

// TestJudgingSharesTheBudget: judging and reading take of the same room, and
// what waits for it can be stopped.
func TestJudgingSharesTheBudget(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, jpeg.Encode(&file, image.NewGray(image.Rect(0, 0, 90, 60)), nil))
	picture := Picture{Data: file.Bytes(), Person: 7}
	local := NewLocal(100<<20, 1)
	require.Equal(t, &outcome.Failure{Code: outcome.TooSmall}, local.Judge(t.Context(), picture))

	stopped, stop := context.WithCancel(t.Context())
	stop()
	leave, err := local.room.enter(t.Context(), 8, 1)
	require.NoError(t, err)
	require.ErrorIs(t, local.Judge(stopped, picture), ErrInterrupted)
	_, err = local.Read(stopped, picture)
	require.ErrorIs(t, err, ErrInterrupted)
	leave()
	require.Equal(t, &outcome.Failure{Code: outcome.TooSmall}, local.Judge(t.Context(), picture), "all was given back")
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
	require.Equal(t, hint, local.Judge(t.Context(), picture))
	_, err = local.Read(t.Context(), picture)
	require.Equal(t, hint, err)
}
