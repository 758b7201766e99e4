package mrz

import "time"

// shortDate is a date as a zone prints it: two digits each, unknown where
// there are fillers.
type shortDate struct{ year, month, day int }

const unknown = -1

// expiryWindow is how many years after today an expiry date may lie; the rest
// of its century lies before. Documents run ten years, some for fifteen or
// longer, and old ones keep being shown: the year nearest to today is meant.
const expiryWindow = 49

// oldest is the greatest age that a personal number is believed to mean.
const oldest = 130

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

// expiryOn finds the century of an expiry date, seen from today.
func expiryOn(d shortDate, today date) date {
	if d.year == unknown {
		return d.in(unknown)
	}
	last := today.year + expiryWindow
	return d.inLeapYear(last - mod100(last-d.year))
}

// birthBefore finds the century of a birth date: the latest that is not after
// the limit.
func birthBefore(d shortDate, limit date) date {
	if d.year == unknown {
		return d.in(unknown)
	}
	born := d.in(limit.year - mod100(limit.year-d.year))
	if limit.before(born) {
		born.year -= 100
	}
	return d.inLeapYear(born.year)
}

// inLeapYear moves a 29 February to the next century if this one's year has none.
func (d shortDate) inLeapYear(year int) date {
	if d.month == 2 && d.day == 29 && year%100 == 0 && year%400 != 0 {
		year += 100
	}
	return d.in(year)
}

// mod100 is the remainder that is never negative.
func mod100(n int) int { return (n%100 + 100) % 100 }

// dates fills both dates and says what is odd about them. A birth is neither
// in the future nor after the document's end, and a Kyrgyz personal number
// that agrees with it names its century.
func (z *Zone) dates(l *layout, r *reading, now time.Time) {
	today := dayOf(now)
	limit := today
	if l.has(FieldExpiryDate) {
		if expiry, ok := z.expiry(l, r, today); ok && expiry.before(limit) {
			limit = expiry
		}
	}
	if !r.birthOK {
		z.noDate(CodeBirthDate, l.at[FieldBirthDate])
		return
	}
	born := birthBefore(r.birth, limit)
	if pin := r.pin; r.hasPIN && pin.agrees(r.birth) && !today.before(pin.born) && today.year-pin.born.year <= oldest {
		born.year = pin.born.year
	}
	z.Fields.BirthDate = born.String()
	if !r.birth.complete() {
		z.warn(CodeBirthDateIncomplete, l.at[FieldBirthDate])
	}
}

// expiry fills the expiry date. It is false if there is none to go by.
func (z *Zone) expiry(l *layout, r *reading, today date) (date, bool) {
	at := l.at[FieldExpiryDate]
	switch {
	case !r.expiryOK:
		z.noDate(CodeExpiryDate, at)
		return date{}, false
	case r.expiry.absent():
		z.warn(CodeNoExpiry, at)
		return date{}, false
	}
	end := expiryOn(r.expiry, today)
	z.Fields.ExpiryDate = end.String()
	if !r.expiry.complete() {
		z.warn(CodeExpiryDateIncomplete, at)
	}
	if end.before(today) {
		z.warn(CodeExpired, at)
	}
	return end, true
}

// noDate says that a date is none, unless that is plain from its characters.
func (z *Zone) noDate(code string, at span) {
	if !z.garbled(at) {
		z.fail(code, at)
	}
}
