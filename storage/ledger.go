package storage

import (
	"cmp"
	"context"
	"fmt"
	"time"
)

// Charge says whether the provider has a reason to charge for an attempt.
type Charge string

// What is known about the charge.
const (
	ChargeNo      Charge = "no"
	ChargeYes     Charge = "yes"
	ChargeUnknown Charge = "unknown" // sent, and the answer is not known
)

// Entry is one row of the ledger: a finished photo. It holds nothing of the
// card.
type Entry struct {
	Task    string
	Person  int64
	Began   time.Time // Begin's time; Hold's for what ended before a call
	Ended   time.Time // Hold's time
	Day     Day       // as in Attempt: "" for what ended before a call
	Outcome string
	Counted bool
	Charge  Charge
	Session string
	Took    time.Duration
}

// Count is a person's use of one day.
type Count struct {
	Settled    int // counted attempts that ended
	Unanswered int // of these, those of which nobody knows the charge
	Reserved   int // attempts that began and have not ended
}

// Used is what the limit is held against.
func (c Count) Used() int { return c.Settled + c.Reserved }

// Total sums up attempts with the same outcome and charge, for ever.
type Total struct {
	Outcome string
	Charge  Charge
	Counted bool
	Number  int
}

// DayTotal sums up the attempts of a person and day with the same outcome and
// charge.
type DayTotal struct {
	Day     Day
	Person  int64
	Outcome string
	Charge  Charge
	Counted bool
	Number  int
}

// CompareByPerson orders totals by person, outcome, charge, counted.
func CompareByPerson(a, b DayTotal) int {
	if a.Person != b.Person { // mostly, and quicker
		return cmp.Compare(a.Person, b.Person)
	}
	counted := 0
	if a.Counted != b.Counted {
		counted = 1
		if b.Counted {
			counted = -1
		}
	}
	return cmp.Or(cmp.Compare(a.Outcome, b.Outcome), cmp.Compare(a.Charge, b.Charge), counted)
}

// BudgetUse is what is used of the budgets of a day and its month: what attempts took
// from them and, before the first of these, what was charged.
type BudgetUse struct{ Day, Month int }

// The names under which a budget's use is counted for person 0. They sort behind
// the days that they are about.

// BudgetDay names the budget of a day.
func (d Day) BudgetDay() Day { return d + " all" }

// BudgetMonth names the budget of a day's month.
func (d Day) BudgetMonth() Day { return d.month() + "-99 all" }

func (d Day) month() Day { return d[:min(7, len(d))] }

// MonthDays gives the first and the last day of a day's month.
func (d Day) MonthDays() (first, last Day) { return d.month() + "-01", d.month() + "-31" }

// MonthSum names, among sums, that of a day's month: behind all its days.
func (d Day) MonthSum() Day { return d.month() + "-99" }

// Days is the days from one to another, both included.
type Days struct{ From, To Day }

// CheckDays reports as ErrInvalid what is no range of days of the calendar.
func CheckDays(days ...Day) error {
	for _, d := range days {
		if _, err := time.Parse(time.DateOnly, string(d)); err != nil {
			return fmt.Errorf("%w: no day of the calendar", ErrInvalid)
		}
	}
	return nil
}

// WholeMonths splits a range of days into the calendar months that are whole in it,
// each by its first day, and at most two ranges before and after them.
func WholeMonths(from, to Day) (months []Day, rest []Days) {
	start, err1 := time.Parse(time.DateOnly, string(from))
	end, err2 := time.Parse(time.DateOnly, string(to))
	if err1 != nil || err2 != nil || end.Before(start) {
		return nil, nil
	}
	first := start
	if start.Day() > 1 {
		first = time.Date(start.Year(), start.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	}
	after := end.AddDate(0, 0, 1)
	after = after.AddDate(0, 0, 1-after.Day()) // the first day behind the last whole month
	if !first.Before(after) {
		return nil, []Days{{from, to}}
	}
	if start.Before(first) {
		rest = append(rest, Days{from, DayOf(first.AddDate(0, 0, -1), time.UTC)})
	}
	for m := first; m.Before(after); m = m.AddDate(0, 1, 0) {
		months = append(months, DayOf(m, time.UTC))
	}
	if !end.Before(after) {
		rest = append(rest, Days{DayOf(after, time.UTC), to})
	}
	return months, rest
}

// Ledger keeps the counts and the finished attempts. Rows are written by
// Tasks.Hold only.
type Ledger interface {
	// Attempts gives a person's count of a day.
	Attempts(ctx context.Context, person int64, day Day) (Count, error)

	// ResetAttempts sets the settled count of a day to zero, the unanswered in it too. Reservations stay
	// and are settled as usual; ledger rows stay too. Where nothing
	// was settled nothing is audited; see Audit.
	ResetAttempts(ctx context.Context, person int64, day Day, audit ...*AuditEntry) error

	// Entries gives up to max rows that ended in [from, to), oldest first; of
	// those that ended together, the task of the lower Seq.
	Entries(ctx context.Context, from, to time.Time, max int) ([]Entry, error)

	// DayTotals sums up the attempts of the days from one to another, of some
	// people or, without any, of all, ordered by day, person, outcome, charge,
	// counted. A day is that of Attempt, or of Hold for what never began. Days more
	// than a day before the ledger's memory are forgotten.
	DayTotals(ctx context.Context, from, to Day, people ...int64) ([]DayTotal, error)

	// DaySums sums up the attempts of all people by day, outcome, charge, counted, and in
	// this order; Person is 0. A day is as in DayTotals, and one that is none of the
	// calendar is ErrInvalid. It costs some hundred rows a month, however many people
	// there are.
	DaySums(ctx context.Context, from, to Day) ([]DayTotal, error)

	// PersonSums sums up the attempts of the days from one to another by person, outcome,
	// charge, counted, and in this order; Day is "". Of a calendar month that is asked for
	// whole, days that are forgotten may be counted. It costs some rows a person for each
	// whole month, and for each day of the others.
	PersonSums(ctx context.Context, from, to Day) ([]DayTotal, error)

	// Budget gives what is used of the budgets of a day and its month.
	Budget(ctx context.Context, day Day) (BudgetUse, error)

	// Totals sums up all attempts ever, those folded away included, ordered by
	// outcome, charge (both by their bytes), counted (false first).
	Totals(ctx context.Context) ([]Total, error)
}
