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
func (s *Store) TakeLease(ctx context.Context, name, owner string, now, until time.Time) (bool, error) {
	if err := storage.CheckLease(name, owner, now, until); err != nil {
		return false, err
	}
	return look(ctx, s, func(b *batch) (bool, error) {
		has := b.holdings[name]
		ok := has.owner == owner || has.owner == "" || has.until <= micros(now)
		if ok {
			b.holdings[name] = holding{owner, micros(until)}
		}
		return ok, nil
	})
}

// DropLease is as in storage.Leadership.
func (s *Store) DropLease(ctx context.Context, name, owner string) error {
	if err := storage.CheckLease(name, owner); err != nil {
		return err
	}
	_, err := look(ctx, s, func(b *batch) (struct{}, error) {
		if b.holdings[name].owner == owner {
			delete(b.holdings, name)
		}
		return struct{}{}, nil
	})
	return err
}
