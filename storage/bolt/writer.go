package bolt

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"
	"time"
)

// One goroutine, the writer, owns the memory and runs all operations. It takes
// whatever waits at that moment as one batch: the changes are staged, one after
// another, in one transaction of the file and in the index in memory, and
// answered when it is committed. So a lone operation waits for nobody, and
// while a commit waits for the disk the next batch gathers. An operation finds
// out whether it can be done before it stages anything; if it fails later all
// the same, the transaction is given up and the others are run again without
// it. If the commit fails, all get the error and memory is read from the file again.
//
// What changes nothing in the file is answered from memory between two commits: so
// what it sees is on the disk. What only reads the file is read beside the writer,
// by readCommitted.

// op is an operation on its way through the writer.
type op struct {
	run   func(b *batch) error // may be called again after it failed or was taken back
	reads bool                 // run is answered from memory, if it does not say errMustCommit
	err   error                // what run returned, and then the answer
	done  chan struct{}
}

// errMustCommit is what an operation that reads returns, having done nothing, to be
// run as a change instead.
var errMustCommit = errors.New("to be committed")

func (o *op) answer(err error) {
	o.err = err
	close(o.done)
}

// write has the writer stage a change and waits until it is committed. Like the others
// below it does nothing if the arguments are invalid, but return that error.
func (s *Store) write(ctx context.Context, invalid error, run func(b *batch) error) error {
	_, err := change(ctx, s, invalid, func(b *batch) (struct{}, error) { return struct{}{}, run(b) })
	return err
}

// change is write for what has a result.
func change[T any](ctx context.Context, s *Store, invalid error, run func(b *batch) (T, error)) (T, error) {
	return ask(ctx, s, invalid, &op{}, run)
}

// fromMemory has the writer answer between two commits. run may read the file, too,
// as it was last committed.
func fromMemory[T any](ctx context.Context, s *Store, invalid error, run func(b *batch) (T, error)) (T, error) {
	return ask(ctx, s, invalid, &op{reads: true}, run)
}

// ask gives what run returned. If it could not be committed, or was not run to an
// end, that is nothing and the error.
func ask[T any](ctx context.Context, s *Store, invalid error, o *op, run func(b *batch) (T, error)) (none T, err error) {
	if invalid != nil {
		return none, invalid
	}
	// Both are the writer's until the answer.
	var result T
	var refused error
	o.done = make(chan struct{})
	o.run = func(b *batch) error {
		result, refused = run(b)
		return refused
	}
	if err := s.do(ctx, o); err != nil {
		return none, explain(s.path, err)
	}
	if o.err != nil && refused == nil {
		result = none
	}
	return result, explain(s.path, o.err)
}

// errStuck says that the disk took longer than answerTime. What was asked for
// may have been done, or be done still.
var errStuck = errors.New("storage/bolt: the disk does not answer")

// do has an operation run and waits for its answer. One that was not begun when
// the context ends is given up; what is being done is waited for, up to
// answerTime in all.
func (s *Store) do(ctx context.Context, o *op) error {
	late := time.NewTimer(answerTime)
	defer late.Stop()
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.ops <- o:
	case <-s.closing:
		return errClosed
	case <-s.usable.Done():
		return context.Cause(s.usable)
	case <-ctx.Done():
		return ctx.Err()
	case <-late.C:
		return errStuck
	}
	select {
	case <-o.done:
		return nil
	case <-s.usable.Done():
		return context.Cause(s.usable)
	case <-late.C:
		return errStuck
	}
}

// work is the writer.
func (s *Store) work() {
	defer close(s.ended)
	defer faults()()
	for !s.isDead() {
		select {
		case o := <-s.ops:
			s.run(s.gather(o))
		case <-s.closing:
			s.run([]*op{{run: saveTries, done: make(chan struct{})}})
			return
		case <-s.usable.Done():
		}
	}
}

// gather gives all that waits.
func (s *Store) gather(first *op) (ops []*op) {
	// Those who were just answered are about to call again: together they
	// make one batch. Where nobody else can run this costs nothing.
	runtime.Gosched()
	for ops = append(ops, first); ; {
		select {
		case o := <-s.ops:
			ops = append(ops, o)
		default:
			return ops
		}
	}
}

// run does all that was taken: in one transaction, and in one more for each
// operation that breaks its transaction.
func (s *Store) run(ops []*op) {
	writes := s.answerReads(ops)
	for !s.isDead() && len(writes) > 0 {
		broken, err := (&batch{Store: s}).transact(writes)
		switch {
		case s.isDead():
		case broken >= 0:
			writes[broken].answer(err)
			writes = slices.Delete(writes, broken, broken+1)
		default:
			for _, o := range writes {
				o.answer(cmp.Or(err, o.err))
			}
			return
		}
	}
}

// answerReads answers what can be answered from memory, and gives what is to be
// committed.
func (s *Store) answerReads(ops []*op) (writes []*op) {
	var reads []*op
	for _, o := range ops {
		if o.reads {
			reads = append(reads, o)
		} else {
			writes = append(writes, o)
		}
	}
	if len(reads) == 0 {
		return writes
	}
	err := s.view(func(b *batch) error {
		for len(reads) > 0 {
			o := reads[0]
			reads = reads[1:]
			if err := b.run(o); errors.Is(err, errMustCommit) {
				writes = append(writes, o)
			} else {
				o.answer(err)
			}
		}
		return nil
	})
	for _, o := range reads { // the file could not be read
		o.answer(err)
	}
	return writes
}
