package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// start is when the tests begin: nothing depends on the real clock.
var start = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

const (
	day   = storage.Day("2026-05-04")
	lease = 15 * time.Second
)

// replicas opens a new store several times, as several processes do.
func replicas(t *testing.T, n int) []*Store {
	t.Helper()
	url := cluster.Server(t).URL(cluster.Database(t))
	stores := make([]*Store, n)
	for i := range stores {
		stores[i] = open(t, url)
	}
	return stores
}

// open opens a store that the test closes at its end.
func open(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, Options{anyClock: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func update(id, order string) storage.Task {
	return storage.Task{ID: id, Kind: storage.KindUpdate, Order: order, Person: 1, Added: start, Payload: []byte("payload of " + id)}
}

func add(t *testing.T, s *Store, tasks ...storage.Task) {
	t.Helper()
	for _, task := range tasks {
		added, err := s.AddTask(t.Context(), task)
		require.NoError(t, err)
		require.True(t, added)
	}
}

func claim(ctx context.Context, s *Store, now time.Time, most int) ([]storage.Task, error) {
	return s.Claim(ctx, storage.Claim{Kinds: []storage.Kind{storage.KindUpdate}, Owner: "test", Now: now, Lease: lease, Max: most})
}

// together runs f for each of n at once.
func together(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = f(i) })
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
}

// TestOrder has replicas add tasks of few order keys while others claim and end
// them, and add what follows. No key is ever worked twice at once, and none of
// its tasks comes after one of a higher Seq: a task that was added late is never
// overtaken by one that was committed early.
func TestOrder(t *testing.T) {
	const adders, each, keys, workers = 6, 60, 3, 6
	stores := replicas(t, 3)
	var mu sync.Mutex
	working, last := map[string]string{}, map[string]uint64{}
	var finished, wanted atomic.Int64
	wanted.Store(adders * each)
	take := func(task storage.Task) error {
		mu.Lock()
		defer mu.Unlock()
		if other := working[task.Order]; other != "" {
			return fmt.Errorf("%s was claimed while %s is worked", task.ID, other)
		}
		if task.Seq <= last[task.Order] {
			return fmt.Errorf("%s has Seq %d, and %d was there before it", task.ID, task.Seq, last[task.Order])
		}
		working[task.Order], last[task.Order] = task.ID, task.Seq
		return nil
	}
	work := func(s *Store, task storage.Task) error {
		if err := take(task); err != nil {
			return err
		}
		mu.Lock()
		working[task.Order] = ""
		mu.Unlock()
		var then []storage.Task
		if len(task.ID) < 8 {
			// What follows goes to another key: two ends cross.
			then = append(then, update(task.ID+" then", fmt.Sprint("key", (int(task.Seq)+1)%keys)))
			wanted.Add(1)
		}
		if err := s.Done(t.Context(), task, then...); err != nil {
			return err
		}
		finished.Add(1)
		return nil
	}
	together(t, adders+workers, func(i int) error {
		s := stores[i%len(stores)]
		if i < adders {
			for n := range each {
				if _, err := s.AddTask(t.Context(), update(fmt.Sprintf("%d.%d", i, n), fmt.Sprint("key", n%keys))); err != nil {
					return err
				}
			}
			return nil
		}
		for finished.Load() < wanted.Load() {
			tasks, err := claim(t.Context(), s, start, 2)
			if err != nil {
				return err
			}
			for _, task := range tasks {
				if err := work(s, task); err != nil {
					wanted.Store(0)
					return err
				}
			}
		}
		return nil
	})
	require.Equal(t, int64(2*adders*each), finished.Load())
	left := rows(t, stores[0], "tasks") + rows(t, stores[0], "orders")
	require.Zero(t, left)
}

// rows counts the rows of a table.
func rows(t *testing.T, s *Store, table string) (n int) {
	t.Helper()
	require.NoError(t, s.pool.QueryRow(t.Context(), `SELECT count(*) FROM mrzbot.`+table).Scan(&n))
	return n
}

