package storage

import (
	"context"
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

// BudgetUse is what was taken from the budgets of a day and its month; 0 where
// nothing was taken yet, whatever was charged before.
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

// Ledger keeps the counts and the finished attempts. Rows are written by
// Tasks.Hold only.
type Ledger interface {
	// Attempts gives a person's count of a day.
	Attempts(ctx context.Context, person int64, day Day) (Count, error)

	// ResetAttempts sets the settled count of a day to zero, the unanswered in it too. Reservations stay
	// and are settled as usual; ledger rows stay too.
	ResetAttempts(ctx context.Context, person int64, day Day) error

	// Entries gives up to max rows that ended in [from, to), oldest first; of
	// those that ended together, the task of the lower Seq.
	Entries(ctx context.Context, from, to time.Time, max int) ([]Entry, error)

	// DayTotals sums up the attempts of the days from one to another, of some
	// people or, without any, of all, ordered by day, person, outcome, charge,
	// counted. A day is that of Attempt, or of Hold for what never began. Days more
	// than a day before the ledger's memory are forgotten.
	DayTotals(ctx context.Context, from, to Day, people ...int64) ([]DayTotal, error)

	// Budget gives what was taken from the budgets of a day and its month.
	Budget(ctx context.Context, day Day) (BudgetUse, error)

	// Totals sums up all attempts ever, those folded away included, ordered by
	// outcome, charge (both by their bytes), counted (false first).
	Totals(ctx context.Context) ([]Total, error)
}
