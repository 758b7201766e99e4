package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"time"

	"mrzbot/storage"
)

// work works one task from its claim to what becomes of it.
func (q *Queue) work(ctx context.Context, t storage.Task) {
	ctx, drop := context.WithCancel(ctx)
	defer drop()
	stop := q.keep(ctx, t, drop)
	defer stop()

	var v Verdict
	switch calm := false; {
	case t.Tries > maxTries:
		q.Log.Error("the program died over this task", "task", t.ID, "kind", t.Kind, "tries", t.Tries)
		v = q.broken(ctx, t)
	default:
		if v, calm = q.try(ctx, q.Handle, t); !calm {
			v = q.broken(ctx, t)
		}
	}
	q.carryOut(ctx, t, v)
}

// keep renews the lease while the task is worked, and drops the work when it
// is lost.
func (q *Queue) keep(ctx context.Context, t storage.Task, drop func()) (stop func()) {
	var mu sync.Mutex
	var timer *time.Timer
	over := false
	renew := func() {
		err := q.Tasks.Renew(ctx, t, q.Now().Add(q.Lease))
		if errors.Is(err, storage.ErrLost) {
			drop()
		}
		mu.Lock()
		defer mu.Unlock()
		if !over {
			timer.Reset(q.Lease / 3) // a store that fails is asked again
		}
	}
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(q.Lease/3, renew)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		over = true
		timer.Stop()
	}
}

// broken has the last word said over a task that cannot be worked.
func (q *Queue) broken(ctx context.Context, t storage.Task) Verdict {
	if q.Broken != nil {
		if v, calm := q.try(ctx, q.Broken, t); calm {
			return v
		}
	}
	return Aside("broken")
}

// try calls a handler; calm is false when it panicked.
func (q *Queue) try(ctx context.Context, h Handler, t storage.Task) (v Verdict, calm bool) {
	defer func() {
		if calm {
			return
		}
		what := recover()
		q.Log.Error("a handler panicked", "task", t.ID, "kind", t.Kind, "panic", nameless(what), "stack", stack())
	}()
	v = h(ctx, t)
	return v, true
}

// nameless says what a panic was without its value, which may hold what a
// person sent. The runtime's own words hold numbers and types only.
func nameless(what any) string {
	if err, ok := what.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("%T", what)
}

// stack names the functions of the panic, the innermost first, without their
// arguments.
func stack() string {
	var calls [32]uintptr
	frames := runtime.CallersFrames(calls[:runtime.Callers(4, calls[:])])
	var names []string
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") {
			names = append(names, fmt.Sprintf("%s:%d", f.Function, f.Line))
		}
		if !more {
			return strings.Join(names, " < ")
		}
	}
}

// carryOut does what the handler decided. While the store does not answer it
// is asked again, under the same lease: giving up would work the task twice.
func (q *Queue) carryOut(ctx context.Context, t storage.Task, v Verdict) {
	for {
		// The step itself is not cut short: a task whose end is on its way to
		// the disk is not worked again.
		err := q.step(context.WithoutCancel(ctx), t, v)
		if err == nil {
			q.outage.over()
			if len(v.then) > 0 {
				q.Poke()
			}
			return
		}
		if errors.Is(err, storage.ErrLost) {
			return
		}
		wait(ctx, nil, q.outage.began(ctx, err))
		if ctx.Err() != nil {
			return
		}
	}
}

func (q *Queue) step(ctx context.Context, t storage.Task, v Verdict) error {
	switch v.end {
	case done:
		return q.Tasks.Done(ctx, t, v.then...)
	case later:
		return q.Tasks.Postpone(ctx, t, v.at, v.note)
	case aside:
		q.Log.Warn("task put aside", "task", t.ID, "kind", t.Kind, "reason", v.reason)
		return q.Tasks.PutAside(ctx, t, q.Now(), v.reason)
	default:
		return nil
	}
}

// outage is a store that does not answer: told once at its begin and once at
// its end, and asked less and less often.
type outage struct {
	log   *slog.Logger
	mu    sync.Mutex
	fails int
}

// The pauses between two questions to a store that does not answer.
const (
	firstPause = 100 * time.Millisecond
	maxPause   = 5 * time.Second
)

// began notes a failure and gives the pause before the next question.
func (o *outage) began(ctx context.Context, err error) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fails == 0 && ctx.Err() == nil {
		o.log.Error("the store does not answer", "error", err)
	}
	o.fails++
	return min(firstPause<<min(o.fails-1, 10), maxPause)
}

// over notes an answer.
func (o *outage) over() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.fails > 0 {
		o.fails = 0
		o.log.Info("the store answers again")
	}
}
