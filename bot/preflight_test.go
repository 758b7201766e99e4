package bot

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/mrzimage"
	"mrzbot/storage"
)

// judgeFunc judges by itself.
type judgeFunc func() error

func (f judgeFunc) Judge(context.Context, Picture) error { return f() }

// TestJudgedOnce: a photo is judged before its attempt begins, a stop costs
// nothing, and a photo that has waited for the service is not judged again.
func TestJudgedOnce(t *testing.T) {
	reads, judged := 0, 0
	var verdict error
	desk := setTable(t, func() (Reading, error) {
		if reads++; reads == 1 {
			return Reading{}, &outcome.Failure{Code: outcome.Unavailable}
		}
		return Reading{Lines: []string{"I<UTO"}}, nil
	})
	desk.Judge = judgeFunc(func() error {
		judged++
		return verdict
	})
	task := desk.claim()
	desk.Handle(t.Context(), task)
	require.Equal(t, [2]int{1, 1}, [2]int{judged, reads})
	began, err := desk.store.Begin(t.Context(), task, storage.Begin{Now: noon, Day: storage.DayOf(noon, desk.Zone), Limit: 5})
	require.NoError(t, err)
	task.Attempt = began
	desk.gate = outage.NewGate(desk.leases)
	desk.Handle(t.Context(), task)
	require.Equal(t, 1, judged)

	stopped := setTable(t, func() (Reading, error) { panic("it is sent") })
	stopped.Judge = desk.Judge
	verdict = &outcome.Failure{Code: outcome.Glare}
	stopped.Handle(t.Context(), stopped.claim())
	totals, err := stopped.store.Totals(t.Context())
	require.NoError(t, err)
	require.Len(t, totals, 1)
	require.Equal(t, string(outcome.Glare), totals[0].Outcome)
	count, err := stopped.store.Attempts(t.Context(), 1, storage.DayOf(noon, stopped.Zone))
	require.NoError(t, err)
	require.Zero(t, count.Used())
}

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
