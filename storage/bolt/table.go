package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"iter"
	"time"

	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

// A record is kept as its fields, one after another (record.go); rows of the ledger and
// totals of days leave out what their keys say. A checksum over key and value ends each
// of them: bbolt itself does not notice a scribbled value.

// table is one of the file's buckets: records of one type by their keys.
type table[R any] struct {
	name string
	key  func(r *R) []byte
	// fields are pointers to what is kept of a record, in the order of the file.
	fields func(r *R) []any

	// inOrder says that keys come nearly in their order: full pages stay full.
	inOrder bool
	// encode and decode are the table's own form; nil: form and fields.
	encode func(r *R) []byte
	decode func(key, data []byte, r *R) error
}

// taskRecord is a task but its payload, which is written only when it changes.
// A task that is retained stays where it was while it was unfinished, so that
// retaining it touches no more pages than removing it.
type taskRecord struct {
	storage.Task
	Until time.Time // until when it is retained; zero: it is unfinished
}

// The tables.
var (
	taskTable = table[taskRecord]{
		name: "tasks", key: func(t *taskRecord) []byte { return seqKey(t.Seq) },
		fields: func(t *taskRecord) []any { return append(taskFields(&t.Task), &t.Until) },
	}
	nameTable = table[storage.NameRecord]{
		name: "names", inOrder: true, key: func(n *storage.NameRecord) []byte { return []byte(n.ID) },
		fields: func(n *storage.NameRecord) []any { return []any{&n.ID, &n.Since} },
	}
	quarantineTable = table[storage.QuarantinedRecord]{
		name: "aside", key: func(q *storage.QuarantinedRecord) []byte { return timeKey(q.Since, q.Seq) },
		fields: func(q *storage.QuarantinedRecord) []any { return append(taskFields(&q.Task), &q.Since, &q.Reason) },
	}
	countTable = table[storage.CountRecord]{
		name: "counts", key: func(c *storage.CountRecord) []byte { return countKey(c.Person, c.Day) },
		fields: func(c *storage.CountRecord) []any {
			return []any{&c.Person, (*string)(&c.Day), &c.Settled, &c.Unanswered}
		},
	}
	ledgerTable = table[storage.RowRecord]{
		name: "ledger", inOrder: true, encode: encodeRow, decode: decodeRow,
		key: func(r *storage.RowRecord) []byte { return timeKey(r.Ended, r.Seq) },
	}
	totalTable = table[storage.Total]{
		name: "totals", key: totalKey,
		fields: func(t *storage.Total) []any { return []any{&t.Outcome, (*string)(&t.Charge), &t.Counted, &t.Number} },
	}
	dayTotalTable = table[storage.DayTotal]{name: "daytotals", key: dayTotalKey, encode: encodeDayTotal, decode: decodeDayTotal}
	sumTable      = table[storage.DayTotal]{name: "sums", key: dayTotalKey, encode: encodeDayTotal, decode: decodeDayTotal} // see addToDay
	personTable   = table[storage.Person]{
		name: "people", key: func(p *storage.Person) []byte { return intKey(p.ID) },
		fields: func(p *storage.Person) []any {
			return []any{&p.ID, &p.Name, (*string)(&p.Role), &p.Limit, &p.Added, &p.By, &p.Language, &p.Note, &p.ShutOut, &p.Until, &p.Blocked}
		},
	}
	windowTable = table[storage.WindowRecord]{
		name: "takes", key: func(w *storage.WindowRecord) []byte { return []byte(w.Key) },
		fields: func(w *storage.WindowRecord) []any { return []any{&w.Key, &w.Begin, &w.End, &w.Used} },
	}
	settingTable = table[storage.SettingRecord]{
		name: "settings", key: func(s *storage.SettingRecord) []byte { return []byte(s.Key) },
		fields: func(s *storage.SettingRecord) []any { return []any{&s.Key, &s.Value} },
	}
	auditTable = table[storage.AuditEntry]{
		name: "audit", key: func(a *storage.AuditEntry) []byte { return seqKey(a.Seq) },
		fields: func(a *storage.AuditEntry) []any { return []any{&a.Seq, &a.At, &a.By, &a.Action, &a.Person, &a.Detail} },
	}
	inviteTable = table[storage.Invite]{
		name: "invites", key: func(i *storage.Invite) []byte { return []byte(i.Hash) },
		fields: func(i *storage.Invite) []any {
			return []any{&i.Hash, &i.Added, &i.Until, &i.Left, &i.By, (*string)(&i.Role), &i.Limit, &i.Used}
		},
	}
)

