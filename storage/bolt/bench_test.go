package bolt

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// payload is as long as a sealed photo update.
var payload = bytes.Repeat([]byte("sealed! "), 160)

// BenchmarkLife takes photos from Add to their end, as the bot does: alone, and
// with many on their way at once; those that are removed, and those that are
// looked for and kept by an order key of their own. cpu-µs/op is user and system time of the
// process, commits/op how often the disk was asked.
func BenchmarkLife(b *testing.B) {
	for _, workers := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprint(workers, "/removed"), func(b *testing.B) { benchmarkLife(b, workers, false) })
		b.Run(fmt.Sprint(workers, "/kept"), func(b *testing.B) { benchmarkLife(b, workers, true) })
	}
}

func benchmarkLife(b *testing.B, workers int, kept bool) {
	s, err := Open(filepath.Join(b.TempDir(), "store.db"), Options{})
	require.NoError(b, err)
	var commits, number atomic.Int64
	s.commit = func(tx *bbolt.Tx) error {
		commits.Add(1)
		return tx.Commit()
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime()
	var end sync.WaitGroup
	for range workers {
		end.Go(func() {
			for n := number.Add(1); n <= int64(b.N); n = number.Add(1) {
				life(b, s, n, kept)
			}
		})
	}
	end.Wait()
	b.StopTimer()
	b.ReportMetric(float64((cpuTime()-before).Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(commits.Load())/float64(b.N), "commits/op")
	require.NoError(b, s.Close())
}

// life takes one photo to its end.
func life(b *testing.B, s *Store, n int64, kept bool) {
	ctx, now := b.Context(), time.Now()
	order := ""
	if kept {
		order = fmt.Sprintf("photo:%d:AQADtxAAAnx%d", n%64, n)
	}
	_, err := s.AddTask(ctx, storage.Task{
		Order: order,
		ID:    fmt.Sprintf("u/%d", 700_000_000+n), Kind: storage.KindPhoto, Person: n % 64, Chat: n % 64, Message: int(n),
		FileID: "AgACAgIAAxkBAAIBY2YAAd5_8mJ0Yh7cQ4x9kQACHt0xG0bI2EuJ3n1m0mS8RAEAAwIAA3kAAzQE", Added: now, Payload: payload,
	})
	if err != nil {
		b.Error(err)
		return
	}
	tasks, err := s.Claim(ctx, storage.Claim{Kinds: []storage.Kind{storage.KindPhoto}, Now: now, Lease: 15 * time.Second, Max: 1})
	if err != nil || len(tasks) != 1 {
		b.Error(err, len(tasks))
		return
	}
	t := tasks[0]
	if kept {
		if _, _, err := s.RetainedFor(ctx, order, now); err != nil {
			b.Error(err)
		}
	}
	if _, err := s.Begin(ctx, t, storage.Begin{Now: now, Day: "2026-05-04"}); err != nil {
		b.Error(err)
	}
	_, err = s.Hold(ctx, t, storage.Hold{
		Now: now, Payload: payload[:600], Outcome: "ok", Counted: true, Charge: storage.ChargeYes,
		Session: "3fa85f64-5717-4562-b3fc-2c963f66afa6", Took: time.Second, KeepSince: now.AddDate(0, 0, -400),
	})
	if err != nil {
		b.Error(err)
	}
	if !kept {
		err = s.Done(ctx, t)
	} else {
		err = s.Retain(ctx, t, storage.Retain{Until: now.Add(10 * time.Minute), Reply: 123})
	}
	if err != nil {
		b.Error(err)
	}
}

// largeRows is how many attempts the benchmarks of a large store begin with,
// with a tenth as many people. MRZBOT_BENCH_ROWS says another number; the bot
// is meant to be as quick with 10000000.
func largeRows() int {
	if n, err := strconv.Atoi(os.Getenv("MRZBOT_BENCH_ROWS")); err == nil {
		return n
	}
	return 100_000
}

// filled makes a store with that many attempts in its ledger.
func filled(b *testing.B, rows int) (path string) {
	path = filepath.Join(b.TempDir(), "store.db")
	s, err := Open(path, Options{noSync: true})
	require.NoError(b, err)
	require.NoError(b, s.Close())
	fillLedger(b, path, rows)
	return path
}

// BenchmarkOpen opens a large store.
func BenchmarkOpen(b *testing.B) {
	path := filled(b, largeRows())
	b.ResetTimer()
	for b.Loop() {
		s, err := Open(path, Options{})
		require.NoError(b, err)
		require.NoError(b, s.Close())
	}
}

// BenchmarkLarge takes photos one after another through an empty store and
// through a large one: they should cost the same.
func BenchmarkLarge(b *testing.B) {
	for _, rows := range []int{0, largeRows()} {
		b.Run(fmt.Sprint(rows, " attempts"), func(b *testing.B) {
			s, err := Open(filled(b, rows), Options{})
			require.NoError(b, err)
			b.ResetTimer()
			before := cpuTime()
			for n := range b.N {
				life(b, s, int64(n), false)
			}
			b.StopTimer()
			b.ReportMetric(float64((cpuTime()-before).Microseconds())/float64(b.N), "cpu-µs/op")
			require.NoError(b, s.Close())
		})
	}
}

// fillLedger writes rows past the store, which would take them one by one.
func fillLedger(b *testing.B, path string, rows int) {
	b.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true})
	require.NoError(b, err)
	now := storage.Micros(time.Now())
	const each = 50_000
	for first := 1; first <= rows; first += each {
		require.NoError(b, db.Update(func(tx *bbolt.Tx) error {
			w := &batch{tx: tx}
			for i := first; i < first+each && i <= rows; i++ {
				row := storage.RowRecord{Seq: uint64(i), Entry: storage.Entry{
					Task: fmt.Sprint("u/", 700_000_000+i), Person: int64(i), Began: time.Now(), Ended: storage.FromMicros(now + int64(i)), Day: "2026-05-04",
					Outcome: "ok", Counted: true, Charge: storage.ChargeYes, Session: "3fa85f64-5717-4562-b3fc-2c963f66afa6", Took: time.Second,
				}}
				ledgerTable.put(w, &row)
				if i%10 > 0 {
					continue
				}
				p := storage.Person{ID: int64(i), Name: "Somebody", Role: storage.RoleAgent, Added: time.Now()}
				personTable.put(w, &p)
			}
			return w.err
		}))
	}
	require.NoError(b, db.Close())
}

