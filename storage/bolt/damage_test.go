package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// fullFile gives the path of a closed store with a little of everything in it.
func fullFile(t *testing.T) string {
	t.Helper()
	s := newStore(t)
	fill := func(n int) {
		for i := range n {
			add(t, s, photo(fmt.Sprint("task ", i)))
		}
	}
	fill(60)
	for i, task := range claim(t, s, 40) {
		_, err := s.Begin(t.Context(), task, storage.Begin{Now: start, Day: day})
		require.NoError(t, err)
		_, err = s.Hold(t.Context(), task, storage.Hold{Now: start, Outcome: "ok", Counted: true, Payload: []byte("answer")})
		require.NoError(t, err)
		switch i % 4 {
		case 0:
			require.NoError(t, s.Done(t.Context(), task))
		case 2:
			require.NoError(t, s.Retain(t.Context(), task, storage.Retain{Until: start.Add(time.Hour), RepeatOf: "kept"}))
		}
		_, err = s.ChangePerson(t.Context(), int64(i), func(p *storage.Person) error { p.Name = "somebody"; return nil })
		require.NoError(t, err)
		_, err = s.RateLimit(t.Context(), fmt.Sprint("key", i), start, 1, time.Hour)
		require.NoError(t, err)
	}
	require.NoError(t, s.PutSetting(t.Context(), "k", bytes.Repeat([]byte("v"), 10000)))
	require.NoError(t, s.Close())
	return s.path
}

func TestTruncated(t *testing.T) {
	whole, err := os.ReadFile(fullFile(t))
	require.NoError(t, err)
	for _, size := range []int{0, 1, 100, 4095, 4096, 8192, 12288, 16384, 20480, len(whole) / 4, len(whole) / 2} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "store.db")
			require.NoError(t, os.WriteFile(path, whole[:size], 0o600))
			refuses(t, path)
		})
	}
}

// refuses checks that a file is called damaged and is left as it is.
func refuses(t *testing.T, path string) {
	t.Helper()
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = Open(path, Options{})
	require.ErrorIs(t, err, storage.ErrDamaged)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "mrzbot restore")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after), "a damaged file stays as it is")
}

func TestForeign(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	require.NoError(t, os.WriteFile(text, bytes.Repeat([]byte("SQLite format 3\x00"), 4096), 0o600))
	refuses(t, text)

	other := filepath.Join(t.TempDir(), "other.db")
	edit(t, other, func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("somebody else's"))
		return err
	})
	refuses(t, other)

	half := fullFile(t)
	edit(t, half, func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("takes")) })
	refuses(t, half)
}

func TestScribbledRecords(t *testing.T) {
	for name, change := range map[string]func([]byte) []byte{
		"bit":       func(v []byte) []byte { v[len(v)/2] ^= 1; return v },
		"cut":       func(v []byte) []byte { return v[:len(v)-1] },
		"short":     func([]byte) []byte { return []byte{1} },
		"empty":     func([]byte) []byte { return nil },
		"of others": func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			path := fullFile(t)
			edit(t, path, func(tx *bbolt.Tx) error {
				tasks := tx.Bucket([]byte("tasks"))
				k, v := tasks.Cursor().First()
				value := change(bytes.Clone(v))
				if name == "of others" {
					_, other := tasks.Cursor().Last()
					value = bytes.Clone(other)
				}
				return tasks.Put(bytes.Clone(k), value)
			})
			refuses(t, path)
		})
	}
}

// TestScribbledPages scribbles over pages of a closed file. What the scribble
// hit may be found at Open or when it is read; it may be free space; nothing
// else may happen.
func TestScribbledPages(t *testing.T) {
	whole, err := os.ReadFile(fullFile(t))
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for range 40 {
		path := filepath.Join(t.TempDir(), "store.db")
		data := bytes.Clone(whole)
		for range 1 + random.IntN(4) {
			scribble(random, data)
		}
		require.NoError(t, os.WriteFile(path, data, 0o600))
		s, err := Open(path, Options{noSync: true})
		if err != nil {
			require.ErrorIs(t, err, storage.ErrDamaged)
			refused++
			continue
		}
		useAll(t, s)
		closeAny(s)
	}
	require.Positive(t, refused)
}

const page = 4096

// scribble writes rubbish somewhere behind the two pages that tell where
// everything is.
func scribble(random *rand.Rand, data []byte) {
	at := 2*page + random.IntN(len(data)-3*page)
	n := 1 + random.IntN(64)
	if random.IntN(2) == 0 {
		at, n = at/page*page, page
	}
	for i := range n {
		data[at+i] = byte(random.Uint32())
	}
}

// TestScribbledWhileRunning changes the file under an open store, but for the list
// of free pages, which bbolt believes without a look.
func TestScribbledWhileRunning(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps others from changing a mapped file")
	}
	whole, err := os.ReadFile(fullFile(t))
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 40 {
		path := filepath.Join(t.TempDir(), "store.db")
		require.NoError(t, os.WriteFile(path, whole, 0o600))
		s := open(t, path)
		opened, err := os.ReadFile(path)
		require.NoError(t, err)
		var list map[uint64]uint16
		require.NoError(t, s.db.View(func(tx *bbolt.Tx) error { list = pagesOf(t, tx, opened, "freelist"); return nil }))
		require.Len(t, list, 1)
		spare := func(data []byte) []byte {
			for id := range list {
				copy(data[id*page:(id+1)*page], opened[id*page:])
			}
			return data
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		require.NoError(t, err)
		switch {
		case i == 0:
			require.NoError(t, f.Truncate(0))
		case i == 1:
			require.NoError(t, f.Truncate(8192))
		case i == 2:
			_, err = f.WriteAt(bytes.Repeat([]byte{0xff}, len(whole)), 0)
		case i == 3:
			_, err = f.WriteAt(make([]byte, len(whole)), 0)
		case i == 4:
			_, err = f.WriteAt(spare(bytes.Repeat([]byte{0xff}, len(opened)))[2*page:], 2*page)
		default:
			data := bytes.Clone(opened)
			for range 6 {
				scribble(random, data)
			}
			_, err = f.WriteAt(spare(data)[2*page:], 2*page)
		}
		require.NoError(t, err)
		require.NoError(t, f.Close())
		useAll(t, s)
		closeAny(s)
	}
}

