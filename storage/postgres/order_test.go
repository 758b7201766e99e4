package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// half begins a transaction and leaves it open.
func half(t *testing.T, s *Store, query string, args ...any) pgx.Tx {
	t.Helper()
	tx, err := s.pool.Begin(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) }) // when the test failed
	_, err = tx.Exec(t.Context(), query, args...)
	require.NoError(t, err)
	return tx
}

// waits checks that a call does not come back before a transaction of somebody
// else ends, and gives what it comes back with.
func waits(t *testing.T, s *Store, end func(context.Context) error, meanwhile func(), call func() error) error {
	t.Helper()
	back := make(chan error, 1)
	go func() { back <- call() }()
	waiting := func() (yes bool) {
		err := s.pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks
			WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database()))`).Scan(&yes)
		require.NoError(t, err)
		return yes
	}
	for !waiting() {
		select {
		case err := <-back:
			require.Fail(t, "it did not wait", "%v", err)
		case <-time.After(time.Millisecond):
		}
	}
	meanwhile()
	require.NoError(t, end(t.Context()))
	return <-back
}

const addQuery = `SELECT mrzbot.add(1, $1, 'update', 'A', 1, 1, 0, '', $2, $2, 'x')`

// TestNotOvertaken: a task that is added while another of its order key is on
// its way to the disk comes behind that one, or in its place when it fails.
func TestNotOvertaken(t *testing.T) {
	for name, committed := range map[string]bool{"committed": true, "given up": false} {
		t.Run(name, func(t *testing.T) {
			s := replicas(t, 1)[0]
			first := half(t, s, addQuery, "first", storage.Micros(start))
			end := first.Rollback
			if committed {
				end = first.Commit
			}
			nothing := func() {
				tasks, err := claim(t.Context(), s, start, 9)
				require.NoError(t, err)
				require.Empty(t, tasks)
			}
			require.NoError(t, waits(t, s, end, nothing, func() error {
				_, err := s.AddTask(t.Context(), update("second", "A"))
				return err
			}))
			want := "second"
			if committed {
				want = "first"
			}
			tasks, err := claim(t.Context(), s, start, 9)
			require.NoError(t, err)
			require.Len(t, tasks, 1)
			require.Equal(t, want, tasks[0].ID)
		})
	}
}

// TestNotForgotten: a task that is added while the last one before it ends can
// be claimed afterwards.
func TestNotForgotten(t *testing.T) {
	s := replicas(t, 1)[0]
	add(t, s, update("first", "A"))
	tasks, err := claim(t.Context(), s, start, 9)
	require.NoError(t, err)
	ending := half(t, s, `SELECT mrzbot.finish($1, $2, '{}')`, "first", tasks[0].Lease)
	require.NoError(t, waits(t, s, ending.Commit, func() {}, func() error {
		_, err := s.AddTask(t.Context(), update("second", "A"))
		return err
	}))
	tasks, err = claim(t.Context(), s, start, 9)
	require.NoError(t, err)
	require.Len(t, tasks, 1)
	require.Equal(t, "second", tasks[0].ID)
}
