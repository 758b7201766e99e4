package postgres

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// TestClockOfOneReplica: a replica whose clock is years behind takes nothing from
// the others; what one whose clock was ahead has left, those find whose clocks
// agree with the server's.
func TestClockOfOneReplica(t *testing.T) {
	url := cluster.Server(t).URL(cluster.Database(t))
	stores := make([]*Store, 3)
	for i := range stores {
		var err error
		stores[i], err = Open(t.Context(), url, Options{})
		require.NoError(t, err)
		defer func() { require.NoError(t, stores[i].Close()) }()
	}
	right, behind, ahead := stores[0], stores[1], stores[2]
	now := time.Now()
	early, late := now.AddDate(-10, 0, 0), now.AddDate(10, 0, 0)

	task := update("mine", "")
	task.Added = now
	add(t, right, task)
	tasks, err := claim(t.Context(), right, now, 1)
	require.NoError(t, err)
	require.Len(t, tasks, 1)
	leads := func(s *Store, owner string, now time.Time) bool {
		t.Helper()
		ok, err := s.TakeLease(t.Context(), "poll", owner, now, now.Add(lease))
		require.NoError(t, err)
		return ok
	}
	require.True(t, leads(right, "right", now))

	require.False(t, leads(behind, "behind", early))
	stolen, err := claim(t.Context(), behind, early, 1)
	require.NoError(t, err)
	require.Empty(t, stolen)
	_, err = right.Begin(t.Context(), tasks[0], storage.Begin{Now: now, Day: day})
	require.NoError(t, err)
	require.NoError(t, right.Done(t.Context(), tasks[0]))
	require.NoError(t, right.DropLease(t.Context(), "poll", "right"))

	task = update("put off", "")
	task.Added = late
	add(t, ahead, task)
	tasks, err = claim(t.Context(), ahead, late, 1)
	require.NoError(t, err)
	require.Len(t, tasks, 1)
	require.NoError(t, ahead.Postpone(t.Context(), tasks[0], storage.Postpone{Now: late, Until: late.Add(time.Minute)}))
	require.True(t, leads(ahead, "ahead", late))

	_, _, ok, err := right.LeaseHolder(t.Context(), "poll", now)
	require.NoError(t, err)
	require.False(t, ok)
	require.True(t, leads(right, "right", now))
	found, err := claim(t.Context(), right, now.Add(rightPause), 1)
	require.NoError(t, err)
	require.Len(t, found, 1)
}
