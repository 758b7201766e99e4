package bolt

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// keys counts the keys of a table.
func keys(t *testing.T, s *Store, table string) (n int) {
	t.Helper()
	require.NoError(t, s.view(func(b *batch) error {
		return b.tx.Bucket([]byte(table)).ForEach(func(_, _ []byte) error { n++; return nil })
	}))
	return n
}

// TestSweepTasks shows that neither names nor tasks in quarantine pile up.
func TestSweepTasks(t *testing.T) {
	s := newStore(t)
	const each = 100
	now := start
	for round := range 5 {
		for i := range each {
			task := photo(fmt.Sprint(round, ".", i))
			task.Added = now
			add(t, s, task)
			task = claim(t, s, 1)[0]
			if i%4 == 0 {
				require.NoError(t, s.Quarantine(t.Context(), task, now, "broken"))
			} else {
				require.NoError(t, s.Done(t.Context(), task))
			}
		}
		now = now.Add(storage.Remember)
	}
	require.LessOrEqual(t, keys(t, s, nameTable.name), 2*each)
	require.LessOrEqual(t, keys(t, s, quarantineTable.name), 2*each/4)
	require.Equal(t, keys(t, s, quarantineTable.name), keys(t, s, payloadBucket), "the payload goes with the task")
	require.Zero(t, keys(t, s, taskTable.name))
	backlog, err := s.Backlog(t.Context(), now)
	require.NoError(t, err)
	require.Equal(t, keys(t, s, quarantineTable.name), backlog.Quarantined)
	require.NoError(t, s.Close())
	s = open(t, s.path)
	again, err := s.Backlog(t.Context(), now)
	require.NoError(t, err)
	require.Equal(t, backlog, again)
	require.NoError(t, s.Close())
}

func TestSweepTakes(t *testing.T) {
	s := newStore(t)
	now := start
	for round := range 6 {
		for i := range 100 {
			_, err := s.RateLimit(t.Context(), fmt.Sprint(round, ".", i), now, 1, time.Hour)
			require.NoError(t, err)
		}
		now = now.Add(time.Hour)
	}
	require.LessOrEqual(t, keys(t, s, windowTable.name), 200)
}

// TestSweepKept shows that claims remove what is kept no longer, with its
// payload, in few transactions, however much there is and after a restart.
func TestSweepKept(t *testing.T) {
	s := newStore(t)
	const each = 3 * maxDropped
	for i := range each {
		task := photo(fmt.Sprint(i))
		task.Order = task.ID
		add(t, s, task)
		require.NoError(t, s.Retain(t.Context(), claim(t, s, 1)[0], storage.Retain{Until: start.Add(time.Minute)}))
	}
	require.Equal(t, each, keys(t, s, taskTable.name))
	require.NoError(t, s.Close())
	s = open(t, s.path)
	var commits int
	s.commit = func(tx *bbolt.Tx) error { commits++; return tx.Commit() }
	claimAt := func(now time.Time) {
		tasks, err := s.Claim(t.Context(), storage.Claim{Kinds: []storage.Kind{storage.KindNotice}, Now: now, Lease: lease, Max: 1})
		require.NoError(t, err)
		require.Empty(t, tasks)
	}
	claimAt(start.Add(time.Minute - time.Microsecond))
	require.Zero(t, commits)
	for n := 1; n <= each/maxDropped; n++ {
		claimAt(start.Add(time.Minute))
		require.Equal(t, n, commits)
		require.Equal(t, each-n*maxDropped, keys(t, s, taskTable.name))
		require.Equal(t, each-n*maxDropped, keys(t, s, payloadBucket))
	}
	// What comes in slowly is removed once a second, not with each claim.
	for i := range 20 {
		task := photo(fmt.Sprint("late ", i))
		add(t, s, task)
		require.NoError(t, s.Retain(t.Context(), claim(t, s, 1)[0], storage.Retain{Until: start.Add(2*time.Minute + time.Duration(i)*dropPause/10)}))
	}
	commits = 0
	for i := range 30 {
		claimAt(start.Add(2*time.Minute + time.Duration(i)*dropPause/10))
	}
	require.Equal(t, 3, commits)
	require.Zero(t, keys(t, s, taskTable.name))
	require.NoError(t, s.Close())
}

// TestSweepLedger keeps a window of days: rows and counts.
func TestSweepLedger(t *testing.T) {
	s := newStore(t)
	const days, each, keep = 10, 40, 3
	now := start
	for d := range days {
		for i := range each {
			task := photo(fmt.Sprint(d, ".", i))
			task.Added, task.Person = now, int64(i)
			add(t, s, task)
			task = claim(t, s, 1)[0]
			_, err := s.Begin(t.Context(), task, storage.Begin{Now: now, Day: storage.DayOf(now, time.UTC)})
			require.NoError(t, err)
			_, err = s.Hold(t.Context(), task, storage.Hold{
				Now: now, Outcome: "ok", Counted: true, KeepSince: now.AddDate(0, 0, -keep),
			})
			require.NoError(t, err)
			require.NoError(t, s.Done(t.Context(), task))
		}
		now = now.AddDate(0, 0, 1)
	}
	require.LessOrEqual(t, keys(t, s, ledgerTable.name), (keep+2)*each)
	require.GreaterOrEqual(t, keys(t, s, ledgerTable.name), (keep+1)*each)
	require.LessOrEqual(t, keys(t, s, countTable.name), (keep+3)*each)
	require.GreaterOrEqual(t, keys(t, s, countTable.name), (keep+2)*each)
}
