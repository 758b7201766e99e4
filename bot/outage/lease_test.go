package outage

import (
	"context"
	"errors"
	"log/slog"
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
	storage.Leadership
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
func replicas() (first, second *Gate, store *leases) {
	store = &leases{owner: map[string]string{}, until: map[string]time.Time{}}
	gate := func(owner string) *Gate {
		return NewGate(&Leases{Store: store, Owner: owner, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	}
	return gate("first"), gate("second"), store
}

func TestOneReplicaAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second, store := replicas()
		down := func(g *Gate) {
			p, _ := g.Enter(t.Context(), false)
			p.Fail(outcome.Unavailable, time.Now(), time.Second)
		}
		down(first)
		down(second)
		time.Sleep(time.Second)

		asks, _ := first.Enter(t.Context(), true)
		require.NotNil(t, asks)
		time.Sleep(3 * leaseFor) // a service that lets everybody wait
		other, code := second.Enter(t.Context(), true)
		require.Nil(t, other)
		require.Equal(t, outcome.Unavailable, code)

		asks.Fail(outcome.Unavailable, time.Now(), time.Minute)
		other, _ = second.Enter(t.Context(), true)
		require.Nil(t, other, "the pause is everybody's")
		time.Sleep(time.Minute)
		other, _ = second.Enter(t.Context(), true)
		require.NotNil(t, other)
		require.True(t, other.Up())
		asks, _ = first.Enter(t.Context(), true)
		require.NotNil(t, asks, "it gave the lease back")

		// The first one dies: its lease is not renewed.
		asks.lease.timer.Stop()
		second.Breaker = Breaker{}
		other, _ = second.Enter(t.Context(), true)
		require.Nil(t, other)
		time.Sleep(leaseFor)
		other, _ = second.Enter(t.Context(), true)
		require.NotNil(t, other)
		other.Leave()

		store.broken = errors.New("no connection")
		second.Breaker = Breaker{}
		other, code = second.Enter(t.Context(), true)
		require.Nil(t, other)
		require.Equal(t, outcome.Unavailable, code)
		store.broken = nil
		other, _ = second.Enter(t.Context(), true)
		require.NotNil(t, other, "a store that failed leaves nothing behind")
		other.Leave()
	})
}

func TestOneHasTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second, _ := replicas()
		one, ok := first.leases.Acquire(t.Context(), "one", "update:1")
		require.True(t, ok)
		for _, g := range []*Gate{first, second} {
			_, ok = g.leases.Acquire(t.Context(), "one", "update:2")
			require.False(t, ok)
			a, ok := g.leases.Acquire(t.Context(), "another", "update:2")
			require.True(t, ok, "another lease")
			a.End(time.Time{})
		}
		one.End(time.Time{})
		a, ok := second.leases.Acquire(t.Context(), "one", "update:2")
		require.True(t, ok)
		a.End(time.Time{})
	})
}
