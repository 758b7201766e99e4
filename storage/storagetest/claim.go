package storagetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var claimCases = []testCase{
	{"nothing", func(b *bench) {
		b.claims()
		b.add(b.photo("a", 1))
		for _, c := range []storage.Claim{
			{Now: b.now, Lease: lease, Max: 1},
			{Kinds: []storage.Kind{storage.KindDelete}, Now: b.now, Lease: lease, Max: 1},
			{Kinds: []storage.Kind{storage.KindPhoto}, Now: b.now, Lease: lease, Max: 0},
			{Kinds: []storage.Kind{storage.KindPhoto}, Now: b.now, Lease: lease, Max: -1},
		} {
			tasks, err := b.Claim(b.ctx, c)
			require.NoError(b, err)
			require.NotNil(b, tasks)
			require.Empty(b, tasks)
		}
	}},
	{"kinds, each once", func(b *bench) {
		b.add(b.photo("p", 1), b.talk("u", ""))
		b.claimOne("p", storage.KindPhoto, storage.KindPhoto, storage.KindNotice)
		b.claimOne("u", storage.KindUpdate, storage.KindPhoto)
	}},
	{"in the order of Seq, up to Max", func(b *bench) {
		b.add(b.photo("z", 1), b.talk("y", ""), b.photo("x", 1))
		require.Equal(b, []string{"z", "y"}, names(b.claim(2)))
		b.claims("x")
	}},
	{"not before its time", func(b *bench) {
		t := b.photo("a", 1)
		t.NotBefore = b.now.Add(time.Minute)
		b.add(t, b.photo("b", 2))
		b.claims("b")
		b.pass(time.Minute - time.Microsecond)
		require.NotContains(b, names(b.claim(10)), "a")
		b.pass(time.Microsecond)
		b.claims("a")
	}},
	{"a clock that goes back", func(b *bench) {
		t := b.photo("a", 1)
		t.NotBefore = b.now.Add(time.Minute)
		b.add(t)
		b.pass(2 * time.Minute)
		require.Empty(b, b.claim(10, storage.KindUpdate))
		_, _, err := b.NextTask(b.ctx, b.now, []storage.Kind{storage.KindPhoto})
		require.NoError(b, err)
		b.now = start
		b.claims()
		b.pass(time.Minute)
		task := b.claimOne("a")
		b.now = start
		b.claims()
		require.NoError(b, b.Renew(b.ctx, task, start))
		b.claims()
		b.pass(time.Minute)
		b.claims("a")
	}},
	{"one after another by order key", func(b *bench) {
		b.add(b.talk("a1", "A"), b.talk("a2", "A"), b.talk("b1", "B"), b.talk("free", ""), b.talk("a3", "A"))
		first := b.claims("a1", "b1", "free")
		b.claims()
		b.done(first[0])
		second := b.claimOne("a2")
		b.done(first[1])
		b.done(first[2])
		b.claims()
		b.done(second)
		b.claims("a3")
	}},
	{"the key binds all kinds", func(b *bench) {
		photo := b.photo("photo", 1)
		photo.Order = "A"
		b.add(photo, b.talk("talk", "A"))
		require.Empty(b, b.claim(5, storage.KindUpdate))
		b.done(b.claimOne("photo"))
		b.claimOne("talk", storage.KindUpdate)
	}},
	{"the one that waits makes those behind it wait", func(b *bench) {
		t := b.talk("a1", "A")
		t.NotBefore = b.now.Add(time.Hour)
		b.add(t, b.talk("a2", "A"))
		b.claims()
		b.pass(time.Hour)
		t = b.claimOne("a1")
		b.postpone(t, time.Hour)
		b.claims()
		b.pass(time.Hour)
		b.quarantine(b.claimOne("a1"))
		b.claimOne("a2")
	}},
	{"behind one whose lease is over", func(b *bench) {
		b.add(b.talk("a1", "A"), b.talk("a2", "A"))
		b.claims("a1")
		b.pass(lease)
		t := b.claimOne("a1")
		require.Equal(b, 2, t.Tries)
		b.done(t)
		b.claimOne("a2")
	}},
	{"what follows queues behind", func(b *bench) {
		b.add(b.talk("a1", "A"), b.talk("a2", "A"))
		b.done(b.claimOne("a1"), b.talk("a3", "A"))
		b.done(b.claimOne("a2"))
		b.claimOne("a3")
	}},
	{"order survives opening again", func(b *bench) {
		b.add(b.talk("a1", "A"), b.talk("a2", "A"), b.photo("p2", 2), b.photo("p1", 1))
		b.reopen()
		b.claims("a1", "p2", "p1")
	}},
	{"fair between persons", func(b *bench) {
		b.add(numbered(6, func(id string, _ int) storage.Task { return b.photo("a"+id, 1) })...)
		b.add(b.photo("b0", 2), b.photo("b1", 2), b.photo("c0", 3))
		// One each by Seq, then a second each by Seq, then what is left.
		b.claims("a000", "b0", "c0", "a001", "b1", "a002", "a003", "a004", "a005")
	}},
	{"fair over several claims", func(b *bench) {
		b.add(numbered(4, func(id string, _ int) storage.Task { return b.photo("a"+id, 1) })...)
		inWork := b.claim(2)
		b.add(b.photo("b0", 2), b.photo("b1", 2), b.photo("b2", 2))
		require.Equal(b, []string{"b0", "b1"}, names(b.claim(2)))
		// Two each in work: the lower Seq.
		require.Equal(b, []string{"a002"}, names(b.claim(1)))
		b.done(inWork[0])
		b.done(inWork[1])
		require.Equal(b, []string{"a003"}, names(b.claim(1)))
		b.claims("b2")
	}},
	{"a lease that is over is not in work", func(b *bench) {
		b.add(b.photo("a0", 1), b.photo("a1", 1), b.photo("a2", 1))
		b.claim(2)
		b.pass(lease)
		b.add(b.photo("b0", 2))
		b.claims("a0", "b0", "a1", "a2")
	}},
	{"fairness goes by the kinds that are asked for", func(b *bench) {
		b.add(b.talk("u1", ""), b.talk("u2", ""))
		require.Len(b, b.claim(2, storage.KindUpdate), 2)
		b.add(b.photo("a", 1), b.photo("b", 2))
		require.Equal(b, []string{"a"}, names(b.claim(1, storage.KindPhoto)))
		b.add(b.photo("c", 1), b.photo("d", 3))
		require.Equal(b, []string{"b", "d", "c"}, names(b.claim(3)))
	}},
	{"nobody and negative ids are persons", func(b *bench) {
		b.add(b.photo("n0", 0), b.photo("n1", 0), b.photo("m0", -5), b.photo("m1", -5), b.photo("p", 5))
		b.claims("n0", "m0", "p", "n1", "m1")
	}},
	{"a pile does not starve others", func(b *bench) {
		b.add(numbered(300, func(id string, _ int) storage.Task { return b.photo("pile"+id, 1) })...)
		b.add(numbered(5, func(id string, i int) storage.Task { return b.photo("other"+id, int64(2+i)) })...)
		require.Equal(b, []string{"pile000", "other000", "other001", "other002", "other003", "other004", "pile001"}, names(b.claim(7)))
	}},
	{"put off and back in its place", func(b *bench) {
		b.add(b.photo("a", 1), b.photo("b", 1), b.photo("c", 1))
		b.postpone(b.claim(1)[0], time.Minute)
		require.Equal(b, []string{"b"}, names(b.claim(1)))
		b.pass(time.Minute)
		b.claims("a", "b", "c")
	}},
}

