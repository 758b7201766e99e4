package storagetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var leaseCases = []testCase{
	{"holds until its end", func(b *bench) {
		b.add(b.photo("a", 1))
		first := b.claimOne("a")
		b.pass(lease - time.Microsecond)
		b.claims()
		b.pass(time.Microsecond)
		second := b.claimOne("a")
		require.NotEqual(b, first.Lease, second.Lease)
		require.Equal(b, first.Seq, second.Seq)
		require.Equal(b, 2, second.Tries)
	}},
	{"is good after its end while nobody else claims", func(b *bench) {
		b.add(b.photo("a", 1), b.photo("b", 1), b.photo("c", 1))
		tasks := b.claim(3)
		b.pass(time.Hour)
		b.mustBegin(tasks[0])
		b.mustHold(tasks[0], "ok", true)
		b.done(tasks[0])
		b.postpone(tasks[1], 0)
		require.NoError(b, b.Renew(b.ctx, tasks[2], b.now.Add(lease)))
		b.claims("b")
	}},
	{"renewed", func(b *bench) {
		b.add(b.photo("a", 1))
		t := b.claimOne("a")
		b.pass(lease / 2)
		require.NoError(b, b.Renew(b.ctx, t, b.now.Add(lease)))
		b.pass(lease - time.Microsecond)
		b.claims()
		b.pass(time.Microsecond)
		b.claimOne("a")
	}},
	{"shortened", func(b *bench) {
		b.add(b.photo("a", 1))
		t := b.claimOne("a")
		require.NoError(b, b.Renew(b.ctx, t, b.now.Add(time.Second)))
		b.pass(time.Second)
		require.Equal(b, 2, b.claimOne("a").Tries)
	}},
	{"ends with the store's use", func(b *bench) {
		b.add(b.photo("a", 1), b.talk("b", "B"))
		before := b.claims("a", "b")
		b.mustBegin(before[0])
		b.reopen()
		got := b.claims("a", "b")
		require.Equal(b, 2, got[0].Tries)
		require.True(b, got[0].Attempt.Calling, "a call may be on its way")
		b.lost(before[0])
		b.lost(before[1])
	}},
	{"lost when claimed again", func(b *bench) {
		t := b.lone()
		b.pass(lease)
		b.claimOne("a")
		b.lost(t)
	}},
	{"lost when postponed", func(b *bench) {
		t := b.lone()
		b.postpone(t, time.Hour)
		b.lost(t)
	}},
	{"lost when done", func(b *bench) {
		t := b.lone()
		b.done(t)
		b.lost(t)
		b.reopen()
		b.lost(t)
	}},
	{"lost when kept", func(b *bench) {
		t := b.lone()
		b.keep(t, time.Hour)
		b.lost(t)
		b.reopen()
		b.lost(t)
	}},
	{"lost when quarantined", func(b *bench) {
		t := b.lone()
		b.quarantine(t)
		b.lost(t)
		b.reopen()
		b.lost(t)
	}},
	{"never had", func(b *bench) {
		t := b.photo("a", 1)
		b.lost(t)
		b.add(t)
		b.lost(t)
		t.Lease = "invented"
		b.lost(t)
		b.claimOne("a")
		b.lost(t)
		t.Lease = ""
		b.lost(t)
	}},
	{"of another task", func(b *bench) {
		b.add(b.photo("a", 1), b.photo("b", 2))
		tasks := b.claims("a", "b")
		tasks[0].Lease = tasks[1].Lease
		b.lost(tasks[0])
	}},
	{"tries are counted until it is put off", func(b *bench) {
		b.add(b.photo("a", 1))
		var t storage.Task
		for i := range 4 {
			t = b.claimOne("a")
			require.Equal(b, i+1, t.Tries)
			b.pass(lease)
		}
		b.reopen()
		t = b.claimOne("a")
		require.Equal(b, 5, t.Tries)
		b.postpone(t, 0)
		t = b.claimOne("a")
		require.Equal(b, 1, t.Tries)
		require.Equal(b, 1, t.Pauses)
		require.Equal(b, b.waiting(), t.Waiting)
		require.NoError(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(time.Minute)}))
		b.pass(time.Minute)
		b.reopen()
		t = b.claimOne("a")
		require.Equal(b, 2, t.Pauses)
		require.Zero(b, t.Waiting)
		require.Equal(b, b.now, t.NotBefore)
		require.Equal(b, "payload of a", string(t.Payload))
	}},
	{"bad arguments", func(b *bench) {
		t := b.lone()
		never := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
		for name, err := range map[string]error{
			"Renew":           b.Renew(b.ctx, t, never),
			"Postpone":        b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: never}),
			"Postpone for":    b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now, Waiting: storage.Waiting{For: "\xff"}}),
			"Postpone since":  b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now, Waiting: storage.Waiting{Since: never}}),
			"Quarantine":      b.Quarantine(b.ctx, t, never, ""),
			"Quarantine code": b.Quarantine(b.ctx, t, b.now, "\x00"),
			"Done":            b.Done(b.ctx, t, b.photo("ok", 1), storage.Task{}),
		} {
			require.ErrorIs(b, err, storage.ErrInvalid, name)
		}
		b.add(b.photo("ok", 1))
		b.done(t)
	}},
}

// lone adds a task and claims it.
func (b *bench) lone() storage.Task {
	b.Helper()
	b.add(b.photo("a", 1))
	return b.claimOne("a")
}

// lost checks that a task is no longer the caller's, and that nothing the
// caller tries changes anything.
func (b *bench) lost(t storage.Task) {
	b.Helper()
	count, err := b.Attempts(b.ctx, t.Person, day)
	require.NoError(b, err)
	rows := b.rows()
	then := b.photo("then", 9)
	then.Kind = "then"

	require.ErrorIs(b, b.Renew(b.ctx, t, b.now.Add(time.Hour)), storage.ErrLost)
	_, err = b.begin(t, 0)
	require.ErrorIs(b, err, storage.ErrLost)
	_, err = b.Hold(b.ctx, t, answer(b.now, "ok", false))
	require.ErrorIs(b, err, storage.ErrLost)
	_, err = b.Hold(b.ctx, t, answer(b.now, "ok", true))
	require.ErrorIs(b, err, storage.ErrLost)
	require.ErrorIs(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now, Waiting: b.waiting()}), storage.ErrLost)
	require.ErrorIs(b, b.Quarantine(b.ctx, t, b.now, "late"), storage.ErrLost)
	require.ErrorIs(b, b.Done(b.ctx, t, then), storage.ErrLost)
	require.ErrorIs(b, b.Retain(b.ctx, t, storage.Retain{Until: b.now.Add(time.Hour)}, then), storage.ErrLost)

	after, err := b.Attempts(b.ctx, t.Person, day)
	require.NoError(b, err)
	require.Equal(b, count, after)
	require.Equal(b, rows, b.rows())
	require.Empty(b, b.claim(1, "then"))
}
