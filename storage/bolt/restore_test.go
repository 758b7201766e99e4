package bolt

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

func dumped(t *testing.T, s *Store) (records []storage.Record) {
	t.Helper()
	for r, err := range s.Dump(t.Context()) {
		require.NoError(t, err)
		records = append(records, r)
	}
	return records
}

func each(records []storage.Record, err error) iter.Seq2[storage.Record, error] {
	return func(yield func(storage.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(storage.Record{}, err)
		}
	}
}

func TestRestore(t *testing.T) {
	s := open(t, fullFile(t))
	want := dumped(t, s)
	require.NoError(t, s.Close())

	path := filepath.Join(t.TempDir(), "folder", "new.db")
	require.NoError(t, Restore(t.Context(), path, Options{}, each(want, nil)))
	s = open(t, path)
	require.Equal(t, want, dumped(t, s))
	dump(t, s)
	require.NoError(t, s.Close())
	onlyFile(t, path)

	before, err := os.ReadFile(path)
	require.NoError(t, err)
	require.ErrorIs(t, Restore(t.Context(), path, Options{}, each(want, nil)), storage.ErrNotEmpty)
	s = open(t, path)
	require.ErrorIs(t, Restore(t.Context(), path, Options{}, each(want, nil)), storage.ErrInUse)
	require.NoError(t, s.Close())
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, len(before), len(after))
	onlyFile(t, path)
}

// TestRestoreReplacesEmpty: a store that holds nothing is in nobody's way.
func TestRestoreReplacesEmpty(t *testing.T) {
	s := open(t, fullFile(t))
	want := dumped(t, s)
	require.NoError(t, s.Close())
	path := filepath.Join(t.TempDir(), "store.db")
	s = open(t, path)
	require.NoError(t, s.PutSetting(t.Context(), "left", []byte("over")))
	require.NoError(t, s.Close())
	require.NoError(t, Restore(t.Context(), path, Options{}, each(want, nil)))
	s = open(t, path)
	require.Equal(t, want, dumped(t, s))
	require.NoError(t, s.Close())
	onlyFile(t, path)
}

// TestRestoreFails: nothing gets the store's name that is not whole.
func TestRestoreFails(t *testing.T) {
	s := open(t, fullFile(t))
	records := dumped(t, s)
	require.NoError(t, s.Close())
	path := filepath.Join(t.TempDir(), "store.db")
	broken := errors.New("broken")
	require.ErrorIs(t, Restore(t.Context(), path, Options{}, each(records, broken)), broken)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, Restore(over, path, Options{}, each(records, nil)), context.Canceled)
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Empty(t, files)

	require.NoError(t, os.WriteFile(path, []byte("a text"), 0o600))
	require.ErrorIs(t, Restore(t.Context(), path, Options{}, each(records, nil)), storage.ErrDamaged)
	onlyFile(t, path)
}

// TestHalfLoaded: a file whose load was cut short by a death refuses to open.
func TestHalfLoaded(t *testing.T) {
	path := fullFile(t)
	edit(t, path, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte(loadingKey), []byte{1}) })
	refuses(t, path)
}

func onlyFile(t *testing.T, path string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 1, "nothing is left beside the store")
	require.Equal(t, filepath.Base(path), files[0].Name())
}

// TestDumpGivesWay: a commit that has to wait for a dump ends it.
func TestDumpGivesWay(t *testing.T) {
	s := open(t, fullFile(t))
	defer func() { require.NoError(t, s.Close()) }()
	written := make(chan error, 1)
	n := 0
	var err error
	for _, err = range s.Dump(t.Context()) {
		if n++; n > 1 {
			continue
		}
		go func() {
			// More than the mapping has room for.
			written <- s.PutSetting(context.Background(), "big", make([]byte, storage.MaxPayload))
		}()
		require.Eventually(t, func() bool { return s.heldUp.Load() > 0 }, time.Minute, time.Millisecond)
	}
	require.ErrorIs(t, err, storage.ErrHeldUp)
	require.Equal(t, 2, n)
	require.NoError(t, <-written)
	require.Greater(t, len(dumped(t, s)), 2, "the next one is made")
}
