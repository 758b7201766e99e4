package storagetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var wakeCases = []testCase{
	{"those that wait, the lowest Seq first", func(b *bench) {
		for i, t := range b.waitingPhotos(4, storage.OutageService) {
			require.Equal(b, i%2, int(t.Person))
		}
		b.woken(2, storage.WakeWaiting{Max: 2})
		got := b.claims("000", "001")
		require.Equal(b, b.now, got[0].NotBefore)
		require.Equal(b, b.waiting(), got[0].Waiting)
		require.Equal(b, 1, got[0].Pauses)
		require.Equal(b, 1, got[0].Tries)
		b.woken(2, storage.WakeWaiting{Max: 10})
		b.woken(0, storage.WakeWaiting{Max: 10})
		b.claims("002", "003")
	}},
	{"of the kind, the outage and the person", func(b *bench) {
		b.waitingPhotos(4, storage.OutageService)
		for _, r := range []storage.WakeWaiting{
			{Kind: storage.KindUpdate}, {For: storage.OutageDownload}, {For: "servic"}, {For: "service "}, {For: "Service"},
			{For: "servic_"}, {For: "%"}, {Person: 7}, {Max: -1},
		} {
			if r.Max == 0 {
				r.Max = 10
			}
			b.woken(0, r)
		}
		b.claims()
		b.woken(2, storage.WakeWaiting{For: storage.OutageService, Person: 1, Max: 10})
		b.claims("001", "003")
	}},
	{"whatever they wait for, but for something", func(b *bench) {
		b.waitingPhotos(2, storage.OutageDownload)
		b.woken(2, storage.WakeWaiting{Max: 10})
		for _, t := range b.claims("000", "001") {
			require.NoError(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(time.Hour)}))
		}
		b.woken(0, storage.WakeWaiting{Max: 10})
	}},
	{"none that can be claimed, or is in work", func(b *bench) {
		tasks := b.waitingPhotos(2, storage.OutageService)
		b.pass(time.Hour)
		b.woken(0, storage.WakeWaiting{Max: 10})
		tasks = b.claims(names(tasks)...)
		b.woken(0, storage.WakeWaiting{Max: 10})
		b.postpone(tasks[0], time.Hour)
		b.pass(lease)
		b.claims("001")
	}},
	{"none that is calling or held", func(b *bench) {
		b.add(b.photo("held", 1))
		t := b.claimOne("held")
		b.mustHold(t, "ok", false)
		require.NoError(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(time.Hour), Waiting: b.waiting()}))
		b.woken(0, storage.WakeWaiting{Max: 10})

		b.add(b.photo("begun", 1))
		t = b.claimOne("begun")
		b.mustBegin(t)
		require.NoError(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(time.Hour), Waiting: b.waiting()}))
		b.woken(1, storage.WakeWaiting{Max: 10})
		t = b.claimOne("begun")
		require.Equal(b, storage.Attempt{Began: start, Day: day}, t.Attempt)
		b.counts(1, 0, 1)
	}},
	{"for good", func(b *bench) {
		b.waitingPhotos(1, storage.OutageService)
		b.woken(1, storage.WakeWaiting{Max: 1})
		b.reopen()
		b.nextBy(b.now)
		b.claims("000")
	}},
	{"bad arguments", func(b *bench) {
		for name, r := range map[string]storage.WakeWaiting{
			"no kind": {Now: b.now, Max: 1},
			"NUL":     {Kind: storage.KindPhoto, For: "\x00", Now: b.now, Max: 1},
			"late":    {Kind: storage.KindPhoto, Now: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), Max: 1},
		} {
			_, err := b.WakeWaiting(b.ctx, r)
			require.ErrorIs(b, err, storage.ErrInvalid, name)
		}
	}},
}

// waitingPhotos adds photos of persons 0 and 1 that were put off for an hour.
func (b *bench) waitingPhotos(n int, what storage.Outage) []storage.Task {
	b.Helper()
	b.add(numbered(n, func(id string, i int) storage.Task { return b.photo(id, int64(i%2)) })...)
	tasks := b.claim(n)
	for _, t := range tasks {
		require.NoError(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(time.Hour), Waiting: storage.Waiting{For: what, Since: b.waiting().Since}}))
	}
	return tasks
}

// woken wakes photos, unless r says otherwise, and checks how many it were.
func (b *bench) woken(want int, r storage.WakeWaiting) {
	b.Helper()
	if r.Kind == "" {
		r.Kind = storage.KindPhoto
	}
	r.Now = b.now
	n, err := b.WakeWaiting(b.ctx, r)
	require.NoError(b, err)
	require.Equal(b, want, n)
}
