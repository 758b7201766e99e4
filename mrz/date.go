package mrz

import "time"

// shortDate is a date as an MRZ prints it: two digits each, unknown where
// there are fillers.
type shortDate struct{ year, month, day int }

const unknown = -1

// No format tells a century: a year has two digits (ICAO 9303-3, 4.8), and how to
// complete it is left to the reader. These limits say what is believed.
const (
	// pastExpiry and futureExpiry are how many years before and after today an
	// end is believed to lie. Documents run ten years, some for thirty, and old
	// ones keep being shown. Outside, the same two digits are an end of long
	// ago, one far away or, as with 991231, none at all: nothing tells which.
	pastExpiry   = 25
	futureExpiry = 49

	// longestLife is the greatest age anybody is known to have reached, in years.
	longestLife = 122

	// oldest is the greatest age that a personal number is believed to mean: it
	// has all four digits of the year, so that this only sorts out misprints.
	oldest = 130
)

// readDate reads six cells, YYMMDD. It is false unless they are digits or
// fillers and, as far as they are known, a day that exists (ICAO 9303-3, 4.8).
// A part with one filler is unknown as a whole.
func readDate(s string) (shortDate, bool) {
	year, ok1 := twoDigits(s[0], s[1])
	month, ok2 := twoDigits(s[2], s[3])
	day, ok3 := twoDigits(s[4], s[5])
	d := shortDate{year, month, day}
	return d, ok1 && ok2 && ok3 && d.exists()
}

// readExpiry reads a date of expiry. Six zeros or nines, which are no day, stand
// for no end where an issuer does not write fillers.
func readExpiry(s string) (shortDate, bool) {
	if s == "000000" || s == "999999" {
		return shortDate{unknown, unknown, unknown}, true
	}
	return readDate(s)
}

func twoDigits(a, b byte) (int, bool) {
	known := true
	for _, c := range [...]byte{a, b} {
		switch {
		case c == '<':
			known = false
		case c < '0' || c > '9':
			return unknown, false
		}
	}
	if !known {
		return unknown, true
	}
	return int(a-'0')*10 + int(b-'0'), true
}

// exists reports whether some year has this day. Every fourth year has a 29
// February, for 00 can be 2000.
func (d shortDate) exists() bool {
	if d.month != unknown && (d.month < 1 || d.month > 12) || d.day != unknown && (d.day < 1 || d.day > 31) {
		return false
	}
	if d.month == unknown || d.day == unknown {
		return true
	}
	days := monthDays[d.month]
	if d.month == 2 && d.year != unknown && d.year%4 != 0 {
		days = 28
	}
	return d.day <= days
}

var monthDays = [...]int{1: 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func (d shortDate) complete() bool {
	return d.year != unknown && d.month != unknown && d.day != unknown
}

// absent reports whether nothing of the date is known.
func (d shortDate) absent() bool {
	return d.year == unknown && d.month == unknown && d.day == unknown
}

// in is the date with the century of that year.
func (d shortDate) in(year int) date { return date{year, d.month, d.day} }

// date has the full year; unknown parts stay unknown.
type date struct{ year, month, day int }

func dayOf(t time.Time) date {
	year, month, day := t.Date()
	return date{year, int(month), day}
}

// exists reports whether the year is one that has the day, as far as both are
// known.
func (d date) exists() bool {
	leap := d.year%4 == 0 && (d.year%100 != 0 || d.year%400 == 0)
	return d.year == unknown || leap || d.month != 2 || d.day != 29
}

// before compares known parts; of an unknown part nothing follows.
func (d date) before(e date) bool {
	switch {
	case d.year == unknown || e.year == unknown:
		return false
	case d.year != e.year:
		return d.year < e.year
	case d.month == unknown || e.month == unknown:
		return false
	case d.month != e.month:
		return d.month < e.month
	case d.day == unknown || e.day == unknown:
		return false
	}
	return d.day < e.day
}

// String is YYYY-MM-DD with X for what is unknown.
func (d date) String() string {
	text := [...]byte{'X', 'X', 'X', 'X', '-', 'X', 'X', '-', 'X', 'X'}
	if d.year != unknown {
		putTwo(text[0:2], d.year/100)
		putTwo(text[2:4], d.year%100)
	}
	if d.month != unknown {
		putTwo(text[5:7], d.month)
	}
	if d.day != unknown {
		putTwo(text[8:10], d.day)
	}
	return string(text[:])
}

func putTwo(to []byte, n int) { to[0], to[1] = '0'+byte(n/10), '0'+byte(n%10) }

// expiryOn completes the year of an expiry date, seen from today. It is false
// if the century cannot be told. A visa always has an end, and not a far one.
func expiryOn(d shortDate, today date, visa bool) (date, bool) {
	last := today.year + futureExpiry
	end := d.in(last - mod100(last-d.year))
	return end, end.exists() && (visa || end.year >= today.year-pastExpiry)
}

// bornBy completes the year of a birth date: the latest day that is not after
// today. It is sure if nobody alive can have been born a century before.
func bornBy(d shortDate, today date) (born date, sure bool) {
	born = d.in(today.year - mod100(today.year-d.year))
	for today.before(born) || !born.exists() {
		born.year -= 100
	}
	earlier := d.in(born.year - 100)
	return born, !earlier.exists() || today.year-earlier.year > longestLife
}

// mod100 is the remainder that is never negative.
func mod100(n int) int { return (n%100 + 100) % 100 }

// dates fills both dates and says what is odd about them. Each is completed by
// itself: of a century that was guessed nothing follows for another date.
func (m *MRZ) dates(l *layout, r *reading, now time.Time) {
	today := dayOf(now)
	if l.has(FieldExpiryDate) {
		m.expiry(l.at[FieldExpiryDate], r, today)
	}
	m.birth(l.at[FieldBirthDate], r, today)
}

func (m *MRZ) birth(at span, r *reading, today date) {
	switch {
	case !r.birthOK:
		m.noDate(CodeBirthDate, at)
		return
	case r.birth.year == unknown:
		m.Fields.BirthDate = r.birth.in(unknown).String()
	case r.hasPIN && r.pin.namesCentury(r.birth, today):
		m.Fields.BirthDate = r.birth.in(r.pin.born.year).String()
	default:
		born, sure := bornBy(r.birth, today)
		m.Fields.BirthDate = born.String()
		if !sure {
			m.warn(CodeBirthCentury, at)
		}
	}
	if !r.birth.complete() {
		m.warn(CodeBirthDateIncomplete, at)
	}
}

func (m *MRZ) expiry(at span, r *reading, today date) {
	switch {
	case !r.expiryOK:
		m.noDate(CodeExpiryDate, at)
		return
	case r.expiry.absent():
		m.warn(CodeNoExpiry, at)
		return
	case r.expiry.year == unknown:
		m.Fields.ExpiryDate = r.expiry.in(unknown).String()
	default:
		end, ok := expiryOn(r.expiry, today, m.Format == MRVA || m.Format == MRVB)
		m.Fields.ExpiryDate = end.String()
		switch {
		case !ok:
			m.Fields.ExpiryDate = "XX" + m.Fields.ExpiryDate[2:]
			m.warn(CodeExpiryFar, at)
		case end.before(today):
			m.warn(CodeExpired, at)
		}
	}
	if !r.expiry.complete() {
		m.warn(CodeExpiryDateIncomplete, at)
	}
}

// noDate says that a date is none, unless that is plain from its characters.
func (m *MRZ) noDate(code string, at span) {
	if !m.garbled(at) {
		m.fail(code, at)
	}
}
