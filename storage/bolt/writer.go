package bolt

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// One goroutine, the writer, runs all operations that change the file. It takes
// whatever waits at that moment as one batch: the changes are staged, one after
// another, in one transaction of the file and in the index in memory, and
// answered when it is committed. So a lone operation waits for nobody, and
// while a commit waits for the disk the next batch gathers. An operation finds
// out whether it can be done before it stages anything; if it fails later all
// the same, the transaction is given up and the others are run again without
// it. If the commit fails, all get the error and the index goes back to where
// it was.
//
// Looks that must agree with the file go the same way, and are answered between
// two batches. A glance is content with the index: the caller takes it himself,
// also while a commit is on its way.
//
// Claims are glances. Leases are in memory only: the file has one owner, and
// opening it ends them. The tries a claim counts go along with the next commit,
// or get one of their own after triesDelay. Every later change of a claimed
// task is committed with them or after them. If the process dies in between, a
// try is lost; but then the task is found in the file at the next Open, and a
// claim of such a task does wait for the commit that counts it, as does one of
// a task that already has a try waiting. So a task that kills its process loses
// one try in all, and is found out.
//
// A task may even be claimed while the commit that adds it is on its way: a
// lone photo is looked at, and fetched, while the disk makes it durable. If that
// commit fails the lease is lost, as every later change of the task is behind
// it.

// op is an operation on its way through the writer.
type op struct {
	run     func(b *batch) error // may be called again after it failed or was taken back
	look    bool                 // run changes nothing but leases
	patient bool                 // nobody waits for it: it waits for company

	state atomic.Int32
	err   error // what run returned, and then the answer
	done  chan struct{}
}

// States of an op.
const (
	queued int32 = iota
	taken
	withdrawn
)

func (o *op) answer(err error) {
	o.err = explain(err)
	close(o.done)
}

// queue is what waits for the writer.
type queue struct {
	mu     sync.Mutex
	ops    []*op
	closed bool
	wake   chan struct{} // one place: something happened since the last take
}

func (q *queue) add(o *op) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return errClosed
	}
	q.ops = append(q.ops, o)
	q.ring()
	return nil
}

func (q *queue) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take gives all that waits.
func (q *queue) take() (ops []*op, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	ops, q.ops = q.ops, nil
	return ops, q.closed
}

func (q *queue) isClosed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.ring()
}

// write has the writer stage a change and waits until it is committed.
func (s *Store) write(ctx context.Context, run func(b *batch) error) error {
	return s.do(ctx, &op{run: run, done: make(chan struct{})})
}

// writeSometime is write for what nobody waits for.
func (s *Store) writeSometime(ctx context.Context, run func(b *batch) error) error {
	return s.do(ctx, &op{run: run, patient: !s.hasty, done: make(chan struct{})})
}

// glance runs what needs the index only, at once.
func (s *Store) glance(ctx context.Context, run func(b *batch) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.isDead() {
		return s.why
	}
	if s.queue.isClosed() {
		return errClosed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	idle := len(s.unsaved) == 0 && !s.overdue
	err := guard(func() error { return run(&batch{Store: s}) })
	if idle && (len(s.unsaved) > 0 || s.overdue) {
		s.queue.ring() // the writer has to see to it
	}
	return explain(err)
}

// look has the writer answer from what is committed.
func (s *Store) look(ctx context.Context, run func(b *batch) error) error {
	return s.do(ctx, &op{run: run, look: true, done: make(chan struct{})})
}

func (s *Store) do(ctx context.Context, o *op) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.isDead() {
		return s.why
	}
	if err := s.queue.add(o); err != nil {
		return err
	}
	select {
	case <-o.done:
		return o.err
	case <-s.dead:
		return s.why
	case <-ctx.Done():
		if o.state.CompareAndSwap(queued, withdrawn) {
			return ctx.Err()
		}
	}
	// Too late to give up: it is being done.
	select {
	case <-o.done:
		return o.err
	case <-s.dead:
		return s.why
	}
}

// alarm is what the writer wants to be woken for.
type alarm int

const (
	noAlarm    alarm = iota
	forTries         // tries wait to be written
	forCompany       // patient operations have waited long enough
)

var alarmAfter = map[alarm]time.Duration{forTries: triesDelay, forCompany: patience}

// work is the writer.
func (s *Store) work() {
	defer close(s.ended)
	defer faults()()
	timer := time.NewTimer(triesDelay)
	defer timer.Stop()
	set := noAlarm
	var ops []*op
	for {
		// Those who were just answered are about to call again: together they
		// make one batch. Where nobody else can run this costs nothing.
		runtime.Gosched()
		more, closed := s.queue.take()
		ops = append(ops, more...)
		if closed || hurried(ops) > 0 {
			s.run(ops, closed)
			ops = nil
		}
		if closed || s.isDead() {
			return
		}
		if len(more) > 0 {
			continue
		}
		unsaved, overdue := s.left()
		if overdue {
			s.run(ops, false)
			ops = nil
			continue
		}
		var late <-chan time.Time
		want := noAlarm
		switch {
		case len(ops) > 0:
			want = forCompany
		case unsaved:
			want = forTries
		}
		if want != noAlarm {
			if want != set {
				timer.Reset(alarmAfter[want])
			}
			late = timer.C
		}
		set = want
		select {
		case <-s.queue.wake:
		case <-late:
			set = noAlarm
			s.run(ops, true)
			ops = nil
		case <-s.dead:
			return
		}
	}
}

// hurried counts the operations that somebody waits for.
func hurried(ops []*op) (n int) {
	for _, o := range ops {
		if !o.patient {
			n++
		}
	}
	return n
}

// left reports what is to be written that is no operation of its own.
func (s *Store) left() (unsaved, overdue bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.unsaved) > 0, s.overdue
}

// run does all that was taken: in one transaction, and in one more for each
// operation that breaks its transaction. With flush it also writes what is left
// when there are none.
func (s *Store) run(ops []*op, flush bool) {
	var looks, writes []*op
	for _, o := range ops {
		switch {
		case !o.state.CompareAndSwap(queued, taken):
		case o.look:
			looks = append(looks, o)
		default:
			writes = append(writes, o)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	flush = flush && len(s.unsaved) > 0
	for {
		b := s.newBatch()
		looks = b.look(looks)
		if s.isDead() {
			return
		}
		if len(looks) == 0 && len(writes) == 0 && !flush && !s.overdue {
			return
		}
		broken, err := b.transact(writes)
		if s.isDead() {
			return
		}
		if broken < 0 {
			for _, o := range append(looks, writes...) {
				o.answer(cmp.Or(err, o.err))
			}
			return
		}
		writes[broken].answer(err)
		writes = slices.Delete(writes, broken, broken+1)
	}
}
