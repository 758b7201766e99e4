package bolt

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"
)

// One goroutine, the writer, owns the memory and runs all operations. It takes
// whatever waits at that moment as one batch: the changes are staged, one after
// another, in one transaction of the file and in the index in memory, and
// answered when it is committed. So a lone operation waits for nobody, and
// while a commit waits for the disk the next batch gathers. An operation finds
// out whether it can be done before it stages anything; if it fails later all
// the same, the transaction is given up and the others are run again without
// it. If the commit fails, all get the error and the index goes back to where
// it was.
//
// Looks, which stage nothing, are answered between two batches: what they see
// is on the disk. A claim is a look. Leases are in memory only: the file has
// one owner, and opening it ends them. The tries a claim counts go along with
// the next commit, or get one of their own after triesDelay. If the process
// dies in between, a try is lost; but then the task is found in the file at the
// next Open, and a claim of such a task does wait for the commit that counts
// it, as does one of a task that already has a try waiting. So a task that
// kills its process loses one try in all, and is found out.

// op is an operation on its way through the writer.
type op struct {
	run  func(b *batch) error // may be called again after it failed or was taken back
	look bool                 // run stages nothing but leases
	err  error                // what run returned, and then the answer
	done chan struct{}
}

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

// withdraw takes an operation out that was not begun, and reports whether it
// was there.
func (q *queue) withdraw(o *op) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.ops, o)
	if i >= 0 {
		q.ops = slices.Delete(q.ops, i, i+1)
	}
	return i >= 0
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

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.ring()
}

// write has the writer stage a change and waits until it is committed.
func (s *Store) write(ctx context.Context, run func(b *batch) error) error {
	_, err := change(ctx, s, func(b *batch) (struct{}, error) { return struct{}{}, run(b) })
	return err
}

// change is write for what has a result.
func change[T any](ctx context.Context, s *Store, run func(b *batch) (T, error)) (T, error) {
	return ask(ctx, s, false, run)
}

// look has the writer answer from what is committed.
func look[T any](ctx context.Context, s *Store, run func(b *batch) (T, error)) (T, error) {
	return ask(ctx, s, true, run)
}

func ask[T any](ctx context.Context, s *Store, look bool, run func(b *batch) (T, error)) (T, error) {
	// Both are the writer's until the answer.
	var result T
	var ran error
	o := &op{look: look, done: make(chan struct{})}
	o.run = func(b *batch) error {
		result, ran = run(b)
		return ran
	}
	answered, err := s.do(ctx, o)
	if !answered || err != nil && ran == nil {
		var none T
		return none, err
	}
	return result, err
}

// errStuck says that the disk took longer than answerTime. What was asked for
// may have been done, or be done still.
var errStuck = errors.New("storage/bolt: the disk does not answer")

// do has an operation run and waits for its answer. One that was not begun when
// the context ends is given up; what is being done is waited for, up to
// answerTime in all.
func (s *Store) do(ctx context.Context, o *op) (answered bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if s.isDead() {
		return false, s.why
	}
	if err := s.queue.add(o); err != nil {
		return false, err
	}
	late := time.NewTimer(answerTime)
	defer late.Stop()
	cancelled := ctx.Done()
	for {
		select {
		case <-o.done:
			return true, o.err
		case <-s.dead:
			return false, s.why
		case <-late.C:
			s.queue.withdraw(o)
			return false, errStuck
		case <-cancelled:
			if s.queue.withdraw(o) {
				return false, ctx.Err()
			}
			cancelled = nil // too late to give up
		}
	}
}

// work is the writer.
func (s *Store) work() {
	defer close(s.ended)
	defer faults()()
	timer := time.NewTimer(triesDelay)
	defer timer.Stop()
	waits := false // the timer runs for tries that are to be written
	for {
		// Those who were just answered are about to call again: together they
		// make one batch. Where nobody else can run this costs nothing.
		runtime.Gosched()
		ops, closed := s.queue.take()
		s.run(ops, closed)
		if closed || s.isDead() {
			return
		}
		if len(ops) > 0 {
			continue
		}
		var late <-chan time.Time
		if len(s.unsaved) > 0 {
			if !waits {
				timer.Reset(triesDelay)
			}
			late = timer.C
		}
		waits = late != nil
		select {
		case <-s.queue.wake:
		case <-late:
			waits = false
			s.run(nil, true)
		case <-s.dead:
			return
		}
	}
}

// run does all that was taken: in one transaction, and in one more for each
// operation that breaks its transaction. With flush it also writes the tries
// that wait when there are none.
func (s *Store) run(ops []*op, flush bool) {
	var looks, writes []*op
	for _, o := range ops {
		if o.look {
			looks = append(looks, o)
		} else {
			writes = append(writes, o)
		}
	}
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
