package postgres

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// TestSweeps looks at what is left in the tables when its time is over.
func TestSweeps(t *testing.T) {
	s := replicas(t, 1)[0]
	now := start
	const old = 40
	for i := range old {
		id := fmt.Sprint("old", i)
		add(t, s, update(id, ""))
		tasks, err := claim(t.Context(), s, now, 1)
		require.NoError(t, err)
		_, err = s.Begin(t.Context(), tasks[0], storage.Begin{Now: now, Day: day})
		require.NoError(t, err)
		_, err = s.Hold(t.Context(), tasks[0], storage.Hold{Now: now, Outcome: "ok", Counted: true})
		require.NoError(t, err)
		switch i % 3 {
		case 0:
			require.NoError(t, s.Quarantine(t.Context(), tasks[0], now, "broken"))
		case 1:
			require.NoError(t, s.Retain(t.Context(), tasks[0], storage.Retain{Until: now.Add(time.Minute)}))
		default:
			require.NoError(t, s.Done(t.Context(), tasks[0]))
		}
		ok, err := s.RateLimit(t.Context(), id, now, 1, time.Hour)
		require.NoError(t, err)
		require.True(t, ok)
	}
	require.Equal(t, []int{14, 13, old, old, old, 1}, []int{
		rows(t, s, "aside"), rows(t, s, "kept"), rows(t, s, "names"), rows(t, s, "takes"), rows(t, s, "ledger"), rows(t, s, "days"),
	})

	now = now.Add(storage.Remember)
	_, err := claim(t.Context(), s, now, 1)
	require.NoError(t, err)
	require.Zero(t, rows(t, s, "kept"), "a claim that finds nothing removes what is kept no longer")

	for i := range sweepEvery {
		task := update(fmt.Sprint("new", i), "")
		task.Added = now
		add(t, s, task)
		ok, err := s.RateLimit(t.Context(), task.ID, now, 1, time.Hour)
		require.NoError(t, err)
		require.True(t, ok)
	}
	tasks, err := claim(t.Context(), s, now, sweepEvery)
	require.NoError(t, err)
	for _, task := range tasks {
		_, err := s.Hold(t.Context(), task, storage.Hold{Now: now, Outcome: "no", KeepSince: now})
		require.NoError(t, err)
		require.NoError(t, s.Done(t.Context(), task))
	}
	require.Equal(t, []int{0, sweepEvery, sweepEvery, sweepEvery, 0}, []int{
		rows(t, s, "aside"), rows(t, s, "names"), rows(t, s, "takes"), rows(t, s, "ledger"), rows(t, s, "days"),
	})
	totals, err := s.Totals(t.Context())
	require.NoError(t, err)
	require.Equal(t, []storage.Total{{Outcome: "no", Number: sweepEvery}, {Outcome: "ok", Counted: true, Number: old}}, totals)
}

// TestSweepSparesReservations: the count of a day is not forgotten while an
// attempt of it is on its way.
func TestSweepSparesReservations(t *testing.T) {
	s := replicas(t, 1)[0]
	add(t, s, update("a", ""))
	tasks, err := claim(t.Context(), s, start, 1)
	require.NoError(t, err)
	_, err = s.Begin(t.Context(), tasks[0], storage.Begin{Now: start, Day: day})
	require.NoError(t, err)
	s.sweepLedger(t.Context(), start.AddDate(1, 0, 0))
	a, err := s.Hold(t.Context(), tasks[0], storage.Hold{Now: start, Outcome: "ok", Counted: true})
	require.NoError(t, err)
	require.Equal(t, 1, a.Number)
	s.sweepLedger(t.Context(), start.AddDate(1, 0, 0))
	require.Zero(t, rows(t, s, "days"))
}
