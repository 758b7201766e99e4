package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

// attempt is an attempt as the database gives it.
type attempt struct {
	storage.Attempt
	began *int64 // nil: never
}

func (a attempt) give() storage.Attempt {
	if a.began != nil {
		a.Attempt.Began = storage.FromMicros(*a.began)
	}
	return a.Attempt
}

// step calls a function that takes an attempt further.
func (s *Store) step(ctx context.Context, what string, t storage.Task, query string, args ...any) (storage.Attempt, error) {
	if t.Lease == "" {
		return storage.Attempt{}, s.unheld(ctx)
	}
	var says string
	var a attempt
	err := s.row(ctx, what, query, append([]any{plain(t.ID), plain(t.Lease)}, args...)...).
		scan(&says, &a.began, &a.Day, &a.Calling, &a.Held, &a.Outcome, &a.Counted, &a.Number, &a.Budgeted)
	if err != nil {
		return storage.Attempt{}, err
	}
	switch says {
	case "ok":
		return a.give(), nil
	case "held":
		return a.give(), storage.ErrHeld
	case "lost":
		return storage.Attempt{}, storage.ErrLost
	case "limit":
		return storage.Attempt{}, storage.ErrLimit
	case "budget":
		return storage.Attempt{}, storage.ErrBudget
	case "invalid":
		return storage.Attempt{}, fmt.Errorf("%w: an attempt that never began cannot count", storage.ErrInvalid)
	}
	return storage.Attempt{}, errSays
}

// Begin is as in storage.Tasks.
func (s *Store) Begin(ctx context.Context, t storage.Task, b storage.Begin) (storage.Attempt, error) {
	if err := b.Check(); err != nil {
		return storage.Attempt{}, err
	}
	return s.step(ctx, "begin", t, `SELECT * FROM mrzbot.begin_attempt($1, $2, $3, $4, $5, $6, $7) WHERE `+durably,
		storage.Micros(b.Now), string(b.Day), b.Limit, b.DayBudget, b.MonthBudget)
}

// totalShares is over how many rows a total is spread: more than there are
// connections that write at once.
const totalShares = 64

// Hold is as in storage.Tasks.
func (s *Store) Hold(ctx context.Context, t storage.Task, h storage.Hold) (storage.Attempt, error) {
	if err := h.Check(); err != nil {
		return storage.Attempt{}, err
	}
	a, err := s.step(ctx, "hold", t, `SELECT * FROM mrzbot.hold_answer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) WHERE `+durably,
		storage.Micros(h.Now), some(h.Payload), h.Outcome, h.Counted, string(h.Charge), h.Session, h.Took.Microseconds(), totalShares,
		string(h.TotalDay(storage.Attempt{})))
	if err == nil && !h.KeepSince.IsZero() && s.holds.Add(1)%sweepEvery == 0 {
		s.sweepLedger(ctx, h.KeepSince)
	}
	return a, err
}

// sweepLedger folds away rows of the ledger, and forgets counts, that nobody
// needs any more. What it fails to forget the next one does.
func (s *Store) sweepLedger(ctx context.Context, keep time.Time) {
	// A day's name says less than the day's zone: one day more is kept.
	last := storage.DayOf(keep.AddDate(0, 0, -1), time.UTC)
	_, _ = s.exec(ctx, "sweep", `SELECT mrzbot.sweep_ledger($1, $2, $3) WHERE `+durably, storage.Micros(keep), string(last), sweepLook)
}

// Attempts is as in storage.Ledger.
func (s *Store) Attempts(ctx context.Context, person int64, day storage.Day) (c storage.Count, err error) {
	if err := storage.CheckText(string(day)); err != nil {
		return c, err
	}
	err = s.row(ctx, "attempts", `SELECT settled, unanswered, reserved FROM mrzbot.days WHERE day = $1 AND person = $2`, string(day), person).
		scan(&c.Settled, &c.Unanswered, &c.Reserved)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return c, err
}

// Budget is as in storage.Ledger.
func (s *Store) Budget(ctx context.Context, day storage.Day) (use storage.BudgetUse, err error) {
	if err := storage.CheckText(string(day)); err != nil {
		return use, err
	}
	first, last := day.MonthDays()
	err = s.row(ctx, "budget", `SELECT mrzbot.budget_use($1, $2, $2), mrzbot.budget_use($3, $4, $5)`,
		string(day.BudgetDay()), string(day), string(day.BudgetMonth()), string(first), string(last)).scan(&use.Day, &use.Month)
	return use, err
}

// ResetAttempts is as in storage.Ledger.
func (s *Store) ResetAttempts(ctx context.Context, person int64, day storage.Day, audit ...*storage.AuditEntry) error {
	entries, err := storage.Audited(audit)
	if err := errors.Join(err, storage.CheckText(string(day))); err != nil {
		return err
	}
	change, args := audited(`UPDATE mrzbot.days SET settled = 0, unanswered = 0 WHERE day = $1 AND person = $2 AND settled > 0 AND `+durably,
		[]any{string(day), person}, entries)
	_, err = s.exec(ctx, "reset", change, args...)
	return err
}
