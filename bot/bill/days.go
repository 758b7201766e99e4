package bill

import (
	"iter"
	"time"

	"mrzbot/storage"
)

// MostDays bounds a range: somewhat more than the ledger keeps by default.
const MostDays = 500

// Date gives the midnight of a day in UTC, for reckoning with days; ok is false
// for what is no day of the calendar.
func Date(d storage.Day) (t time.Time, ok bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}

// Day gives the day of a midnight in UTC.
func Day(t time.Time) storage.Day { return storage.DayOf(t, time.UTC) }

// Valid reports whether a range is one: two days, not turned round, of at most
// MostDays days.
func Valid(days storage.Days) bool {
	from, ok1 := Date(days.From)
	to, ok2 := Date(days.To)
	return ok1 && ok2 && !to.Before(from) && to.Sub(from) < MostDays*24*time.Hour
}

// Length is the number of days of a valid range.
func Length(days storage.Days) int {
	from, _ := Date(days.From)
	to, _ := Date(days.To)
	return int(to.Sub(from)/(24*time.Hour)) + 1
}

// Each gives the days of a valid range in order.
func Each(days storage.Days) iter.Seq[storage.Day] {
	return func(yield func(storage.Day) bool) {
		from, _ := Date(days.From)
		for i := range Length(days) {
			if !yield(Day(from.AddDate(0, 0, i))) {
				return
			}
		}
	}
}

// Week gives the week of a day, Monday to Sunday.
func Week(d storage.Day) storage.Days {
	t, _ := Date(d)
	monday := t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
	return storage.Days{From: Day(monday), To: Day(monday.AddDate(0, 0, 6))}
}

// Month gives the calendar month of a day.
func Month(d storage.Day) storage.Days {
	t, _ := Date(d)
	first := t.AddDate(0, 0, 1-t.Day())
	return storage.Days{From: Day(first), To: Day(first.AddDate(0, 1, -1))}
}

// Kind says what a range is, for its name and for what comes before and after it.
type Kind int

// The kinds of range. A month and a week are whole ones.
const (
	Some Kind = iota
	OneDay
	OneWeek
	OneMonth
)

// KindOf tells what a valid range is.
func KindOf(days storage.Days) Kind {
	switch days {
	case storage.Days{From: days.From, To: days.From}:
		return OneDay
	case Week(days.From):
		return OneWeek
	case Month(days.From):
		return OneMonth
	default:
		return Some
	}
}

// Shift gives the range of the same kind that is n further: the next month (1), the
// days before these (-1).
func Shift(days storage.Days, n int) storage.Days {
	from, _ := Date(days.From)
	if KindOf(days) == OneMonth {
		return Month(Day(from.AddDate(0, n, 0)))
	}
	to, _ := Date(days.To)
	step := n * Length(days)
	return storage.Days{From: Day(from.AddDate(0, 0, step)), To: Day(to.AddDate(0, 0, step))}
}
