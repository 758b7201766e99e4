package storage

import "time"

// A machine's clock may be ahead, by the hours of a time zone or by years, and be
// set right. What was put off, taken or kept by the wrong clock would then stay so
// until that time has come. So each kind of wait has a longest one, and what was
// to be waited for longer, or was put off at a time that has not come yet, waits
// no more.

const (
	// ClockSlack is how far the clocks of processes that share a store may differ.
	ClockSlack = time.Minute

	// MaxLease is how long a lease holds at most, on a task or by name. The
	// longest is that of a service that asks to be left alone.
	MaxLease = 15 * time.Minute

	// MaxKept is how long a finished task is kept at most.
	MaxKept = 8 * 24 * time.Hour
)

// MaxWait is how long a task of a kind is put off at most. Messages are deleted up
// to 48 hours after they were sent; the longest pause that Telegram is granted,
// and the longest wait for a service, is a day.
func MaxWait(k Kind) time.Duration {
	switch k {
	case KindPhoto, KindUpdate, KindNotice, KindAlbum:
		return 24 * time.Hour
	}
	return 48 * time.Hour
}

// Waits reports whether a task waits for its NotBefore at a time.
func (t Task) Waits(now time.Time) bool {
	return t.NotBefore.After(now) && !t.NotBefore.After(now.Add(MaxWait(t.Kind))) && !t.PutOff.After(now.Add(ClockSlack))
}

// Holds reports whether a lease until a time holds at another.
func Holds(until, now time.Time) bool { return until.After(now) && !until.After(now.Add(MaxLease)) }

// Cut bounds the wait of a task that is put off at a time.
func (k Kind) Cut(at, notBefore time.Time) time.Time {
	if last := at.Add(MaxWait(k)); notBefore.After(last) {
		return last
	}
	return notBefore
}

// The times that are kept, in microseconds since 1970: the years 1 to 9999. So nothing
// is rounded, and nothing depends on a time zone.
const (
	MinMicros = firstSecond * 1_000_000
	MaxMicros = lastSecond*1_000_000 + 999_999
)

// Micros gives a time in µs, held to the years that are kept.
func Micros(t time.Time) int64 {
	switch s := t.Unix(); {
	case s < firstSecond:
		return MinMicros
	case s > lastSecond:
		return MaxMicros
	}
	return t.UnixMicro()
}

// FromMicros gives the time of Micros.
func FromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// AfterMicros adds a duration to a time in µs, held to the years that are kept.
func AfterMicros(us int64, d time.Duration) int64 {
	return min(max(us+d.Microseconds(), MinMicros), MaxMicros)
}
