package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// uses is what is kept of a key of Take.
type uses struct {
	end   int64 // of the window, µs
	n     int   // uses in it
	begin int64 // of the window, µs
}

func (e *encoder) uses(u uses) {
	e.time(fromMicros(u.end))
	e.uint(uint64(u.n))
	e.time(fromMicros(u.begin))
}

func (d *decoder) uses() (u uses, err error) {
	u.end = micros(d.time())
	u.n = int(d.uint())
	u.begin = minMicros
	if len(d.rest) > 0 { // earlier versions of the program did not write it
		u.begin = micros(d.time())
	}
	return u, d.end()
}

// over reports whether the window is over at a time, or was begun by a clock
// that was ahead.
func (u uses) over(now int64) bool {
	return u.end <= now || u.begin > after(now, storage.ClockSlack)
}

// used gives the uses of a key in the window of a time.
func used(bucket *bbolt.Bucket, key []byte, now int64) (u uses, err error) {
	d, ok, err := lookUp(bucket, key)
	if !ok {
		return uses{}, err
	}
	if u, err = d.uses(); err != nil || u.over(now) {
		return uses{}, err
	}
	return u, nil
}

// Take is as in storage.Access. A refusal writes nothing, so that somebody who
// is refused a thousand times costs a thousand reads.
func (s *Store) Take(ctx context.Context, key string, now time.Time, n int, window time.Duration) (bool, error) {
	if err := checkKey(key); err != nil {
		return false, err
	}
	if err := storage.CheckTime(now); err != nil {
		return false, err
	}
	ok, err := change(ctx, s, func(b *batch) (bool, error) { return b.take([]byte(key), micros(now), n, window) })
	return ok && err == nil, err
}

func (b *batch) take(key []byte, now int64, n int, window time.Duration) (bool, error) {
	u, err := used(b.bucket(takeTable), key, now)
	if err != nil || u.n >= n {
		return false, err
	}
	if u.n == 0 {
		u.begin, u.end = now, after(now, window)
	}
	u.n++
	if err := b.put(takeTable, key, func(enc *encoder) { enc.uses(u) }); err != nil {
		return false, err
	}
	return true, b.sweepTakes(now)
}

// Setting is as in storage.Settings.
func (s *Store) Setting(ctx context.Context, key string) ([]byte, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	return look(ctx, s, func(b *batch) (value []byte, err error) {
		err = b.view(func(tx *bbolt.Tx) (err error) {
			value, err = readSetting(tx.Bucket([]byte(tableNames[settingTable])), key)
			return err
		})
		return value, err
	})
}

// PutSetting is as in storage.Settings.
func (s *Store) PutSetting(ctx context.Context, key string, value []byte) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := checkSetting(value); err != nil {
		return err
	}
	value = bytes.Clone(value)
	return s.write(ctx, func(b *batch) error { return b.saveSetting(key, value) })
}

// ChangeSetting is as in storage.Settings. change runs in the caller's goroutine;
// what it made is written if the value is still what it was made from.
func (s *Store) ChangeSetting(ctx context.Context, key string, change func(old []byte) ([]byte, error)) ([]byte, error) {
	for {
		old, err := s.Setting(ctx, key)
		if err != nil {
			return nil, err
		}
		value, err := change(old)
		if err == nil {
			err = checkSetting(value)
		}
		if err != nil {
			return nil, err
		}
		if same(old, value) {
			return old, nil
		}
		value = bytes.Clone(value)
		err = s.write(ctx, func(b *batch) error {
			now, err := readSetting(b.bucket(settingTable), key)
			if err == nil && !same(now, old) {
				err = errChanged
			}
			if err != nil {
				return err
			}
			return b.saveSetting(key, value)
		})
		switch {
		case errors.Is(err, errChanged):
			continue
		case err != nil:
			return nil, err
		}
		return value, nil
	}
}

// same reports whether two settings are alike. One that is nil is none.
func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }

func checkSetting(value []byte) error {
	if len(value) > storage.MaxPayload {
		return fmt.Errorf("%w: a setting of %d bytes", storage.ErrInvalid, len(value))
	}
	return nil
}

func readSetting(settings *bbolt.Bucket, key string) ([]byte, error) {
	d, ok, err := lookUp(settings, []byte(key))
	if !ok {
		return nil, err
	}
	return append([]byte{}, d.rest...), nil
}

func (b *batch) saveSetting(key string, value []byte) error {
	if value == nil {
		return b.delete(settingTable, []byte(key))
	}
	return b.put(settingTable, []byte(key), func(enc *encoder) { enc.buf = append(enc.buf, value...) })
}

func checkKey(key string) error {
	if key == "" {
		return fmt.Errorf("%w: an empty key", storage.ErrInvalid)
	}
	return storage.CheckText(key)
}
