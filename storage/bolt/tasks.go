package bolt

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// AddTask is as in storage.Tasks.
func (s *Store) AddTask(ctx context.Context, t storage.Task) (bool, error) {
	if err := t.Check(); err != nil {
		return false, err
	}
	added, err := change(ctx, s, func(b *batch) (bool, error) { return b.add(t) })
	return added && err == nil, err
}

// add stages a task if its name is new.
func (b *batch) add(t storage.Task) (added bool, err error) {
	known, err := b.known(t.ID, t.Added)
	if known || err != nil {
		return false, err
	}
	b.seq++
	payload := t.Payload
	t.Seq, t.Added, t.NotBefore = b.seq, cut(t.Added), cut(t.Kind.Cut(t.Added, t.NotBefore))
	t.PutOff = t.Added
	t.Tries, t.Pauses, t.Attempt, t.Payload, t.Used, t.Lease = 0, 0, storage.Attempt{}, nil, "", ""
	e := &entry{task: t}
	if err := b.save(e); err != nil {
		return false, err
	}
	if err := b.savePayload(e, payload); err != nil {
		return false, err
	}
	if err := b.remember(t.ID, t.Added); err != nil {
		return false, err
	}
	b.index.add(e)
	return true, b.sweepTasks(t.Added)
}

// known reports whether a name is not new at a time.
func (b *batch) known(id string, now time.Time) (bool, error) {
	if b.index.byID[id] != nil {
		return true, nil
	}
	since, ok, err := b.remembered(id)
	return ok && now.Before(since.Add(storage.Remember)), err
}

// remembered gives the time from which Remember counts for a name.
func (b *batch) remembered(id string) (since time.Time, ok bool, err error) {
	d, ok, err := b.get(nameTable, []byte(id))
	if !ok {
		return time.Time{}, false, err
	}
	since = d.time()
	return since, true, d.end()
}

func (b *batch) remember(id string, since time.Time) error {
	return b.put(nameTable, []byte(id), func(enc *encoder) { enc.time(since) })
}

func (b *batch) savePayload(e *entry, payload []byte) error {
	key := appendUint(nil, e.task.Seq)
	if len(payload) == 0 {
		return b.delete(payloadTable, key)
	}
	return b.putBytes(payloadTable, key, payload)
}

// Claim is as in storage.Tasks.
func (s *Store) Claim(ctx context.Context, c storage.Claim) ([]storage.Task, error) {
	return look(ctx, s, func(b *batch) ([]storage.Task, error) { return b.claim(c) })
}

func (b *batch) claim(c storage.Claim) ([]storage.Task, error) {
	now := micros(c.Now)
	b.index.setRight(now)
	b.noteOverdue(now)
	picked := b.index.pick(c.Kinds, now, c.Max)
	tasks := make([]storage.Task, len(picked))
	if len(picked) == 0 {
		return tasks, nil
	}
	b.wait = slices.ContainsFunc(picked, b.mustWait)
	if err := b.readPayloads(picked, tasks); err != nil {
		for _, e := range picked {
			b.index.lane(e.task.Kind).put(e)
		}
		return nil, err
	}
	staged := len(b.index.undo)
	for i, e := range picked {
		b.leases++
		b.index.change(e, func() {
			e.task.Tries++
			e.task.Lease = strconv.FormatUint(b.opened, 10) + "." + strconv.FormatUint(b.leases, 10)
			e.until = after(now, c.Lease)
		})
		b.unsaved[e] = struct{}{}
		payload := tasks[i].Payload
		tasks[i] = e.task
		tasks[i].Payload = payload
	}
	if !b.wait {
		b.index.keep(staged)
	}
	return tasks, nil
}

// mustWait reports whether the next claim of a task is to be counted in the
// file before it is answered.
func (b *batch) mustWait(e *entry) bool {
	_, unsaved := b.unsaved[e]
	return unsaved || e.old
}

