package postgres

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
	"mrzbot/storage/postgres/pgtest"
)

// BenchmarkBudget takes photos from Add to their end by three replicas at once,
// without a budget, and with one that all of them go through: the row of the
// budget is locked until the commit of each Begin has reached the disk.
func BenchmarkBudget(b *testing.B) {
	server, err := pgtest.Start()
	if err != nil {
		b.Skip(err)
	}
	defer func() { require.NoError(b, server.Stop()) }()
	const replicas, workers = 3, 16
	for _, budget := range []int{0, 1 << 30} {
		b.Run(fmt.Sprint("budget ", budget), func(b *testing.B) {
			stores := make([]*Store, replicas)
			for i := range stores {
				stores[i], err = Open(b.Context(), server.URL("postgres"), Options{anyClock: true})
				require.NoError(b, err)
			}
			var number atomic.Int64
			b.ResetTimer()
			there := server.CPUTime()
			var end sync.WaitGroup
			for i := range replicas * workers {
				end.Go(func() {
					s := stores[i%replicas]
					for n := number.Add(1); n <= int64(b.N); n = number.Add(1) {
						if err := budgetLife(b, s, n, budget); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			end.Wait()
			b.StopTimer()
			b.ReportMetric(float64((server.CPUTime()-there).Microseconds())/float64(b.N), "server-cpu-µs/op")
			for _, s := range stores {
				require.NoError(b, s.Close())
			}
			require.NoError(b, server.Exec(b.Context(), "postgres", emptyAll))
		})
	}
}

func budgetLife(b *testing.B, s *Store, n int64, budget int) error {
	kind := storage.Kind(fmt.Sprint("kind ", n))
	task := storage.Task{ID: fmt.Sprint(n), Kind: kind, Person: n % 64, Added: start, Payload: payload}
	if _, err := s.AddTask(b.Context(), task); err != nil {
		return err
	}
	tasks, err := s.Claim(b.Context(), storage.Claim{Kinds: []storage.Kind{kind}, Now: start, Lease: lease, Max: 1})
	if err != nil {
		return err
	}
	if _, err = s.Begin(b.Context(), tasks[0], storage.Begin{Now: start, Day: day, DayBudget: budget, MonthBudget: budget}); err != nil {
		return err
	}
	_, err = s.Hold(b.Context(), tasks[0], storage.Hold{Now: start, Outcome: "ok", Counted: true, Charge: storage.ChargeYes, Payload: payload[:600]})
	if err != nil {
		return err
	}
	return s.Done(b.Context(), tasks[0])
}
