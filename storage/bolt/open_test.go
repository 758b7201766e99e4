package bolt

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

func TestOpenMakesFolderAndFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "store.db")
	s, err := Open(path, Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing is left but the store")
	if runtime.GOOS != "windows" {
		for name, mode := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700, filepath.Dir(filepath.Dir(path)): 0o700} {
			info, err := os.Stat(name)
			require.NoError(t, err)
			require.Equal(t, mode, info.Mode().Perm(), name)
		}
	}
}

func TestOpenInUse(t *testing.T) {
	s := newStore(t)
	_, err := Open(s.path, Options{})
	require.ErrorIs(t, err, storage.ErrInUse)
	require.ErrorContains(t, err, s.path)
	require.ErrorContains(t, err, "stop the other program")
	require.NoError(t, s.Ready(t.Context()), "the first is not disturbed")
	require.NoError(t, s.Close())
	open2, err := Open(s.path, Options{})
	require.NoError(t, err)
	require.NoError(t, open2.Close())
}

// TestOpenTogether opens a new store many times at once: one gets it.
func TestOpenTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	const n = 8
	type result struct {
		s   *Store
		err error
	}
	results := make(chan result)
	for range n {
		go func() {
			s, err := Open(path, Options{noSync: true})
			results <- result{s, err}
		}()
	}
	var opened *Store
	for range n {
		r := <-results
		if r.err != nil {
			require.ErrorIs(t, r.err, storage.ErrInUse)
			continue
		}
		require.Nil(t, opened)
		opened = r.s
	}
	require.NotNil(t, opened)
	require.NoError(t, opened.Close())
}

func TestOpenNewerSchema(t *testing.T) {
	s := newStore(t)
	add(t, s, photo("a"))
	require.NoError(t, s.Close())
	edit(t, s.path, func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte(schemaKey), binary.AppendUvarint(nil, schema+1))
	})
	before, err := os.ReadFile(s.path)
	require.NoError(t, err)
	_, err = Open(s.path, Options{})
	require.ErrorIs(t, err, storage.ErrSchema)
	require.NotErrorIs(t, err, storage.ErrDamaged)
	require.ErrorContains(t, err, "start the newer program")
	after, err := os.ReadFile(s.path)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestOpenWhatIsNoFile(t *testing.T) {
	_, err := Open(t.TempDir(), Options{})
	require.Error(t, err)
	require.NotErrorIs(t, err, storage.ErrDamaged)

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = Open(filepath.Join(file, "store.db"), Options{})
	require.Error(t, err)
	require.NotErrorIs(t, err, storage.ErrDamaged)
}

// TestOpenEndsLeases also shows that a lease of an earlier opening has no
// namesake in a later one.
func TestOpenEndsLeases(t *testing.T) {
	s := newStore(t)
	add(t, s, photo("a"))
	leases := map[string]bool{}
	for i := range 5 {
		tasks := claim(t, s, 1)
		require.Len(t, tasks, 1)
		require.Equal(t, i+1, tasks[0].Tries)
		require.NotContains(t, leases, tasks[0].Lease)
		leases[tasks[0].Lease] = true
		require.NoError(t, s.Close())
		s = open(t, s.path)
	}
	require.NoError(t, s.Close())
}

// edit changes a closed store's file.
func edit(t *testing.T, path string, f func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait})
	require.NoError(t, err)
	require.NoError(t, db.Update(f))
	require.NoError(t, db.Close())
}