// readPayloads reads the payloads of some entries into tasks.
func (b *batch) readPayloads(entries []*entry, tasks []storage.Task) error {
	return b.view(func(tx *bbolt.Tx) error {
		payloads := tx.Bucket([]byte(tableNames[payloadTable]))
		for i, e := range entries {
			tasks[i].Payload = bytes.Clone(payloads.Get(appendUint(nil, e.task.Seq)))
		}
		return nil
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

// Renew is as in storage.Tasks. A lease is in memory only, so nothing is
// written.
func (s *Store) Renew(ctx context.Context, t storage.Task, until time.Time) error {
	if err := storage.CheckTime(until); err != nil {
		return err
	}
	_, err := look(ctx, s, func(b *batch) (struct{}, error) {
		e, err := b.held(t)
		if err != nil {
			return struct{}{}, err
		}
		staged := len(b.index.undo)
		b.index.change(e, func() { e.until = micros(until) })
		b.index.keep(staged)
		return struct{}{}, nil
	})
	return err
}

// Postpone is as in storage.Tasks.
func (s *Store) Postpone(ctx context.Context, t storage.Task, p storage.Postpone) error {
	if err := p.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(b *batch) error {
		e, err := b.held(t)
		if err != nil {
			return err
		}
		return b.change(e, func() {
			e.task.Lease = ""
			e.task.PutOff = cut(p.Now)
			e.task.NotBefore = cut(e.task.Kind.Cut(p.Now, p.Until))
			e.task.Note = p.Note
			e.task.Tries = 0
			e.task.Pauses++
			e.task.Attempt.Calling = false
		})
	})
}

// Done is as in storage.Tasks.
func (s *Store) Done(ctx context.Context, t storage.Task, then ...storage.Task) error {
	if err := checkAll(then); err != nil {
		return err
	}
	return s.write(ctx, func(b *batch) error {
		e, err := b.held(t)
		if err != nil {
			return err
		}
		if err := b.drop(e); err != nil {
			return err
		}
		if err := b.savePayload(e, nil); err != nil {
			return err
		}
		return b.addAll(then)
	})
}

func checkAll(tasks []storage.Task) error {
	for _, t := range tasks {
		if err := t.Check(); err != nil {
			return err
		}
	}
	return nil
}

// addAll stages those tasks whose name is new.
func (b *batch) addAll(tasks []storage.Task) error {
	for _, t := range tasks {
		if _, err := b.add(t); err != nil {
			return err
		}
	}
	return nil
}

// drop stages that a task is no longer an unfinished one.
func (b *batch) drop(e *entry) error {
	b.index.remove(e)
	return b.delete(taskTable, appendUint(nil, e.task.Seq))
}

// PutAside is as in storage.Tasks.
func (s *Store) PutAside(ctx context.Context, t storage.Task, now time.Time, reason string) error {
	if err := storage.CheckText(reason); err != nil {
		return err
	}
	if err := storage.CheckTime(now); err != nil {
		return err
	}
	return s.write(ctx, func(b *batch) error {
		e, err := b.held(t)
		if err != nil {
			return err
		}
		since, ok, err := b.remembered(e.task.ID)
		if err != nil {
			return err
		}
		if err := b.drop(e); err != nil {
			return err
		}
		if !ok || since.Before(now) {
			if err := b.remember(e.task.ID, cut(now)); err != nil {
				return err
			}
		}
		b.aside++
		return b.saveAside(now, &e.task, reason)
	})
}

// saveAside stages the record of a task that is put aside.
func (b *batch) saveAside(now time.Time, t *storage.Task, reason string) error {
	return b.put(asideTable, appendUint(appendInt(nil, micros(now)), t.Seq), func(enc *encoder) {
		enc.task(t)
		enc.text(reason)
	})
}

// NextTask is as in storage.Tasks.
func (s *Store) NextTask(ctx context.Context, now time.Time, kinds []storage.Kind) (at time.Time, ok bool, err error) {
	at, err = look(ctx, s, func(b *batch) (time.Time, error) {
		us, some := b.index.next(kinds, micros(now))
		if !some {
			return time.Time{}, errNone
		}
		return fromMicros(us), nil
	})
	if errors.Is(err, errNone) {
		return time.Time{}, false, nil
	}
	return at, err == nil, err
}

// errNone says that there is nothing of what was looked for.
var errNone = errors.New("storage/bolt: there is none")

// Backlog is as in storage.Tasks.
func (s *Store) Backlog(ctx context.Context, now time.Time) (storage.Backlog, error) {
	return look(ctx, s, func(b *batch) (storage.Backlog, error) {
		l := b.index.backlog(micros(now))
		l.Aside = b.aside
		return l, nil
	})
}
