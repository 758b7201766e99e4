package storagetest

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// keptFor is how long most tests keep a task.
const keptFor = 10 * time.Minute

var keptCases = []testCase{
	{"found until its time is over", func(b *bench) {
		t := b.photo("a", 1)
		t.Order = "A"
		b.add(t)
		t = b.claimOne("a")
		b.mustBegin(t)
		held := b.mustHold(t, "ok", true)
		b.keep(t, keptFor)
		want := t
		want.Attempt, want.Lease, want.Payload = held, "", []byte("answer: ok")
		want.Reply, want.RepeatOf, want.Request = 55, "first", true
		b.found("a", "A", want)
		b.reopen()
		b.found("a", "A", want)
		b.pass(keptFor - time.Microsecond)
		b.found("a", "A", want)
		b.pass(time.Microsecond)
		b.gone("a", "A")
	}},
	{"only what is kept is found", func(b *bench) {
		t := b.talk("a", "A")
		b.add(t)
		b.gone("a", "A")
		t = b.claimOne("a")
		b.gone("a", "A")
		b.done(t)
		b.gone("a", "A")
		b.gone("other", "other")
		b.gone("", "")
	}},
	{"kept until a time that is over", func(b *bench) {
		t := b.lone()
		require.NoError(b, b.Retain(b.ctx, t, storage.Retain{Until: b.now}, b.photo("b", 1)))
		b.gone("a", "")
		b.claimOne("b")
	}},
	{"its order key is free, and it is in nobody's way", func(b *bench) {
		b.add(b.talk("a1", "A"), b.talk("a2", "A"))
		b.keep(b.claimOne("a1"), time.Hour, b.talk("a3", "A"))
		b.backlog(0, 2, 0, 0, 0)
		b.keep(b.claimOne("a2"), time.Hour)
		b.done(b.claimOne("a3"))
		b.claims()
		_, ok, err := b.NextTask(b.ctx, b.now, []storage.Kind{storage.KindPhoto, storage.KindUpdate})
		require.NoError(b, err)
		require.False(b, ok)
		b.reopen()
		b.claims()
		b.pass(2 * time.Hour)
		b.claims()
	}},
	{"the newest of an order key", func(b *bench) {
		b.add(b.talk("a1", "A"), b.talk("a2", "A"), b.talk("a3", "A"), b.talk("b", "B"))
		b.keep(b.claims("a1", "b")[0], time.Hour)
		b.keep(b.claimOne("a2"), 2*time.Hour)
		b.keep(b.claimOne("a3"), time.Minute)
		for _, step := range []struct {
			after time.Duration
			id    string
		}{{0, "a3"}, {time.Minute, "a2"}, {time.Hour, "a2"}} {
			b.pass(step.after)
			t, ok, err := b.RetainedFor(b.ctx, "A", b.now)
			require.NoError(b, err)
			require.True(b, ok)
			require.Equal(b, step.id, t.ID)
			b.reopen()
		}
		b.pass(time.Hour)
		b.gone("a2", "A")
	}},
	{"no order key finds nothing", func(b *bench) {
		b.keep(b.lone(), time.Hour)
		_, ok, err := b.RetainedFor(b.ctx, "", b.now)
		require.NoError(b, err)
		require.False(b, ok)
	}},
	{"adds what follows, all or nothing", func(b *bench) {
		t := b.lone()
		err := b.Retain(b.ctx, t, storage.Retain{Until: b.now.Add(time.Hour)}, b.photo("b", 1), storage.Task{})
		require.ErrorIs(b, err, storage.ErrInvalid)
		b.gone("a", "")
		b.keep(t, time.Hour, b.photo("b", 1), b.photo("a", 1), b.photo("b", 2))
		require.Equal(b, int64(1), b.claimOne("b").Person)
	}},
	{"its name is not new while it is kept", func(b *bench) {
		b.keep(b.lone(), 2*storage.Remember)
		t := b.photo("a", 2)
		for _, d := range []time.Duration{0, storage.Remember, 2*storage.Remember - time.Microsecond} {
			t.Added = start.Add(d)
			b.addAgain(t)
		}
		b.reopen()
		b.addAgain(t)
		b.now = start.Add(2 * storage.Remember)
		t.Added = b.now
		b.add(t)
		b.gone("a", "")
		b.keep(b.claimOne("a"), time.Hour)
		got, ok, err := b.Retained(b.ctx, "a", b.now)
		require.NoError(b, err)
		require.True(b, ok)
		require.Equal(b, int64(2), got.Person)
	}},
	{"and for as long as any other", func(b *bench) {
		b.keep(b.lone(), time.Minute)
		t := b.photo("a", 1)
		t.Added = start.Add(storage.Remember - time.Microsecond)
		b.addAgain(t)
		t.Added = start.Add(storage.Remember)
		b.add(t)
	}},
	{"claims clear it away", func(b *bench) {
		// What is seen stays the same; the engines' own tests look at the disk.
		b.add(numbered(30, func(id string, i int) storage.Task { return b.photo(id, int64(i)) })...)
		for i, t := range b.claim(30) {
			b.keep(t, time.Duration(i+1)*time.Minute)
		}
		for i := range 30 {
			b.claims()
			b.pass(time.Minute)
			b.claims()
			_, ok, err := b.Retained(b.ctx, fmt.Sprintf("%03d", i), b.now)
			require.NoError(b, err)
			require.False(b, ok)
			_, ok, err = b.Retained(b.ctx, "029", b.now)
			require.NoError(b, err)
			require.Equal(b, i < 29, ok)
		}
	}},
	{"bad arguments", func(b *bench) {
		t := b.lone()
		never := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
		for name, k := range map[string]storage.Retain{
			"no time": {}, "late": {Until: never}, "repeat": {Until: b.now, RepeatOf: "a\x00"},
			"long repeat": {Until: b.now, RepeatOf: strings.Repeat("x", storage.MaxText+1)},
		} {
			require.ErrorIs(b, b.Retain(b.ctx, t, k), storage.ErrInvalid, name)
		}
		b.keep(t, time.Hour)
		for name, by := range map[string]string{"nobody": "", "NUL": "\x00", "long": strings.Repeat("x", storage.MaxText+1)} {
			_, err := b.Consume(b.ctx, "a", by, b.now)
			require.ErrorIs(b, err, storage.ErrInvalid, name)
		}
		got, _, err := b.Retained(b.ctx, "a", b.now)
		require.NoError(b, err)
		require.Empty(b, got.ConsumedBy)
	}},
}

