package bolt

import (
	"cmp"
	"context"
	"fmt"

	"mrzbot/storage"
)

func (s *Store) Begin(ctx context.Context, t storage.Task, begin storage.Begin) (storage.Attempt, error) {
	return changeTask(ctx, s, begin.Check(), t, func(b *batch, e *entry) (storage.Attempt, error) { return b.begin(e, begin) })
}

func (b *batch) begin(e *entry, begin storage.Begin) (storage.Attempt, error) {
	a := e.task.Attempt
	if a.Held {
		return a, storage.ErrHeld
	}
	if a.Calling {
		return a, nil
	}
	if a.Began.IsZero() {
		if begin.Limit > 0 && b.count(e.task.Person, begin.Day).Used() >= begin.Limit {
			return storage.Attempt{}, storage.ErrLimit
		}
		if begin.DayBudget > 0 || begin.MonthBudget > 0 {
			if err := b.spend(begin); err != nil {
				return storage.Attempt{}, err
			}
			a.Budgeted = true
		}
		a.Began, a.Day = cut(begin.Now), begin.Day
	}
	a.Calling = true
	b.change(e, func() { e.task.Attempt = a })
	return a, nil
}

func (s *Store) Hold(ctx context.Context, t storage.Task, hold storage.Hold) (storage.Attempt, error) {
	return changeTask(ctx, s, hold.Check(), t, func(b *batch, e *entry) (storage.Attempt, error) { return b.hold(e, hold) })
}

func (b *batch) hold(e *entry, hold storage.Hold) (storage.Attempt, error) {
	a := e.task.Attempt
	if a.Held {
		return a, storage.ErrHeld
	}
	if hold.Counted && a.Began.IsZero() {
		return storage.Attempt{}, fmt.Errorf("%w: an attempt that never began cannot count", storage.ErrInvalid)
	}
	row := storage.RowRecord{Seq: e.task.Seq, Entry: storage.Entry{
		Task: e.task.ID, Person: e.task.Person, Began: a.Began, Ended: hold.Now, Day: a.Day,
		Outcome: hold.Outcome, Counted: hold.Counted, Charge: hold.Charge, Session: hold.Session, Took: hold.Took,
	}}
	if a.Began.IsZero() {
		row.Began = hold.Now
	}
	if hold.Counted {
		count := b.count(e.task.Person, a.Day)
		count.Settled++
		if hold.Charge == storage.ChargeUnknown {
			count.Unanswered++
		}
		a.Number = count.Settled
		b.settle(e.task.Person, a.Day, count)
	}
	if a.Budgeted && hold.Charge == storage.ChargeNo {
		b.giveBack(a.Day)
	}
	a.Calling, a.Held, a.Outcome, a.Counted = false, true, hold.Outcome, hold.Counted
	b.change(e, func() { e.task.Attempt = a })
	b.putPayload(e.task.Seq, hold.Payload)
	b.enter(&row, hold.TotalDay(a))
	b.sweepLedger(hold.KeepSince)
	return a, nil
}

func (s *Store) Attempts(ctx context.Context, person int64, day storage.Day) (storage.Count, error) {
	return fromMemory(ctx, s, storage.CheckText(string(day)), func(b *batch) (storage.Count, error) { return b.count(person, day), nil })
}

func (s *Store) ResetAttempts(ctx context.Context, person int64, day storage.Day, audit ...*storage.AuditEntry) error {
	audited, invalid := storage.Audited(audit)
	return s.write(ctx, cmp.Or(invalid, storage.CheckText(string(day))), func(b *batch) error {
		if b.count(person, day).Settled == 0 {
			return nil
		}
		countTable.delete(b, countKey(person, day))
		return b.audit(audited)
	})
}

// count gives a person's count of a day, as staged so far.
func (b *batch) count(person int64, day storage.Day) (c storage.Count) {
	if r := countTable.find(b, countKey(person, day)); r != nil {
		c.Settled, c.Unanswered = r.Settled, r.Unanswered
	}
	c.Reserved = b.index.reserved[personDay{person, day}]
	return c
}

// settle stages the settled part of a count.
func (b *batch) settle(person int64, day storage.Day, c storage.Count) {
	countTable.put(b, &storage.CountRecord{Person: person, Day: day, Settled: c.Settled, Unanswered: c.Unanswered})
}

// A budget's use is the settled count of person 0 under a name of its own.

// spend takes an attempt from the budgets of its month and day.
func (b *batch) spend(begin storage.Begin) error {
	use := b.budgetUse(begin.Day)
	if begin.MonthBudget > 0 && use.Month >= begin.MonthBudget || begin.DayBudget > 0 && use.Day >= begin.DayBudget {
		return storage.ErrBudget
	}
	b.settle(0, begin.Day.BudgetMonth(), storage.Count{Settled: use.Month + 1})
	b.settle(0, begin.Day.BudgetDay(), storage.Count{Settled: use.Day + 1})
	return nil
}

// spent gives a budget's use. The first to ask starts with what was charged in its
// days before.
func (b *batch) spent(name, from, to storage.Day) (n int) {
	if c := countTable.find(b, countKey(0, name)); c != nil {
		return c.Settled
	}
	for t := range ofDays(b, sumTable, from, to) {
		if t.Charge != storage.ChargeNo {
			n += t.Number
		}
	}
	return n
}

// budgetUse gives the use of both budgets of a day.
func (b *batch) budgetUse(day storage.Day) storage.BudgetUse {
	first, last := day.MonthDays()
	return storage.BudgetUse{Day: b.spent(day.BudgetDay(), day, day), Month: b.spent(day.BudgetMonth(), first, last)}
}

// giveBack puts an attempt back into the budgets of its month and day.
func (b *batch) giveBack(day storage.Day) {
	for _, name := range []storage.Day{day.BudgetMonth(), day.BudgetDay()} {
		if c := b.count(0, name); c.Settled > 0 {
			c.Settled--
			b.settle(0, name, c)
		}
	}
}

func (s *Store) Budget(ctx context.Context, day storage.Day) (storage.BudgetUse, error) {
	return fromMemory(ctx, s, storage.CheckText(string(day)), func(b *batch) (storage.BudgetUse, error) { return b.budgetUse(day), nil })
}
