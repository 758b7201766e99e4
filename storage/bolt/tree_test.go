package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// largeFile gives the path of a closed store with branches, and its bytes.
func largeFile(t *testing.T) (path string, whole []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "store.db")
	var records []storage.Record
	for i := range 3000 {
		at := start.Add(time.Duration(i) * time.Second)
		records = append(records, storage.Record{Row: &storage.RowRecord{Seq: uint64(i + 1), Entry: storage.Entry{
			Task: fmt.Sprint(i), Person: 1, Began: at, Ended: at, Outcome: "ok", Session: "00000000-0000-0000-0000-000000000000",
		}}})
	}
	records = append(records, storage.Record{Total: &storage.Total{Outcome: "ok", Number: len(records)}})
	require.NoError(t, Restore(t.Context(), path, Options{noSync: true}, each(records, nil)))
	s := open(t, path)
	add(t, s, photo("a"))
	task := claim(t, s, 1)[0]
	_, err := s.Begin(t.Context(), task, storage.Begin{Now: start, Day: day})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	whole, err = os.ReadFile(path)
	require.NoError(t, err)
	return path, whole
}

// inUse gives the pages of a file by their flag.
func inUse(t *testing.T, path string) (pages map[uint64]uint16, pageSize uint64) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	head, err := readHead(f, 0)
	require.NoError(t, err)
	free, err := head.freePages(f)
	require.NoError(t, err)
	pages = map[uint64]uint16{}
	for id := uint64(2); id < head.pages; id++ {
		var page [pageHead]byte
		_, err := f.ReadAt(page[:], int64(id*head.pageSize))
		require.NoError(t, err)
		pages[id] = binary.NativeEndian.Uint16(page[8:])
		id += uint64(binary.NativeEndian.Uint32(page[12:]))
	}
	for _, id := range free {
		delete(pages, id)
	}
	delete(pages, head.list)
	return pages, head.pageSize
}

// TestScribbledLengths scribbles over what pages say of their own length, on
// every page in use: all of it is found at Open, and costs no memory.
func TestScribbledLengths(t *testing.T) {
	path := fullFile(t)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	pages, size := inUse(t, path)
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
				require.NoError(t, os.WriteFile(path, data, 0o600))
				_, err := Open(path, Options{noSync: true})
				require.ErrorIs(t, err, storage.ErrDamaged, "page %d: %s", id, name)
			}
		}
	}
	runtime.ReadMemStats(&after)
	require.Greater(t, tried, 200)
	require.Less(t, (after.TotalAlloc-before.TotalAlloc)/uint64(tried), uint64(8*len(whole)), "bytes of memory for each try")
}

// TestTreeOfLargeFile: of a large file the branches are looked at, and what
// leads nowhere is found.
func TestTreeOfLargeFile(t *testing.T) {
	path, whole := largeFile(t)
	pages, size := inUse(t, path)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	require.NoError(t, checkTree(f, int(size), wholeTree))
	require.NoError(t, checkTree(f, int(size), 0))
	branches := 0
	for id, flag := range pages {
		scribble := func(at int, value byte, wholeUpTo int64) error {
			_, err := f.WriteAt([]byte{value}, int64(id*size)+int64(at))
			require.NoError(t, err)
			err = checkTree(f, int(size), wholeUpTo)
			_, err2 := f.WriteAt(whole[id*size:id*size+size], int64(id*size))
			require.NoError(t, err2)
			return err
		}
		if flag != branchFlag {
			// The overflow, and a value's size.
			require.ErrorIs(t, scribble(15, 0x7f, wholeTree), storage.ErrDamaged)
			require.ErrorIs(t, scribble(pageHead+15, 0x7f, wholeTree), storage.ErrDamaged)
			continue
		}
		branches++
		for at, value := range map[int]byte{8: 7, 11: 0x7f, 15: 0x7f, pageHead + 3: 0x7f, pageHead + 7: 0x7f, pageHead + 8: 0, pageHead + 15: 0x7f} {
			if whole[int(id*size)+at] != value {
				require.ErrorIs(t, scribble(at, value, 0), storage.ErrDamaged, at)
			}
		}
	}
	require.Positive(t, branches)
}

func BenchmarkTree(b *testing.B) {
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
	info, err := os.Stat(path)
	require.NoError(b, err)
	f, err := os.Open(path)
	require.NoError(b, err)
	defer func() { require.NoError(b, f.Close()) }()
	for name, upTo := range map[string]int64{"leaves": info.Size(), "branches": 0} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				require.NoError(b, checkTree(f, os.Getpagesize(), upTo))
			}
			b.ReportMetric(float64(info.Size())/(1<<20), "MB")
		})
	}
}
