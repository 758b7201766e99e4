package storagetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var ledgerCases = []testCase{
	{"a row has all there is", func(b *bench) {
		b.add(b.photo("a", -7))
		t := b.claimOne("a")
		b.mustBegin(t)
		b.pass(3 * time.Second)
		_, err := b.Hold(b.ctx, t, storage.Hold{
			Now: b.now.In(time.FixedZone("x", 3600)), Outcome: "ok", Counted: true, Charge: storage.ChargeYes,
			Session: "3fa85f64-5717-4562-b3fc-2c963f66afa6", Took: 1234567 * time.Nanosecond,
		})
		require.NoError(b, err)
		want := storage.Entry{
			Task: "a", Person: -7, Began: start, Ended: b.now, Day: day, Outcome: "ok", Counted: true,
			Charge: storage.ChargeYes, Session: "3fa85f64-5717-4562-b3fc-2c963f66afa6", Took: 1234 * time.Microsecond,
		}
		require.Equal(b, []storage.Entry{want}, b.rows())
		b.done(t)
		b.reopen()
		require.Equal(b, []storage.Entry{want}, b.rows())
	}},
	{"windows", func(b *bench) {
		ended := map[string]time.Duration{"c": 2, "a": 0, "b": 1, "b2": 1, "d": 3}
		ids := []string{"c", "a", "b", "b2", "d"}
		for _, id := range ids {
			b.add(b.photo(id, 1))
		}
		for _, t := range b.claims(ids...) {
			_, err := b.Hold(b.ctx, t, answer(start.Add(ended[t.ID]*time.Hour), "ok", false))
			require.NoError(b, err)
		}
		list := func(from, to time.Duration, most int) (ids []string) {
			rows, err := b.Entries(b.ctx, start.Add(from*time.Hour), start.Add(to*time.Hour), most)
			require.NoError(b, err)
			for _, r := range rows {
				ids = append(ids, r.Task)
			}
			return ids
		}
		require.Equal(b, []string{"a", "b", "b2", "c", "d"}, list(0, 4, 100))
		require.Equal(b, []string{"b", "b2", "c"}, list(1, 3, 100))
		require.Equal(b, []string{"a", "b"}, list(0, 4, 2))
		require.Empty(b, list(0, 4, 0))
		require.Empty(b, list(0, 4, -1))
		require.Empty(b, list(3, 1, 9))
		require.Empty(b, list(9, 10, 9))
		require.Empty(b, list(1, 1, 9))
	}},
	{"rows that ended near the ends of time", func(b *bench) {
		b.add(b.photo("a", 1), b.photo("b", 2))
		tasks := b.claims("a", "b")
		first, last := time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999998000, time.UTC)
		_, err := b.Hold(b.ctx, tasks[0], answer(last, "ok", false))
		require.NoError(b, err)
		_, err = b.Hold(b.ctx, tasks[1], answer(first, "ok", false))
		require.NoError(b, err)
		rows, err := b.Entries(b.ctx, time.Time{}, last.Add(time.Microsecond), 10)
		require.NoError(b, err)
		require.Len(b, rows, 2)
		require.Equal(b, first, rows[0].Ended)
		require.Equal(b, last, rows[1].Ended)
	}},
	{"totals", func(b *bench) {
		totals, err := b.Totals(b.ctx)
		require.NoError(b, err)
		require.Empty(b, totals)
		b.finish("a", "ok", true, storage.ChargeYes)
		b.finish("b", "ok", true, storage.ChargeYes)
		b.finish("c", "ok", true, storage.ChargeUnknown)
		b.finish("d", "ok", false, storage.ChargeYes)
		b.finish("e", "OK", false, storage.ChargeNo)
		b.finish("f", "ok2", false, storage.ChargeNo)
		want := []storage.Total{
			{Outcome: "OK", Charge: storage.ChargeNo, Number: 1},
			{Outcome: "ok", Charge: storage.ChargeUnknown, Counted: true, Number: 1},
			{Outcome: "ok", Charge: storage.ChargeYes, Number: 1},
			{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 2},
			{Outcome: "ok2", Charge: storage.ChargeNo, Number: 1},
		}
		b.totals(want)
		require.NoError(b, b.ResetAttempts(b.ctx, 1, day))
		b.reopen()
		b.totals(want)
	}},
	{"old rows are folded into the totals", func(b *bench) {
		const old = 60
		for i, t := range b.old(old) {
			b.mustBegin(t)
			_, err := b.Hold(b.ctx, t, storage.Hold{
				Now: b.now.Add(time.Duration(i) * time.Second), Outcome: "ok", Counted: true, Charge: storage.ChargeYes,
			})
			require.NoError(b, err)
			b.done(t)
		}
		b.totals([]storage.Total{{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: old}})
		b.pass(100 * 24 * time.Hour)
		keep := b.now.Add(-time.Hour)
		// More are folded than come in: so far fewer than this many suffice.
		const recent = 4 * old
		b.add(numbered(recent, func(id string, _ int) storage.Task { return b.photo("new"+id, 1) })...)
		for _, t := range b.claim(recent) {
			h := answer(b.now, "ok", false)
			h.KeepSince = keep
			_, err := b.Hold(b.ctx, t, h)
			require.NoError(b, err)
		}
		require.Len(b, b.rows(), recent)
		want := []storage.Total{
			{Outcome: "ok", Charge: storage.ChargeNo, Number: recent},
			{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: old},
		}
		b.totals(want)
		b.reopen()
		require.Len(b, b.rows(), recent)
		b.totals(want)
		b.counts(1, 0, 0)
	}},
	{"what is not older is not folded", func(b *bench) {
		for i, t := range b.old(200) {
			h := answer(start.Add(time.Duration(i)*time.Second), "ok", false)
			h.KeepSince = start
			_, err := b.Hold(b.ctx, t, h)
			require.NoError(b, err)
		}
		require.Len(b, b.rows(), 200)
	}},
}

func (b *bench) old(n int) []storage.Task {
	b.add(numbered(n, func(id string, _ int) storage.Task { return b.photo("old"+id, 1) })...)
	tasks := b.claim(n)
	require.Len(b, tasks, n)
	return tasks
}

// finish takes a photo from its adding to its end.
func (b *bench) finish(id, outcome string, counted bool, charge storage.Charge) {
	b.Helper()
	b.add(b.photo(id, 1))
	t := b.claimOne(id)
	b.mustBegin(t)
	h := answer(b.now, outcome, counted)
	h.Charge = charge
	_, err := b.Hold(b.ctx, t, h)
	require.NoError(b, err)
	b.done(t)
}

func (b *bench) totals(want []storage.Total) {
	b.Helper()
	totals, err := b.Totals(b.ctx)
	require.NoError(b, err)
	require.Equal(b, want, totals)
}
