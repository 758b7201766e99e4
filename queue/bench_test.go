package queue

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"mrzbot/storage"
)

// instant is a store that costs nothing and is never empty.
type instant struct{ Tasks }

func (instant) Claim(_ context.Context, c storage.Claim) ([]storage.Task, error) {
	tasks := make([]storage.Task, c.Max)
	for i := range tasks {
		tasks[i] = storage.Task{ID: "1", Kind: kindA, Tries: 1}
	}
	return tasks, nil
}

func (instant) Done(context.Context, storage.Task, ...storage.Task) error { return nil }

// BenchmarkTasks is what the queue itself costs a task.
func BenchmarkTasks(b *testing.B) {
	ctx, stop := context.WithCancel(b.Context())
	var n atomic.Int64
	q := &Queue{
		Tasks: instant{}, Owner: "us", Grace: time.Second, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Pools: []Pool{{Kinds: []storage.Kind{kindA}, Workers: 8}},
		Handle: func(context.Context, storage.Task) Verdict {
			if n.Add(1) == int64(b.N) {
				stop()
			}
			return Done()
		},
	}
	b.ReportAllocs()
	b.ResetTimer()
	if err := q.Run(ctx); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tasks/s")
}
