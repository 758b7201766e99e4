package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"syscall"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"mrzbot/storage"
)

// bbolt panics over pages that are not what they should be, and reading a
// mapped page that the file does not have faults. Both become ErrDamaged here:
// whoever calls bbolt does it within guard and with faults turned into panics.

// guard runs f and gives what it panics with as ErrDamaged.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", storage.ErrDamaged, p)
		}
	}()
	return f()
}

// faults lets faults of the calling goroutine be panics, until the returned
// function is called.
func faults() (restore func()) {
	old := debug.SetPanicOnFault(true)
	return func() { debug.SetPanicOnFault(old) }
}

// die ends the use of a file over which bbolt panicked with its locks held or
// with half a commit done. Everybody who waits and everybody to come gets err.
func (s *Store) die(err error) {
	s.dying.Do(func() {
		s.why = err
		close(s.dead)
	})
}

func (s *Store) isDead() bool {
	select {
	case <-s.dead:
		return true
	default:
		return false
	}
}

// view lets f read the file as it was last committed.
func (s *Store) view(f func(tx *bbolt.Tx) error) error {
	if s.isDead() {
		return s.why
	}
	defer faults()()
	begun := false
	err := guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			begun = true
			return f(tx)
		})
	})
	if !begun && errors.Is(err, storage.ErrDamaged) {
		s.die(err)
	}
	return explain(err)
}

// read lets f read the file beside the writer: for what may take long. Whoever
// asks has an answer when the context ends, and by answerTime.
func read[T any](ctx context.Context, s *Store, f func(tx *bbolt.Tx) (T, error)) (T, error) {
	type answer struct {
		result T
		err    error
	}
	answers := make(chan answer, 1)
	ctx, stop := context.WithTimeoutCause(ctx, answerTime, errStuck)
	defer stop()
	if ctx.Err() != nil {
		var none T
		return none, context.Cause(ctx)
	}
	go func() {
		var a answer
		a.err = s.view(func(tx *bbolt.Tx) (err error) {
			a.result, err = f(tx)
			return err
		})
		answers <- a
	}()
	select {
	case a := <-answers:
		return a.result, a.err
	case <-ctx.Done():
		var none T
		return none, context.Cause(ctx)
	}
}

// explain turns what bbolt returns into what the contract promises.
func explain(err error) error {
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return errClosed
	}
	return err
}

// errClosed is returned by all methods of a closed store.
var errClosed = fmt.Errorf("storage/bolt: the store: %w", os.ErrClosed)

// unreadable tells what bbolt says about a file's contents from what the
// system says about the file.
func unreadable(err error) error {
	var number syscall.Errno
	if errors.Is(err, berrors.ErrTimeout) || errors.Is(err, storage.ErrDamaged) || errors.As(err, &number) {
		return err
	}
	return fmt.Errorf("%w: %w", storage.ErrDamaged, err)
}

// explainOpen turns what opening a file fails with into a sentence that says
// what to do.
func explainOpen(path string, err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("%w (%s): stop the other program first", storage.ErrInUse, path)
	case errors.Is(err, storage.ErrSchema):
		return fmt.Errorf("%w (%s): start the newer program, or move the file away and restore a backup that this one made with mrzbot restore", storage.ErrSchema, path)
	case errors.Is(err, storage.ErrDamaged):
		return fmt.Errorf("%w (%s): move the file away, then restore a backup with mrzbot restore, or start with an empty store", err, path)
	}
	return fmt.Errorf("storage/bolt: opening %s: %w", path, err)
}
