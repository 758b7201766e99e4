package bolt

import (
	"bytes"
	"encoding/binary"
	"math"
	"time"

	"mrzbot/storage"
)

// A record is one byte for its form, 1 so far, and then its fields in their order: numbers
// as varints, texts behind their length, times in µs since year 1. A field that is added
// raises the schema, for an older program would lose it; see "A field more" in
// ARCHITECTURE.md.

const recordForm = 1

// appendFields appends what pointers point to.
func appendFields(data []byte, fields []any) []byte {
	for _, field := range fields {
		switch f := field.(type) {
		case *string:
			data = append(binary.AppendUvarint(data, uint64(len(*f))), *f...)
		case *[]byte:
			data = append(binary.AppendUvarint(data, uint64(len(*f))), *f...)
		case *bool:
			if *f {
				data = append(data, 1)
			} else {
				data = append(data, 0)
			}
		case *int:
			data = binary.AppendVarint(data, int64(*f))
		case *int64:
			data = binary.AppendVarint(data, *f)
		case *uint64:
			data = binary.AppendUvarint(data, *f)
		case *time.Time:
			data = binary.AppendUvarint(data, uint64(storage.Micros(*f)-storage.MinMicros))
		case *time.Duration:
			data = binary.AppendVarint(data, f.Microseconds())
		case **int: // as many as there are, which is none or one
			if *f == nil {
				data = append(data, 0)
			} else {
				data = binary.AppendVarint(append(data, 1), int64(**f))
			}
		case *[]int64:
			data = binary.AppendUvarint(data, uint64(len(*f)))
			for _, n := range *f {
				data = binary.AppendVarint(data, n)
			}
		default:
			panic("storage/bolt: a field of no known type")
		}
	}
	return data
}

// A row of the ledger has one more byte for Counted, and leaves out End and Seq, which
// are in its key: there may be ten million of them.

const (
	rowForm    = 1
	rowCounted = 1 << 3
)

func rowFields(r *storage.RowRecord) []any {
	return []any{&r.Task, &r.Person, &r.Began, (*string)(&r.Day), &r.Outcome, (*string)(&r.Charge), &r.Session, &r.Took}
}

func encodeRow(r *storage.RowRecord) []byte {
	data := append(make([]byte, 0, 128), rowForm, 0)
	if r.Counted {
		data[1] = rowCounted
	}
	return appendFields(data, rowFields(r))
}

func decodeRow(key, data []byte, r *storage.RowRecord) error {
	d := decoder{rest: data}
	r.Ended, r.Seq = d.timeKey(key)
	d.form(rowForm)
	r.Counted = d.byte()&rowCounted != 0
	d.fields(rowFields(r)...)
	return d.end()
}

// Totals of days are many, and read by the ten thousand: their keys say all but the
// number, which is all that their values hold.

func encodeDayTotal(t *storage.DayTotal) []byte { return binary.AppendUvarint(nil, uint64(t.Number)) }

func decodeDayTotal(key, data []byte, t *storage.DayTotal) error {
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
		case *[]byte:
			*f = []byte{}
			if n := d.uint(); n > 0 {
				*f = bytes.Clone(d.skip(int(min(n, math.MaxInt32))))
			}
		case *bool:
			*f = d.flag()
		case *int:
			*f = int(d.int())
		case *int64:
			*f = d.int()
		case *uint64:
			*f = d.uint()
		case **int:
			if d.flag() {
				*f = new(int(d.int()))
			}
		case *[]int64:
			for n := d.uint(); n > 0 && !d.bad; n-- {
				*f = append(*f, d.int())
			}
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

func (d *decoder) flag() bool {
	b := d.byte()
	d.bad = d.bad || b > 1
	return b == 1
}

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
