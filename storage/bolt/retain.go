package bolt

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"mrzbot/storage"
)

// retained is a finished task that can be looked up. Its record stays where it was
// while it was unfinished; memory holds what is needed to find it and to know when
// its time is over.
type retained struct {
	id, order string
	seq       uint64
	until     int64 // µs
}

// holds reports whether it is retained at a time. What is to be retained for longer
// than anything is was so by a clock that was ahead.
func (r *retained) holds(now int64) bool {
	return r.until > now && r.until <= storage.AfterMicros(now, storage.MaxKept)
}

// retainedIndex finds retained tasks. A name is free again when its time is over,
// swept or not.
type retainedIndex struct {
	byID, byOrder map[string][]*retained // of one name or order key in the order of Seq
	byEnd         []*retained
}

func bySeqRetained(a, b *retained) int { return cmp.Compare(a.seq, b.seq) }

func byEnd(a, b *retained) int { return cmp.Or(cmp.Compare(a.until, b.until), bySeqRetained(a, b)) }

func (x *retainedIndex) add(r *retained) {
	x.byEnd = insert(x.byEnd, r, byEnd)
	x.byID[r.id] = insert(x.byID[r.id], r, bySeqRetained)
	if r.order != "" {
		x.byOrder[r.order] = insert(x.byOrder[r.order], r, bySeqRetained)
	}
}

func (x *retainedIndex) over(now int64) bool {
	n := len(x.byEnd)
	return n > 0 && !(x.byEnd[0].holds(now) && x.byEnd[n-1].holds(now))
}

// takeOver takes out up to most tasks whose time is over: the first by their end, and the
// last, which a clock that was ahead has retained.
func (x *retainedIndex) takeOver(now int64, most int) (over []*retained) {
	first, last := 0, len(x.byEnd)
	for first < min(most, last) && x.byEnd[first].until <= now {
		first++
	}
	for last > first && first+len(x.byEnd)-last < most && !x.byEnd[last-1].holds(now) {
		last--
	}
	over = slices.Concat(x.byEnd[:first], x.byEnd[last:])
	x.byEnd = slices.Delete(slices.Delete(x.byEnd, last, len(x.byEnd)), 0, first)
	for _, r := range over {
		take(x.byID, r.id, r)
		take(x.byOrder, r.order, r)
	}
	return over
}

func take(from map[string][]*retained, key string, r *retained) {
	if from[key] = without(from[key], r, bySeqRetained); len(from[key]) == 0 {
		delete(from, key)
	}
}

// newest gives the last of some tasks that is retained at a time; nil: none.
func newest(same []*retained, now int64) *retained {
	for _, r := range slices.Backward(same) {
		if r.holds(now) {
			return r
		}
	}
	return nil
}

// Retain does not touch the payload.
func (s *Store) Retain(ctx context.Context, t storage.Task, keep storage.Retain, then ...storage.Task) error {
	return s.end(ctx, keep.Check(), t, then, func(b *batch, e *entry) {
		r := &taskRecord{Task: e.task, Until: keep.Until}
		r.Reply, r.RepeatOf, r.Request = keep.Reply, keep.RepeatOf, keep.Request
		taskTable.put(b, r)
		b.index.retained.add(r.retained())
		b.rememberLonger(e.task.ID, keep.Until.Add(-storage.Remember))
	})
}

func (t *taskRecord) retained() *retained {
	return &retained{id: t.ID, order: t.Order, seq: t.Seq, until: storage.Micros(t.Until)}
}

func (s *Store) Retained(ctx context.Context, id string, now time.Time) (t storage.Task, ok bool, err error) {
	return s.lookUp(ctx, now, func(x *retainedIndex) []*retained { return x.byID[id] })
}

func (s *Store) RetainedFor(ctx context.Context, order string, now time.Time) (t storage.Task, ok bool, err error) {
	return s.lookUp(ctx, now, func(x *retainedIndex) []*retained { return x.byOrder[order] })
}

func (s *Store) lookUp(ctx context.Context, now time.Time, find func(x *retainedIndex) []*retained) (t storage.Task, ok bool, err error) {
	r, err := fromMemory(ctx, s, storage.CheckTime(now), func(b *batch) (taskRecord, error) {
		return b.readRetained(newest(find(&b.index.retained), storage.Micros(now)))
	})
	switch {
	case errors.Is(err, storage.ErrGone):
		return t, false, nil
	case err != nil:
		return t, false, err
	}
	return r.Task, true, nil
}

// readRetained reads a task with its payload; nil is none and ErrGone.
func (b *batch) readRetained(r *retained) (taskRecord, error) {
	if r == nil {
		return taskRecord{}, storage.ErrGone
	}
	t := taskTable.find(b, seqKey(r.seq))
	if t == nil {
		return taskRecord{}, errValue
	}
	t.Payload, _ = b.payload(r.seq) // whether it is whole its seal says
	return *t, nil
}

func (s *Store) Consume(ctx context.Context, id, by string, now time.Time) (t storage.Task, err error) {
	return change(ctx, s, cmp.Or(storage.CheckKey(by), storage.CheckTime(now)), func(b *batch) (storage.Task, error) {
		r, err := b.readRetained(newest(b.index.retained.byID[id], storage.Micros(now)))
		switch {
		case err != nil || r.ConsumedBy == by:
		case r.ConsumedBy != "":
			err = storage.ErrConsumed
		default:
			r.ConsumedBy = by
			taskTable.put(b, &r)
		}
		return r.Task, err
	})
}
