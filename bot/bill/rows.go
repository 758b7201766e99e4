package bill

import (
	"context"
	"iter"
	"time"

	"mrzbot/storage"
)

// Ledger is what rows are read from.
type Ledger interface {
	Entries(ctx context.Context, from, to time.Time, max int) ([]storage.Entry, error)
}

// rowPage is how many rows are read at once.
const rowPage = 1000

// afterDay is how long after its day an attempt may end: a photo that waits does so
// for a day at most, but the bot may have been down for a week meanwhile.
const afterDay = 8 * 24 * time.Hour

// DayOf is the day that an attempt is counted for: that of its beginning, or of its
// claim where it never began.
func DayOf(e storage.Entry, zone *time.Location) storage.Day {
	if e.Day != "" {
		return e.Day
	}
	return storage.DayOf(e.Ended.Add(-e.Took), zone)
}

// Rows gives the attempts of a valid range of days, in the order of their ends, as
// they are read: never more than some at a time are in memory. until is a time after
// which nothing is read: what ends meanwhile is left out.
func Rows(ctx context.Context, ledger Ledger, days storage.Days, zone *time.Location, until time.Time) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		from, to := midnight(days.From, zone), midnight(days.To, zone).Add(24*time.Hour+afterDay)
		if to.After(until) {
			to = until
		}
		seen := map[string]bool{} // the tasks of the rows that ended at from
		for size := rowPage; ; {
			page, err := ledger.Entries(ctx, from, to, size)
			if err != nil {
				yield(storage.Entry{}, err)
				return
			}
			for _, e := range page {
				if e.Ended.Equal(from) && seen[e.Task] {
					continue
				}
				if !e.Ended.Equal(from) {
					from = e.Ended
					clear(seen)
				}
				seen[e.Task] = true
				if d := DayOf(e, zone); d >= days.From && d <= days.To && !yield(e, nil) {
					return
				}
			}
			if len(page) < size {
				return
			}
			size = max(rowPage, 2*len(seen)) // so many may have ended together
		}
	}
}

func midnight(d storage.Day, zone *time.Location) time.Time {
	t, _ := Date(d)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}

// Doubtful is the provider's names of calls that perhaps were charged, by day.
type Doubtful map[storage.Day][]string

// MostDoubtful bounds how many are kept in memory.
const MostDoubtful = 100_000

// Collect gives the rows on, and keeps the names of the doubtful ones.
func (d Doubtful) Collect(rows iter.Seq2[storage.Entry, error], zone *time.Location) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		n := 0
		for e, err := range rows {
			if err == nil && e.Charge == storage.ChargeUnknown && e.Session != "" && n < MostDoubtful {
				n++
				day := DayOf(e, zone)
				d[day] = append(d[day], e.Session)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}
