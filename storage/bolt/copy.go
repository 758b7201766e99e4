package bolt

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// A dump hands over the records that it reads, a load puts those that it is given. Tasks get their payload on the way out and lose it on the way in.

// copying is how one table is copied.
type copying struct {
	dump func(b *batch) iter.Seq[storage.Record]
	load func(b *batch, r storage.Record) // what is this table's of a record, if anything is
}

// copied are the tables in the order of a dump.
var copied = []copying{
	plain(settingTable, func(r *storage.Record) **storage.SettingRecord { return &r.Setting }),
	plain(windowTable, func(r *storage.Record) **storage.WindowRecord { return &r.Window }),
	plain(inviteTable, func(r *storage.Record) **storage.Invite { return &r.Invite }),
	plain(auditTable, func(r *storage.Record) **storage.AuditEntry { return &r.Audit }),
	plain(personTable, func(r *storage.Record) **storage.Person { return &r.Person }),
	plain(countTable, func(r *storage.Record) **storage.CountRecord { return &r.Count }),
	plain(ledgerTable, func(r *storage.Record) **storage.RowRecord { return &r.Row }),
	plain(totalTable, func(r *storage.Record) **storage.Total { return &r.Total }),
	{plain(dayTotalTable, func(r *storage.Record) **storage.DayTotal { return &r.Day }).dump, loadDay},
	plain(nameTable, func(r *storage.Record) **storage.NameRecord { return &r.Name }),
	{dumpTasks, loadTask},
	plain(quarantineTable, func(r *storage.Record) **storage.QuarantinedRecord { return &r.Quarantined }),
}

// plain copies a table of records as they are.
func plain[R any](t table[R], field func(r *storage.Record) **R) copying {
	return copying{
		dump: func(b *batch) iter.Seq[storage.Record] {
			return func(yield func(storage.Record) bool) {
				for r := range t.all(b) {
					var record storage.Record
					if *field(&record) = r; !yield(record) {
						return
					}
				}
			}
		},
		load: func(b *batch, record storage.Record) {
			if r := *field(&record); r != nil {
				t.put(b, r)
			}
		},
	}
}

func loadDay(b *batch, r storage.Record) {
	if r.Day != nil {
		b.addToDay(*r.Day)
	}
}

func dumpTasks(b *batch) iter.Seq[storage.Record] {
	return func(yield func(storage.Record) bool) {
		for t := range taskTable.all(b) {
			r := storage.Record{Task: &t.Task}
			if !t.Until.IsZero() {
				r = storage.Record{Retained: (*storage.RetainedRecord)(t)}
			}
			if !yield(r) {
				return
			}
		}
	}
}

func loadTask(b *batch, r storage.Record) {
	switch {
	case r.Task != nil:
		taskTable.put(b, &taskRecord{Task: *r.Task})
	case r.Retained != nil:
		taskTable.put(b, (*taskRecord)(r.Retained))
	}
}

// taskOf gives the task of a record; nil when it has none.
func taskOf(r storage.Record) *storage.Task {
	switch {
	case r.Task != nil:
		return r.Task
	case r.Retained != nil:
		return &r.Retained.Task
	case r.Quarantined != nil:
		return &r.Quarantined.Task
	}
	return nil
}

// dumpTime is how long a commit may have to wait for a dump. The file can
// be mapped anew, which growing beyond the mapping needs, only when nobody
// reads it; meanwhile everybody waits. A disk that is busy with the backup
// itself may take a second for a commit.
const dumpTime = 2 * time.Second

// Dump reads every value and its checksum, so what was dumped whole was whole.
func (s *Store) Dump(ctx context.Context) iter.Seq2[storage.Record, error] {
	return func(yield func(storage.Record, error) bool) {
		// On a disk that is full tries are not worth the dump.
		_ = s.write(ctx, nil, saveTries)
		stopped := false
		heldUp := s.heldUp.Load()
		err := s.viewBeside(ctx, func(b *batch) error {
			for r := range b.records() {
				switch {
				case ctx.Err() != nil:
					return context.Cause(ctx)
				case s.heldUp.Load() != heldUp:
					return storage.ErrHeldUp
				case b.err != nil:
					return nil
				}
				if stopped = !yield(r, nil); stopped {
					return nil
				}
			}
			return nil
		})
		if err != nil && !stopped {
			yield(storage.Record{}, err)
		}
	}
}

