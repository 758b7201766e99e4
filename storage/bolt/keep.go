package bolt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// Keep is as in storage.Tasks. The record stays where it is, in another form,
// and the payload is not touched.
func (s *Store) Keep(ctx context.Context, t storage.Task, keep storage.Keep, then ...storage.Task) error {
	if err := keep.Check(); err != nil {
		return err
	}
	if err := checkAll(then); err != nil {
		return err
	}
	return s.write(ctx, func(b *batch) error {
		e, err := b.held(t)
		if err != nil {
			return err
		}
		since, _, err := b.remembered(e.task.ID)
		if err != nil {
			return err
		}
		until := micros(keep.Until)
		b.index.remove(e)
		b.index.shelve(&keptTask{id: e.task.ID, order: e.task.Order, seq: e.task.Seq, until: until})
		task := e.task
		task.Note = keep.Note
		if err := b.saveKept(&task, until); err != nil {
			return err
		}
		if first := keep.Until.Add(-storage.Remember); since.Before(first) {
			if err := b.remember(task.ID, cut(first)); err != nil {
				return err
			}
		}
		return b.addAll(then)
	})
}

func (b *batch) saveKept(t *storage.Task, until int64) error {
	return b.put(taskTable, appendUint(nil, t.Seq), func(enc *encoder) { enc.kept(t, until) })
}

// Kept is as in storage.Tasks.
func (s *Store) Kept(ctx context.Context, id string, now time.Time) (t storage.Task, ok bool, err error) {
	return s.lookUpKept(ctx, now, func(b *batch) *keptTask { return b.index.shelf.named(id, micros(now)) })
}

// KeptFor is as in storage.Tasks.
func (s *Store) KeptFor(ctx context.Context, order string, now time.Time) (t storage.Task, ok bool, err error) {
	return s.lookUpKept(ctx, now, func(b *batch) *keptTask { return b.index.shelf.newest(order, micros(now)) })
}

func (s *Store) lookUpKept(ctx context.Context, now time.Time, find func(b *batch) *keptTask) (t storage.Task, ok bool, err error) {
	if err := storage.CheckTime(now); err != nil {
		return t, false, err
	}
	t, err = look(ctx, s, func(b *batch) (t storage.Task, err error) {
		k := find(b)
		if k == nil {
			return t, errNone
		}
		err = b.view(func(tx *bbolt.Tx) (err error) {
			t, err = readKept(tx.Bucket([]byte(tableNames[taskTable])), tx.Bucket([]byte(tableNames[payloadTable])), k)
			return err
		})
		return t, err
	})
	if errors.Is(err, errNone) {
		return storage.Task{}, false, nil
	}
	return t, err == nil, err
}

// readKept reads a kept task from the file.
func readKept(tasks, payloads *bbolt.Bucket, k *keptTask) (t storage.Task, err error) {
	key := appendUint(nil, k.seq)
	d, ok, err := lookUp(tasks, key)
	if err != nil {
		return t, err
	}
	if !ok {
		return t, errValue
	}
	if _, _, err := d.task(&t); err != nil {
		return storage.Task{}, err
	}
	t.Seq = k.seq
	t.Payload = append([]byte(nil), payloads.Get(key)...)
	return t, nil
}

// Use is as in storage.Tasks.
func (s *Store) Use(ctx context.Context, id, by string, now time.Time) (t storage.Task, err error) {
	if by == "" {
		return t, fmt.Errorf("%w: a kept task is used by somebody", storage.ErrInvalid)
	}
	if err := storage.CheckText(by); err != nil {
		return t, err
	}
	if err := storage.CheckTime(now); err != nil {
		return t, err
	}
	return change(ctx, s, func(b *batch) (storage.Task, error) { return b.use(id, by, micros(now)) })
}

func (b *batch) use(id, by string, now int64) (t storage.Task, err error) {
	k := b.index.shelf.named(id, now)
	if k == nil {
		return t, storage.ErrGone
	}
	if t, err = readKept(b.bucket(taskTable), b.bucket(payloadTable), k); err != nil {
		return t, err
	}
	switch t.Used {
	case by:
		return t, nil
	case "":
		t.Used = by
		return t, b.saveKept(&t, k.until)
	default:
		return t, storage.ErrUsed
	}
}

// Rouse is as in storage.Tasks.
func (s *Store) Rouse(ctx context.Context, r storage.Rouse) (int, error) {
	if err := r.Check(); err != nil {
		return 0, err
	}
	return change(ctx, s, func(b *batch) (int, error) {
		found := b.index.waiting(r)
		for _, e := range found {
			if err := b.change(e, func() { e.task.NotBefore = cut(r.Now) }); err != nil {
				return 0, err
			}
		}
		return len(found), nil
	})
}

// waiting gives the tasks that are to be roused. It looks at all that wait for
// a time: that is cheap in memory, and seldom done.
func (x *index) waiting(r storage.Rouse) (found []*entry) {
	now := micros(r.Now)
	for _, l := range x.lanesOf([]storage.Kind{r.Kind}, now) {
		for _, e := range l.timed.items {
			if t := &e.task; strings.HasPrefix(t.Note, r.Note) && (r.Person == 0 || t.Person == r.Person) &&
				!t.Attempt.Calling && !t.Attempt.Held && !e.leased(now) {
				found = append(found, e)
			}
		}
	}
	slices.SortFunc(found, bySeq)
	return found[:min(len(found), max(r.Max, 0))]
}
