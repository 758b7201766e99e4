// Package storage is the contract between the program and what remembers for
// it: records, and the few operations on them, by topic. It holds no engine;
// storage/bolt is the default one, and storage/storagetest is the suite that
// every engine passes.
//
// The contract is written so that both a file with one owner and a SQL
// database behind a connection pool can keep it: no operation needs a session,
// a callback that does I/O, or a clock of the engine's own. Time always comes
// in as an argument.
//
// It is not the place for business rules: who may do what, what counts and
// what an answer says is decided by the caller.
package storage

import (
	"context"
	"errors"
	"time"
)

// Errors an engine returns; find them with errors.Is.
var (
	// ErrLost says that the caller's lease on a task is over: the task was
	// claimed again, postponed, quarantined, finished or never existed. The
	// caller drops what it did. That the lease's time is over is not enough:
	// until somebody else claims the task, its holder may finish it.
	ErrLost = errors.New("storage: the lease on this task is over")

	// ErrLimit says that Begin found no attempt left for the day.
	ErrLimit = errors.New("storage: no attempt left today")

	// ErrBudget says that Begin found the budget of the day or the month spent.
	ErrBudget = errors.New("storage: the budget is spent")

	// ErrHeld says that the task's answer is already held; the first one stays.
	ErrHeld = errors.New("storage: the answer is already held")

	// ErrGone says that a task is not kept: its time is over, or it never was.
	ErrGone = errors.New("storage: this task is not kept")

	// ErrConsumed says that somebody else has used a retained task.
	ErrConsumed = errors.New("storage: this task was used already")

	// ErrInvalid says that an argument can never be stored: a programming
	// error, and the one error that the same call will meet again.
	ErrInvalid = errors.New("storage: an argument cannot be stored")

	// ErrInUse says that another process owns the store.
	ErrInUse = errors.New("storage: the store is in use by another process")

	// ErrSchema says that the store was written by a newer version of the program.
	ErrSchema = errors.New("storage: the store is of a newer version than this program")

	// ErrDamaged says that the store cannot be read. It is never replaced by
	// an empty one.
	ErrDamaged = errors.New("storage: the store is damaged")
)

// Remember is how long the name of a task is remembered after it was added:
// within that time, adding the same name again changes nothing. Telegram keeps
// an undelivered update for 24 hours; twice that leaves room.
const Remember = 48 * time.Hour

// Store is everything an engine offers. Users declare the few methods they
// need; this is for engines, for the suite and for wiring.
//
// All methods may be called by any number of goroutines at once. An error that
// is none of the above means that nothing was changed and that the same call
// may be made again; where an engine cannot know (the disk or the connection
// failed in the middle of a commit, or does not answer), making it again does no
// harm. Whatever a method returned nil for has reached the disk, and no claim and
// no other answer shows what has not; Claim alone may run ahead of it, see there.
// Every call ends when its context does, or soon after by a time of the engine's.
//
// Times are cut to the microsecond and come back in UTC; durations likewise.
// What an engine refuses as ErrInvalid is written at Task.Check and CheckText.
type Store interface {
	Tasks
	People
	Ledger
	Access
	Settings
	Audit
	Invites
	Copying
	Leadership

	// Ready reports whether the store can be written now.
	Ready(ctx context.Context) error

	// Close ends the store's use. Leases of this process end with it. Closing
	// again does nothing; any other call fails with os.ErrClosed from then on.
	Close() error
}
