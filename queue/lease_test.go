package queue

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

func TestLeaseIsRenewed(t *testing.T) {
	store := newFake(task("1"))
	inBubble(t, store, takes(58*time.Second), nil, func(t *testing.T, r *rig) {
		for range 11 {
			r.pass(5 * time.Second)
			store.mu.Lock()
			left := time.Until(store.tasks["1"].until)
			store.mu.Unlock()
			require.GreaterOrEqual(t, left, DefaultLease*2/3)
		}
		r.pass(10 * time.Second)
		require.Equal(t, []string{"done 1"}, store.ended())
		renewed := store.count("renew")
		require.Equal(t, 11, renewed)
		r.pass(time.Minute)
		require.Equal(t, renewed, store.count("renew"), "the lease of a finished task is left alone")
	})
}

// Also while the end of the task is being stored.
func TestLeaseIsRenewedToTheEnd(t *testing.T) {
	store := newFake(task("1"))
	store.fail = func(op string, _ storage.Task) error {
		if op == "done" {
			return errDown
		}
		return nil
	}
	inBubble(t, store, takes(0), nil, func(t *testing.T, r *rig) {
		r.pass(5*time.Minute + time.Second)
		require.Equal(t, 60, store.count("renew"), "at every third of a lease")
		store.failing(nil)
		r.pass(maxPause)
		require.Equal(t, []string{"done 1"}, store.ended())
	})
}

// An outage longer than a lease: the queue must not claim what it works.
func TestOwnTaskIsNotClaimedAfterOutage(t *testing.T) {
	for _, clock := range []time.Duration{0, time.Hour, -time.Hour, -10 * 365 * 24 * time.Hour} {
		store := newFake(task("1"))
		var begun, jump atomic.Int64
		work := func(ctx context.Context, _ storage.Task) Verdict {
			begun.Add(1)
			select {
			case <-ctx.Done():
				return Leave()
			case <-time.After(2 * time.Minute): // the bubble's time
				return Done()
			}
		}
		prepare := func(q *Queue) {
			q.Now = func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }
		}
		inBubble(t, store, work, prepare, func(t *testing.T, r *rig) {
			r.pass(7 * time.Second)
			if clock != 0 {
				jump.Store(int64(clock)) // the machine was suspended, or its clock set right
			} else {
				store.failing(down)
				r.pass(47 * time.Second)
				require.Greater(t, store.count("renew"), 20, "a store that fails is asked again soon")
				store.failing(nil)
			}
			r.pass(3 * time.Minute)
			require.EqualValues(t, 1, begun.Load())
			require.Equal(t, []string{"done 1"}, store.ended())
		})
	}
}

// Times of a machine's other clock, which stands still while it sleeps, must
// not be what a lease is held against.
func TestLeasesGoByTheCalendar(t *testing.T) {
	store := newFake(task("1"))
	machine := time.Now() // outside the bubble, which has no such clock
	prepare := func(q *Queue) {
		q.Now = func() time.Time { return machine.Add(elapsed()) }
	}
	inBubble(t, store, takes(time.Minute), prepare, func(t *testing.T, r *rig) {
		for range 3 { // claimed, and renewed
			r.pass(DefaultLease / 3)
			late := r.held.outside(machine.Add(time.Hour), machine.Add(time.Hour))
			require.Len(t, late, 1)
			r.held.mu.Lock()
			until := late[0].until
			r.held.mu.Unlock()
			require.True(t, until == until.Round(0), "%#v", until) // == compares the readings as well
		}
		r.pass(time.Minute)
	})
}

func TestLostLeaseEndsTheWork(t *testing.T) {
	store := newFake(task("1"))
	var ended time.Duration
	var after error
	work := func(ctx context.Context, _ storage.Task) Verdict {
		<-ctx.Done()
		ended, after = elapsed(), ctx.Err()
		return Done()
	}
	inBubble(t, store, work, nil, func(t *testing.T, r *rig) {
		r.pass(7 * time.Second)
		store.steal("1")
		r.pass(time.Minute)
		require.ErrorIs(t, after, context.Canceled)
		require.Equal(t, 10*time.Second, ended, "at the next renewal")
		require.Empty(t, store.ended())
		require.Equal(t, 1, store.count("done"), "a lost task is not tried again")
		require.Equal(t, 2, store.count("renew"))
		require.Empty(t, r.journal.messages(t))
	})
}

// A handler that does not listen keeps its place, and its lease is not asked
// for any more.
func TestLostLeaseOfADeafHandler(t *testing.T) {
	store := newFake(task("1"))
	inBubble(t, store, takes(10*time.Minute), nil, func(t *testing.T, r *rig) {
		synctest.Wait()
		store.steal("1")
		r.pass(5 * time.Minute)
		require.Equal(t, 1, store.count("renew"))
		store.add(task("2"), task("3"))
		r.pass(time.Minute)
		require.Zero(t, store.count("done"))
		r.pass(30 * time.Minute)
		require.Equal(t, []string{"done 2", "done 3"}, store.ended())
	})
}

func TestLostAtTheEnd(t *testing.T) {
	for op, v := range map[string]Verdict{
		"done": Done(task("then")), "postpone": Later(bubbleBegin.Add(time.Minute)), "aside": Quarantine("odd"),
	} {
		store := newFake(task("1"))
		work := func(context.Context, storage.Task) Verdict { store.steal("1"); return v }
		inBubble(t, store, work, nil, func(t *testing.T, r *rig) {
			r.pass(2 * time.Minute)
			require.Equal(t, 1, store.count(op))
			require.Empty(t, store.ended())
			require.Empty(t, r.journal.messages(t))
		})
	}
}

// slowRenew is a store whose renewals outlive what they are for.
type slowRenew struct {
	*fake
	running atomic.Int32
}

func (s *slowRenew) Renew(ctx context.Context, t storage.Task, until time.Time) error {
	s.running.Add(1)
	defer s.running.Add(-1)
	time.Sleep(3 * time.Second) // the bubble's time
	return s.fake.Renew(ctx, t, until)
}

// The store may be closed when Run has returned: nothing asks it any more.
func TestNoRenewalOutlivesRun(t *testing.T) {
	store := &slowRenew{fake: newFake(task("1"))}
	work := takes(6 * time.Second) // ends while its lease is being renewed
	inBubble(t, store.fake, work, func(q *Queue) { q.Tasks = store }, func(t *testing.T, r *rig) {
		r.pass(5500 * time.Millisecond)
		require.EqualValues(t, 1, store.running.Load())
		r.stop()
		require.NoError(t, <-r.result)
		require.Zero(t, store.running.Load())
		require.Equal(t, []string{"done 1"}, store.ended())
	})
}