// taskFields are those of a task but what is kept elsewhere or not at all: payload and
// lease.
func taskFields(t *storage.Task) []any {
	a, w := &t.Attempt, &t.Waiting
	return append(make([]any, 0, 32),
		&t.Seq, &t.ID, (*string)(&t.Kind), &t.Order, &t.Person, &t.Chat, &t.Message, &t.FileID, &t.Added, &t.NotBefore, &t.PutOff,
		&t.Tries, &t.Pauses, (*string)(&w.For), &w.Since, &t.Reply, &t.RepeatOf, &t.Request, &t.ConsumedBy,
		&a.Began, (*string)(&a.Day), &a.Calling, &a.Held, &a.Outcome, &a.Counted, &a.Number, &a.Budgeted)
}

// Buckets whose values are no records.
const (
	metaBucket    = "meta"     // "schema", "opened" → number
	payloadBucket = "payloads" // Seq → payload and its checksum
)

// buckets are all that a file has. The last came with schema 4, the three before it with
// schema 3.
var buckets = []string{
	metaBucket, taskTable.name, payloadBucket, nameTable.name, quarantineTable.name, countTable.name, ledgerTable.name,
	totalTable.name, personTable.name, windowTable.name, settingTable.name, auditTable.name, inviteTable.name, dayTotalTable.name, sumTable.name,
}

// Keys of numbers are 8 bytes and sort as the numbers do: big-endian, with the sign
// turned over for those that have one.

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

func intKey(n int64) []byte { return seqKey(uint64(n) ^ 1<<63) }

// timeKey sorts by time, and what is of the same time by Seq.
func timeKey(at time.Time, seq uint64) []byte {
	return append(intKey(storage.Micros(at)), seqKey(seq)...)
}

// countKey sorts by day, so that today's counts lie side by side.
func countKey(person int64, day storage.Day) []byte {
	return append([]byte(day), intKey(person)...)
}

// totalKey sorts as Totals gives them: no text holds the NUL between them.
func totalKey(t *storage.Total) []byte {
	counted := "\x000"
	if t.Counted {
		counted = "\x001"
	}
	return []byte(t.Outcome + "\x00" + string(t.Charge) + counted)
}

// dayTotalKey sorts as DayTotals gives them.
func dayTotalKey(t *storage.DayTotal) []byte {
	key := append([]byte(string(t.Day)+"\x00"), intKey(t.Person)...)
	return append(key, totalKey(&storage.Total{Outcome: t.Outcome, Charge: t.Charge, Counted: t.Counted})...)
}

func (t table[R]) bucket(b *batch) *bbolt.Bucket { return b.tx.Bucket([]byte(t.name)) }

// find gives the record of a key; nil when there is none.
func (t table[R]) find(b *batch, key []byte) *R {
	if value := t.bucket(b).Get(key); value != nil {
		return t.read(b, key, value)
	}
	return nil
}

// read gives the record of a value; nil when it cannot be read.
func (t table[R]) read(b *batch, key, value []byte) *R {
	r := new(R)
	data, err := b.checked(key, value)
	switch {
	case err != nil:
	case t.decode != nil:
		err = t.decode(key, data, r)
	default:
		err = t.decodes(data, r)
	}
	if err != nil || !bytes.Equal(t.key(r), key) {
		b.note(errValue)
		return nil
	}
	return r
}

func (t table[R]) decodes(data []byte, r *R) error {
	d := decoder{rest: data}
	d.form(recordForm)
	d.fields(t.fields(r)...)
	return d.end()
}

