package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"mrzbot/storage"
)

// Reasons for which the queue itself quarantines a task.
const (
	reasonBroken  = "broken"  // nobody can work it
	reasonInvalid = "invalid" // what its handler decided cannot be stored
)

// work works one task from its claim to what becomes of it.
func (q *Queue) work(ctx context.Context, t storage.Task, until time.Time) {
	leased, release := q.hold(ctx, t, until)
	defer release()
	q.carryOut(ctx, t, q.verdict(leased, t))
}

func (q *Queue) verdict(ctx context.Context, t storage.Task) Verdict {
	if t.Tries > maxTries {
		q.Log.Error("the program died over this task", "task", t.ID, "kind", t.Kind, "tries", t.Tries)
	} else if v, calm := q.try(ctx, q.Handle, t); calm {
		return v
	}
	// Broken may be what kills the program.
	if q.Broken != nil && t.Tries <= 2*maxTries {
		if v, calm := q.try(ctx, q.Broken, t); calm {
			return v
		}
	}
	return Quarantine(reasonBroken)
}

// try calls a handler; calm is false when it did not return. The handler has a
// goroutine to itself, so that one that calls runtime.Goexit ends nothing else.
func (q *Queue) try(ctx context.Context, h Handler, t storage.Task) (v Verdict, calm bool) {
	ended := make(chan struct{})
	q.lend(func() {
		defer close(ended)
		defer func() {
			if calm {
				return
			}
			what := recover()
			q.Log.Error("a handler panicked", "task", t.ID, "kind", t.Kind, "panic", nameless(what), "stack", stack())
		}()
		v = h(ctx, t)
		calm = true
	})
	<-ended
	return v, calm
}

// lend runs f in a goroutine that nothing else uses meanwhile. A photo's stack
// grows deep: a goroutine that has it already is given to the next one.
func (q *Queue) lend(f func()) {
	select {
	case q.idle <- f:
	default: // no hand is free
		go func() {
			for {
				f()
				select {
				case f = <-q.idle:
				case <-q.over:
					return
				}
			}
		}()
	}
}

// nameless says what a panic was without its value, which may hold what a
// person sent. The runtime's own words hold numbers and types only.
func nameless(what any) string {
	switch what := what.(type) {
	case nil:
		return "runtime.Goexit"
	case runtime.Error:
		return what.Error()
	default:
		return fmt.Sprintf("%T", what)
	}
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
	step := caller{outage: &q.outage}
	for v.end != leave {
		// The step itself is not cut short: a task whose end is on its way to
		// the disk is not worked again.
		err := q.step(context.WithoutCancel(ctx), t, v)
		switch {
		case err == nil:
			step.answered()
			q.carriedOut(t, v)
			if v.stored != nil {
				v.stored(ctx)
			}
			return
		case errors.Is(err, storage.ErrLost):
			step.answered()
			return
		case errors.Is(err, storage.ErrInvalid):
			step.answered()
			q.Log.Error("what a handler decided cannot be stored", "task", t.ID, "kind", t.Kind, "error", err)
			if v.reason == reasonInvalid {
				return
			}
			v = Quarantine(reasonInvalid)
		case ctx.Err() != nil:
			return
		default:
			wait(ctx, nil, step.failed(err))
		}
	}
}

func (q *Queue) step(ctx context.Context, t storage.Task, v Verdict) error {
	switch v.end {
	case done:
		return q.Tasks.Done(ctx, t, v.then...)
	case retain:
		return q.Tasks.Retain(ctx, t, v.keep, v.then...)
	case later:
		return q.Tasks.Postpone(ctx, t, storage.Postpone{Now: q.now(), Until: v.at, Waiting: cmp.Or(v.waiting, t.Waiting)})
	default:
		return q.Tasks.Quarantine(ctx, t, q.now(), v.reason)
	}
}

func (q *Queue) carriedOut(t storage.Task, v Verdict) {
	q.Log.Debug("task step", "task", t.ID, "kind", t.Kind, "step", endings[v.end])
	if v.end == quarantine {
		q.Log.Warn("task in quarantine", "task", t.ID, "kind", t.Kind, "reason", v.reason)
	}
	// What follows may be of another pool. The task's own pool looks anyway.
	if len(v.then) > 0 {
		q.Notify()
	}
}