// TestLimitAcrossReplicas: the limit is exact, whoever asks.
func TestLimitAcrossReplicas(t *testing.T) {
	const limit, photos = 7, 40
	stores := replicas(t, 3)
	for i := range photos {
		add(t, stores[0], update(fmt.Sprint(i), ""))
	}
	tasks, err := claim(t.Context(), stores[1], start, photos)
	require.NoError(t, err)
	require.Len(t, tasks, photos)
	var began atomic.Int64
	together(t, photos, func(i int) error {
		_, err := stores[i%3].Begin(t.Context(), tasks[i], storage.Begin{Now: start, Day: day, Limit: limit})
		if errors.Is(err, storage.ErrLimit) {
			return nil
		}
		began.Add(1)
		return err
	})
	require.Equal(t, int64(limit), began.Load())
	count, err := stores[2].Attempts(t.Context(), 1, day)
	require.NoError(t, err)
	require.Equal(t, storage.Count{Reserved: limit}, count)
}

// TestCloseEndsOwnLeases: what others have in work stays theirs.
func TestCloseEndsOwnLeases(t *testing.T) {
	stores := replicas(t, 2)
	add(t, stores[0], update("a", ""), update("b", ""))
	mine, err := claim(t.Context(), stores[0], start, 1)
	require.NoError(t, err)
	require.Len(t, mine, 1)
	others, err := claim(t.Context(), stores[1], start, 1)
	require.NoError(t, err)
	require.Len(t, others, 1)
	require.NoError(t, stores[0].Close())
	again, err := claim(t.Context(), stores[1], start, 2)
	require.NoError(t, err)
	require.Len(t, again, 1)
	require.Equal(t, mine[0].ID, again[0].ID)
	require.Equal(t, 2, again[0].Tries)
	require.NoError(t, stores[1].Done(t.Context(), others[0]))
}

// TestLeases: those that hold are known, and those of the dead forgotten.
func TestLeases(t *testing.T) {
	s := replicas(t, 1)[0]
	take := func(name string, now, until time.Time) {
		t.Helper()
		ok, err := s.TakeLease(t.Context(), name, "me", now, until)
		require.NoError(t, err)
		require.True(t, ok)
	}
	for _, name := range []string{"b", "a"} {
		take(name, start, start.Add(lease))
	}
	take("long", start, start.Add(2*lease))
	for at, want := range map[time.Duration][]string{0: {"a", "b", "long"}, lease: {"long"}, 2 * lease: {}} {
		names, err := s.Leases(t.Context(), start.Add(at))
		require.NoError(t, err)
		require.Equal(t, want, names)
	}
	later := start.Add(2 * lease).Add(forgetLease)
	take("a", later, later.Add(lease))
	require.Equal(t, 2, rows(t, s, "leaders"))
	take("a", later.Add(time.Microsecond), later.Add(lease))
	require.Equal(t, 1, rows(t, s, "leaders"))
}

// TestOldLeaseInUse: whoever takes a lease does not wait for an old one that
// somebody else takes at the same moment.
func TestOldLeaseInUse(t *testing.T) {
	s := replicas(t, 1)[0]
	ok, err := s.TakeLease(t.Context(), "old", "me", start, start.Add(lease))
	require.NoError(t, err)
	require.True(t, ok)
	other, err := s.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = other.Rollback(context.Background()) }()
	_, err = other.Exec(t.Context(), `SELECT FROM mrzbot.leaders WHERE name = 'old' FOR UPDATE`)
	require.NoError(t, err)
	later := start.Add(2 * forgetLease)
	ok, err = s.TakeLease(t.Context(), "new", "me", later, later.Add(lease))
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 2, rows(t, s, "leaders"))
	require.NoError(t, other.Rollback(t.Context()))
	ok, err = s.TakeLease(t.Context(), "new", "me", later, later.Add(lease))
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, 1, rows(t, s, "leaders"), "forgotten the next time")
}