// useAll calls everything and checks that each call returns, with nothing but
// what the contract knows.
func useAll(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	known := func(err error) {
		t.Helper()
		if errors.Is(err, storage.ErrDamaged) {
			require.ErrorContains(t, err, s.path)
			require.ErrorContains(t, err, "mrzbot restore")
		}
		for _, e := range []error{storage.ErrDamaged, storage.ErrHeld, storage.ErrLost, storage.ErrGone} {
			if errors.Is(err, e) {
				return
			}
		}
		require.NoError(t, err)
	}
	for range 3 {
		_, err := s.AddTask(ctx, photo("new"))
		known(err)
		tasks, err := s.Claim(ctx, storage.Claim{Kinds: []storage.Kind{storage.KindPhoto}, Now: start, Lease: lease, Max: 10})
		known(err)
		for i, task := range tasks {
			_, err = s.Begin(ctx, task, storage.Begin{Now: start, Day: day})
			known(err)
			_, err = s.Hold(ctx, task, storage.Hold{Now: start, Outcome: "ok", KeepSince: start.Add(time.Hour)})
			known(err)
			switch i % 4 {
			case 0:
				known(s.Done(ctx, task))
			case 1:
				known(s.Quarantine(ctx, task, start, "x"))
			case 2:
				known(s.Retain(ctx, task, storage.Retain{Until: start.Add(time.Hour)}))
			default:
				known(s.Postpone(ctx, task, storage.Postpone{Now: start, Until: start.Add(time.Hour), Waiting: storage.Waiting{For: "x"}}))
			}
		}
		readAll(ctx, s, known)
		_, err = s.Consume(ctx, "task 2", "me", start)
		known(err)
		_, err = s.WakeWaiting(ctx, storage.WakeWaiting{Kind: storage.KindPhoto, Now: start, Max: 10})
		known(err)
		known(s.PutSetting(ctx, "k", []byte("v")))
		_, err = s.ChangePerson(ctx, 5, func(p *storage.Person) error { p.Name += "x"; return nil })
		known(err)
		_, err = s.RateLimit(ctx, "k", start, 5, time.Hour)
		known(err)
		known(s.ResetAttempts(ctx, 1, day))
		known(s.Ready(ctx))
	}
}

func readAll(ctx context.Context, s *Store, known func(error)) {
	_, err := s.Entries(ctx, time.Time{}, start.Add(time.Hour), 1000)
	known(err)
	_, err = s.Totals(ctx)
	known(err)
	_, err = s.ListPeople(ctx, -1, 1000)
	known(err)
	_, err = s.Person(ctx, 5)
	known(err)
	_, err = s.Setting(ctx, "k")
	known(err)
	_, err = s.Attempts(ctx, 1, day)
	known(err)
	_, err = s.Backlog(ctx, start)
	known(err)
	_, _, err = s.Retained(ctx, "task 2", start)
	known(err)
}

// closeAny closes a store that may be past closing well.
func closeAny(s *Store) { _ = s.Close() }

// TestScribbledLengthWhileRunning: of a value whose length was scribbled over under an
// open store nothing is read, and above all not gigabytes of other memory.
func TestScribbledLengthWhileRunning(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps others from changing a mapped file")
	}
	s := newStore(t)
	_, err := s.ChangePerson(t.Context(), 5, func(p *storage.Person) error { p.Name = "somebody"; return nil })
	require.NoError(t, err)
	add(t, s, photo("a"))
	for _, key := range [][]byte{intKey(5), seqKey(1)} {
		data, err := os.ReadFile(s.path)
		require.NoError(t, err)
		f, err := os.OpenFile(s.path, os.O_RDWR, 0)
		require.NoError(t, err)
		// What a leaf says of its only key: no flags, 16 bytes away, 8 bytes long. The
		// length of the value stands between that and the key.
		head := []byte{0, 0, 0, 0, 16, 0, 0, 0, 8, 0, 0, 0}
		scribbled := 0
		for at := len(head) + 4; at < len(data)-len(key); at++ {
			if bytes.Equal(data[at:at+len(key)], key) && bytes.Equal(data[at-4-len(head):at-4], head) {
				_, err = f.WriteAt([]byte{0, 0, 0, 0x40}, int64(at-4)) // a gigabyte
				require.NoError(t, err)
				scribbled++
			}
		}
		require.NotZero(t, scribbled)
		require.NoError(t, f.Close())
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = s.ChangePerson(t.Context(), 5, func(p *storage.Person) error { p.Name += "x"; return nil })
	require.ErrorIs(t, err, storage.ErrDamaged)
	_, err = s.Person(t.Context(), 5)
	require.ErrorIs(t, err, storage.ErrDamaged)
	require.NoError(t, s.view(func(b *batch) error {
		payload, whole := b.payload(1)
		require.Empty(t, payload)
		require.False(t, whole)
		return nil
	}))
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20), "bytes of memory")
	closeAny(s)
}
