package bolt

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"time"

	"mrzbot/storage"
)

// A row of the ledger is kept in a form of its own, a third as long as JSON: there
// may be ten million of them. It is one byte for the form and one for Counted, then
// the fields in their order: numbers as varints, texts behind their length, times in
// µs since year 1. End and Seq are in its key.

const (
	rowForm    = 1
	rowCounted = 1 << 3
)

func encodeRow(r *storage.RowRecord) []byte {
	data := append(make([]byte, 0, 128), rowForm, 0)
	if r.Counted {
		data[1] = rowCounted
	}
	for _, field := range []any{r.Task, r.Person, r.Began, string(r.Day), r.Outcome, string(r.Charge), r.Session, r.Took} {
		switch f := field.(type) {
		case string:
			data = append(binary.AppendUvarint(data, uint64(len(f))), f...)
		case int64:
			data = binary.AppendVarint(data, f)
		case time.Time:
			data = binary.AppendUvarint(data, uint64(storage.Micros(f)-storage.MinMicros))
		case time.Duration:
			data = binary.AppendVarint(data, f.Microseconds())
		}
	}
	return data
}

func decodeRow(key, data []byte, r *storage.RowRecord) error {
	d := decoder{rest: data}
	r.Ended, r.Seq = d.timeKey(key)
	d.form(rowForm)
	r.Counted = d.byte()&rowCounted != 0
	d.fields(&r.Task, &r.Person, &r.Began, (*string)(&r.Day), &r.Outcome, (*string)(&r.Charge), &r.Session, &r.Took)
	return d.end()
}

// Totals of days are many, and read by the ten thousand: their keys say all but the
// number, which is all that their values hold.

func encodeDayTotal(t *storage.DayTotal) []byte { return binary.AppendUvarint(nil, uint64(t.Number)) }

func decodeDayTotal(key, data []byte, t *storage.DayTotal) error {
	if len(data) > binary.MaxVarintLen64 { // as schema 5 had it
		return json.Unmarshal(data, t)
	}
	d := decoder{rest: data}
	day, rest, _ := bytes.Cut(key, []byte{0})
	at := min(len(rest), 8)
	t.Day, t.Person, t.Number = storage.Day(day), d.intKey(rest[:at]), int(d.uint())
	t.Outcome, t.Charge, t.Counted = d.totalKey(rest[at:])
	return d.end()
}

// decoder reads fields from a value. What cannot be read leaves it bad, which
// end reports.
type decoder struct {
	rest []byte
	bad  bool
}

// end reports what went wrong; a value that is longer than its fields is wrong.
func (d *decoder) end() error {
	if d.bad || len(d.rest) > 0 {
		return errValue
	}
	return nil
}

func (d *decoder) fields(into ...any) {
	for _, field := range into {
		switch f := field.(type) {
		case *string:
			if n := d.uint(); n > 0 {
				*f = string(d.skip(int(min(n, math.MaxInt32))))
			}
		case *int:
			*f = int(d.int())
		case *int64:
			*f = d.int()
		case *time.Time:
			n := d.uint()
			d.bad = d.bad || n > storage.MaxMicros-storage.MinMicros
			*f = storage.FromMicros(int64(min(n, storage.MaxMicros-storage.MinMicros)) + storage.MinMicros)
		case *time.Duration:
			n := d.int()
			d.bad = d.bad || n > math.MaxInt64/1000 || n < math.MinInt64/1000
			*f = time.Duration(n) * time.Microsecond
		}
	}
}

func (d *decoder) skip(n int) []byte {
	if n <= 0 || n > len(d.rest) {
		d.bad, d.rest = true, nil
		return nil
	}
	skipped := d.rest[:n]
	d.rest = d.rest[n:]
	return skipped
}

func (d *decoder) form(form byte) { d.bad = d.byte() != form || d.bad }

func (d *decoder) byte() byte {
	if b := d.skip(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) uint() uint64 {
	n, size := binary.Uvarint(d.rest)
	d.skip(size)
	return n
}

func (d *decoder) int() int64 {
	n, size := binary.Varint(d.rest)
	d.skip(size)
	return n
}

// Keys are read by the same rules.

func (d *decoder) seqKey(key []byte) uint64 {
	if len(key) != 8 {
		d.bad = true
		return 0
	}
	return binary.BigEndian.Uint64(key)
}

func (d *decoder) intKey(key []byte) int64 { return int64(d.seqKey(key) ^ 1<<63) }

func (d *decoder) timeKey(key []byte) (time.Time, uint64) {
	at := d.intKey(key[:min(len(key), 8)])
	d.bad = d.bad || at < storage.MinMicros || at > storage.MaxMicros
	return storage.FromMicros(min(max(at, storage.MinMicros), storage.MaxMicros)), d.seqKey(key[min(len(key), 8):])
}

func (d *decoder) totalKey(key []byte) (outcome string, charge storage.Charge, counted bool) {
	parts := bytes.Split(key, []byte{0})
	if len(parts) != 3 {
		d.bad = true
		return "", "", false
	}
	return string(parts[0]), storage.Charge(parts[1]), string(parts[2]) == "1"
}
