package bolt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
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

// isDead reports whether the file cannot be used any more: bbolt panicked over it with
// its locks held or with half a commit done. Everybody who waits and everybody to come
// gets the error.
func (s *Store) isDead() bool { return s.usable.Err() != nil }

// view lets f read the file as it was last committed. The writer's own: others
// use viewBeside.
func (s *Store) view(f func(b *batch) error) error {
	if s.isDead() {
		return context.Cause(s.usable)
	}
	defer faults()()
	begun := false
	err := guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			begun = true
			b := &batch{Store: s, tx: tx}
			err := f(b)
			return cmp.Or(b.err, err)
		})
	})
	if !begun && errors.Is(err, storage.ErrDamaged) {
		s.die(err)
	}
	return err
}

// viewBeside lets f read beside the writer. It waits for the end of a commit that is
// on its way: of that one bbolt shows what may not be on the disk yet.
func (s *Store) viewBeside(ctx context.Context, f func(b *batch) error) error {
	select {
	case s.committing <- struct{}{}:
	case <-s.usable.Done():
		return explain(s.path, context.Cause(s.usable))
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	release := sync.OnceFunc(func() { <-s.committing })
	defer release()
	return explain(s.path, s.view(func(b *batch) error {
		release()
		return f(b)
	}))
}

// readCommitted lets f read the file beside the writer, if the arguments are not invalid.
// Whoever asks has an answer when the context ends, and by answerTime.
func readCommitted[T any](ctx context.Context, s *Store, invalid error, f func(b *batch) T) (none T, err error) {
	ctx, stop := context.WithTimeoutCause(ctx, answerTime, errStuck)
	defer stop()
	if invalid != nil || ctx.Err() != nil {
		return none, cmp.Or(invalid, context.Cause(ctx))
	}
	var result T // nobody's but the goroutine's until it ends
	ended := make(chan error, 1)
	go func() {
		ended <- s.viewBeside(ctx, func(b *batch) error {
			result = f(b)
			return nil
		})
	}()
	select {
	case err := <-ended:
		if err != nil {
			return none, err
		}
		return result, nil
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// errClosed is returned by all methods of a closed store.
var errClosed = fmt.Errorf("storage/bolt: the store: %w", os.ErrClosed)

// explain turns what bbolt returns into what the contract promises, and says what to do
// about it. It is done once, where an error leaves the engine.
func explain(path string, err error) error {
	switch {
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return errClosed
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("%w (%s): stop the other program first", storage.ErrInUse, path)
	case errors.Is(err, storage.ErrSchema):
		return fmt.Errorf("%w (%s): start the newer program, or move the file away and restore a backup that this one made with mrzbot restore",
			storage.ErrSchema, path)
	case errors.Is(err, storage.ErrDamaged):
		return fmt.Errorf("%w (%s): move the file away, then restore a backup with mrzbot restore, or start with an empty store", err, path)
	}
	return err
}

// unreadable tells what bbolt says about a file's contents from what the
// system says about the file.
func unreadable(err error) error {
	var number syscall.Errno
	if errors.Is(err, berrors.ErrTimeout) || errors.As(err, &number) {
		return err
	}
	return fmt.Errorf("%w: %w", storage.ErrDamaged, err)
}
