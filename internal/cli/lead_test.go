package cli

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/internal/ops"
	"mrzbot/storage/bolt"
)

// shared is a lease of which two replicas know. It is as storage.Leadership has
// it for one name.
type shared struct {
	mu    sync.Mutex
	owner string
	until time.Time
}

func (s *shared) TakeLease(ctx context.Context, _, owner string, now, until time.Time) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owner != "" && s.owner != owner && s.until.After(now) {
		return false, nil
	}
	s.owner, s.until = owner, until
	return true, nil
}

func (s *shared) DropLease(ctx context.Context, _, owner string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owner == owner {
		s.owner = ""
	}
	return nil
}

// wayTo is one replica's way to what is shared: it can be interrupted, and then
// calls fail, or hang.
type wayTo struct {
	*shared
	fails, hangs atomic.Bool
}

func (c *wayTo) TakeLease(ctx context.Context, name, owner string, now, until time.Time) (bool, error) {
	if c.hangs.Load() {
		<-ctx.Done()
		return false, ctx.Err()
	}
	if c.fails.Load() {
		return false, errors.New("no way to the store")
	}
	return c.shared.TakeLease(ctx, name, owner, now, until)
}

// replica counts how often it leads.
type replica struct {
	lead
	leads   atomic.Bool
	stop    context.CancelFunc
	stopped chan error
}

func newReplica(l leases, name string, now func() time.Time) *replica {
	return &replica{lead: lead{leases: l, owner: name, now: now, log: slog.New(slog.NewTextHandler(io.Discard, nil)), follows: func() {}}}
}

func (r *replica) start(t *testing.T, both *atomic.Int32) {
	ctx, stop := context.WithCancel(t.Context())
	r.stop, r.stopped = stop, make(chan error, 1)
	go func() {
		r.stopped <- r.run(ctx, func(ctx context.Context) error {
			r.leads.Store(true)
			require.LessOrEqual(t, both.Add(1), int32(1), "two lead")
			<-ctx.Done()
			both.Add(-1)
			r.leads.Store(false)
			return ctx.Err()
		})
	}()
}

func TestLead(t *testing.T) {
	for name, interrupt := range map[string]func(c *wayTo){
		"calls fail": func(c *wayTo) { c.fails.Store(true) },
		"calls hang": func(c *wayTo) { c.hangs.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var lease shared
				var both atomic.Int32
				way := &wayTo{shared: &lease}
				a, b := newReplica(way, "a", time.Now), newReplica(&wayTo{shared: &lease}, "b", time.Now)
				a.start(t, &both)
				synctest.Wait()
				b.start(t, &both)
				time.Sleep(10 * leadFor)
				require.True(t, a.leads.Load(), "who leads goes on")

				interrupt(way)
				time.Sleep(leadFor - leadMargin + time.Millisecond)
				synctest.Wait()
				require.False(t, a.leads.Load(), "who cannot renew the lead stops before it ends")
				time.Sleep(leadMargin + leadRenew)
				synctest.Wait()
				require.True(t, b.leads.Load(), "another takes over within seconds")

				way.fails.Store(false)
				way.hangs.Store(false)
				b.stop()
				require.NoError(t, <-b.stopped)
				time.Sleep(2 * leadRenew) // one call may hang on
				synctest.Wait()
				require.True(t, a.leads.Load(), "who ends gives the lead back")
				a.stop()
				require.NoError(t, <-a.stopped)
			})
		})
	}
}

// TestLeadTakenAway: a replica whose clock is wrong may take the lead early.
// The other one notices.
func TestLeadTakenAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lease shared
		var one, other atomic.Int32
		a := newReplica(&lease, "a", time.Now)
		b := newReplica(&lease, "b", func() time.Time { return time.Now().Add(time.Hour) })
		a.start(t, &one)
		synctest.Wait()
		b.start(t, &other)
		time.Sleep(leadRenew + time.Millisecond)
		synctest.Wait()
		require.True(t, b.leads.Load())
		require.False(t, a.leads.Load())
		a.stop()
		b.stop()
		require.NoError(t, errors.Join(<-a.stopped, <-b.stopped))
	})
}

// TestLeadError: what the leader cannot do ends the program.
func TestLeadError(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	require.NoError(t, err)
	broken := errors.New("broken")
	a := newReplica(s, "a", time.Now)
	require.ErrorIs(t, a.run(t.Context(), func(context.Context) error { return broken }), broken)
	ok, err := s.TakeLease(t.Context(), leadName, "b", time.Now(), time.Now())
	require.NoError(t, err)
	require.True(t, ok)
	require.NoError(t, s.Close())
}

// lasting is a way to a lease that knows how long it lasts.
type lasting struct{ *wayTo }

func (l lasting) Leases(_ context.Context, now time.Time) (names []string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owner != "" && l.until.After(now) {
		names = []string{leadName}
	}
	return names, nil
}

// TestNobodyLeads: that a lease is another's says nothing while it ends later than
// any that is renewed, nor when the store is silent.
func TestNobodyLeads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lease shared
		var one, other atomic.Int32
		gone := time.Now().AddDate(10, 0, 0)
		_, err := lease.TakeLease(t.Context(), leadName, "gone", gone, gone.Add(leadFor))
		require.NoError(t, err)
		way := &wayTo{shared: &lease}
		a := newReplica(lasting{way}, "a", time.Now)
		require.Empty(t, a.leaderless(), "it does not ask yet")
		a.start(t, &one)
		time.Sleep(10 * leadFor)
		require.Contains(t, a.leaderless(), "a clock was wrong")

		require.NoError(t, lease.DropLease(t.Context(), leadName, "gone"))
		time.Sleep(2 * leadRenew)
		require.True(t, a.leads.Load())
		require.Empty(t, a.leaderless())
		b := newReplica(lasting{&wayTo{shared: &lease}}, "b", time.Now)
		b.start(t, &other)
		time.Sleep(10 * leadFor)
		require.Empty(t, b.leaderless(), "a leads")
		b.stop()
		require.NoError(t, <-b.stopped)

		way.fails.Store(true)
		time.Sleep(2 * leadFor)
		require.Contains(t, a.leaderless(), "the store does not say")
		way.fails.Store(false)
		time.Sleep(2 * leadRenew)
		require.Empty(t, a.leaderless())
		a.stop()
		require.NoError(t, <-a.stopped)
	})
}

// TestReadyWhileNobodyLeads: who would poll is not ready, who is called is.
func TestReadyWhileNobodyLeads(t *testing.T) {
	r := &running{lead: &lead{begun: time.Now(), settled: time.Now(), stale: true}}
	r.started.Store(true)
	require.Contains(t, r.state().Trouble, "nobody asks Telegram for updates")
	r.cfg.WebhookURL = "https://bot.example.org/telegram"
	require.Empty(t, r.state().Trouble)
	require.Len(t, r.state().Notes, 1)
	r.lead.stale = false
	require.Equal(t, ops.State{Started: true}, r.state())
}
