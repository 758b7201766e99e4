package bolt

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// A reservation is nothing that is written: it is a task whose attempt began
// and is not held. So none can be forgotten, and the file keeps settled counts
// only.

// Begin is as in storage.Tasks.
func (s *Store) Begin(ctx context.Context, t storage.Task, begin storage.Begin) (storage.Attempt, error) {
	if err := begin.Check(); err != nil {
		return storage.Attempt{}, err
	}
	return change(ctx, s, func(b *batch) (storage.Attempt, error) { return b.begin(t, begin) })
}

func (b *batch) begin(t storage.Task, begin storage.Begin) (storage.Attempt, error) {
	e, err := b.held(t)
	if err != nil {
		return storage.Attempt{}, err
	}
	a := e.task.Attempt
	if a.Held {
		return a, storage.ErrHeld
	}
	if a.Calling {
		return a, nil
	}
	if a.Began.IsZero() {
		count, err := b.count(e.task.Person, begin.Day)
		if err != nil {
			return storage.Attempt{}, err
		}
		if begin.Limit > 0 && count.Used() >= begin.Limit {
			return storage.Attempt{}, storage.ErrLimit
		}
		a.Began, a.Day = cut(begin.Now), begin.Day
	}
	a.Calling = true
	return a, b.change(e, func() { e.task.Attempt = a })
}

// Hold is as in storage.Tasks.
func (s *Store) Hold(ctx context.Context, t storage.Task, hold storage.Hold) (storage.Attempt, error) {
	if err := hold.Check(); err != nil {
		return storage.Attempt{}, err
	}
	return change(ctx, s, func(b *batch) (storage.Attempt, error) { return b.hold(t, hold) })
}

func (b *batch) hold(t storage.Task, hold storage.Hold) (storage.Attempt, error) {
	e, err := b.held(t)
	if err != nil {
		return storage.Attempt{}, err
	}
	a := e.task.Attempt
	if a.Held {
		return a, storage.ErrHeld
	}
	if hold.Counted && a.Began.IsZero() {
		return storage.Attempt{}, fmt.Errorf("%w: an attempt that never began cannot count", storage.ErrInvalid)
	}
	row := storage.Entry{
		Task: e.task.ID, Person: e.task.Person, Began: a.Began, Ended: hold.Now, Day: a.Day,
		Outcome: hold.Outcome, Counted: hold.Counted, Charge: hold.Charge, Session: hold.Session, Took: hold.Took,
	}
	if a.Began.IsZero() {
		row.Began = hold.Now
	}
	if hold.Counted {
		count, err := b.count(e.task.Person, a.Day)
		if err != nil {
			return storage.Attempt{}, err
		}
		count.Settled++
		if hold.Charge == storage.ChargeUnknown {
			count.Unanswered++
		}
		a.Number = count.Settled
		if err := b.settle(e.task.Person, a.Day, count); err != nil {
			return storage.Attempt{}, err
		}
	}
	a.Calling, a.Held, a.Outcome, a.Counted = false, true, hold.Outcome, hold.Counted
	if err := b.change(e, func() { e.task.Attempt = a }); err != nil {
		return storage.Attempt{}, err
	}
	if err := b.savePayload(e, hold.Payload); err != nil {
		return storage.Attempt{}, err
	}
	if err := b.enter(&row, e.task.Seq); err != nil {
		return storage.Attempt{}, err
	}
	return a, b.sweepLedger(hold.KeepSince)
}

// Attempts is as in storage.Ledger.
func (s *Store) Attempts(ctx context.Context, person int64, day storage.Day) (storage.Count, error) {
	if err := storage.CheckText(string(day)); err != nil {
		return storage.Count{}, err
	}
	return look(ctx, s, func(b *batch) (c storage.Count, err error) {
		err = b.view(func(tx *bbolt.Tx) (err error) {
			c, err = settled(tx.Bucket([]byte(tableNames[countTable])), countKey(person, day))
			return err
		})
		c.Reserved = b.index.booked[booking{person, day}]
		return c, err
	})
}

// ResetAttempts is as in storage.Ledger.
func (s *Store) ResetAttempts(ctx context.Context, person int64, day storage.Day) error {
	if err := storage.CheckText(string(day)); err != nil {
		return err
	}
	return s.write(ctx, func(b *batch) error {
		count, err := b.count(person, day)
		if err != nil || count.Settled == 0 {
			return err
		}
		return b.delete(countTable, countKey(person, day))
	})
}

// countKey sorts by day, so that today's counts lie side by side.
func countKey(person int64, day storage.Day) []byte {
	return appendInt([]byte(day), person)
}

// count gives a person's count of a day, as staged so far.
func (b *batch) count(person int64, day storage.Day) (c storage.Count, err error) {
	c, err = settled(b.bucket(countTable), countKey(person, day))
	c.Reserved = b.index.booked[booking{person, day}]
	return c, err
}

// settled gives what is written of a count.
func settled(counts *bbolt.Bucket, key []byte) (c storage.Count, err error) {
	d, ok, err := lookUp(counts, key)
	if !ok {
		return c, err
	}
	return decodeCount(&d)
}

// decodeCount reads a count. Earlier versions wrote no unanswered ones, nor does
// this one where there are none.
func decodeCount(d *decoder) (c storage.Count, err error) {
	c.Settled = int(d.uint())
	if len(d.rest) > 0 {
		c.Unanswered = int(d.uint())
	}
	return c, d.end()
}

func (b *batch) settle(person int64, day storage.Day, c storage.Count) error {
	return b.put(countTable, countKey(person, day), func(enc *encoder) {
		enc.uint(uint64(c.Settled))
		if c.Unanswered > 0 {
			enc.uint(uint64(c.Unanswered))
		}
	})
}