var nextCases = []testCase{
	{"nothing there", func(b *bench) {
		b.add(b.photo("a", 1))
		_, ok, err := b.NextTask(b.ctx, b.now, []storage.Kind{storage.KindUpdate})
		require.NoError(b, err)
		require.False(b, ok)
		_, ok, err = b.NextTask(b.ctx, b.now, nil)
		require.NoError(b, err)
		require.False(b, ok)
		b.done(b.claimOne("a"))
		_, ok, err = b.NextTask(b.ctx, b.now, []storage.Kind{storage.KindPhoto})
		require.NoError(b, err)
		require.False(b, ok)
	}},
	{"at once", func(b *bench) {
		b.add(b.photo("a", 1))
		b.nextBy(b.now)
		b.pass(time.Hour)
		b.nextBy(b.now)
	}},
	{"when it is due", func(b *bench) {
		for id, d := range map[string]time.Duration{"late": time.Hour, "soon": time.Minute, "later": time.Hour * 9} {
			t := b.photo(id, 1)
			t.NotBefore = b.now.Add(d)
			b.add(t)
		}
		b.nextBy(start.Add(time.Minute))
		b.pass(time.Minute)
		b.nextBy(b.now)
		t := b.claimOne("soon")
		b.nextBy(b.now.Add(lease))
		require.NoError(b, b.Renew(b.ctx, t, start.Add(2*time.Hour)))
		b.nextBy(start.Add(time.Hour))
		b.postpone(t, time.Second)
		b.nextBy(b.now.Add(time.Second))
		b.reopen()
		b.nextBy(b.now.Add(time.Second))
	}},
	{"when a lease ends", func(b *bench) {
		b.add(b.photo("a", 1))
		b.claims("a")
		b.nextBy(b.now.Add(lease))
		b.pass(lease)
		b.nextBy(b.now)
	}},
	{"the first of an order key", func(b *bench) {
		t := b.talk("a1", "A")
		t.NotBefore = b.now.Add(time.Minute)
		b.add(t, b.talk("a2", "A"))
		b.nextBy(b.now.Add(time.Minute))
	}},
	{"not what was quarantined", func(b *bench) {
		b.add(b.photo("a", 1))
		b.quarantine(b.claimOne("a"))
		_, ok, err := b.NextTask(b.ctx, b.now.Add(time.Hour), []storage.Kind{storage.KindPhoto})
		require.NoError(b, err)
		require.False(b, ok)
	}},
}

// nextBy checks that NextTask is not later than a time.
func (b *bench) nextBy(want time.Time) {
	b.Helper()
	at, ok, err := b.NextTask(b.ctx, b.now, []storage.Kind{storage.KindPhoto, storage.KindUpdate})
	require.NoError(b, err)
	require.True(b, ok)
	require.False(b, at.After(want), "%s is later than %s", at, want)
}
