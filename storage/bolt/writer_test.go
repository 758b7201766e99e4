package bolt

import (
	"context"
	"errors"
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

// TestTriesOnTheirWay follows the count of tries to the file.
func TestTriesOnTheirWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "store.db"))
		commits := 0
		s.commit = func(tx *bbolt.Tx) error {
			commits++
			return tx.Commit()
		}
		add(t, s, photo("alone"), photo("with others"))
		require.Equal(t, 2, commits)
		tasks := claim(t, s, 1)
		require.Equal(t, 2, commits, "a claim waits for no commit")
		require.Equal(t, 1, tasks[0].Tries)
		require.Equal(t, 0, triesInFile(t, s, "alone"))
		for range 4 { // looking does not put it off
			time.Sleep(triesDelay / 4)
			require.NoError(t, s.look(t.Context(), func(*batch) error { return nil }))
		}
		synctest.Wait()
		require.Equal(t, 3, commits)
		require.Equal(t, 1, triesInFile(t, s, "alone"))

		task := claim(t, s, 1)[0]
		_, err := s.Begin(t.Context(), task, storage.Begin{Now: start, Day: day})
		require.NoError(t, err)
		require.Equal(t, 1, triesInFile(t, s, "with others"), "it goes along with what comes")
		time.Sleep(2 * triesDelay)
		synctest.Wait()
		require.Equal(t, 4, commits, "once")
		require.NoError(t, s.Close())
		require.Equal(t, 4, commits)
	})
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

// TestClaimBeforeCommit claims a task whose commit is still on its way, with
// its payload. What follows is behind that commit, and lost with it.
func TestClaimBeforeCommit(t *testing.T) {
	for name, broken := range map[string]bool{"it comes": false, "it fails": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				arrived := 0
				s, err := Open(filepath.Join(t.TempDir(), "store.db"), Options{Arrived: func() { arrived++ }})
				require.NoError(t, err)
				commits, pass := gate(s)
				commit := s.commit
				s.commit = func(tx *bbolt.Tx) error {
					if broken {
						<-pass
						*commits++
						return errors.Join(errDisk, tx.Rollback())
					}
					return commit(tx)
				}
				added, begun := make(chan error, 1), make(chan error, 1)
				go func() {
					task := photo("a")
					task.Payload = []byte("sealed")
					_, err := s.AddTask(t.Context(), task)
					added <- err
				}()
				synctest.Wait() // it is being committed
				require.Equal(t, 1, arrived)
				tasks := claim(t, s, 5)
				require.Len(t, tasks, 1)
				require.Equal(t, "sealed", string(tasks[0].Payload))
				require.Equal(t, 1, tasks[0].Tries)
				require.Empty(t, claim(t, s, 5), "it is claimed once")
				go func() {
					_, err := s.Begin(t.Context(), tasks[0], storage.Begin{Now: start, Day: day})
					begun <- err
				}()
				synctest.Wait()
				require.Empty(t, added)
				require.Empty(t, begun, "it waits for the commit")
				pass <- struct{}{}
				if broken {
					require.ErrorIs(t, <-added, errDisk)
					require.ErrorIs(t, <-begun, storage.ErrLost)
					broken = false
					close(pass)
					added, err := s.AddTask(t.Context(), photo("a"))
					require.NoError(t, err)
					require.True(t, added, "nothing of it was left")
				} else {
					close(pass)
					require.NoError(t, <-added)
					require.NoError(t, <-begun)
					require.Equal(t, 1, triesInFile(t, s, "a"))
				}
				require.NoError(t, s.Close())
				require.Equal(t, 2, *commits)
			})
		})
	}
}

// TestCountDuringCommit asks for a count while the commit that settles it is on
// its way: it is neither a reservation nor in the file, and is counted.
func TestCountDuringCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "store.db"))
		add(t, s, photo("a"))
		task := claim(t, s, 1)[0]
		_, err := s.Begin(t.Context(), task, storage.Begin{Now: start, Day: day})
		require.NoError(t, err)
		_, pass := gate(s)
		count := func() storage.Count {
			c, err := s.Attempts(t.Context(), task.Person, day)
			require.NoError(t, err)
			return c
		}
		during := func(op func() error) {
			t.Helper()
			result := make(chan error, 1)
			go func() { result <- op() }()
			synctest.Wait()
			require.Empty(t, result)
		}
		during(func() error {
			_, err := s.Hold(t.Context(), task, storage.Hold{Now: start, Outcome: "ok", Counted: true})
			return err
		})
		require.Equal(t, storage.Count{Settled: 1}, count())
		pass <- struct{}{}
		synctest.Wait()
		require.Equal(t, storage.Count{Settled: 1}, count())
		during(func() error { return s.ResetAttempts(t.Context(), task.Person, day) })
		require.Zero(t, count())
		pass <- struct{}{}
		synctest.Wait()
		require.Zero(t, count())
		close(pass)
		require.NoError(t, s.Close())
	})
}

// TestPhotoEndsInCompany lets the end of a photo wait for another commit, and
// not for long when none comes.
func TestPhotoEndsInCompany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(filepath.Join(t.TempDir(), "store.db"), Options{})
		require.NoError(t, err)
		add(t, s, photo("a"), photo("b"))
		tasks := claim(t, s, 2)
		commits := 0
		s.commit = func(tx *bbolt.Tx) error {
			commits++
			return tx.Commit()
		}
		done := make(chan error, 1)
		go func() { done <- s.Done(t.Context(), tasks[0]) }()
		synctest.Wait()
		require.Zero(t, commits)
		require.NoError(t, s.PutSetting(t.Context(), "k", nil))
		require.NoError(t, <-done)
		require.Equal(t, 1, commits)

		before := time.Now()
		require.NoError(t, s.Done(t.Context(), tasks[1]))
		require.Equal(t, patience, time.Since(before))
		require.Equal(t, 2, commits)
		require.NoError(t, s.Close())
	})
}
