package storagetest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// clockCases have a clock that is ahead, by a time zone or by years, and is set
// right, while the store is open or before it is opened again.
func clockCases() (cases []testCase) {
	for _, ahead := range []time.Duration{6 * time.Hour, 10 * 365 * 24 * time.Hour} {
		for _, reopens := range []bool{false, true} {
			for name, run := range clocks {
				cases = append(cases, testCase{fmt.Sprint(name, ", ", ahead, ", opened again: ", reopens), func(b *bench) {
					b.now = start.Add(ahead)
					run(b, func() {
						b.now = start
						if reopens {
							b.reopen()
						}
					})
				}})
			}
		}
	}
	return append(cases, longCases...)
}

var clocks = map[string]func(b *bench, setRight func()){
	"an answer that was put off, and its chat": func(b *bench, setRight func()) {
		b.add(b.talk("a1", "A"), b.talk("a2", "A"))
		t := b.claimOne("a1")
		b.mustBegin(t)
		b.mustHold(t, "ok", true)
		b.postpone(t, time.Minute)
		b.claims()
		setRight()
		require.True(b, b.claimOne("a1").Attempt.Held)
		b.pass(lease)
		b.done(b.claimOne("a1"))
		b.claims("a2")
	},
	"photos that wait": func(b *bench, setRight func()) {
		b.waitingPhotos(3, "service")
		setRight()
		b.claims("000", "001", "002")
	},
	"what is due later": func(b *bench, setRight func()) {
		t := b.photo("a", 1)
		t.Kind, t.NotBefore = storage.KindDelete, b.now.Add(time.Hour)
		b.add(t)
		require.Empty(b, b.claim(1, storage.KindDelete))
		setRight()
		require.Len(b, b.claim(1, storage.KindDelete), 1)
	},
	"put off behind another": func(b *bench, setRight func()) {
		b.add(b.talk("a1", "A"), b.talk("a2", "A"))
		first := b.claimOne("a1")
		b.done(first)
		second := b.claimOne("a2")
		b.add(b.talk("a3", "A"))
		b.postpone(second, time.Minute)
		setRight()
		b.done(b.claimOne("a2"))
		b.claims("a3")
	},
	"leases": func(b *bench, setRight func()) {
		b.add(b.photo("a", 1), b.photo("b", 2))
		b.claims("a", "b")
		setRight()
		backlog, err := b.Backlog(b.ctx, b.now)
		require.NoError(b, err)
		require.Zero(b, backlog.Leased[storage.KindPhoto])
		b.claims("a", "b")
		b.claims()
	},
	"who leads": func(b *bench, setRight func()) {
		b.leads(true, "poll", "a", lease)
		setRight()
		b.leader("poll", "", 0)
		b.leads(true, "poll", "b", lease)
		b.leader("poll", "b", lease)
		b.leads(false, "poll", "a", lease)
	},
	"a window": func(b *bench, setRight func()) {
		b.takes(true, "k", 1, time.Hour)
		b.takes(false, "k", 1, time.Hour)
		setRight()
		b.takes(true, "k", 1, time.Hour)
		b.takes(false, "k", 1, time.Hour)
		b.pass(time.Hour)
		b.takes(true, "k", 1, time.Hour)
	},
	"names": func(b *bench, setRight func()) {
		b.add(b.photo("a", 1))
		setRight()
		b.addAgain(b.photo("a", 1))
		b.done(b.claimOne("a"))
		b.addAgain(b.photo("a", 1))
	},
}

var longCases = []testCase{
	{"what is kept for years", func(b *bench) {
		b.now = start.AddDate(10, 0, 0)
		t := b.photo("a", 1)
		t.Order = "A"
		b.add(t)
		b.keep(b.claimOne("a"), time.Minute)
		b.now = start
		b.claims()
		_, ok, err := b.Retained(b.ctx, "a", b.now)
		require.NoError(b, err)
		require.False(b, ok)
		_, ok, err = b.RetainedFor(b.ctx, "A", b.now)
		require.NoError(b, err)
		require.False(b, ok)
		_, err = b.Consume(b.ctx, "a", "me", b.now)
		require.ErrorIs(b, err, storage.ErrGone)
	}},
	{"the longest waits are waited for", func(b *bench) {
		kinds := []storage.Kind{storage.KindPhoto, storage.KindUpdate, storage.KindNotice, storage.KindDelete}
		for _, k := range kinds {
			t := b.photo(string(k), 1)
			t.Kind, t.NotBefore = k, b.now.Add(storage.MaxWait(k))
			b.add(t)
		}
		for _, k := range kinds {
			require.Empty(b, b.claim(1, k))
			b.now = start.Add(storage.MaxWait(k) - time.Microsecond)
			require.Empty(b, b.claim(1, k))
			b.now = start.Add(storage.MaxWait(k))
			t := b.claimOne(string(k), k)
			require.NoError(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(10 * storage.MaxWait(k))}))
			b.pass(storage.MaxWait(k) - time.Microsecond)
			require.Empty(b, b.claim(1, k))
			b.pass(time.Microsecond)
			b.claimOne(string(k), k)
			b.now = start
		}
	}},
	{"a lease that is renewed before the clock is set", func(b *bench) {
		b.now = start.AddDate(10, 0, 0)
		b.add(b.photo("a", 1))
		t := b.claimOne("a")
		b.now = start
		require.NoError(b, b.Renew(b.ctx, t, b.now.Add(lease)))
		b.claims()
		b.mustBegin(t)
		b.done(t)
	}},
	{"a lease whose end is far away is good while nobody else claims", func(b *bench) {
		b.now = start.AddDate(10, 0, 0)
		b.add(b.photo("a", 1))
		t := b.claimOne("a")
		b.now = start
		b.mustBegin(t)
		b.mustHold(t, "ok", true)
		b.done(t)
	}},
}

// leader checks who has a lease, and how long it still holds; nobody is "".
func (b *bench) leader(name, owner string, d time.Duration) {
	b.Helper()
	got, until, ok, err := b.LeaseHolder(b.ctx, name, b.now)
	require.NoError(b, err)
	require.Equal(b, owner != "", ok)
	require.Equal(b, owner, got)
	if ok {
		require.Equal(b, b.now.Add(d), until)
	}
}
