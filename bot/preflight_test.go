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

// judgeFunc judges by itself.
type judgeFunc func() error

func (f judgeFunc) Judge(context.Context, reader.Picture) error { return f() }

// TestJudgedOnce: a photo is judged before its attempt begins, a stop costs
// nothing, and a photo that has waited for the service is not judged again.
func TestJudgedOnce(t *testing.T) {
	reads, judged := 0, 0
	var verdict error
	desk := setTable(t, func() (reader.Reading, error) {
		if reads++; reads == 1 {
			return reader.Reading{}, &outcome.Failure{Code: outcome.Unavailable}
		}
		return reader.Reading{Lines: []string{"I<UTO"}}, nil
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

	stopped := setTable(t, func() (reader.Reading, error) { panic("it is sent") })
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
