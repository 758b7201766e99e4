package storagetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var attemptCases = []testCase{
	{"begin, hold, done", func(b *bench) {
		t := b.lone()
		a := b.mustBegin(t)
		require.Equal(b, storage.Attempt{Began: b.now, Day: day, Calling: true}, a)
		b.counts(1, 0, 1)
		b.pass(time.Second)
		a = b.mustHold(t, "ok", true)
		want := storage.Attempt{Began: start, Day: day, Held: true, Outcome: "ok", Counted: true, Number: 1}
		require.Equal(b, want, a)
		b.counts(1, 1, 0)
		b.pass(lease)
		again := b.claimOne("a")
		require.Equal(b, want, again.Attempt)
		require.Equal(b, "answer: ok", string(again.Payload))
		b.done(again)
		b.counts(1, 1, 0)
		b.reopen()
		b.counts(1, 1, 0)
	}},
	{"not counted", func(b *bench) {
		t := b.lone()
		b.mustBegin(t)
		a := b.mustHold(t, "busy", false)
		require.False(b, a.Counted)
		require.Zero(b, a.Number)
		b.counts(1, 0, 0)
	}},
	{"ended before a call", func(b *bench) {
		t := b.lone()
		a := b.mustHold(t, "too_small", false)
		require.Equal(b, storage.Attempt{Held: true, Outcome: "too_small"}, a)
		b.counts(1, 0, 0)
		rows := b.rows()
		require.Len(b, rows, 1)
		require.Equal(b, b.now, rows[0].Began)
		require.Empty(b, rows[0].Day)
	}},
	{"counted without begin is refused", func(b *bench) {
		t := b.lone()
		_, err := b.Hold(b.ctx, t, answer(b.now, "ok", true))
		require.ErrorIs(b, err, storage.ErrInvalid)
		require.Empty(b, b.rows())
		b.counts(1, 0, 0)
		b.mustHold(t, "too_small", false)
	}},
	{"an empty answer", func(b *bench) {
		t := b.lone()
		h := answer(b.now, "ok", false)
		h.Payload = nil
		_, err := b.Hold(b.ctx, t, h)
		require.NoError(b, err)
		b.pass(lease)
		require.Empty(b, b.claimOne("a").Payload)
	}},
	{"the first answer stays", func(b *bench) {
		t := b.lone()
		b.mustBegin(t)
		first := b.mustHold(t, "ok", true)
		got, err := b.Hold(b.ctx, t, answer(b.now, "unknown", false))
		require.ErrorIs(b, err, storage.ErrHeld)
		require.Equal(b, first, got)
		got, err = b.begin(t, 0)
		require.ErrorIs(b, err, storage.ErrHeld)
		require.Equal(b, first, got)
		require.Len(b, b.rows(), 1)
		b.counts(1, 1, 0)
		b.pass(lease)
		require.Equal(b, "answer: ok", string(b.claimOne("a").Payload))
	}},
	{"begun twice", func(b *bench) {
		t := b.lone()
		first := b.mustBegin(t)
		b.pass(time.Hour)
		again, err := b.Begin(b.ctx, t, storage.Begin{Now: b.now, Day: "2026-05-05", Limit: 1})
		require.NoError(b, err)
		require.Equal(b, first, again)
		b.counts(1, 0, 1)
	}},
	{"begun again after it was postponed, on another day", func(b *bench) {
		t := b.lone()
		b.mustBegin(t)
		b.postpone(t, 24*time.Hour)
		b.counts(1, 0, 1)
		b.pass(24 * time.Hour)
		t = b.claimOne("a")
		require.Equal(b, storage.Attempt{Began: start, Day: day}, t.Attempt, "no longer calling")
		// The limit is not asked again, though it is reached.
		a, err := b.Begin(b.ctx, t, storage.Begin{Now: b.now, Day: "2026-05-05", Limit: 1})
		require.NoError(b, err)
		require.Equal(b, storage.Attempt{Began: start, Day: day, Calling: true}, a)
		a = b.mustHold(t, "ok", true)
		require.Equal(b, day, a.Day)
		b.counts(1, 1, 0)
		next, err := b.Attempts(b.ctx, 1, "2026-05-05")
		require.NoError(b, err)
		require.Zero(b, next)
	}},
	{"held after it was postponed, without another begin", func(b *bench) {
		t := b.lone()
		b.mustBegin(t)
		b.postpone(t, 0)
		t = b.claimOne("a")
		require.Equal(b, 1, b.mustHold(t, "ok", true).Number)
		b.counts(1, 1, 0)
	}},
	{"postponed when held", func(b *bench) {
		t := b.lone()
		b.mustBegin(t)
		held := b.mustHold(t, "ok", true)
		b.postpone(t, 0)
		t = b.claimOne("a")
		require.Equal(b, held, t.Attempt)
		require.Equal(b, "answer: ok", string(t.Payload))
		_, err := b.begin(t, 0)
		require.ErrorIs(b, err, storage.ErrHeld)
	}},
	{"the limit", func(b *bench) {
		b.add(numbered(5, func(id string, _ int) storage.Task { return b.photo(id, 1) })...)
		tasks := b.claim(5)
		for i := range 3 {
			_, err := b.begin(tasks[i], 3)
			require.NoError(b, err)
		}
		a, err := b.begin(tasks[3], 3)
		require.ErrorIs(b, err, storage.ErrLimit)
		require.Zero(b, a)
		b.counts(1, 0, 3)
		b.mustHold(tasks[0], "ok", true)
		_, err = b.begin(tasks[3], 3)
		require.ErrorIs(b, err, storage.ErrLimit, "a settled one counts as a reserved one does")
		b.mustHold(tasks[1], "busy", false)
		_, err = b.begin(tasks[3], 3)
		require.NoError(b, err, "what does not count was given back")
		_, err = b.begin(tasks[4], 3)
		require.ErrorIs(b, err, storage.ErrLimit)
		_, err = b.begin(tasks[4], 4)
		require.NoError(b, err)
		b.counts(1, 1, 3)
	}},
	{"calls without an answer", func(b *bench) {
		b.add(numbered(4, func(id string, _ int) storage.Task { return b.photo(id, 1) })...)
		for i, charge := range []storage.Charge{storage.ChargeUnknown, storage.ChargeYes, storage.ChargeUnknown, storage.ChargeUnknown} {
			t := b.claim(1)[0]
			b.mustBegin(t)
			a, err := b.Hold(b.ctx, t, storage.Hold{
				Now: b.now, Payload: []byte("answer"), Outcome: "x", Counted: i < 3, Charge: charge,
			})
			require.NoError(b, err)
			require.NoError(b, b.Done(b.ctx, t))
			require.Equal(b, i < 3, a.Counted)
			if i == 2 {
				c, err := b.Attempts(b.ctx, 1, day)
				require.NoError(b, err)
				require.Equal(b, storage.Count{Settled: 3, Unanswered: 2}, c, "they use up the limit and are told apart")
				require.NoError(b, b.ResetAttempts(b.ctx, 1, day))
			}
		}
		c, err := b.Attempts(b.ctx, 1, day)
		require.NoError(b, err)
		require.Zero(b, c, "given back, and what does not count is none of them")
	}},
	{"no limit", func(b *bench) {
		b.add(numbered(4, func(id string, _ int) storage.Task { return b.photo(id, 1) })...)
		for i, t := range b.claim(4) {
			_, err := b.begin(t, -i)
			require.NoError(b, err)
		}
		b.counts(1, 0, 4)
	}},
	{"persons and days count apart", func(b *bench) {
		b.add(b.photo("a", 1), b.photo("b", -1), b.photo("c", 0), b.photo("d", 1))
		for _, t := range b.claim(4) {
			on := day
			if t.ID == "d" {
				on = "2026-05-05"
			}
			_, err := b.Begin(b.ctx, t, storage.Begin{Now: b.now, Day: on, Limit: 1})
			require.NoError(b, err, t.ID)
			b.mustHold(t, "ok", true)
		}
		for _, person := range []int64{1, -1, 0} {
			b.counts(person, 1, 0)
		}
		b.counts(2, 0, 0)
	}},
	{"numbers are the day's", func(b *bench) {
		b.add(numbered(4, func(id string, _ int) storage.Task { return b.photo(id, 1) })...)
		tasks := b.claim(4)
		for _, t := range tasks {
			b.mustBegin(t)
		}
		require.Equal(b, 1, b.mustHold(tasks[2], "ok", true).Number)
		require.Equal(b, 2, b.mustHold(tasks[0], "unreadable", true).Number)
		require.Zero(b, b.mustHold(tasks[3], "busy", false).Number)
		require.Equal(b, 3, b.mustHold(tasks[1], "ok", true).Number)
	}},
	{"reset with attempts on their way", func(b *bench) {
		b.add(numbered(3, func(id string, _ int) storage.Task { return b.photo(id, 1) })...)
		tasks := b.claim(3)
		for _, t := range tasks {
			b.mustBegin(t)
		}
		b.mustHold(tasks[0], "ok", true)
		b.counts(1, 1, 2)
		require.NoError(b, b.ResetAttempts(b.ctx, 1, day))
		b.counts(1, 0, 2)
		require.Equal(b, 1, b.mustHold(tasks[1], "ok", true).Number)
		b.mustHold(tasks[2], "busy", false)
		b.counts(1, 1, 0)
		require.Len(b, b.rows(), 3, "the ledger keeps all")
		require.NoError(b, b.ResetAttempts(b.ctx, 1, day))
		require.NoError(b, b.ResetAttempts(b.ctx, 1, day))
		require.NoError(b, b.ResetAttempts(b.ctx, 77, "2020-01-01"))
		b.counts(1, 0, 0)
		b.reopen()
		b.counts(1, 0, 0)
	}},
	{"a reservation survives the death of its holder", func(b *bench) {
		t := b.lone()
		b.mustBegin(t)
		b.reopen()
		b.counts(1, 0, 1)
		b.mustHold(b.claimOne("a"), "unknown", false)
		b.counts(1, 0, 0)
	}},
	{"bad arguments", func(b *bench) {
		t := b.lone()
		for name, bad := range map[string]storage.Begin{
			"no day": {Now: b.now}, "no time": {Day: day}, "NUL": {Now: b.now, Day: "a\x00"},
			"late": {Now: time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC), Day: day},
		} {
			_, err := b.Begin(b.ctx, t, bad)
			require.ErrorIs(b, err, storage.ErrInvalid, name)
		}
		for name, change := range map[string]func(*storage.Hold){
			"no outcome": func(h *storage.Hold) { h.Outcome = "" },
			"no time":    func(h *storage.Hold) { h.Now = time.Time{} },
			"NUL":        func(h *storage.Hold) { h.Outcome = "a\x00" },
			"session":    func(h *storage.Hold) { h.Session = "\xff" },
			"payload":    func(h *storage.Hold) { h.Payload = make([]byte, storage.MaxPayload+1) },
		} {
			h := answer(b.now, "ok", false)
			change(&h)
			_, err := b.Hold(b.ctx, t, h)
			require.ErrorIs(b, err, storage.ErrInvalid, name)
		}
		b.counts(1, 0, 0)
		require.Empty(b, b.rows())
	}},
}
