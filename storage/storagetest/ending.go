package storagetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// endings are the ways in which a task leaves the hands of its holder.
var endings = map[string]func(b *bench, t storage.Task){
	"done":        func(b *bench, t storage.Task) { b.done(t) },
	"kept":        func(b *bench, t storage.Task) { b.keep(t, time.Hour) },
	"quarantined": func(b *bench, t storage.Task) { b.quarantine(t) },
	"postponed":   func(b *bench, t storage.Task) { b.postpone(t, time.Hour) },
}

// stages are how far an attempt can have come before.
var stages = map[string]func(b *bench, t storage.Task){
	"not begun": func(b *bench, t storage.Task) {},
	"calling":   func(b *bench, t storage.Task) { b.mustBegin(t) },
	"held":      func(b *bench, t storage.Task) { b.mustBegin(t); b.mustHold(t, "ok", true) },
	"held, not counted": func(b *bench, t storage.Task) {
		b.mustBegin(t)
		b.mustHold(t, "busy", false)
	},
	"held, not begun": func(b *bench, t storage.Task) { b.mustHold(t, "too_small", false) },
}

var endingCases = []testCase{
	{"every stage by every way", func(b *bench) {
		person := int64(100)
		for stage, reach := range stages {
			for ending, end := range endings {
				person++
				id := stage + ", " + ending
				b.add(b.photo(id, person))
				t := b.claimOne(id)
				reach(b, t)
				end(b, t)
				settled, reserved := 0, 0
				if stage == "held" {
					settled = 1
				}
				if stage == "calling" && ending == "postponed" {
					reserved = 1
				}
				b.counts(person, settled, reserved)
				b.lost(t)
				b.addAgain(b.photo(id, person))
			}
		}
		b.claims()
	}},
	{"done adds what follows, all or nothing", func(b *bench) {
		b.add(b.photo("known", 1))
		t := b.claimOne("known")
		b.add(b.photo("a", 1))
		later := b.photo("delete", 1)
		later.Kind, later.NotBefore = storage.KindDelete, b.now.Add(time.Hour)
		b.done(b.claimOne("a"), later, b.photo("known", 1), b.photo("b", 2), b.photo("b", 3))
		require.Equal(b, int64(2), b.claimOne("b").Person)
		require.Empty(b, b.claim(1, storage.KindDelete))
		b.pass(time.Hour)
		require.Equal(b, "payload of delete", string(b.claimOne("delete", storage.KindDelete).Payload))
		require.NoError(b, b.Renew(b.ctx, t, b.now), "the known one was left alone")
	}},
	{"done twice adds once", func(b *bench) {
		t := b.lone()
		b.done(t, b.photo("b", 1))
		require.ErrorIs(b, b.Done(b.ctx, t, b.photo("c", 1)), storage.ErrLost)
		b.claims("b")
	}},
	{"quarantined and forgotten", func(b *bench) {
		t := b.photo("a", 1)
		b.add(t)
		b.pass(storage.Remember - time.Hour)
		b.quarantine(b.claimOne("a"))
		again := t
		again.Added = b.now.Add(storage.Remember - time.Microsecond)
		b.addAgain(again)
		b.reopen()
		b.addAgain(again)
		again.Added = b.now.Add(storage.Remember)
		b.add(again)
		b.now = again.Added
		require.Equal(b, "payload of a", string(b.claimOne("a").Payload))
	}},
	{"the backlog", func(b *bench) {
		b.backlog(0, 0, 0, 0, 0)
		b.add(b.photo("p1", 1), b.photo("p2", 1), b.photo("p3", 1), b.talk("u1", "U"), b.talk("u2", "U"))
		b.backlog(3, 2, 0, 0, 0)
		tasks := b.claims("p1", "p2", "p3", "u1")
		b.backlog(0, 1, 3, 1, 0)
		b.postpone(tasks[0], time.Hour)
		b.quarantine(tasks[1])
		b.done(tasks[2])
		b.backlog(1, 1, 0, 1, 1)
		b.pass(lease)
		b.backlog(1, 2, 0, 0, 1)
		b.reopen()
		b.backlog(1, 2, 0, 0, 1)
	}},
	{"since when the backlog could be worked", func(b *bench) {
		start := b.now
		b.readySince(nil)
		b.add(b.photo("p1", 1), b.talk("u1", "U"))
		b.pass(time.Minute)
		b.add(b.photo("p2", 1), b.talk("u2", "U"))
		b.readySince(map[storage.Kind]time.Time{storage.KindPhoto: start, storage.KindUpdate: start})
		first := b.claimOne("u1", storage.KindUpdate)
		b.postpone(b.claim(1, storage.KindPhoto)[0], time.Hour)
		b.readySince(map[storage.Kind]time.Time{storage.KindPhoto: start.Add(time.Minute)}) // u2 is behind u1
		b.done(first)
		b.done(b.claimOne("p2", storage.KindPhoto))
		b.readySince(map[storage.Kind]time.Time{storage.KindUpdate: start.Add(time.Minute)})
		b.done(b.claimOne("u2"))
		b.pass(2 * time.Hour)
		b.readySince(map[storage.Kind]time.Time{storage.KindPhoto: start.Add(time.Minute + time.Hour)})
		b.reopen()
		b.readySince(map[storage.Kind]time.Time{storage.KindPhoto: start.Add(time.Minute + time.Hour)})
	}},
}

// readySince checks since when the oldest task of each kind could be worked.
func (b *bench) readySince(want map[storage.Kind]time.Time) {
	b.Helper()
	l, err := b.Backlog(b.ctx, b.now)
	require.NoError(b, err)
	require.Len(b, l.ReadySince, len(want))
	for k, at := range want {
		require.True(b, l.ReadySince[k].Equal(at), "%s: %v, not %v", k, l.ReadySince[k], at)
	}
}

// backlog checks photos and updates waiting, the same in work, and tasks put
// aside.
func (b *bench) backlog(photos, updates, photosInWork, updatesInWork, aside int) {
	b.Helper()
	l, err := b.Backlog(b.ctx, b.now)
	require.NoError(b, err)
	require.Equal(b, []int{photos, updates, photosInWork, updatesInWork, aside}, []int{
		l.Waiting[storage.KindPhoto], l.Waiting[storage.KindUpdate],
		l.Leased[storage.KindPhoto], l.Leased[storage.KindUpdate], l.Quarantined,
	})
}
