package queue

import (
	"context"
	"errors"
	"sync"
	"time"

	"mrzbot/storage"
)

// lease is the hold of this process on a task in work.
type lease struct {
	task  storage.Task
	drop  context.CancelFunc // ends the work
	until time.Time          // guarded by held.mu
}

// held is every lease of this process.
type held struct {
	mu     sync.Mutex
	leases map[*lease]struct{}
}

// hold keeps the lease of a task until release, and ends the context it gives
// when the lease is lost.
func (q *Queue) hold(ctx context.Context, t storage.Task, until time.Time) (_ context.Context, release func()) {
	ctx, drop := context.WithCancel(ctx)
	l := &lease{task: t, drop: drop, until: until}
	q.held.mu.Lock()
	q.held.leases[l] = struct{}{}
	q.held.mu.Unlock()

	ended := make(chan struct{})
	timer := time.AfterFunc(q.Lease/3, func() {
		defer close(ended)
		q.keep(ctx, l)
	})
	return ctx, func() {
		drop()
		if !timer.Stop() {
			<-ended // no call of the store outlives its task
		}
		q.held.forget(l)
	}
}

// keep renews a lease until ctx is done. A store that fails is asked again
// sooner, so that it is asked several times before the lease is over.
func (q *Queue) keep(ctx context.Context, l *lease) {
	for ctx.Err() == nil {
		pause := q.Lease / 3
		if err := q.renew(ctx, l); err != nil {
			pause = q.Lease / 10
		}
		wait(ctx, nil, pause)
	}
}

func (q *Queue) renew(ctx context.Context, l *lease) error {
	until := q.now().Add(q.Lease)
	err := q.Tasks.Renew(ctx, l.task, until)
	switch {
	case err == nil:
		q.held.mu.Lock()
		l.until = until
		q.held.mu.Unlock()
	case errors.Is(err, storage.ErrLost):
		l.drop()
		q.held.forget(l)
	}
	return err
}

// renewLate renews what is about to run out, or ends later than it could, before
// anything is claimed: after an outage, or when the clock was set, the queue
// would otherwise claim its own tasks from under those who work them.
func (q *Queue) renewLate(ctx context.Context, now time.Time) {
	for _, l := range q.held.outside(now.Add(q.Lease/3), now.Add(q.Lease)) {
		// What fails fails for the claim as well, or is found lost by it.
		_ = q.renew(ctx, l)
	}
}

// outside gives the leases that do not end between two times.
func (h *held) outside(from, to time.Time) (leases []*lease) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.leases {
		if l.until.Before(from) || l.until.After(to) {
			leases = append(leases, l)
		}
	}
	return leases
}

func (h *held) forget(l *lease) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.leases, l)
}
