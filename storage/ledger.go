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

	// Totals sums up all attempts ever, those folded away included, ordered by
	// outcome, charge (both by their bytes), counted (false first).
	Totals(ctx context.Context) ([]Total, error)
}
