package postgres

import (
	"time"
)

// Times are kept as microseconds since 1970, so that nothing is rounded and
// nothing depends on a time zone of the server.

// The times that can be kept, in µs: the years 1 to 9999.
const (
	minMicros = -62135596800 * 1_000_000
	maxMicros = 253402300799*1_000_000 + 999_999
)

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

// after adds a duration to a time in µs, held to the years that can be kept.
func after(us int64, d time.Duration) int64 {
	return min(max(us+d.Microseconds(), minMicros), maxMicros)
}
