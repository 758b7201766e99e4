package bolt

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// batch is what operations run in: one transaction of the file and what belongs to
// it in memory. The transaction of those that read is a reading one.
//
// What goes wrong with the file is noted in err, and an operation need not look: it
// is over when it returns, whatever it returns, and nothing is left of it.
type batch struct {
	*Store
	tx     *bbolt.Tx
	err    error    // the first thing that went wrong in an operation
	writes int      // changes staged
	inWork []leased // what was in work before the batch
}

// leased is what the file does not say of a task in work.
type leased struct {
	id, name string
	until    int64
	tries    int
}

func (b *batch) note(err error) { b.err = cmp.Or(b.err, err) }

func (b *batch) run(o *op) error {
	b.err = nil
	err := guard(func() error { return o.run(b) })
	return cmp.Or(b.err, err)
}

// transact stages operations and commits them. It gives the error of all, or
// the place and the error of one operation that failed after it had begun to
// stage. In both cases nothing is left of any of them.
func (b *batch) transact(ops []*op) (broken int, err error) {
	b.inWork = make([]leased, 0, len(b.index.leased))
	for e := range b.index.leased {
		b.inWork = append(b.inWork, leased{e.task.ID, e.task.Lease, e.until, e.task.Tries})
	}
	err = guard(func() (err error) {
		b.tx, err = b.db.Begin(true)
		return err
	})
	if err != nil {
		b.fail(err)
		return -1, err
	}
	for i, o := range ops {
		staged := b.writes
		o.err = b.run(o)
		if o.err != nil && (b.err != nil || b.writes != staged || errors.Is(o.err, storage.ErrDamaged)) {
			b.fail(guard(b.tx.Rollback))
			return i, o.err
		}
	}
	if b.writes == 0 {
		if err := guard(b.tx.Rollback); err != nil {
			b.die(err)
		}
		return -1, nil
	}
	if err := b.finish(); err != nil {
		err = fmt.Errorf("storage/bolt: writing %s: %w", b.path, err)
		b.fail(err)
		return -1, err
	}
	return -1, nil
}

// finish commits, and ends the dumps that are on their way if that takes longer than
// dumpTime.
func (b *batch) finish() error {
	b.committing <- struct{}{}
	defer func() { <-b.committing }()
	defer time.AfterFunc(dumpTime, func() { b.heldUp.Add(1) }).Stop()
	return guard(func() error { return b.commit(b.tx) })
}

// fail leads memory back to where it was, which is what the file says and who has
// what in work. What the file says may be the new: a commit of which only the last
// sync failed is there, and may or may not outlive a power cut. A panic of the engine
// outside of an operation ends the store.
func (b *batch) fail(err error) {
	before := b.index.byID
	if !errors.Is(err, storage.ErrDamaged) {
		err = b.view((*batch).readMemory)
	}
	if err != nil {
		b.die(err)
		return
	}
	for id, e := range b.index.byID {
		e.old = before[id] == nil || before[id].old
	}
	for _, was := range b.inWork {
		if e := b.index.byID[was.id]; e != nil {
			b.index.change(e, func() { e.task.Lease, e.until, e.task.Tries = was.name, was.until, was.tries })
		}
	}
}

func (b *batch) save(e *entry) { taskTable.put(b, &taskRecord{Task: e.task}) }

// change stages what f alters of a task, in the index and in the file.
func (b *batch) change(e *entry, f func()) {
	b.index.change(e, f)
	b.save(e)
}

// saveTries stages the tries that are in memory only.
func saveTries(b *batch) error {
	for e := range b.index.leased {
		if e.task.Tries == 1 {
			b.save(e)
		}
	}
	return nil
}
