// Package queue moves the tasks of the store: it claims what is ready, has it
// worked, and carries out what the handler decided. Which task goes first is
// the store's work, what a task means is the handler's.
//
// A task belongs to this process for the time of a lease, which is renewed
// while it is worked. A handler that panics costs its own task only. Stopping
// finishes what runs.
//
// It is not a scheduler: nothing is kept here that would be lost with the
// process, and there are no timers of single tasks.
package queue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"mrzbot/storage"
)

// Tasks is the part of the store that the queue uses.
type Tasks interface {
	Claim(ctx context.Context, c storage.Claim) ([]storage.Task, error)
	Renew(ctx context.Context, t storage.Task, until time.Time) error
	Done(ctx context.Context, t storage.Task, then ...storage.Task) error
	Retain(ctx context.Context, t storage.Task, k storage.Retain, then ...storage.Task) error
	Postpone(ctx context.Context, t storage.Task, p storage.Postpone) error
	Quarantine(ctx context.Context, t storage.Task, now time.Time, reason string) error
	NextTask(ctx context.Context, now time.Time, kinds []storage.Kind) (at time.Time, ok bool, err error)
}

// Handler works a task. Its context ends when the lease is lost or the time to
// stop is over.
type Handler func(ctx context.Context, t storage.Task) Verdict

// Pool is workers that take tasks of some kinds only, so that slow tasks of
// one kind never keep those of another waiting. A task that waits behind one of
// another pool, by its order key, is seen within a second of that one's end.
type Pool struct {
	Kinds   []storage.Kind
	Workers int
}

// Queue works tasks. Fill in the fields, then call Run once.
type Queue struct {
	Tasks  Tasks
	Handle Handler
	// Broken gives a task its last word that panicked, or over which the
	// program died several times. nil: it is quarantined.
	Broken Handler
	Pools  []Pool
	Owner  string        // names this process in the store
	Lease  time.Duration // 0: DefaultLease
	Grace  time.Duration // how long Run finishes what runs after its context is done
	Now    func() time.Time
	Log    *slog.Logger

	setUp  sync.Once
	wakes  []chan struct{} // one for each pool
	idle   chan func()     // taken by goroutines that have nothing to do
	over   chan struct{}   // closed when they are needed no more
	busy   sync.WaitGroup
	inWork atomic.Int64
	held   held
	outage outage
}

// DefaultLease is long enough for a stopped process to be noticed late, and
// short enough for its tasks not to wait for it.
const DefaultLease = 15 * time.Second

const (
	// maxTries is how often a task may be begun without getting anywhere before
	// it is believed to kill the program. Broken gets as many.
	maxTries = 3

	// poll bounds how long a task of another process, or one whose time came by
	// a change of the clock, stays unseen.
	poll = time.Second

	// settle is how long a pool waits for more before it asks the store when
	// the next task is due: under load it need not ask at all.
	settle = 5 * time.Millisecond

	// minWait keeps a pool from asking again and again for a task that is due
	// and cannot be claimed yet, after the second time. It doubles, up to poll,
	// while that stays so.
	minWait = 10 * time.Millisecond

	// lastWait is what handlers get to return after their context has ended.
	lastWait = time.Second
)

// ErrUnfinished says that handlers, or calls of the store, were still running
// when Run had to return. Their tasks are claimed again when their leases are
// over.
var ErrUnfinished = errors.New("queue: stopped with tasks in work")

// Notify says that something may have become ready. It never blocks.
func (q *Queue) Notify() {
	q.init()
	for _, wake := range q.wakes {
		ring(wake)
	}
}

func ring(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default: // it is rung already
	}
}

// init makes what Notify and Run share, whichever comes first.
func (q *Queue) init() {
	q.setUp.Do(func() {
		for range q.Pools {
			q.wakes = append(q.wakes, make(chan struct{}, 1))
		}
		q.idle, q.over = make(chan func()), make(chan struct{})
		if q.Lease == 0 {
			q.Lease = DefaultLease
		}
		q.held.leases = map[*lease]struct{}{}
		q.outage.log = q.Log
	})
}

// Run works tasks until ctx is done, then finishes what runs.
func (q *Queue) Run(ctx context.Context) error {
	q.init()
	defer close(q.over)
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var pools sync.WaitGroup
	for i, l := range q.Pools {
		pools.Go(func() { q.pool(ctx, work, l, q.wakes[i]) })
	}
	<-ctx.Done()

	finished := make(chan struct{})
	// A store that hangs in Claim does not hold up the end either.
	go func() { pools.Wait(); q.busy.Wait(); close(finished) }()
	if within(finished, q.Grace) {
		return nil
	}
	q.Log.Warn("stopping: the time is over", "tasks", q.inWork.Load())
	stop()
	if within(finished, lastWait) {
		return nil
	}
	return ErrUnfinished
}

// within reports whether the channel is closed in that time.
func within(c <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c:
		return true
	case <-timer.C:
		return false
	}
}

// pool claims for one pool until ctx is done.
func (q *Queue) pool(ctx, work context.Context, l Pool, wake chan struct{}) {
	places := make(chan struct{}, l.Workers) // one taken for each task in work
	claims := caller{outage: &q.outage}
	var unready time.Duration
	for ctx.Err() == nil {
		room := cap(places) - len(places)
		if room == 0 {
			wait(ctx, wake, poll)
			continue
		}
		now := q.now()
		q.renewLate(ctx, now)
		tasks, err := q.Tasks.Claim(ctx, storage.Claim{
			Kinds: l.Kinds, Owner: q.Owner, Now: now, Lease: q.Lease, Max: room,
		})
		if err != nil {
			if ctx.Err() == nil {
				wait(ctx, nil, claims.failed(err))
			}
			continue
		}
		claims.answered()
		for _, t := range tasks {
			places <- struct{}{}
			q.inWork.Add(1)
			q.busy.Go(func() {
				q.work(work, t, now.Add(q.Lease))
				q.inWork.Add(-1)
				<-places
				ring(wake)
			})
		}
		if len(tasks) > 0 {
			unready = 0
		}
		if len(tasks) < room && !wait(ctx, wake, settle) {
			d := q.untilNext(ctx, l.Kinds)
			if d <= 0 {
				d, unready = unready, min(max(2*unready, minWait), poll)
			}
			wait(ctx, wake, d)
		}
	}
}

// untilNext is how long nothing will be ready unless somebody notifies; nothing
// or less when the store holds something for ready.
func (q *Queue) untilNext(ctx context.Context, kinds []storage.Kind) time.Duration {
	now := q.now()
	at, ok, err := q.Tasks.NextTask(ctx, now, kinds)
	if err != nil || !ok {
		return poll
	}
	return min(at.Sub(now), poll)
}

// now is the time by the calendar, which the store goes by. Now's may carry the
// machine's other clock as well, and times that both carry it are compared by
// that: it stands still while the machine sleeps, and is not set when the
// calendar is. A lease would look long to us and be over to the store.
func (q *Queue) now() time.Time { return q.Now().Round(0) }

// wait waits until something wakes the pool, and reports whether it did.
func wait(ctx context.Context, wake <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-wake:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}
