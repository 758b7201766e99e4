package bolt

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"time"

	"mrzbot/storage"
)

// Values are written field by field: numbers as varints, texts behind their
// length, times in microseconds since year 1. A checksum over key and value
// ends each of them: bbolt itself does not notice a scribbled value. Payloads
// go without: their seal is a better one.

// The times that can be kept, in µs: the years 1 to 9999.
const (
	minMicros = -62135596800 * 1_000_000
	maxMicros = 253402300799*1_000_000 + 999_999
)

// checksum is CRC-32C, which processors calculate by themselves.
var checksum = crc32.MakeTable(crc32.Castagnoli)

const checksumBytes = 4

// errValue says that a value is not what was written.
var errValue = fmt.Errorf("%w: a value does not fit its checksum or its form", storage.ErrDamaged)

// micros gives a time in µs, held to the years that can be kept.
func micros(t time.Time) int64 {
	switch s := t.Unix(); {
	case s < minMicros/1_000_000:
		return minMicros
	case s > maxMicros/1_000_000:
		return maxMicros
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// cut gives a time as it comes back from the store.
func cut(t time.Time) time.Time { return fromMicros(micros(t)) }

// after adds a duration to a time in µs, held to the years that can be kept.
func after(us int64, d time.Duration) int64 {
	return min(max(us+d.Microseconds(), minMicros), maxMicros)
}

// Keys of numbers sort as the numbers do: big-endian, with the sign turned
// over for those that have one.

func appendUint(key []byte, n uint64) []byte { return binary.BigEndian.AppendUint64(key, n) }

func appendInt(key []byte, n int64) []byte { return appendUint(key, uint64(n)^1<<63) }

func keyInt(key []byte) int64 { return int64(binary.BigEndian.Uint64(key) ^ 1<<63) }

// encoder appends fields to a buffer.
type encoder struct{ buf []byte }

func (e *encoder) uint(n uint64)        { e.buf = binary.AppendUvarint(e.buf, n) }
func (e *encoder) int(n int64)          { e.buf = binary.AppendVarint(e.buf, n) }
func (e *encoder) byte(b byte)          { e.buf = append(e.buf, b) }
func (e *encoder) time(t time.Time)     { e.uint(uint64(micros(t) - minMicros)) }
func (e *encoder) took(d time.Duration) { e.int(d.Microseconds()) }

func (e *encoder) text(s string) {
	e.uint(uint64(len(s)))
	e.buf = append(e.buf, s...)
}

// sum ends the value that began at start.
func (e *encoder) sum(key []byte, start int) {
	c := crc32.Update(crc32.Checksum(key, checksum), checksum, e.buf[start:])
	e.buf = binary.LittleEndian.AppendUint32(e.buf, c)
}

// decoder reads fields from a value. What cannot be read leaves it bad, which
// end reports.
type decoder struct {
	rest []byte
	bad  bool
}

// decode checks a value and gives the decoder of its fields.
func decode(key, value []byte) (decoder, error) {
	n := len(value) - checksumBytes
	if n < 0 {
		return decoder{}, errValue
	}
	c := crc32.Update(crc32.Checksum(key, checksum), checksum, value[:n])
	if c != binary.LittleEndian.Uint32(value[n:]) {
		return decoder{}, errValue
	}
	return decoder{rest: value[:n]}, nil
}

// end reports what went wrong; a value that is longer than its fields is wrong.
func (d *decoder) end() error {
	if d.bad || len(d.rest) > 0 {
		return errValue
	}
	return nil
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

func (d *decoder) byte() byte {
	if b := d.skip(1); b != nil {
		return b[0]
	}
	return 0
}

func (d *decoder) time() time.Time {
	n := d.uint()
	if n > maxMicros-minMicros {
		d.bad = true
		return time.Time{}
	}
	return fromMicros(int64(n) + minMicros)
}

func (d *decoder) took() time.Duration {
	n := d.int()
	if n > math.MaxInt64/1000 || n < math.MinInt64/1000 {
		d.bad = true
		return 0
	}
	return time.Duration(n) * time.Microsecond
}

func (d *decoder) text() string {
	n := d.uint()
	if n == 0 || n > uint64(len(d.rest)) {
		d.bad = d.bad || n != 0
		return ""
	}
	return string(d.skip(int(n)))
}
