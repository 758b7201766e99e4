package storage

import (
	"context"
	"fmt"
	"time"
)

// Leadership settles which of several processes with one store does what only
// one may do at a time.
type Leadership interface {
	// TakeLease gives the lease of a name to an owner until a time, and reports
	// whether the owner has it now. One that is another's is not given before
	// its end; whoever has it may take it again and again, to keep it longer or
	// shorter, also after its end while nobody else took it. One whose end is
	// further away than MaxLease does not hold: a clock that was ahead gave it.
	//
	// The clocks of the processes are compared here, so they have to agree, and
	// an owner should stop some time before its lease ends. A lease may end with
	// the store's use, where the store belongs to one process.
	TakeLease(ctx context.Context, name, owner string, now, until time.Time) (bool, error)

	// LeaseHolder tells who has the lease of a name at a time, and until when; ok
	// is false when nobody has it.
	LeaseHolder(ctx context.Context, name string, now time.Time) (owner string, until time.Time, ok bool, err error)

	// DropLease gives a lease back before its end. It does nothing when the
	// owner does not have it.
	DropLease(ctx context.Context, name, owner string) error
}

// CheckLease reports as ErrInvalid what no engine stores: a lease without name
// or owner, texts that CheckText refuses, times outside the years 1 to 9999.
func CheckLease(name, owner string, times ...time.Time) error {
	if name == "" || owner == "" {
		return fmt.Errorf("%w: a lease needs a name and an owner", ErrInvalid)
	}
	if err := CheckText(name, owner); err != nil {
		return err
	}
	return CheckTime(times...)
}
