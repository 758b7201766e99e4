package bolt

import (
	"context"
	"time"

	"mrzbot/storage"
)

// A lease is held in memory only: the file has one owner, so nobody else could
// have it, and it ends with the process.

// holding is who has a lease.
type holding struct {
	owner string
	until int64 // µs
}

// TakeLease is as in storage.Leadership.
func (s *Store) TakeLease(ctx context.Context, name, owner string, now, until time.Time) (ok bool, err error) {
	if err := storage.CheckLease(name, owner, now, until); err != nil {
		return false, err
	}
	err = s.look(ctx, func(b *batch) error {
		has := b.holdings[name]
		ok = has.owner == owner || has.owner == "" || has.until <= micros(now)
		if ok {
			b.holdings[name] = holding{owner, micros(until)}
		}
		return nil
	})
	return ok && err == nil, err
}

// DropLease is as in storage.Leadership.
func (s *Store) DropLease(ctx context.Context, name, owner string) error {
	if err := storage.CheckLease(name, owner); err != nil {
		return err
	}
	return s.look(ctx, func(b *batch) error {
		if b.holdings[name].owner == owner {
			delete(b.holdings, name)
		}
		return nil
	})
}