// between gives the records from a key on, up to another, which is left out; nil is the
// first, and behind the last.
func (t table[R]) between(b *batch, from, end []byte) iter.Seq[*R] {
	return func(yield func(*R) bool) {
		c := t.bucket(b).Cursor()
		for k, v := c.Seek(from); k != nil && (end == nil || bytes.Compare(k, end) < 0); k, v = c.Next() {
			if r := t.read(b, k, v); r == nil || !yield(r) {
				return
			}
		}
	}
}

func (t table[R]) all(b *batch) iter.Seq[*R] { return t.between(b, nil, nil) }

// keys gives the keys of the records that are meant.
func (t table[R]) keys(b *batch, meant func(r *R) bool) (keys [][]byte) {
	for r := range t.all(b) {
		if meant(r) {
			keys = append(keys, t.key(r))
		}
	}
	return keys
}

// of gives the records of some keys, but for those that are gone.
func (t table[R]) of(b *batch, keys [][]byte) iter.Seq[*R] {
	return func(yield func(*R) bool) {
		for _, k := range keys {
			if r := t.find(b, k); r != nil && !yield(r) {
				return
			}
		}
	}
}

// put stages a record.
func (t table[R]) put(b *batch, r *R) {
	encode := t.encode
	if encode == nil {
		encode = func(r *R) []byte { return appendFields(append(make([]byte, 0, 128), recordForm), t.fields(r)) }
	}
	b.put(t.name, t.key(r), encode(r), t.inOrder)
}

func (t table[R]) delete(b *batch, key []byte) { b.delete(t.name, key) }

// put stages a value with its checksum.
func (b *batch) put(bucket string, key, data []byte, inOrder bool) {
	to := b.tx.Bucket([]byte(bucket))
	if inOrder {
		to.FillPercent = 0.9
	}
	b.writes++
	b.note(to.Put(key, withSum(key, data)))
}

// delete stages that a key is in a bucket no more.
func (b *batch) delete(bucket string, key []byte) {
	b.writes++
	b.note(b.tx.Bucket([]byte(bucket)).Delete(key))
}

// putPayload stages a payload; an empty one is none.
func (b *batch) putPayload(seq uint64, payload []byte) {
	if len(payload) == 0 {
		b.delete(payloadBucket, seqKey(seq))
	} else {
		b.put(payloadBucket, seqKey(seq), bytes.Clone(payload), false)
	}
}

// payload gives a payload as it is there, and whether that is what was put.
func (b *batch) payload(seq uint64) (payload []byte, whole bool) {
	value := b.tx.Bucket([]byte(payloadBucket)).Get(seqKey(seq))
	if b.beyond(value) {
		return nil, false
	}
	_, err := checked(seqKey(seq), value)
	return bytes.Clone(value[:max(len(value)-checksumBytes, 0)]), value == nil || err == nil
}

// beyond reports whether a key or value is longer than the file: its length was scribbled
// over, and what bbolt gives is other memory of the process, gigabytes of it.
func (b *batch) beyond(found []byte) bool { return int64(len(found)) > b.tx.Size() }

// checked gives a value of the file without its checksum, if it fits.
func (b *batch) checked(key, value []byte) ([]byte, error) {
	if b.beyond(value) {
		return nil, errValue
	}
	return checked(key, value)
}

// checksum is CRC-32C, which processors calculate by themselves.
var checksum = crc32.MakeTable(crc32.Castagnoli)

const checksumBytes = 4

// errValue says that a value is not what was written.
var errValue = fmt.Errorf("%w: a value does not fit its checksum or its form", storage.ErrDamaged)

func sum(key, data []byte) uint32 { return crc32.Update(crc32.Checksum(key, checksum), checksum, data) }

func withSum(key, data []byte) []byte { return binary.LittleEndian.AppendUint32(data, sum(key, data)) }

// checked gives a value without its checksum, if it fits.
func checked(key, value []byte) ([]byte, error) {
	n := len(value) - checksumBytes
	if n < 0 || sum(key, value[:n]) != binary.LittleEndian.Uint32(value[n:]) {
		return nil, errValue
	}
	return value[:n:n], nil
}

// cut gives a time as it comes back from the store.
func cut(t time.Time) time.Time { return storage.FromMicros(storage.Micros(t)) }
