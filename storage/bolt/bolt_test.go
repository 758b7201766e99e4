package bolt

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"mrzbot/storage"
	"mrzbot/storage/storagetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		os.Exit(child(path))
	}
	goleak.VerifyTestMain(m)
}

func TestSuite(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Place {
		path := filepath.Join(t.TempDir(), "store.db")
		return func(t *testing.T) storage.Store { return open(t, path) }
	}, func(_ *testing.T, s storage.Store) storagetest.Gate {
		g := &commitGate{}
		s.(*Store).commit = g.commit
		return g
	})
}

// commitGate holds commits back, or fails them as a full disk does.
type commitGate struct {
	mu      sync.Mutex
	fails   bool
	opened  chan struct{} // nil: open
	reached chan struct{}
}

func (g *commitGate) Shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opened, g.reached = make(chan struct{}), make(chan struct{}, 100)
}

// LookFor: what is not begun is not done for who has gone away.
func (g *commitGate) LookFor() time.Duration { return 50 * time.Millisecond }

func (g *commitGate) Await() { <-g.reached }

func (g *commitGate) Open(fail bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.fails = fail
	if g.opened != nil {
		close(g.opened)
		g.opened = nil
	}
}

func (g *commitGate) commit(tx *bbolt.Tx) error {
	g.mu.Lock()
	opened := g.opened
	g.mu.Unlock()
	if opened != nil {
		g.reached <- struct{}{}
		<-opened
	}
	g.mu.Lock()
	fails := g.fails
	g.mu.Unlock()
	if fails {
		return errors.Join(errDisk, tx.Rollback())
	}
	return tx.Commit()
}

// start is when the tests begin: nothing depends on the real clock.
var start = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

const (
	day   = storage.Day("2026-05-04")
	lease = 15 * time.Second
)

// open opens a store that does not wait for the disk.
func open(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(path, Options{noSync: true})
	require.NoError(t, err)
	return s
}

// newStore makes a store that the test closes at its end.
func newStore(t *testing.T) *Store {
	t.Helper()
	s := open(t, filepath.Join(t.TempDir(), "store.db"))
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func photo(id string) storage.Task {
	return storage.Task{ID: id, Kind: storage.KindPhoto, Person: 1, Added: start, Payload: []byte("payload of " + id)}
}

func add(t *testing.T, s *Store, tasks ...storage.Task) {
	t.Helper()
	for _, task := range tasks {
		added, err := s.AddTask(t.Context(), task)
		require.NoError(t, err)
		require.True(t, added)
	}
}

func claim(t *testing.T, s *Store, most int) []storage.Task {
	t.Helper()
	tasks, err := s.Claim(t.Context(), storage.Claim{
		Kinds: []storage.Kind{storage.KindPhoto}, Now: start, Lease: lease, Max: most,
	})
	require.NoError(t, err)
	return tasks
}

// copyFile copies a store's file as a death of the process would leave it.
func copyFile(t *testing.T, s *Store) (path string) {
	t.Helper()
	data, err := os.ReadFile(s.path)
	require.NoError(t, err)
	path = filepath.Join(t.TempDir(), "copy.db")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}