var useCases = []testCase{
	{"the first wins", func(b *bench) {
		t := b.talk("a", "A")
		b.add(t)
		b.keep(b.claimOne("a"), keptFor)
		want, _, err := b.Retained(b.ctx, "a", b.now)
		require.NoError(b, err)
		want.ConsumedBy = "first"
		for range 2 {
			got, err := b.Consume(b.ctx, "a", "first", b.now)
			require.NoError(b, err)
			require.Equal(b, want, got)
			got, err = b.Consume(b.ctx, "a", "second", b.now)
			require.ErrorIs(b, err, storage.ErrConsumed)
			require.Equal(b, want, got, "it tells who has used it")
			b.found("a", "A", want)
			b.reopen()
		}
		b.pass(keptFor)
		_, err = b.Consume(b.ctx, "a", "first", b.now)
		require.ErrorIs(b, err, storage.ErrGone)
	}},
	{"only what is kept", func(b *bench) {
		t := b.lone()
		for _, id := range []string{"a", "other", ""} {
			got, err := b.Consume(b.ctx, id, "me", b.now)
			require.ErrorIs(b, err, storage.ErrGone)
			require.Zero(b, got)
		}
		b.keep(t, keptFor)
		b.pass(keptFor)
		_, err := b.Consume(b.ctx, "a", "me", b.now)
		require.ErrorIs(b, err, storage.ErrGone)
	}},
	{"a name that cannot be one", func(b *bench) {
		b.keep(b.lone(), keptFor)
		for _, id := range []string{"\x00", "a\x00", "\xff", strings.Repeat("a", storage.MaxText+1)} {
			b.gone(id, id)
			_, err := b.Consume(b.ctx, id, "me", b.now)
			require.ErrorIs(b, err, storage.ErrGone)
		}
	}},
	{"once by many at the same moment", func(b *bench) {
		b.keep(b.lone(), keptFor)
		var won atomic.Int32
		b.atOnce(callers, func(i int) error {
			_, err := b.Consume(b.ctx, "a", fmt.Sprint("user ", i), b.now)
			if err == nil {
				won.Add(1)
			}
			if errors.Is(err, storage.ErrConsumed) {
				return nil
			}
			return err
		})
		require.Equal(b, int32(1), won.Load())
	}},
}

// keep ends a task that is kept for a while.
func (b *bench) keep(t storage.Task, d time.Duration, then ...storage.Task) {
	b.Helper()
	require.NoError(b, b.Retain(b.ctx, t, storage.Retain{Until: b.now.Add(d), Reply: 55, RepeatOf: "first", Request: true}, then...))
}

// found checks that a retained task is found by name and by order key.
func (b *bench) found(id, order string, want storage.Task) {
	b.Helper()
	got, ok, err := b.Retained(b.ctx, id, b.now)
	require.NoError(b, err)
	require.True(b, ok)
	require.Equal(b, want, got)
	got, ok, err = b.RetainedFor(b.ctx, order, b.now)
	require.NoError(b, err)
	require.True(b, ok)
	require.Equal(b, want, got)
}

// gone checks that no retained task is found by name nor by order key.
func (b *bench) gone(id, order string) {
	b.Helper()
	got, ok, err := b.Retained(b.ctx, id, b.now)
	require.NoError(b, err)
	require.False(b, ok)
	require.Zero(b, got)
	got, ok, err = b.RetainedFor(b.ctx, order, b.now)
	require.NoError(b, err)
	require.False(b, ok)
	require.Zero(b, got)
}
