package bolt

import (
	"cmp"
	"context"
	"time"

	"mrzbot/storage"
)

func (s *Store) AddTask(ctx context.Context, t storage.Task) (bool, error) {
	return change(ctx, s, t.Check(), func(b *batch) (bool, error) { return b.add(t), nil })
}

// add stages a task if its name is new.
func (b *batch) add(t storage.Task) (added bool) {
	if b.known(t.ID, t.Added) {
		return false
	}
	seq, err := taskTable.bucket(b).NextSequence()
	b.note(err)
	b.putPayload(seq, t.Payload)
	t.Seq, t.Added, t.NotBefore = seq, cut(t.Added), cut(t.Kind.Cut(t.Added, t.NotBefore))
	t.PutOff = t.Added
	t.Tries, t.Pauses, t.Waiting, t.Attempt = 0, 0, storage.Waiting{}, storage.Attempt{}
	t.Reply, t.RepeatOf, t.Request, t.ConsumedBy = 0, "", false, ""
	t.Payload, t.Lease = nil, ""
	e := &entry{task: t}
	b.save(e)
	b.index.add(e)
	b.remember(t.ID, t.Added)
	b.sweepTasks(t.Added)
	return true
}

// known reports whether a name is not new at a time.
func (b *batch) known(id string, now time.Time) bool {
	if b.index.byID[id] != nil {
		return true
	}
	n := nameTable.find(b, []byte(id))
	return n != nil && now.Before(n.Since.Add(storage.Remember))
}

// remember stages that Remember counts from a time on for a name.
func (b *batch) remember(id string, since time.Time) {
	nameTable.put(b, &storage.NameRecord{ID: id, Since: since})
}

// rememberLonger is remember if the name is not remembered for longer.
func (b *batch) rememberLonger(id string, since time.Time) {
	if n := nameTable.find(b, []byte(id)); n == nil || n.Since.Before(since) {
		b.remember(id, since)
	}
}

// changeTask is change for a task of which the caller has the lease.
func changeTask[T any](
	ctx context.Context, s *Store, invalid error, t storage.Task, run func(b *batch, e *entry) (T, error),
) (T, error) {
	return change(ctx, s, invalid, func(b *batch) (none T, err error) {
		e, err := b.held(t)
		if err != nil {
			return none, err
		}
		return run(b, e)
	})
}

// writeTask is changeTask for what has no result.
func (s *Store) writeTask(ctx context.Context, invalid error, t storage.Task, run func(b *batch, e *entry)) error {
	_, err := changeTask(ctx, s, invalid, t, func(b *batch, e *entry) (none struct{}, err error) {
		run(b, e)
		return none, nil
	})
	return err
}

func (s *Store) Postpone(ctx context.Context, t storage.Task, p storage.Postpone) error {
	return s.writeTask(ctx, p.Check(), t, func(b *batch, e *entry) {
		b.change(e, func() {
			e.task.Lease, e.until = "", 0
			e.task.PutOff = cut(p.Now)
			e.task.NotBefore = cut(e.task.Kind.Cut(p.Now, p.Until))
			e.task.Waiting = storage.Waiting{For: p.Waiting.For, Since: cut(p.Waiting.Since)}
			e.task.Tries = 0
			e.task.Pauses++
			e.task.Attempt.Calling = false
		})
	})
}

func (s *Store) WakeWaiting(ctx context.Context, r storage.WakeWaiting) (int, error) {
	return change(ctx, s, r.Check(), func(b *batch) (int, error) {
		found := b.index.waiting(r)
		for _, e := range found {
			b.change(e, func() { e.task.NotBefore = cut(r.Now) })
		}
		return len(found), nil
	})
}

func (s *Store) Done(ctx context.Context, t storage.Task, then ...storage.Task) error {
	return s.end(ctx, nil, t, then, func(b *batch, e *entry) { b.deleteTask(e.task.Seq) })
}

func (s *Store) Quarantine(ctx context.Context, t storage.Task, now time.Time, reason string) error {
	invalid := cmp.Or(storage.CheckText(reason), storage.CheckTime(now))
	return s.end(ctx, invalid, t, nil, func(b *batch, e *entry) {
		taskTable.delete(b, seqKey(e.task.Seq))
		quarantineTable.put(b, &storage.QuarantinedRecord{Task: e.task, Since: now, Reason: reason})
		b.quarantined++
		b.rememberLonger(e.task.ID, now)
	})
}

// end has the writer end a task in some way, give back what an attempt without an
// answer has reserved, and add those that follow whose name is new.
func (s *Store) end(ctx context.Context, invalid error, t storage.Task, then []storage.Task, end func(b *batch, e *entry)) error {
	for _, t := range then {
		invalid = cmp.Or(invalid, t.Check())
	}
	return s.writeTask(ctx, invalid, t, func(b *batch, e *entry) {
		if a := e.task.Attempt; a.Budgeted && !a.Held {
			b.giveBack(a.Day)
		}
		b.index.remove(e)
		end(b, e)
		for _, t := range then {
			b.add(t)
		}
	})
}

func (b *batch) deleteTask(seq uint64) {
	taskTable.delete(b, seqKey(seq))
	b.putPayload(seq, nil)
}
