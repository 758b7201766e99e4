package storagetest

import (
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var forgetCases = []testCase{
	{"rows lose the id, totals stay, others stay", func(b *bench) {
		b.leaves(7)
		b.leaves(8)
		b.leaves(9)
		totals, err := b.Totals(b.ctx)
		require.NoError(b, err)
		all := b.days()
		require.NoError(b, b.Forget(b.ctx, 7))
		require.NoError(b, b.Forget(b.ctx, 7), "again, as after a crash")
		require.NoError(b, b.Forget(b.ctx, 8), "what nobody has is added to")
		b.reopen()
		b.forgotten(totals, all)
		b.move() // a backup tells no more
		b.forgotten(totals, all)
	}},
	{"an attempt under way goes on", func(b *bench) {
		b.add(b.photo("a", 7), b.photo("b", 7))
		tasks := b.claims("a", "b")
		b.mustBegin(tasks[0])
		b.mustHold(tasks[0], "ok", true)
		b.mustBegin(tasks[1])
		b.counts(7, 1, 1)
		require.NoError(b, b.Forget(b.ctx, 7))
		b.counts(7, 0, 1)
		require.Equal(b, 1, b.mustHold(tasks[1], "ok", true).Number)
		b.counts(7, 1, 0)
		require.Equal(b, []int64{0, 7}, peopleOf(b.rows()))
		require.NoError(b, b.Forget(b.ctx, 7))
		require.Equal(b, []int64{0, 0}, peopleOf(b.rows()))
		b.counts(7, 0, 0)
	}},
	{"budgets are nobody's, and nobody stays", func(b *bench) {
		b.add(b.photo("a", 7))
		t := b.claimOne("a")
		_, err := b.Begin(b.ctx, t, storage.Begin{Now: b.now, Day: day, DayBudget: 9, MonthBudget: 9})
		require.NoError(b, err)
		h := answer(b.now, "ok", true)
		h.Charge = storage.ChargeYes
		_, err = b.Hold(b.ctx, t, h)
		require.NoError(b, err)
		require.ErrorIs(b, b.Forget(b.ctx, 0), storage.ErrInvalid)
		require.NoError(b, b.Forget(b.ctx, 7))
		use, err := b.Budget(b.ctx, day)
		require.NoError(b, err)
		require.Equal(b, storage.BudgetUse{Day: 1, Month: 1}, use)
	}},
	{"somebody unknown", func(b *bench) {
		b.leaves(7)
		before := b.records()
		require.NoError(b, b.Forget(b.ctx, 70))
		require.NoError(b, b.Forget(b.ctx, -7))
		require.Equal(b, before, b.records())
	}},
}

// leaves has a person do all that leaves a trace.
func (b *bench) leaves(person int64) {
	b.Helper()
	limit := 3
	_, err := b.ChangePerson(b.ctx, person, func(p *storage.Person) error {
		*p = storage.Person{ID: person, Name: "N", Role: storage.RoleAgent, Limit: &limit, Added: b.now, By: 1}
		return nil
	})
	require.NoError(b, err)
	for i, outcome := range []string{"ok", "ok", "unreadable"} {
		id := string(rune('a'+person)) + string(rune('0'+i))
		b.add(b.photo(id, person))
		t := b.claimOne(id)
		b.mustBegin(t)
		b.mustHold(t, outcome, true)
		b.done(t)
	}
	hash := "invite " + string(rune('a'+person))
	require.NoError(b, b.AddInvite(b.ctx, storage.Invite{Hash: hash, Until: b.now.Add(time.Hour), Left: 3}))
	for _, who := range []int64{person, 100} {
		_, err = b.UseInvite(b.ctx, hash, who, b.now)
		require.NoError(b, err)
	}
	require.NoError(b, b.AddAudit(b.ctx, storage.AuditEntry{At: b.now, By: person, Action: "forget", Person: person}))
}

// forgotten checks that 7 and 8 are, and 9 is not.
func (b *bench) forgotten(totals []storage.Total, all map[storage.DayTotal]int) {
	b.Helper()
	b.totals(totals)
	require.Equal(b, all, b.days())
	b.sumsAgree("2026-05-01", "2026-05-31")
	require.Equal(b, []int64{0, 0, 0, 0, 0, 0, 9, 9, 9}, peopleOf(b.rows()))
	b.counts(7, 0, 0)
	b.counts(9, 3, 0)
	first, _ := day.MonthDays()
	for _, last := range []storage.Day{day, "2026-12-31"} { // of days, and of whole months
		sums, err := b.PersonSums(b.ctx, first, last)
		require.NoError(b, err)
		for _, sum := range sums {
			require.Contains(b, []int64{0, 9}, sum.Person)
		}
		require.Len(b, sums, 4)
	}
	audited := 0
	for _, r := range b.records() {
		switch {
		case r.Person != nil:
			require.Equal(b, int64(9), r.Person.ID)
		case r.Count != nil:
			require.Equal(b, int64(9), r.Count.Person)
		case r.Day != nil:
			require.Contains(b, []int64{0, 9}, r.Day.Person)
		case r.Invite != nil:
			require.NotContains(b, r.Invite.Used, int64(7))
			require.NotContains(b, r.Invite.Used, int64(8))
			require.Contains(b, r.Invite.Used, int64(100))
			require.Equal(b, 1, r.Invite.Left)
		case r.Audit != nil:
			audited++
		}
	}
	require.Equal(b, 3, audited)
}

// days sums the totals of days up over all people.
func (b *bench) days() map[storage.DayTotal]int {
	b.Helper()
	list, err := b.DayTotals(b.ctx, "", "9999")
	require.NoError(b, err)
	sums := map[storage.DayTotal]int{}
	for _, t := range list {
		n := t.Number
		t.Person, t.Number = 0, 0
		sums[t] += n
	}
	return sums
}

// peopleOf lists whom rows name.
func peopleOf(rows []storage.Entry) (ids []int64) {
	for _, r := range rows {
		ids = append(ids, r.Person)
	}
	slices.Sort(ids)
	return ids
}
