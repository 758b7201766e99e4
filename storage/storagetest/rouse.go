package storagetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var rouseCases = []testCase{
	{"those that wait, the lowest Seq first", func(b *bench) {
		for i, t := range b.waitingPhotos(4, "service 1") {
			require.Equal(b, i%2, int(t.Person))
		}
		b.roused(2, storage.Rouse{Max: 2})
		got := b.claims("000", "001")
		require.Equal(b, b.now, got[0].NotBefore)
		require.Equal(b, "service 1", got[0].Note)
		require.Equal(b, 1, got[0].Pauses)
		require.Equal(b, 1, got[0].Tries)
		b.roused(2, storage.Rouse{Max: 10})
		b.roused(0, storage.Rouse{Max: 10})
		b.claims("002", "003")
	}},
	{"of the kind, the note and the person", func(b *bench) {
		b.waitingPhotos(4, "service 1")
		for _, r := range []storage.Rouse{
			{Kind: storage.KindUpdate}, {Note: "other"}, {Note: "service 12"}, {Note: "ervice"}, {Note: "Service"},
			{Note: "servic_"}, {Note: "%"}, {Person: 7}, {Max: -1},
		} {
			if r.Max == 0 {
				r.Max = 10
			}
			b.roused(0, r)
		}
		b.claims()
		b.roused(2, storage.Rouse{Person: 1, Max: 10})
		b.claims("001", "003")
	}},
	{"none that can be claimed, or is in work", func(b *bench) {
		tasks := b.waitingPhotos(2, "service")
		b.pass(time.Hour)
		b.roused(0, storage.Rouse{Max: 10})
		tasks = b.claims(names(tasks)...)
		b.roused(0, storage.Rouse{Max: 10})
		b.postpone(tasks[0], time.Hour)
		b.pass(lease)
		b.claims("001")
	}},
	{"none that is calling or held", func(b *bench) {
		b.add(b.photo("held", 1))
		t := b.claimOne("held")
		b.mustHold(t, "ok", false)
		require.NoError(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(time.Hour), Note: "service"}))
		b.roused(0, storage.Rouse{Max: 10})

		b.add(b.photo("begun", 1))
		t = b.claimOne("begun")
		b.mustBegin(t)
		require.NoError(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(time.Hour), Note: "service"}))
		b.roused(1, storage.Rouse{Max: 10})
		t = b.claimOne("begun")
		require.Equal(b, storage.Attempt{Began: start, Day: day}, t.Attempt)
		b.counts(1, 0, 1)
	}},
	{"none behind another", func(b *bench) {
		first, second := b.photo("a1", 1), b.photo("a2", 1)
		first.Order, second.Order = "A", "A"
		second.NotBefore, second.Note = b.now.Add(time.Hour), "service"
		b.add(first, second)
		b.roused(0, storage.Rouse{Max: 10})
		b.done(b.claimOne("a1"))
		b.roused(1, storage.Rouse{Max: 10})
		b.claims("a2")
	}},
	{"for good", func(b *bench) {
		b.waitingPhotos(1, "service")
		b.roused(1, storage.Rouse{Max: 1})
		b.reopen()
		b.nextBy(b.now)
		b.claims("000")
	}},
	{"bad arguments", func(b *bench) {
		for name, r := range map[string]storage.Rouse{
			"no kind": {Note: "n", Now: b.now, Max: 1}, "no note": {Kind: storage.KindPhoto, Now: b.now, Max: 1},
			"NUL":  {Kind: storage.KindPhoto, Note: "\x00", Now: b.now, Max: 1},
			"late": {Kind: storage.KindPhoto, Note: "n", Now: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), Max: 1},
		} {
			_, err := b.Rouse(b.ctx, r)
			require.ErrorIs(b, err, storage.ErrInvalid, name)
		}
	}},
}

// waitingPhotos adds photos of persons 0 and 1 that were put off for an hour.
func (b *bench) waitingPhotos(n int, note string) []storage.Task {
	b.Helper()
	b.add(numbered(n, func(id string, i int) storage.Task { return b.photo(id, int64(i%2)) })...)
	tasks := b.claim(n)
	for _, t := range tasks {
		require.NoError(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(time.Hour), Note: note}))
	}
	return tasks
}

// roused rouses photos whose note begins with "service", unless r says
// otherwise, and checks how many it were.
func (b *bench) roused(want int, r storage.Rouse) {
	b.Helper()
	if r.Kind == "" {
		r.Kind = storage.KindPhoto
	}
	if r.Note == "" {
		r.Note = "service"
	}
	r.Now = b.now
	n, err := b.Rouse(b.ctx, r)
	require.NoError(b, err)
	require.Equal(b, want, n)
}
