package postgres

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
	"mrzbot/storage/postgres/pgtest"
)

// payload is as long as a sealed photo update.
var payload = bytes.Repeat([]byte("sealed! "), 160)

// BenchmarkLife is storage/bolt's: it takes photos from Add to their end, as the
// bot does, on a server that waits for the disk. cpu-µs/op is the time of this
// process, server-cpu-µs/op that of the server (on Linux).
func BenchmarkLife(b *testing.B) {
	server, err := pgtest.Start()
	if err != nil {
		b.Skip(err)
	}
	defer func() { require.NoError(b, server.Stop()) }()
	for _, workers := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprint(workers, "/removed"), func(b *testing.B) { benchmarkLife(b, server, workers, false) })
		b.Run(fmt.Sprint(workers, "/kept"), func(b *testing.B) { benchmarkLife(b, server, workers, true) })
	}
}

func benchmarkLife(b *testing.B, server *pgtest.Server, workers int, kept bool) {
	s, err := Open(b.Context(), server.URL("postgres"), Options{})
	require.NoError(b, err)
	var number atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	before, there := cpuTime(), server.CPUTime()
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
	b.ReportMetric(float64((server.CPUTime()-there).Microseconds())/float64(b.N), "server-cpu-µs/op")
	require.NoError(b, s.Close())
	require.NoError(b, server.Exec(b.Context(), "postgres", emptyAll))
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
	var tasks []storage.Task
	for len(tasks) == 0 {
		// Another claim may look at the last one that is ready.
		tasks, err = s.Claim(ctx, storage.Claim{Kinds: []storage.Kind{storage.KindPhoto}, Now: now, Lease: 15 * time.Second, Max: 1})
		if err != nil {
			b.Error(err)
			return
		}
	}
	t := tasks[0]
	if kept {
		if _, _, err := s.RetainedFor(ctx, t.Order, now); err != nil {
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
	if kept {
		err = s.Retain(ctx, t, storage.Retain{Until: now.Add(10 * time.Minute), Reply: 123})
	} else {
		err = s.Done(ctx, t)
	}
	if err != nil {
		b.Error(err)
	}
}

// BenchmarkClaim claims and gives back one task while many wait: of few people
// who have work already, and of many.
func BenchmarkClaim(b *testing.B) {
	for _, people := range []int{64, 5000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			s, err := Open(b.Context(), cluster.Server(b).URL(cluster.Database(b)), Options{})
			require.NoError(b, err)
			const waiting = 5000
			now := time.Now()
			for i := range waiting {
				_, err := s.AddTask(b.Context(), storage.Task{ID: fmt.Sprint(i), Kind: storage.KindPhoto, Person: int64(i % people), Added: now, Payload: payload})
				require.NoError(b, err)
			}
			c := storage.Claim{Kinds: []storage.Kind{storage.KindPhoto}, Now: now, Lease: time.Hour, Max: 64}
			_, err = s.Claim(b.Context(), c)
			require.NoError(b, err)
			c.Max = 1
			b.ResetTimer()
			for b.Loop() {
				tasks, err := s.Claim(b.Context(), c)
				require.NoError(b, err)
				require.Len(b, tasks, 1)
				b.StopTimer()
				require.NoError(b, s.Postpone(b.Context(), tasks[0], storage.Postpone{Now: now, Until: now}))
				b.StartTimer()
			}
			require.NoError(b, s.Close())
		})
	}
}
