package backup_test

import (
	"bytes"
	"fmt"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/internal/backup"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

// attempts gives the records of n attempts, as a store has them.
func attempts(n int) iter.Seq2[storage.Record, error] {
	start := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	return func(yield func(storage.Record, error) bool) {
		for i := range n {
			at := start.Add(time.Duration(i) * 317 * time.Millisecond)
			if !yield(storage.Record{Row: &storage.RowRecord{Seq: uint64(i), Entry: storage.Entry{
				Task: fmt.Sprint(700_000_000 + i), Person: 1_000_000_000 + int64(i%997), Began: at, Ended: at.Add(time.Second + time.Duration(i%1000)*time.Microsecond),
				Day: storage.DayOf(at, time.UTC), Outcome: "ok", Counted: true, Charge: storage.ChargeYes,
				Session: fmt.Sprintf("%08x-0000-4000-8000-%012x", i*2654435761, i), Took: time.Duration(i%3000) * time.Millisecond,
			}}}, nil) {
				return
			}
		}
		yield(storage.Record{Total: &storage.Total{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: n}}, nil)
	}
}

// BenchmarkAttempts moves b.N attempts: out of a store and into a backup, and
// out of that into a store.
func BenchmarkAttempts(b *testing.B) {
	path := filepath.Join(b.TempDir(), "store.db")
	var file bytes.Buffer
	b.Run("load", func(b *testing.B) {
		path = filepath.Join(b.TempDir(), "store.db")
		require.NoError(b, bolt.Restore(b.Context(), path, bolt.Options{}, attempts(b.N)))
	})
	open := func(b *testing.B) *bolt.Store {
		path := filepath.Join(b.TempDir(), "store.db")
		require.NoError(b, bolt.Restore(b.Context(), path, bolt.Options{}, attempts(b.N)))
		s, err := bolt.Open(path, bolt.Options{})
		require.NoError(b, err)
		b.Cleanup(func() { require.NoError(b, s.Close()) })
		b.ResetTimer()
		return s
	}
	b.Run("dump", func(b *testing.B) {
		for _, err := range open(b).Dump(b.Context()) {
			require.NoError(b, err)
		}
	})
	b.Run("backup", func(b *testing.B) {
		s := open(b)
		file.Reset()
		require.NoError(b, backup.Write(&file, "v1", time.Time{}, s.Dump(b.Context())))
		b.ReportMetric(float64(file.Len())/float64(b.N), "B/attempt")
	})
	b.Run("read back", func(b *testing.B) {
		file.Reset()
		require.NoError(b, backup.Write(&file, "v1", time.Time{}, attempts(b.N)))
		b.ResetTimer()
		r, err := backup.NewReader(&file)
		require.NoError(b, err)
		for _, err := range r.Records() {
			require.NoError(b, err)
		}
	})
}
