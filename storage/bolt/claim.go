package bolt

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mrzbot/storage"
)

// A claim picks tasks in memory (index.go) and reads their payloads. A lease is in
// memory only: the file has one owner, and opening it ends all leases. The first try
// of a task is written with its next change. If the process dies before, that try is
// lost; but then the task is found in the file at the next Open, and a claim of such
// a task is committed (writer.go) before it is answered, as a second try is. So a
// task that kills its process loses one try in all, and is found out.

func (s *Store) Claim(ctx context.Context, c storage.Claim) ([]storage.Task, error) {
	return fromMemory(ctx, s, nil, func(b *batch) ([]storage.Task, error) { return b.claim(c) })
}

func (b *batch) claim(c storage.Claim) ([]storage.Task, error) {
	now := storage.Micros(c.Now)
	if b.dropDue(now) {
		if !b.tx.Writable() {
			return nil, errMustCommit
		}
		b.dropRetained(now)
	}
	claimed := []storage.Task{}
	queues := b.index.queues(c.Kinds, now)
	work := b.index.work(c.Kinds, now)
	var picked []*entry
	var before []entry
	for len(picked) < c.Max {
		e := pick(queues, work)
		if e == nil || slices.Contains(picked, e) { // leased until the end of time, which is now
			break
		}
		if (e.old || e.task.Tries > 0) && !b.tx.Writable() {
			for i, e := range picked {
				b.index.change(e, func() { e.task, e.until = before[i].task, before[i].until })
			}
			return nil, errMustCommit
		}
		picked, before = append(picked, e), append(before, *e)
		b.lease(e, storage.AfterMicros(now, c.Lease))
		work[e.task.Person]++
	}
	for _, e := range picked {
		if b.tx.Writable() {
			b.save(e)
		}
		task := e.task
		task.Payload, _ = b.payload(task.Seq) // whether it is whole its seal says
		claimed = append(claimed, task)
	}
	return claimed, nil
}

func (b *batch) lease(e *entry, until int64) {
	b.given++
	b.index.change(e, func() {
		e.task.Tries++
		e.task.Lease = fmt.Sprintf("%d.%d", b.opened, b.given)
		e.until = until
	})
}

// held gives the entry of a task whose lease the caller has.
func (b *batch) held(t storage.Task) (*entry, error) {
	e := b.index.byID[t.ID]
	if e == nil || t.Lease == "" || e.task.Lease != t.Lease {
		return nil, storage.ErrLost
	}
	return e, nil
}

// Renew writes nothing.
func (s *Store) Renew(ctx context.Context, t storage.Task, until time.Time) error {
	_, err := fromMemory(ctx, s, storage.CheckTime(until), func(b *batch) (none struct{}, err error) {
		e, err := b.held(t)
		if err == nil {
			b.index.change(e, func() { e.until = storage.Micros(until) })
		}
		return none, err
	})
	return err
}

func (s *Store) NextTask(ctx context.Context, now time.Time, kinds []storage.Kind) (at time.Time, ok bool, err error) {
	next, err := fromMemory(ctx, s, nil, func(b *batch) (*int64, error) { return b.index.next(kinds, storage.Micros(now)), nil })
	if next == nil {
		return time.Time{}, false, err
	}
	return storage.FromMicros(*next), true, nil
}

func (s *Store) Backlog(ctx context.Context, now time.Time) (storage.Backlog, error) {
	return fromMemory(ctx, s, nil, func(b *batch) (storage.Backlog, error) {
		l := b.index.backlog(storage.Micros(now))
		l.Quarantined = b.quarantined
		return l, nil
	})
}
