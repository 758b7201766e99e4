package bolt

import (
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// batch is one transaction of the file and what belongs to it in memory.
type batch struct {
	*Store
	number  uint64
	before  counters
	tx      *bbolt.Tx // nil while looking
	buckets [tables]*bbolt.Bucket
	enc     encoder // values that were put; bbolt needs them until the commit
	writes  int     // changes staged
	wait    bool    // set by a look that must not be answered before the commit
}

func (s *Store) newBatch() *batch {
	s.batches++
	return &batch{Store: s, number: s.batches, before: s.counters}
}

// look runs operations that stage nothing, answers them, and gives back those
// that must wait for the commit.
func (b *batch) look(ops []*op) (waiting []*op) {
	for _, o := range ops {
		b.wait = false
		o.err = guard(func() error { return o.run(b) })
		if b.wait {
			waiting = append(waiting, o)
			continue
		}
		o.answer(o.err)
	}
	return waiting
}

// transact stages operations and commits them. It gives the error of all, or
// the place and the error of one operation that failed after it had begun to
// stage. In both cases nothing is left of any of them.
func (b *batch) transact(ops []*op) (broken int, err error) {
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
		o.err = guard(func() error { return o.run(b) })
		if o.err != nil && (b.writes != staged || errors.Is(o.err, storage.ErrDamaged)) {
			b.rollback()
			return i, o.err
		}
	}
	if err := guard(b.saveRest); err != nil {
		b.rollback()
		return -1, err
	}
	if b.writes == 0 {
		b.rollback()
		return -1, nil
	}
	return -1, b.finish()
}

// finish commits.
func (b *batch) finish() error {
	id := b.tx.ID()
	err := guard(func() error {
		if err := checkListHead(b.file, b.pageSize); err != nil {
			return err
		}
		defer b.dumps.watch()()
		return b.commit(b.tx)
	})
	if err != nil {
		err = fmt.Errorf("storage/bolt: writing %s: %w", b.path, err)
		if errors.Is(err, storage.ErrDamaged) || !b.visible(id) {
			b.fail(err)
			return err
		}
	}
	clear(b.unsaved)
	b.index.keep(0)
	return err
}

// visible reports whether a transaction is what the next one will build on.
// That is so when everything was written and only the last sync failed: what
// its operations did may or may not outlive a power cut, so they get the
// error; but the index has to agree with the file as it now reads.
func (b *batch) visible(id int) (is bool) {
	err := b.view(func(tx *bbolt.Tx) error {
		is = tx.ID() >= id
		return nil
	})
	return err == nil && is
}

// rollback gives up what was staged.
func (b *batch) rollback() {
	b.fail(guard(b.tx.Rollback))
}

// fail leads memory back to where it was. A panic of the engine outside of an
// operation ends the store.
func (b *batch) fail(err error) {
	if errors.Is(err, storage.ErrDamaged) {
		b.die(err)
		return
	}
	b.index.revert()
	b.counters = b.before
}

// saveRest stages what belongs to no operation of its own.
func (b *batch) saveRest() error {
	for e := range b.unsaved {
		if e.stamp != b.number && b.index.byID[e.task.ID] == e {
			if err := b.save(e); err != nil {
				return err
			}
		}
	}
	if b.overdue {
		b.overdue = false
		if err := b.sweepShelf(); err != nil {
			return err
		}
	}
	if b.seq != b.before.seq {
		return b.bucket(taskTable).SetSequence(b.seq)
	}
	return nil
}

// save stages the record of a task.
func (b *batch) save(e *entry) error {
	e.stamp = b.number
	return b.put(taskTable, appendUint(nil, e.task.Seq), func(enc *encoder) { enc.task(&e.task) })
}

func (b *batch) bucket(t table) *bbolt.Bucket {
	if b.buckets[t] == nil {
		b.buckets[t] = b.tx.Bucket([]byte(tableNames[t]))
		if t == ledgerTable || t == nameTable {
			// Their keys come nearly in order: full pages stay full.
			b.buckets[t].FillPercent = 0.9
		}
	}
	return b.buckets[t]
}

// put stages a value with its checksum.
func (b *batch) put(t table, key []byte, value func(*encoder)) error {
	start := len(b.enc.buf)
	value(&b.enc)
	b.enc.sum(key, start)
	return b.putBytes(t, key, b.enc.buf[start:len(b.enc.buf):len(b.enc.buf)])
}

// putBytes stages a value as it is. It must not change before the commit.
func (b *batch) putBytes(t table, key, value []byte) error {
	b.writes++
	return b.bucket(t).Put(key, value)
}

func (b *batch) delete(t table, key []byte) error {
	b.writes++
	return b.bucket(t).Delete(key)
}

// get gives the fields of a value, as staged so far; ok is false when there is
// none.
func (b *batch) get(t table, key []byte) (d decoder, ok bool, err error) {
	return lookUp(b.bucket(t), key)
}

func lookUp(bucket *bbolt.Bucket, key []byte) (d decoder, ok bool, err error) {
	value := bucket.Get(key)
	if value == nil {
		return decoder{}, false, nil
	}
	d, err = decode(key, value)
	return d, err == nil, err
}

// change stages what f alters of a task, in the index and in the file.
func (b *batch) change(e *entry, f func()) error {
	b.index.change(e, f)
	return b.save(e)
}
