package bolt

import (
	"cmp"
	"context"
	"time"

	"mrzbot/storage"
)

func (s *Store) Setting(ctx context.Context, key string) ([]byte, error) {
	return readCommitted(ctx, s, storage.CheckKey(key), func(b *batch) []byte { return valueOf(settingTable.find(b, []byte(key))) })
}

func (s *Store) PutSetting(ctx context.Context, key string, value []byte) error {
	_, err := s.ChangeSetting(ctx, key, func([]byte) ([]byte, error) { return value, nil })
	return err
}

func (s *Store) ChangeSetting(ctx context.Context, key string, change func(old []byte) ([]byte, error), audit ...*storage.AuditEntry) ([]byte, error) {
	r, err := swap(ctx, s, storage.CheckKey(key), settingTable, []byte(key), func(old *storage.SettingRecord) (*storage.SettingRecord, error) {
		value, err := change(valueOf(old))
		if err = cmp.Or(err, storage.CheckSetting(key, value)); err != nil || value == nil {
			return nil, err
		}
		return &storage.SettingRecord{Key: key, Value: append([]byte{}, value...)}, nil
	}, audit)
	if err != nil {
		return nil, err
	}
	return valueOf(r), nil
}

func valueOf(r *storage.SettingRecord) []byte {
	if r == nil {
		return nil
	}
	return r.Value
}

// RateLimit writes nothing when it refuses, so that somebody who is refused a thousand
// times costs a thousand reads.
func (s *Store) RateLimit(ctx context.Context, key string, now time.Time, n int, window time.Duration) (bool, error) {
	invalid := cmp.Or(storage.CheckKey(key), storage.CheckTime(now))
	return change(ctx, s, invalid, func(b *batch) (bool, error) {
		w := windowTable.find(b, []byte(key))
		if w == nil || windowOver(w, now) {
			w = &storage.WindowRecord{Key: key, Begin: now, End: storage.FromMicros(storage.AfterMicros(storage.Micros(now), window))}
		}
		if w.Used >= n {
			return false, nil
		}
		w.Used++
		windowTable.put(b, w)
		b.sweepWindows(now)
		return true, nil
	})
}

// windowOver reports whether a window is over at a time, or was begun by a clock
// that was ahead.
func windowOver(w *storage.WindowRecord, now time.Time) bool {
	return !w.End.After(now) || w.Begin.After(now.Add(storage.ClockSlack))
}

// A lease by name is held in memory only: the file has one owner, so nobody else could
// have it, and it ends with the process.

type holding struct {
	owner string
	until int64 // µs
}

func (s *Store) TakeLease(ctx context.Context, name, owner string, now, until time.Time) (bool, error) {
	return fromMemory(ctx, s, storage.CheckLease(name, owner, now, until), func(b *batch) (bool, error) {
		has := b.holdings[name]
		ok := has.owner == owner || has.owner == "" || !storage.Holds(storage.FromMicros(has.until), now)
		if ok {
			b.holdings[name] = holding{owner, storage.Micros(until)}
		}
		return ok, nil
	})
}

func (s *Store) LeaseHolder(ctx context.Context, name string, now time.Time) (owner string, until time.Time, ok bool, err error) {
	has, err := fromMemory(ctx, s, storage.CheckKey(name), func(b *batch) (holding, error) { return b.holdings[name], nil })
	until = storage.FromMicros(has.until)
	if err != nil || has.owner == "" || !storage.Holds(until, now) {
		return "", time.Time{}, false, err
	}
	return has.owner, until, true, nil
}

func (s *Store) DropLease(ctx context.Context, name, owner string) error {
	_, err := fromMemory(ctx, s, storage.CheckLease(name, owner), func(b *batch) (none struct{}, err error) {
		if b.holdings[name].owner == owner {
			delete(b.holdings, name)
		}
		return none, nil
	})
	return err
}