func (b *batch) records() iter.Seq[storage.Record] {
	return func(yield func(storage.Record) bool) {
		for _, table := range copied {
			for r := range table.dump(b) {
				if r.Count != nil && r.Count.Settled == 0 {
					continue // a budget that was all put back
				}
				if t := taskOf(r); t != nil {
					var whole bool
					if t.Payload, whole = b.payload(t.Seq); !whole {
						b.note(errValue)
					}
				}
				if !yield(r) {
					return
				}
			}
		}
	}
}

// How much of a load is one transaction: its pages are in memory until the
// commit, and each commit waits for the disk.
const (
	chunkRecords = 20_000
	chunkBytes   = 8 << 20 // of payloads
)

// loadingKey is in metaBucket while a load is under way: a file that still has
// it holds a part of a store.
const loadingKey = "loading"

var errHalf = fmt.Errorf("%w: loading it was cut short", storage.ErrDamaged)

// Load leaves a file that could not be loaded to the end of no use any more, and its
// store neither.
func (s *Store) Load(ctx context.Context, records iter.Seq2[storage.Record, error]) error {
	if err := s.write(ctx, nil, beginLoad); err != nil {
		return err
	}
	err := s.loadChunks(ctx, records)
	if err == nil {
		err = s.write(ctx, nil, func(b *batch) error {
			b.delete(metaBucket, []byte(loadingKey))
			b.readMemory()
			return nil
		})
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
		all := chunk // the writer's from now on
		chunk, size = nil, 0
		return s.write(ctx, nil, func(b *batch) error {
			for _, r := range all {
				b.load(r)
			}
			return nil
		})
	}
	known := map[string]bool{}
	for r, err := range records {
		if err == nil {
			err = r.Check()
		}
		if err == nil && r.Task != nil {
			if known[r.Task.ID] {
				err = fmt.Errorf("%w: two tasks of one name", storage.ErrInvalid)
			}
			known[r.Task.ID] = true
		}
		if err != nil {
			return err
		}
		if t := taskOf(r); t != nil {
			size += len(t.Payload)
		}
		if chunk = append(chunk, r); len(chunk) == chunkRecords || size > chunkBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// load stages a record, and sees to it that what is added later comes after it.
func (b *batch) load(r storage.Record) {
	name, seq := taskTable.name, uint64(0)
	if t := taskOf(r); t != nil {
		seq = t.Seq
		b.putPayload(t.Seq, t.Payload)
	} else if r.Row != nil {
		seq = r.Row.Seq
	} else if r.Audit != nil {
		name, seq = auditTable.name, r.Audit.Seq
	}
	for _, t := range copied {
		t.load(b, r)
	}
	if bucket := b.tx.Bucket([]byte(name)); seq > bucket.Sequence() {
		b.note(bucket.SetSequence(seq))
	}
}

// passing are the tables of which a load replaces what is there.
var passing = []string{nameTable.name, windowTable.name, settingTable.name}

func vacant(b *batch) error {
	for _, name := range buckets {
		if name == metaBucket || slices.Contains(passing, name) {
			continue
		}
		if k, _ := b.tx.Bucket([]byte(name)).Cursor().First(); k != nil {
			return storage.ErrNotEmpty
		}
	}
	return nil
}

// beginLoad refuses a store that holds something, and empties it of the rest.
func beginLoad(b *batch) error {
	if err := vacant(b); err != nil {
		return err
	}
	for _, name := range passing {
		b.note(emptyBucket(b.tx, name))
	}
	b.writes++
	b.note(b.tx.Bucket([]byte(metaBucket)).Put([]byte(loadingKey), []byte{1}))
	return nil
}

func emptyBucket(tx *bbolt.Tx, name string) error {
	if err := tx.DeleteBucket([]byte(name)); err != nil {
		return err
	}
	_, err := tx.CreateBucket([]byte(name))
	return err
}
