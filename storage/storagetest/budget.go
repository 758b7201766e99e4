package storagetest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var budgetCases = []testCase{
	{"of the day and of the month", func(b *bench) {
		b.add(numbered(6, func(id string, i int) storage.Task { return b.photo(id, int64(i)) })...)
		tasks := b.claim(6)
		b.spends(nil, tasks[0], day, 2, 3)
		b.spends(nil, tasks[1], day, 2, 3)
		b.spends(storage.ErrBudget, tasks[2], day, 2, 3)
		b.counts(2, 0, 0)
		b.used(day, 2, 2)
		b.spends(nil, tasks[2], "2026-05-05", 2, 3)
		b.spends(storage.ErrBudget, tasks[3], "2026-05-05", 2, 3)
		b.used("2026-05-05", 1, 3)
		b.spends(nil, tasks[3], "2026-06-01", 2, 3)
		b.used("2026-06-01", 1, 1)
		b.spends(nil, tasks[4], "2026-06-01", 0, 2)
		b.spends(storage.ErrBudget, tasks[5], "2026-06-01", 0, 2)
		b.reopen()
		b.used("2026-05-05", 1, 3)
	}},
	{"the person's limit comes first, and takes nothing", func(b *bench) {
		b.add(b.photo("a", 1), b.photo("b", 1))
		tasks := b.claim(2)
		b.spends(nil, tasks[0], day, 5, 5)
		_, err := b.Begin(b.ctx, tasks[1], storage.Begin{Now: b.now, Day: day, Limit: 1, DayBudget: 1})
		require.ErrorIs(b, err, storage.ErrLimit)
		b.used(day, 1, 1)
	}},
	{"what is not charged is put back", func(b *bench) {
		b.add(numbered(7, func(id string, i int) storage.Task { return b.photo(id, int64(i)) })...)
		tasks := b.claim(7)
		for _, t := range tasks[:6] {
			b.spends(nil, t, day, 0, 100)
		}
		b.mustBegin(tasks[6]) // without a budget
		b.used(day, 6, 6)
		charges := []storage.Charge{storage.ChargeNo, storage.ChargeYes, storage.ChargeUnknown}
		for i, charge := range charges {
			h := answer(b.now, "ok", false)
			h.Charge = charge
			_, err := b.Hold(b.ctx, tasks[i], h)
			require.NoError(b, err)
			b.done(tasks[i])
		}
		b.used(day, 5, 5)
		b.done(tasks[3])
		b.quarantine(tasks[4])
		b.used(day, 3, 3)
		b.postpone(tasks[5], 0)
		b.used(day, 3, 3)
		t := b.claim(1)[0]
		b.spends(nil, t, "2026-05-05", 1, 1)
		b.used("2026-05-05", 0, 3)
		b.keep(t, lease)
		b.mustHold(tasks[6], "ok", true)
		b.used(day, 2, 2)
	}},
	{"begun when some were charged already", func(b *bench) {
		b.add(numbered(3, func(id string, i int) storage.Task { return b.photo(id, int64(i)) })...)
		tasks := b.claim(3)
		b.mustBegin(tasks[0])
		h := answer(b.now, "ok", true)
		h.Charge = storage.ChargeYes
		_, err := b.Hold(b.ctx, tasks[0], h)
		require.NoError(b, err)
		b.spends(nil, tasks[1], day, 2, 2)
		b.spends(storage.ErrBudget, tasks[2], day, 2, 2)
		b.used(day, 2, 2)
	}},
	{"set when more was charged already", func(b *bench) {
		b.add(numbered(4, func(id string, i int) storage.Task { return b.photo(id, int64(i)) })...)
		tasks := b.claim(4)
		charged := func(t storage.Task) {
			b.mustBegin(t)
			h := answer(b.now, "ok", true)
			h.Charge = storage.ChargeYes
			_, err := b.Hold(b.ctx, t, h)
			require.NoError(b, err)
		}
		charged(tasks[0])
		charged(tasks[1])
		b.used(day, 2, 2)
		b.spends(storage.ErrBudget, tasks[2], day, 1, 0)
		b.spends(storage.ErrBudget, tasks[2], day, 9, 2)
		b.used(day, 2, 2)
		charged(tasks[2])
		b.used(day, 3, 3) // what was refused has left nothing behind
		b.spends(nil, tasks[3], day, 9, 9)
		b.used(day, 4, 4)
	}},
	{"a budget that was all put back, and a copy", func(b *bench) {
		b.add(b.photo("a", 1))
		t := b.claimOne("a")
		b.spends(nil, t, day, 5, 5)
		b.mustHold(t, "busy", false)
		b.used(day, 0, 0)
		b.move()
		b.used(day, 0, 0)
	}},
	{"exact, whoever begins at once", func(b *bench) {
		const limit = 11
		b.add(numbered(callers, func(id string, i int) storage.Task { return b.photo(id, int64(i%3)) })...)
		tasks := b.claim(callers)
		var began atomic.Int32
		b.atOnce(callers, func(i int) error {
			_, err := b.Begin(b.ctx, tasks[i], storage.Begin{Now: b.now, Day: day, DayBudget: limit, MonthBudget: 2 * limit})
			if errors.Is(err, storage.ErrBudget) {
				return nil
			}
			began.Add(1)
			return err
		})
		require.Equal(b, int32(limit), began.Load())
		b.used(day, limit, limit)
	}},
}

