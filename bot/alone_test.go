package bot

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outcome"
	"mrzbot/storage"
)

// leases is the leases of a store that several processes share.
type leases struct {
	Store
	mu     sync.Mutex
	owner  map[string]string
	until  map[string]time.Time
	broken error
}

func (l *leases) TakeLease(_ context.Context, name, owner string, now, until time.Time) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken != nil {
		return false, l.broken
	}
	if l.owner[name] != "" && l.owner[name] != owner && l.until[name].After(now) {
		return false, nil
	}
	l.owner[name], l.until[name] = owner, until
	return true, nil
}

func (l *leases) DropLease(_ context.Context, name, owner string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owner[name] == owner {
		delete(l.owner, name)
	}
	return l.broken
}

// replicas are two processes with one store.
func replicas() (first, second *Bot, store *leases) {
	store = &leases{owner: map[string]string{}, until: map[string]time.Time{}}
	config := Config{Store: store, Now: time.Now, Log: slog.New(slog.DiscardHandler), Owner: "first"}
	first = &Bot{Config: config}
	config.Owner = "second"
	return first, &Bot{Config: config}, store
}

func TestOneReplicaAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second, store := replicas()
		down := func(b *Bot) {
			p, _ := b.enter(t.Context(), false)
			p.fail(outcome.Unavailable, b.Now(), time.Second)
		}
		down(first)
		down(second)
		time.Sleep(time.Second)

		asks, _ := first.enter(t.Context(), true)
		require.NotNil(t, asks)
		time.Sleep(3 * aloneFor) // a service that lets everybody wait
		other, code := second.enter(t.Context(), true)
		require.Nil(t, other)
		require.Equal(t, outcome.Unavailable, code)

		asks.fail(outcome.Unavailable, first.Now(), time.Minute)
		other, _ = second.enter(t.Context(), true)
		require.Nil(t, other, "the pause is everybody's")
		time.Sleep(time.Minute)
		other, _ = second.enter(t.Context(), true)
		require.NotNil(t, other)
		require.True(t, other.up())
		asks, _ = first.enter(t.Context(), true)
		require.NotNil(t, asks, "it gave the lease back")

		// The first one dies: its lease is not renewed.
		asks.alone.timer.Stop()
		second.breaker = breaker{}
		other, _ = second.enter(t.Context(), true)
		require.Nil(t, other)
		time.Sleep(aloneFor)
		other, _ = second.enter(t.Context(), true)
		require.NotNil(t, other)
		other.leave()

		store.broken = errors.New("no connection")
		second.breaker = breaker{}
		other, code = second.enter(t.Context(), true)
		require.Nil(t, other)
		require.Equal(t, outcome.Unavailable, code)
		store.broken = nil
		other, _ = second.enter(t.Context(), true)
		require.NotNil(t, other, "a store that failed leaves nothing behind")
		other.leave()
	})
}

func TestOnePhotoTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second, _ := replicas()
		tells, ok := first.beAlone(t.Context(), noticeKey(1), "update:1")
		require.True(t, ok)
		for _, b := range []*Bot{first, second} {
			_, ok = b.beAlone(t.Context(), noticeKey(1), "update:2")
			require.False(t, ok)
			a, ok := b.beAlone(t.Context(), noticeKey(2), "update:2")
			require.True(t, ok, "another person")
			a.end(time.Time{})
		}
		tells.end(time.Time{})
		a, ok := second.beAlone(t.Context(), noticeKey(1), "update:2")
		require.True(t, ok)
		a.end(time.Time{})
	})
}

// knowing is a store in which everybody has been told that their photos wait.
// Nothing else is asked of it.
type knowing struct {
	Store
	until time.Time
}

func (k knowing) Setting(context.Context, string) ([]byte, error) {
	return json.Marshal(notice{Message: 1, Until: k.until})
}

// TestWaitingOnlyReads: a photo that nobody asked the service about, of a person
// who knows, writes nothing: thousands may wait so, and come back together. Nor
// does it tell the admins what it has not heard itself.
func TestWaitingOnlyReads(t *testing.T) {
	b, _, _ := replicas()
	b.Store = knowing{until: b.Now().Add(time.Hour)}
	b.RetryFor, b.pauses.random = time.Hour, rand.New(rand.NewPCG(1, 1))
	j := &job{Bot: b, t: storage.Task{ID: "update:1", Person: 1}}
	_, ok := j.wait(t.Context(), &outcome.Failure{Code: outcome.Unavailable, Detail: outcome.DetailNotAsked})
	require.True(t, ok)
}