// BenchmarkClaim claims four of 50,000 that wait, and puts them back.
func BenchmarkClaim(b *testing.B) {
	const waiting = 50_000
	for _, people := range []int64{10, 1000, waiting} {
		b.Run(fmt.Sprint(people, " people"), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "store.db")
			now := time.Now()
			require.NoError(b, Restore(b.Context(), path, Options{noSync: true}, func(yield func(storage.Record, error) bool) {
				for i := range int64(waiting) {
					t := storage.Task{ID: fmt.Sprint(i), Seq: uint64(i + 1), Kind: storage.KindPhoto, Person: i % people, Added: now, Payload: payload}
					if !yield(storage.Record{Task: &t}, nil) {
						return
					}
				}
			}))
			s, err := Open(path, Options{noSync: true})
			require.NoError(b, err)
			defer func() { require.NoError(b, s.Close()) }()
			var claims time.Duration
			for b.Loop() {
				began := time.Now()
				tasks, err := s.Claim(b.Context(), storage.Claim{Kinds: []storage.Kind{storage.KindPhoto}, Now: now, Lease: 15 * time.Second, Max: 4})
				claims += time.Since(began)
				if err != nil || len(tasks) != 4 {
					b.Fatal(err, len(tasks))
				}
				for _, t := range tasks {
					if err := s.Postpone(b.Context(), t, storage.Postpone{Now: now, Until: now}); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(claims.Microseconds())/float64(b.N), "claim-µs")
		})
	}
}
