package bolt

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// Where things are on bbolt's pages, in bytes.
const (
	pageHead    = 16 // id (8), flags (2), count (2), overflow (4)
	branchFlag  = 1
	leafFlag    = 2
	elementSize = 16
)

// pagesOf gives the pages of a file of some types, with their flag.
func pagesOf(t *testing.T, tx *bbolt.Tx, whole []byte, types ...string) (pages map[uint64]uint16) {
	t.Helper()
	pages = map[uint64]uint16{}
	for id := uint64(2); ; id++ {
		p, err := tx.Page(int(id))
		require.NoError(t, err)
		if p == nil {
			return pages
		}
		if slices.Contains(types, p.Type) {
			pages[id] = binary.NativeEndian.Uint16(whole[id*page+8:])
		}
		if p.Type != "free" {
			id += uint64(p.OverflowCount)
		}
	}
}

// TestScribbledLengths scribbles over what pages say of their own length, on
// every page in use: all of it is found at Open, and costs no memory.
func TestScribbledLengths(t *testing.T) {
	path := fullFile(t)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	const size = page
	var pages map[uint64]uint16
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	require.NoError(t, err)
	require.NoError(t, db.View(func(tx *bbolt.Tx) error { pages = pagesOf(t, tx, whole, "leaf", "branch"); return nil }))
	require.NoError(t, db.Close())
	require.Greater(t, len(pages), 5)
	random := rand.New(rand.NewPCG(5, 6))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	tried := 0
	for id, flag := range pages {
		elements := int(binary.NativeEndian.Uint16(whole[id*size+10:]))
		for name, c := range map[string]struct{ at, width int }{
			"id": {0, 8}, "flags": {8, 2}, "count": {10, 2}, "overflow": {12, 4},
			"first place": {pageHead + 4*int(flag&leafFlag/leafFlag), 4}, "first key's size": {pageHead + 4 + 4*int(flag&leafFlag/leafFlag), 4},
			"last value's size": {pageHead + (elements-1)*elementSize + 12, 4},
		} {
			if flag == branchFlag && name == "last value's size" || elements == 0 && c.at >= pageHead {
				continue
			}
			for _, value := range []uint64{1 << 62, 0xffffffffffffffff, random.Uint64(), random.Uint64() | 0x70000000} {
				data := bytes.Clone(whole)
				field := data[int(id*size)+c.at : int(id*size)+c.at+c.width]
				var bytes8 [8]byte
				binary.NativeEndian.PutUint64(bytes8[:], value)
				if name == "count" {
					bytes8[1] |= 0x40 // a lower count is a page with fewer things on it
				}
				if copy(field, bytes8[:]); bytes.Equal(data, whole) {
					continue
				}
				if value == 1<<62 && (name == "first place" || name == "last value's size") {
					continue // 0 is a place, and a size: the value's checksum notices
				}
				if value == 1<<62 && name == "first key's size" && flag == branchFlag {
					continue // what is below it is below no key as well
				}
				tried++
				require.NoError(t, os.Remove(path)) // the last one is locked until this process ends
				require.NoError(t, os.WriteFile(path, data, 0o600))
				_, err := Open(path, Options{noSync: true})
				require.ErrorIs(t, err, storage.ErrDamaged, "page %d: %s", id, name)
			}
		}
	}
	runtime.ReadMemStats(&after)
	require.Greater(t, tried, 200)
	require.Less(t, (after.TotalAlloc-before.TotalAlloc)/uint64(tried), uint64(64<<20), "bytes of memory for each try")
}

// BenchmarkCheck checks a file of some 50 MB whole, as Open does.
func BenchmarkCheck(b *testing.B) {
	path := filepath.Join(b.TempDir(), "store.db")
	row := storage.Entry{Task: "1234567890", Person: 1, Began: start, Outcome: "ok", Charge: storage.ChargeYes, Session: "00000000-0000-0000-0000-000000000000"}
	require.NoError(b, Restore(b.Context(), path, Options{}, func(yield func(storage.Record, error) bool) {
		for i := range 400_000 {
			row.Ended = start.Add(time.Duration(i) * time.Second)
			if !yield(storage.Record{Row: &storage.RowRecord{Seq: uint64(i + 1), Entry: row}}, nil) {
				return
			}
		}
	}))
	s, err := Open(path, Options{})
	require.NoError(b, err)
	info, err := os.Stat(path)
	require.NoError(b, err)
	for b.Loop() {
		require.NoError(b, s.Check(b.Context()))
	}
	b.ReportMetric(float64(info.Size())/(1<<20), "MB")
	require.NoError(b, s.Close())
}

// TestCheck finds what became of a file after it was opened.
func TestCheck(t *testing.T) {
	path := fullFile(t)
	s := open(t, path)
	require.NoError(t, s.Check(t.Context()))
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	at := bytes.LastIndex(whole, []byte("somebody")) // in the record of a person
	require.Positive(t, at)
	for at >= 0 {
		copy(whole[at:], "somebad.")
		at = bytes.LastIndex(whole, []byte("somebody"))
	}
	require.NoError(t, os.WriteFile(path, whole, 0o600))
	err = s.Check(t.Context())
	require.ErrorIs(t, err, storage.ErrDamaged)
	require.ErrorContains(t, err, "mrzbot restore")
	closeAny(s)
}
