package bolt

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// How much of a load is one transaction: its pages are in memory until the
// commit, and each commit waits for the disk.
const (
	chunkRecords = 20_000
	chunkBytes   = 8 << 20 // of payloads and values
)

// loadingKey is in metaTable while a load is under way: a file that still has
// it holds a part of a store.
const loadingKey = "loading"

var errHalf = fmt.Errorf("%w: loading it was cut short", storage.ErrDamaged)

// Load is as in storage.Copying. A file that could not be loaded to the end is
// of no use any more, and neither is its store.
func (s *Store) Load(ctx context.Context, records iter.Seq2[storage.Record, error]) error {
	if err := s.write(ctx, (*batch).beginLoad); err != nil {
		return err
	}
	err := s.loadChunks(ctx, records)
	if err == nil {
		err = s.write(ctx, func(b *batch) error { return b.delete(metaTable, []byte(loadingKey)) })
	}
	if err != nil {
		s.die(errHalf)
	}
	return err
}

func (s *Store) loadChunks(ctx context.Context, records iter.Seq2[storage.Record, error]) error {
	var chunk []storage.Record
	size := 0
	flush := func() error {
		err := s.write(ctx, func(b *batch) error {
			for _, r := range chunk {
				if err := b.load(r); err != nil {
					return err
				}
			}
			return nil
		})
		clear(chunk)
		chunk, size = chunk[:0], 0
		return err
	}
	for r, err := range records {
		if err == nil {
			err = r.Check()
		}
		if err != nil {
			return err
		}
		chunk = append(chunk, r)
		if size += bulk(r); len(chunk) == chunkRecords || size > chunkBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// bulk gives the bytes of what can be long in a record.
func bulk(r storage.Record) int {
	switch {
	case r.Task != nil:
		return len(r.Task.Payload)
	case r.Kept != nil:
		return len(r.Kept.Payload)
	case r.Aside != nil:
		return len(r.Aside.Payload)
	case r.Setting != nil:
		return len(r.Setting.Value)
	}
	return 0
}

// vacant refuses a store that holds something.
func vacant(tx *bbolt.Tx) error {
	for _, t := range []table{taskTable, payloadTable, asideTable, countTable, ledgerTable, totalTable, personTable} {
		if k, _ := tx.Bucket([]byte(tableNames[t])).Cursor().First(); k != nil {
			return storage.ErrNotEmpty
		}
	}
	return nil
}

// beginLoad refuses a store that holds something, and empties it of the rest.
func (b *batch) beginLoad() error {
	if err := vacant(b.tx); err != nil {
		return err
	}
	for _, t := range []table{nameTable, takeTable, settingTable} {
		b.writes++
		b.buckets[t] = nil
		if err := b.tx.DeleteBucket([]byte(tableNames[t])); err != nil {
			return err
		}
		if _, err := b.tx.CreateBucket([]byte(tableNames[t])); err != nil {
			return err
		}
	}
	return b.putBytes(metaTable, []byte(loadingKey), []byte{1})
}

// load stages a record.
func (b *batch) load(r storage.Record) error {
	switch {
	case r.Setting != nil:
		return b.put(settingTable, []byte(r.Setting.Key), func(enc *encoder) { enc.buf = append(enc.buf, r.Setting.Value...) })
	case r.Window != nil:
		u := uses{end: micros(r.Window.End), n: r.Window.Used, begin: micros(r.Window.Begin)}
		return b.put(takeTable, []byte(r.Window.Key), func(enc *encoder) { enc.uses(u) })
	case r.Person != nil:
		return b.put(personTable, appendInt(nil, r.Person.ID), func(enc *encoder) { enc.person(r.Person) })
	case r.Count != nil:
		return b.settle(r.Count.Person, r.Count.Day, storage.Count{Settled: r.Count.Settled, Unanswered: r.Count.Unanswered})
	case r.Row != nil:
		b.seq = max(b.seq, r.Row.Seq)
		return b.put(ledgerTable, ledgerKey(micros(r.Row.Ended), r.Row.Seq), func(enc *encoder) { enc.row(&r.Row.Entry) })
	case r.Total != nil:
		key := totalKey(&storage.Entry{Outcome: r.Total.Outcome, Charge: r.Total.Charge, Counted: r.Total.Counted})
		return b.put(totalTable, key, func(enc *encoder) { enc.uint(uint64(r.Total.Number)) })
	case r.Name != nil:
		return b.remember(r.Name.ID, r.Name.Since)
	case r.Task != nil:
		return b.loadTask(*r.Task)
	case r.Kept != nil:
		return b.loadKept(r.Kept)
	default:
		return b.loadAside(*r.Aside)
	}
}

func (b *batch) loadTask(t storage.Task) error {
	if b.index.byID[t.ID] != nil {
		return fmt.Errorf("%w: two tasks of one name", storage.ErrInvalid)
	}
	payload := t.Payload
	t.Added, t.NotBefore, t.PutOff, t.Attempt.Began = cut(t.Added), cut(t.NotBefore), cut(t.PutOff), cut(t.Attempt.Began)
	t.Payload, t.Lease = nil, ""
	b.seq = max(b.seq, t.Seq)
	e := &entry{task: t, old: true}
	b.index.add(e)
	return cmp.Or(b.save(e), b.savePayload(e, payload))
}

func (b *batch) loadKept(k *storage.KeptRecord) error {
	until := micros(k.Until)
	b.seq = max(b.seq, k.Seq)
	b.index.shelve(&keptTask{id: k.ID, order: k.Order, seq: k.Seq, until: until})
	return cmp.Or(
		b.put(taskTable, appendUint(nil, k.Seq), func(enc *encoder) { enc.kept(&k.Task, until) }),
		b.savePayload(&entry{task: storage.Task{Seq: k.Seq}}, k.Payload),
	)
}

func (b *batch) loadAside(a storage.AsideRecord) error {
	b.seq = max(b.seq, a.Seq)
	b.aside++
	e := &entry{task: a.Task}
	return cmp.Or(b.savePayload(e, a.Payload), b.saveAside(a.Since.UTC(), &a.Task, a.Reason))
}
