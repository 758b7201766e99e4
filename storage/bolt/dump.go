package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"iter"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// dumpPatience is how long a commit may have to wait for a dump. The file can
// be mapped anew, which growing beyond the mapping needs, only when nobody
// reads it; meanwhile everybody waits. A disk that is busy with the backup
// itself may take a second for a commit.
const dumpPatience = 2 * time.Second

// errStop ends a dump of which no more is wanted.
var errStop = errors.New("no more is wanted")

// Dump is as in storage.Copying. It reads every value and its checksum, so
// what was dumped whole was whole.
func (s *Store) Dump(ctx context.Context) iter.Seq2[storage.Record, error] {
	return func(yield func(storage.Record, error) bool) {
		ctx, cut := context.WithCancelCause(ctx)
		defer cut(nil)
		// Tries that wait for company go to the file first. On a disk that is full
		// they are not worth the dump.
		_ = s.write(ctx, func(*batch) error { return nil })
		defer s.dumps.enter(cut)()
		err := s.view(func(tx *bbolt.Tx) error {
			return dumpAll(tx, func(r storage.Record) error {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				if !yield(r, nil) {
					return errStop
				}
				return nil
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(storage.Record{}, err)
		}
	}
}

// dumps are the dumps on their way. A commit that has to wait for them gives
// them up.
type dumps struct {
	mu   sync.Mutex
	cuts map[*context.CancelCauseFunc]struct{}
}

// enter notes a dump until leave is called.
func (d *dumps) enter(cut context.CancelCauseFunc) (leave func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cuts == nil {
		d.cuts = map[*context.CancelCauseFunc]struct{}{}
	}
	d.cuts[&cut] = struct{}{}
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.cuts, &cut)
	}
}

// watch gives up the dumps that are on their way when what follows takes
// longer than dumpPatience until the returned function is called.
func (d *dumps) watch() (over func() bool) {
	timer := time.AfterFunc(dumpPatience, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		for cut := range d.cuts {
			(*cut)(storage.ErrHeldUp)
			delete(d.cuts, cut)
		}
	})
	return timer.Stop
}

// dumpAll gives all that a transaction sees.
func dumpAll(tx *bbolt.Tx, give func(storage.Record) error) error {
	payloads := tx.Bucket([]byte(tableNames[payloadTable]))
	for _, t := range []struct {
		table table
		read  func(k []byte, d decoder) (storage.Record, error)
	}{
		{settingTable, func(k []byte, d decoder) (storage.Record, error) {
			return storage.Record{Setting: &storage.SettingRecord{Key: string(k), Value: append([]byte{}, d.rest...)}}, nil
		}},
		{takeTable, dumpWindow},
		{personTable, dumpPerson},
		{countTable, dumpCount},
		{ledgerTable, dumpRow},
		{totalTable, dumpTotal},
		{nameTable, func(k []byte, d decoder) (storage.Record, error) {
			n := storage.NameRecord{ID: string(k), Since: d.time()}
			return storage.Record{Name: &n}, d.end()
		}},
		{taskTable, func(k []byte, d decoder) (storage.Record, error) { return dumpTask(k, d, payloads) }},
		{asideTable, func(k []byte, d decoder) (storage.Record, error) { return dumpAside(k, d, payloads) }},
	} {
		err := tx.Bucket([]byte(tableNames[t.table])).ForEach(func(k, v []byte) error {
			d, err := decode(k, v)
			if err != nil {
				return err
			}
			r, err := t.read(k, d)
			if err != nil {
				return err
			}
			return give(r)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func dumpWindow(k []byte, d decoder) (storage.Record, error) {
	u, err := d.uses()
	return storage.Record{Window: &storage.WindowRecord{Key: string(k), Begin: fromMicros(u.begin), End: fromMicros(u.end), Used: u.n}}, err
}

func dumpPerson(k []byte, d decoder) (storage.Record, error) {
	if len(k) != 8 {
		return storage.Record{}, errValue
	}
	p := storage.Person{ID: keyInt(k)}
	return storage.Record{Person: &p}, d.person(&p)
}

func dumpCount(k []byte, d decoder) (storage.Record, error) {
	at := len(k) - 8
	if at < 0 {
		return storage.Record{}, errValue
	}
	c, err := decodeCount(&d)
	return storage.Record{Count: &storage.CountRecord{
		Person: keyInt(k[at:]), Day: storage.Day(k[:at]), Settled: c.Settled, Unanswered: c.Unanswered,
	}}, err
}

func dumpRow(k []byte, d decoder) (storage.Record, error) {
	var row storage.RowRecord
	if err := readTimeSeq(k, &row.Ended, &row.Seq); err != nil {
		return storage.Record{}, err
	}
	return storage.Record{Row: &row}, d.row(&row.Entry)
}

func dumpTotal(k []byte, d decoder) (storage.Record, error) {
	t, err := readTotal(k, d)
	return storage.Record{Total: &t}, err
}

// readTotal gives a total from its key and value.
func readTotal(k []byte, d decoder) (t storage.Total, err error) {
	parts := strings.Split(string(k), "\x00")
	n := d.uint()
	if err := d.end(); err != nil || len(parts) != 3 {
		return t, errValue
	}
	return storage.Total{
		Outcome: parts[0], Charge: storage.Charge(parts[1]), Counted: parts[2] == "1", Number: int(n),
	}, nil
}

func dumpTask(k []byte, d decoder, payloads *bbolt.Bucket) (storage.Record, error) {
	task := storage.Task{Payload: bytes.Clone(payloads.Get(k))}
	if err := readSeq(k, &task.Seq); err != nil {
		return storage.Record{}, err
	}
	until, kept, err := d.task(&task)
	if kept {
		return storage.Record{Kept: &storage.KeptRecord{Task: task, Until: fromMicros(until)}}, err
	}
	return storage.Record{Task: &task}, err
}

func dumpAside(k []byte, d decoder, payloads *bbolt.Bucket) (storage.Record, error) {
	var a storage.AsideRecord
	if err := readTimeSeq(k, &a.Since, &a.Seq); err != nil {
		return storage.Record{}, err
	}
	a.Payload = bytes.Clone(payloads.Get(k[8:]))
	d.taskFields(&a.Task)
	a.Reason = d.text()
	return storage.Record{Aside: &a}, d.end()
}

// readSeq reads a key that is a Seq.
func readSeq(k []byte, seq *uint64) error {
	if len(k) != 8 {
		return errValue
	}
	*seq = binary.BigEndian.Uint64(k)
	return nil
}

// readTimeSeq reads a key that is a time and a Seq.
func readTimeSeq(k []byte, at *time.Time, seq *uint64) error {
	if len(k) != 16 || keyInt(k) < minMicros || keyInt(k) > maxMicros {
		return errValue
	}
	*at = fromMicros(keyInt(k))
	return readSeq(k[8:], seq)
}
