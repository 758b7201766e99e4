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
		ok := has.owner == owner || has.owner == "" || !storage.Holds(fromMicros(has.until), now)
		if ok {
			b.holdings[name] = holding{owner, micros(until)}
		}
		return ok, nil
	})
}

// LeaseHolder is as in storage.Leadership.
func (s *Store) LeaseHolder(ctx context.Context, name string, now time.Time) (owner string, until time.Time, ok bool, err error) {
	if err := checkKey(name); err != nil {
		return "", until, false, err
	}
	has, err := look(ctx, s, func(b *batch) (holding, error) { return b.holdings[name], nil })
	until = fromMicros(has.until)
	if err != nil || has.owner == "" || !storage.Holds(until, now) {
		return "", time.Time{}, false, err
	}
	return has.owner, until, true, nil
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
