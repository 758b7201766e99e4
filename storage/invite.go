package storage

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Invite lets those in who know a code. The code itself is not kept.
type Invite struct {
	Hash  string // of the code, as the caller makes it
	Added time.Time
	Until time.Time // good before this time
	Left  int       // how many more people it lets in
	By    int64     // who made it
	Role  Role      // what they become
	Limit *int      // and their limit; see Person
	// Used are those who have come by it, in order.
	Used []int64
}

// Good reports whether the invite lets in a person at a time: one who has come by
// it already, too.
func (i Invite) Good(person int64, now time.Time) bool {
	return now.Before(i.Until) && (i.Left > 0 || slices.Contains(i.Used, person))
}

// Check reports as ErrInvalid what no engine stores, as Task's does.
func (i Invite) Check() error {
	if i.Hash == "" || i.Left < 0 || i.Until.IsZero() {
		return fmt.Errorf("%w: an invite needs a hash, an end, and cannot be used less than never", ErrInvalid)
	}
	if err := CheckText(i.Hash, string(i.Role)); err != nil {
		return err
	}
	return CheckTime(i.Added, i.Until)
}

// Invites keeps who may come by which code.
type Invites interface {
	// AddInvite stores an invite, in the place of one of the same hash. For audit see
	// Audit.
	AddInvite(ctx context.Context, i Invite, audit ...*AuditEntry) error

	// UseInvite lets a person come by an invite, and gives it as it is from then
	// on. The same person may use it again, as after a crash, which changes
	// nothing. ErrGone: there is none of that hash that lets this person in.
	UseInvite(ctx context.Context, hash string, person int64, now time.Time) (Invite, error)

	// ListInvites gives those that are good for somebody at a time, by their
	// hash. Those whose time is over may be forgotten.
	ListInvites(ctx context.Context, now time.Time) ([]Invite, error)

	// RemoveInvite takes an invite back. It does nothing when there is none, and
	// then adds nothing to the audit; see Audit.
	RemoveInvite(ctx context.Context, hash string, audit ...*AuditEntry) error
}

// Use is UseInvite's rule: it gives the invite after the use; changed is false
// when nothing has to be written.
func (i Invite) Use(person int64, now time.Time) (after Invite, changed bool, err error) {
	switch {
	case !i.Good(person, now):
		return Invite{}, false, ErrGone
	case slices.Contains(i.Used, person):
		return i, false, nil
	}
	i.Left--
	i.Used = append(slices.Clone(i.Used), person)
	return i, true, nil
}
