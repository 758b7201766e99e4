package storagetest

import (
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var nameCases = []testCase{
	{"comes back as it was added", func(b *bench) {
		want := storage.Task{
			ID: "u/1", Kind: storage.KindNotice, Order: "chat -100123", Person: -42, Chat: -1001234567890123, Message: 1 << 30,
			FileID: "AgACAgIAAxkBAAI", Added: b.now, NotBefore: b.now.Add(-time.Hour), Payload: []byte{0, 1, 255},
		}
		b.add(want)
		got := b.claimOne("u/1", storage.KindNotice)
		require.NotZero(b, got.Seq)
		require.NotEmpty(b, got.Lease)
		want.Seq, want.Lease, want.Tries, want.PutOff = got.Seq, got.Lease, 1, want.Added
		require.Equal(b, want, got)
	}},
	{"the store's own fields are not taken", func(b *bench) {
		t := b.photo("a", 1)
		t.Seq, t.Tries, t.Pauses, t.ConsumedBy, t.Lease = 99, 8, 9, "somebody", "mine"
		t.Waiting, t.Reply, t.RepeatOf, t.Request = b.waiting(), 5, "b", true
		t.Attempt = storage.Attempt{Began: b.now, Day: day, Calling: true, Held: true, Outcome: "ok", Number: 3}
		b.add(t)
		got := b.claimOne("a")
		require.Equal(b, 1, got.Tries)
		require.Zero(b, got.Pauses)
		require.Zero(b, got.Attempt)
		require.Zero(b, got.Waiting)
		require.Zero(b, got.Reply)
		require.Empty(b, got.RepeatOf)
		require.False(b, got.Request)
		require.Empty(b, got.ConsumedBy)
		require.NotEqual(b, "mine", got.Lease)
		b.counts(1, 0, 0)
	}},
	{"empty and large payloads", func(b *bench) {
		t := b.photo("none", 1)
		t.Payload = nil
		b.add(t)
		require.Empty(b, b.claimOne("none").Payload)
		t = b.photo("large", 1)
		t.Payload = []byte(strings.Repeat("0123456789abcdef", 1<<16))
		b.add(t)
		require.Equal(b, t.Payload, b.claimOne("large").Payload)
	}},
	{"Seq grows", func(b *bench) {
		var last uint64
		for _, id := range []string{"c", "a", "b"} {
			b.add(b.photo(id, 1))
			t := b.claimOne(id)
			require.Greater(b, t.Seq, last)
			last = t.Seq
			b.done(t)
		}
		b.reopen()
		b.add(b.photo("d", 1))
		require.Greater(b, b.claimOne("d").Seq, last, "also after all were done and the store was opened again")
	}},
	{"a name in the store is not new", func(b *bench) {
		b.add(b.photo("a", 1))
		other := b.photo("a", 2)
		other.Kind, other.Payload = storage.KindUpdate, []byte("other")
		b.addAgain(other)
		b.pass(storage.Remember + time.Hour)
		other.Added = b.now
		b.addAgain(other)
		t := b.claimOne("a")
		require.Equal(b, int64(1), t.Person)
		require.Equal(b, "payload of a", string(t.Payload))
		b.addAgain(other)
	}},
	{"a finished name is remembered, and then forgotten", func(b *bench) {
		b.add(b.photo("a", 1))
		b.done(b.claimOne("a"))
		again := b.photo("a", 1)
		b.addAgain(again)
		again.Added = start.Add(storage.Remember - time.Microsecond)
		b.addAgain(again)
		b.reopen()
		b.addAgain(again)
		b.claims()
		again.Added = start.Add(storage.Remember)
		b.add(again)
		b.now = again.Added
		b.claimOne("a")
	}},
	{"names are their bytes", func(b *bench) {
		for _, id := range []string{"a", "A", "ä", "a\u0308", "a ", "%", "_", "'", strings.Repeat("x", storage.MaxText)} {
			t := b.talk(id, "")
			b.add(t)
			b.addAgain(t)
		}
		require.Len(b, b.claim(100), 9)
	}},
	{"forgetting spares what is needed", func(b *bench) {
		b.add(b.photo("waits", 1))
		b.add(numbered(200, func(id string, _ int) storage.Task { return b.photo("old"+id, 2) })...)
		for _, t := range b.claim(1000) {
			if t.ID != "waits" {
				b.done(t)
			}
		}
		b.pass(storage.Remember)
		b.add(numbered(150, func(id string, _ int) storage.Task { return b.photo("new"+id, 2) })...)
		for _, t := range b.claim(1000) {
			if t.ID != "waits" {
				b.done(t)
			}
		}
		b.add(numbered(150, func(id string, _ int) storage.Task { return b.photo("more"+id, 2) })...)
		for _, id := range []string{"waits", "new000", "new099", "new149", "more000", "more149"} {
			b.addAgain(b.photo(id, 2))
		}
		b.add(b.photo("old000", 2), b.photo("old199", 2))
	}},
	{"times near the ends", func(b *bench) {
		first, last := time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC)
		t := b.photo("first", 1)
		t.Added, t.NotBefore = first, first
		b.add(t)
		t = b.photo("last", 2)
		t.Added = last
		b.add(t)
		got := b.claims("first", "last")
		require.Equal(b, first, got[0].Added)
		require.Equal(b, first, got[0].NotBefore)
		require.Equal(b, last, got[1].Added)
		b.now = last
		got = b.claims("first", "last")
		require.Equal(b, last, got[1].Added)
	}},
	{"times are cut and in UTC", func(b *bench) {
		t := b.photo("a", 1)
		zone := time.FixedZone("Bishkek", 6*3600)
		t.Added = time.Date(2026, 5, 4, 18, 0, 0, 123456789, zone)
		t.NotBefore = t.Added
		b.add(t)
		got := b.claimOne("a")
		require.Equal(b, time.Date(2026, 5, 4, 12, 0, 0, 123456000, time.UTC), got.Added)
		require.Equal(b, got.Added, got.NotBefore)
	}},
	{"what cannot be stored is refused", func(b *bench) {
		for name, change := range map[string]func(*storage.Task){
			"no ID":         func(t *storage.Task) { t.ID = "" },
			"no kind":       func(t *storage.Task) { t.Kind = "" },
			"never added":   func(t *storage.Task) { t.Added = time.Time{} },
			"long ID":       func(t *storage.Task) { t.ID = strings.Repeat("x", storage.MaxText+1) },
			"NUL":           func(t *storage.Task) { t.Order = "a\x00b" },
			"not UTF-8":     func(t *storage.Task) { t.FileID = "\xff" },
			"late":          func(t *storage.Task) { t.NotBefore = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
			"early":         func(t *storage.Task) { t.Added = time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC) },
			"huge":          func(t *storage.Task) { t.Added = time.Unix(1<<60, 0) },
			"large payload": func(t *storage.Task) { t.Payload = make([]byte, storage.MaxPayload+1) },
		} {
			t := b.photo("a", 1)
			change(&t)
			added, err := b.AddTask(b.ctx, t)
			require.ErrorIs(b, err, storage.ErrInvalid, name)
			require.False(b, added, name)
		}
		b.claims()
	}},
}
