package bot

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/storage"
)

// lookFunc looks by itself.
type lookFunc func() (reader.Look, error)

func (f lookFunc) Look(context.Context, reader.Picture) (reader.Look, error) { return f() }

func (lookFunc) Upright(_ context.Context, p reader.Picture, _ reader.Look) (reader.Picture, error) {
	return p, nil
}

// TestLookedAtBeforeTheCall: a photo is looked at before its attempt begins, once for
// each call, and a stop costs nothing.
func TestLookedAtBeforeTheCall(t *testing.T) {
	reads, looked := 0, 0
	var verdict error
	desk := setTable(t, func() (reader.Reading, error) {
		require.Equal(t, reads+1, looked)
		if reads++; reads == 1 {
			return reader.Reading{}, &outcome.Failure{Code: outcome.Unavailable}
		}
		return reader.Reading{Lines: []string{"I<UTO"}}, nil
	})
	desk.scan.Looker = lookFunc(func() (reader.Look, error) {
		looked++
		return reader.Look{}, verdict
	})
	task := desk.claim()
	desk.Handle(t.Context(), task)
	require.Equal(t, [2]int{1, 1}, [2]int{looked, reads})
	require.NoError(t, desk.store.Postpone(t.Context(), task, storage.Postpone{
		Now: noon, Until: noon, Waiting: storage.Waiting{For: storage.OutageService, Since: noon},
	}))
	desk.scan.Gate = outage.NewGate(desk.scan.Leases, nil)
	desk.Handle(t.Context(), desk.claimAgain())
	require.Equal(t, [2]int{2, 2}, [2]int{looked, reads})
	require.Empty(t, desk.saved)

	stopped := setTable(t, func() (reader.Reading, error) { panic("it is sent") })
	stopped.scan.Looker = desk.scan.Looker
	verdict = &outcome.Failure{Code: outcome.Glare}
	stopped.Handle(t.Context(), stopped.claim())
	require.Equal(t, []outcome.Saving{outcome.SavedByLook}, stopped.saved)
	totals, err := stopped.store.Totals(t.Context())
	require.NoError(t, err)
	require.Len(t, totals, 1)
	require.Equal(t, string(outcome.Glare), totals[0].Outcome)
	count, err := stopped.store.Attempts(t.Context(), 1, storage.DayOf(noon, stopped.TimeZone))
	require.NoError(t, err)
	require.Zero(t, count.Used())
}