var dayTotalCases = []testCase{
	{"by day, person, outcome and charge", func(b *bench) {
		b.add(numbered(5, func(id string, i int) storage.Task { return b.photo(id, int64(1+i%2)) })...)
		tasks := b.claim(5)
		hold := func(i int, outcome string, counted bool, charge storage.Charge) {
			h := answer(b.now, outcome, counted)
			h.Charge, h.Day = charge, "2026-05-05"
			_, err := b.Hold(b.ctx, tasks[i], h)
			require.NoError(b, err)
		}
		totals := func(from, to storage.Day, people ...int64) []storage.DayTotal {
			got, err := b.DayTotals(b.ctx, from, to, people...)
			require.NoError(b, err)
			return got
		}
		require.Empty(b, totals("0", "9"))
		for i := range 3 {
			b.mustBegin(tasks[i])
		}
		hold(0, "ok", true, storage.ChargeYes)
		hold(1, "ok", true, storage.ChargeYes)
		hold(2, "ok", true, storage.ChargeYes)
		hold(3, "limit_reached", false, storage.ChargeNo)
		_, err := b.Hold(b.ctx, tasks[4], answer(b.now, "not_mrz", false)) // no day: that of Now
		require.NoError(b, err)
		b.reopen()
		one := storage.DayTotal{Day: day, Person: 1, Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 2}
		none := storage.DayTotal{Day: day, Person: 1, Outcome: "not_mrz", Charge: storage.ChargeNo, Number: 1}
		two := storage.DayTotal{Day: day, Person: 2, Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 1}
		late := storage.DayTotal{Day: "2026-05-05", Person: 2, Outcome: "limit_reached", Charge: storage.ChargeNo, Number: 1}
		require.Equal(b, []storage.DayTotal{none, one, two, late}, totals("2026-05-01", "2026-05-31"))
		require.Equal(b, []storage.DayTotal{none, one, two}, totals(day, day))
		require.Equal(b, []storage.DayTotal{two, late}, totals("0", "9", 2, 77))
		require.Empty(b, totals("2026-05-06", "2026-05-31"))
	}},
	{"summed up by day, and by person", func(b *bench) {
		days := []storage.Day{"2026-03-31", "2026-04-01", "2026-04-30", "2026-05-01", "2026-05-04", "2026-06-15"}
		outcomes := []string{"ok", "not_mrz"}
		const each = 3
		n := len(days) * each
		b.add(numbered(n, func(id string, i int) storage.Task { return b.photo(id, int64(i%4)) })...) // person 0 is one like any other
		tasks := b.claim(n)
		for i, t := range tasks {
			h := answer(b.now, outcomes[i%2], i%3 == 0)
			h.Charge, h.Day = []storage.Charge{storage.ChargeYes, storage.ChargeNo, storage.ChargeUnknown}[i%3], days[i%len(days)]
			if h.Counted {
				_, err := b.Begin(b.ctx, t, storage.Begin{Now: b.now, Day: h.Day})
				require.NoError(b, err)
			}
			_, err := b.Hold(b.ctx, t, h)
			require.NoError(b, err)
		}
		b.reopen()
		for _, from := range append(days, "2026-03-01", "2026-05-02") {
			for _, to := range append(days, "2026-04-29", "2026-06-30", "2027-02-28") {
				b.sumsAgree(from, to)
			}
		}
		for _, wrong := range []storage.Day{"", "9", "2026-05", "2026-05-32", "2026-05-99"} {
			_, err := b.DaySums(b.ctx, wrong, day)
			require.ErrorIs(b, err, storage.ErrInvalid, wrong)
			_, err = b.PersonSums(b.ctx, day, wrong)
			require.ErrorIs(b, err, storage.ErrInvalid, wrong)
		}
	}},
}

// sumsAgree holds sums against the totals of the days.
func (b *bench) sumsAgree(from, to storage.Day) {
	b.Helper()
	totals, err := b.DayTotals(b.ctx, from, to)
	require.NoError(b, err)
	byDay, byPerson := map[storage.DayTotal]int{}, map[storage.DayTotal]int{}
	for _, t := range totals {
		n := t.Number
		t.Number = 0
		ofDay, ofPerson := t, t
		ofDay.Person, ofPerson.Day = 0, ""
		byDay[ofDay] += n
		byPerson[ofPerson] += n
	}
	got, err := b.DaySums(b.ctx, from, to)
	require.NoError(b, err)
	require.Equal(b, inOrder(byDay), got, "%s to %s", from, to)
	got, err = b.PersonSums(b.ctx, from, to)
	require.NoError(b, err)
	require.Equal(b, inOrder(byPerson), got, "%s to %s", from, to)
}

// inOrder gives sums in the order of the contract.
func inOrder(sums map[storage.DayTotal]int) []storage.DayTotal {
	list := []storage.DayTotal{}
	for t, n := range sums {
		t.Number = n
		list = append(list, t)
	}
	key := func(t storage.DayTotal) string {
		return fmt.Sprint(t.Day, "\x00", t.Outcome, "\x00", t.Charge, "\x00", t.Counted)
	}
	slices.SortFunc(list, func(x, y storage.DayTotal) int {
		if x.Day == y.Day && x.Person != y.Person {
			return cmp.Compare(x.Person, y.Person)
		}
		return cmp.Compare(key(x), key(y))
	})
	return list
}

// spends begins an attempt with budgets.
func (b *bench) spends(want error, t storage.Task, d storage.Day, ofDay, ofMonth int) {
	b.Helper()
	a, err := b.Begin(b.ctx, t, storage.Begin{Now: b.now, Day: d, DayBudget: ofDay, MonthBudget: ofMonth})
	if want != nil {
		require.ErrorIs(b, err, want)
		return
	}
	require.NoError(b, err)
	require.True(b, a.Budgeted)
}

// used checks what was taken from budgets.
func (b *bench) used(d storage.Day, ofDay, ofMonth int) {
	b.Helper()
	use, err := b.Budget(b.ctx, d)
	require.NoError(b, err)
	require.Equal(b, storage.BudgetUse{Day: ofDay, Month: ofMonth}, use)
}
