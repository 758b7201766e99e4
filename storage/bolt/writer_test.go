package bolt

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// gate holds commits back: each waits for a value, and tells that it is there.
func gate(s *Store) (commits *int, pass chan struct{}) {
	commits, pass = new(int), make(chan struct{})
	s.commit = func(tx *bbolt.Tx) error {
		<-pass
		*commits++
		return tx.Commit()
	}
	return commits, pass
}

// TestGroupCommit shows that what gathers during a commit makes one batch, and
// that the first, alone, did not wait for it.
func TestGroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "store.db"))
		commits, pass := gate(s)
		const n = 100
		errs := make(chan error, n)
		add := func(i int) {
			_, err := s.AddTask(t.Context(), photo(strconv.Itoa(i)))
			errs <- err
		}
		go add(0)
		synctest.Wait() // the first is being committed
		for i := range n - 1 {
			go add(i + 1)
		}
		synctest.Wait() // the others wait
		require.Empty(t, errs)
		close(pass)
		for range n {
			require.NoError(t, <-errs)
		}
		require.Equal(t, 2, *commits)
		require.NoError(t, s.Close())
	})
}

// TestCancelled gives up an operation that waits, but not one that is done.
func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "store.db"))
		commits, pass := gate(s)
		ctx, cancel := context.WithCancel(t.Context())
		first, second := make(chan error, 1), make(chan error, 1)
		go func() {
			_, err := s.AddTask(ctx, photo("first"))
			first <- err
		}()
		synctest.Wait()
		go func() {
			_, err := s.AddTask(ctx, photo("second"))
			second <- err
		}()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-second, context.Canceled)
		synctest.Wait()
		require.Empty(t, first, "too late to give up")
		close(pass)
		require.NoError(t, <-first)
		tasks := claim(t, s, 5)
		require.Len(t, tasks, 1)
		require.Equal(t, "first", tasks[0].ID)
		require.NoError(t, s.Close())
		require.Equal(t, 2, *commits, "one for the first and one, at the end, for its try")
	})
}

// TestFirstTry: the first claim of a task waits for no commit; its try is written
// with the task's next change.
func TestFirstTry(t *testing.T) {
	s := newStore(t)
	add(t, s, photo("a"))
	commits := 0
	s.commit = func(tx *bbolt.Tx) error {
		commits++
		return tx.Commit()
	}
	task := claim(t, s, 1)[0]
	require.Equal(t, 1, task.Tries)
	require.Zero(t, commits)
	require.Equal(t, 0, triesInFile(t, s, "a"))
	_, err := s.Begin(t.Context(), task, storage.Begin{Now: start, Day: day})
	require.NoError(t, err)
	require.Equal(t, 1, commits)
	require.Equal(t, 1, triesInFile(t, s, "a"))
}

// TestOneTryIsLost lets a task kill its process again and again, at the very
// moment it is claimed.
func TestOneTryIsLost(t *testing.T) {
	s := newStore(t)
	add(t, s, photo("deadly"))
	require.Equal(t, 1, claim(t, s, 1)[0].Tries)
	path := copyFile(t, s)
	for death := 1; death < 5; death++ {
		s := open(t, path)
		tasks := claim(t, s, 1)
		require.Equal(t, death, tasks[0].Tries, "only the first was lost")
		path = copyFile(t, s)
		require.NoError(t, s.Close())
	}
}

// TestOneTryWaits claims a task twice before its first try is in the file.
func TestOneTryWaits(t *testing.T) {
	s := newStore(t)
	add(t, s, photo("a"))
	claim(t, s, 1)
	tasks, err := s.Claim(t.Context(), storage.Claim{
		Kinds: []storage.Kind{storage.KindPhoto}, Now: start.Add(lease), Lease: lease, Max: 1,
	})
	require.NoError(t, err)
	require.Equal(t, 2, tasks[0].Tries)
	require.Equal(t, 2, triesInFile(t, s, "a"))
}

// TestClaimThatCannotBeCounted fails, and leaves the task to others.
func TestClaimThatCannotBeCounted(t *testing.T) {
	first := newStore(t)
	add(t, first, photo("old"))
	s := open(t, copyFile(t, first))
	add(t, s, photo("new"))
	mend := failCommits(s)
	_, err := s.Claim(t.Context(), storage.Claim{
		Kinds: []storage.Kind{storage.KindPhoto}, Now: start, Lease: lease, Max: 5,
	})
	require.ErrorIs(t, err, errDisk)
	mend()
	tasks := claim(t, s, 5)
	require.Len(t, tasks, 2)
	for _, task := range tasks {
		require.Equal(t, 1, task.Tries)
	}
	require.NoError(t, s.Close())
}

// triesInFile gives the tries of a task that the next Open would find.
func triesInFile(t *testing.T, s *Store, id string) int {
	t.Helper()
	copied := open(t, copyFile(t, s))
	defer func() { require.NoError(t, copied.Close()) }()
	e := copied.index.byID[id]
	require.NotNil(t, e)
	return e.task.Tries
}

// TestStuckDisk: whoever asks gets an answer by the deadline of their own, or by
// the store's, and what nobody waits for any more is not done.
func TestStuckDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "store.db"))
		add(t, s, photo("a"))
		commits, pass := gate(s)
		began := time.Now()
		for name, err := range map[string]error{
			"write": s.PutSetting(t.Context(), "first", []byte{1}),
			"look":  func() error { _, err := s.Backlog(t.Context(), start); return err }(),
		} {
			require.ErrorIs(t, err, errStuck, name)
		}
		require.Equal(t, 2*answerTime, time.Since(began))
		began = time.Now()
		short, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		_, err := s.AddTask(short, photo("given up"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = s.Claim(short, storage.Claim{Kinds: []storage.Kind{storage.KindPhoto}, Now: start, Lease: lease, Max: 1})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Second, time.Since(began))
		require.ErrorIs(t, s.Close(), errStuck)
		close(pass)
		<-s.ended
		require.Equal(t, 1, *commits)
		require.NoError(t, s.db.Close())
	})
}
