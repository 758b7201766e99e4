package queue

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

const (
	warned = "stopping: the time is over"
	outOf  = "the store does not answer"
	again  = "the store answers again"
)

func TestStopFinishesWhatRuns(t *testing.T) {
	store := newFake(task("1"), task("2"), task("3"))
	inBubble(t, store, takes(20*time.Second), nil, func(t *testing.T, r *rig) {
		r.pass(5 * time.Second)
		r.stop()
		require.NoError(t, <-r.result)
		require.Equal(t, 20*time.Second, elapsed())
		require.ElementsMatch(t, []string{"done 1", "done 2"}, store.ended(), "nothing new is begun")
		require.Positive(t, store.count("renew"), "leases are kept while stopping")
		require.Empty(t, r.journal.messages(t))
	})
}

func TestStopIdle(t *testing.T) {
	inBubble(t, newFake(), takes(0), nil, func(t *testing.T, r *rig) {
		r.pass(time.Minute)
		r.stop()
		require.NoError(t, <-r.result)
		require.Equal(t, time.Minute, elapsed())
		require.Empty(t, r.journal.messages(t))
	})
}

func TestGraceCancels(t *testing.T) {
	store := newFake(task("1"))
	work := func(ctx context.Context, _ storage.Task) Verdict {
		<-ctx.Done()
		return Later(time.Now().Add(time.Second))
	}
	inBubble(t, store, work, nil, func(t *testing.T, r *rig) {
		r.pass(time.Second)
		r.stop()
		require.NoError(t, <-r.result)
		require.Equal(t, time.Second+r.Grace, elapsed())
		require.Equal(t, []string{"later 1"}, store.ended(), "what it decided is carried out")
		require.Equal(t, []string{warned}, r.journal.messages(t))
	})
}

func TestUnfinished(t *testing.T) {
	store := newFake(task("1"))
	inBubble(t, store, takes(time.Hour), nil, func(t *testing.T, r *rig) {
		r.pass(time.Second)
		r.stop()
		require.ErrorIs(t, <-r.result, ErrUnfinished)
		require.Equal(t, time.Second+r.Grace+lastWait, elapsed())
		require.Contains(t, r.journal.String(), `"tasks":1`)
		r.pass(time.Hour)
	})
}

// A store that hangs whatever its context says does not hold up the end.
func TestStopWhileClaimHangs(t *testing.T) {
	store := &hanging{fake: newFake(), d: time.Hour}
	inBubble(t, store.fake, takes(0), func(q *Queue) { q.Tasks = store }, func(t *testing.T, r *rig) {
		r.pass(time.Second)
		r.stop()
		require.ErrorIs(t, <-r.result, ErrUnfinished)
		require.Equal(t, time.Second+r.Grace+lastWait, elapsed())
		r.pass(time.Hour)
	})
}

type hanging struct {
	*fake
	d time.Duration
}

func (h *hanging) Claim(context.Context, storage.Claim) ([]storage.Task, error) {
	time.Sleep(h.d) // the bubble's time
	return nil, nil
}

func TestStopDuringOutage(t *testing.T) {
	store := newFake(task("1"))
	inBubble(t, store, takes(time.Second), nil, func(t *testing.T, r *rig) {
		synctest.Wait()
		store.failing(down)
		r.pass(5 * time.Second)
		r.stop()
		require.NoError(t, <-r.result)
		require.Equal(t, 5*time.Second+r.Grace, elapsed(), "the end of the task is tried until the last moment")
		require.Empty(t, store.ended())
		require.Equal(t, []string{outOf, warned}, r.journal.messages(t))
	})
}

// Stopping interrupts a claim; that is no outage.
func TestStopIsNoOutage(t *testing.T) {
	store := &interrupted{newFake(task("1"))}
	inBubble(t, store.fake, takes(10*time.Second), func(q *Queue) { q.Tasks = store }, func(t *testing.T, r *rig) {
		r.pass(poll + time.Second) // into the second claim
		r.stop()
		require.NoError(t, <-r.result)
		require.Equal(t, []string{"done 1"}, store.ended())
		require.Empty(t, r.journal.messages(t))
	})
}

type interrupted struct{ *fake }

func (i *interrupted) Claim(ctx context.Context, c storage.Claim) ([]storage.Task, error) {
	if tasks, err := i.fake.Claim(ctx, c); err != nil || len(tasks) > 0 {
		return tasks, err
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestOutageIsToldOnce(t *testing.T) {
	store := newFake()
	for i := range 10 {
		store.add(task(fmt.Sprint(i)))
	}
	inBubble(t, store, takes(3*time.Second), nil, func(t *testing.T, r *rig) {
		for outage := range 4 { // with every worker busy at first, idle at the end
			r.pass(time.Duration(1+10*outage) * time.Second)
			before := store.count()
			store.failing(down)
			r.pass(time.Minute)
			require.Less(t, store.count()-before, 150, "a store that is down is asked less and less often")
			store.failing(nil)
			r.pass(maxPause)
			require.Len(t, r.journal.messages(t), 2*(outage+1))
		}
		r.pass(time.Minute)
		require.Equal(t, slices.Repeat([]string{outOf, again}, 4), r.journal.messages(t))
		require.Contains(t, r.journal.String(), errDown.Error())
		require.Len(t, store.ended(), 10, "nothing is lost, nothing done twice")
	})
}

// A disk that is full lets tasks be claimed and none be ended.
func TestOutageOfOneCall(t *testing.T) {
	for _, op := range []string{"claim", "done", "next"} {
		t.Run(op, func(t *testing.T) {
			store := newFake(task("1"), task("2"))
			inBubble(t, store, takes(time.Second), func(q *Queue) { q.Pools[0].Workers = 3 }, func(t *testing.T, r *rig) {
				synctest.Wait()
				store.failing(func(failed string, _ storage.Task) error {
					if failed == op {
						return errDown
					}
					return nil
				})
				r.pass(time.Minute)
				before := store.count()
				r.pass(time.Minute)
				require.LessOrEqual(t, store.count()-before, 180)
				store.failing(nil)
				r.pass(maxPause)
				require.ElementsMatch(t, []string{"done 1", "done 2"}, store.ended())
				if op == "next" {
					require.Empty(t, r.journal.messages(t), "the next claim tells whether the store answers")
				} else {
					require.Equal(t, []string{outOf, again}, r.journal.messages(t))
				}
			})
		})
	}
}
