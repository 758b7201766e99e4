package queue

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

func TestWorkersOfAPool(t *testing.T) {
	var now, most, all atomic.Int32
	work := func(context.Context, storage.Task) Verdict {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(time.Second) // the bubble's time
		now.Add(-1)
		all.Add(1)
		return Done()
	}
	store := newFake()
	for i := range 20 {
		store.add(task(fmt.Sprint(i)))
	}
	inBubble(t, store, work, func(q *Queue) { q.Pools[0].Workers = 4 }, func(t *testing.T, r *rig) {
		r.pass(5 * time.Second)
		require.EqualValues(t, 4, most.Load())
		require.EqualValues(t, 20, all.Load(), "a free worker takes the next task at once")
		require.Len(t, store.ended(), 20)
	})
}

func TestPoolsDoNotStarveEachOther(t *testing.T) {
	store := newFake()
	for i := range 50 {
		store.add(task(fmt.Sprint("slow", i)))
	}
	work := func(_ context.Context, tk storage.Task) Verdict {
		if tk.Kind == kindA {
			time.Sleep(time.Hour) // the bubble's time
		}
		return Done()
	}
	two := func(q *Queue) {
		q.Pools = append(q.Pools, Pool{Kinds: []storage.Kind{kindB}, Workers: 1})
	}
	inBubble(t, store, work, two, func(t *testing.T, r *rig) {
		r.pass(time.Minute)
		require.Empty(t, store.ended())
		for i := range 5 {
			store.add(storage.Task{ID: fmt.Sprint("quick", i), Kind: kindB})
		}
		r.Notify()
		synctest.Wait()
		require.Equal(t, []string{"done quick0", "done quick1", "done quick2", "done quick3", "done quick4"}, store.ended())
		r.stop()
		require.ErrorIs(t, <-r.result, ErrUnfinished)
		r.pass(time.Hour)
	})
}

func TestNotifyWakesAtOnce(t *testing.T) {
	store := newFake()
	var worked time.Duration
	work := func(context.Context, storage.Task) Verdict { worked = elapsed(); return Done() }
	inBubble(t, store, work, nil, func(t *testing.T, r *rig) {
		r.pass(10*time.Second + 300*time.Millisecond)
		store.add(task("1"))
		notified := elapsed()
		r.Notify()
		r.Notify() // a second one is not waited for
		synctest.Wait()
		require.Equal(t, []string{"done 1"}, store.ended())
		require.Equal(t, notified, worked)
	})
}

// A notification between the claim that found nothing and the wait is not lost.
func TestNotifyDuringClaim(t *testing.T) {
	store := newFake()
	var q *Queue
	notified := false
	store.fail = func(op string, _ storage.Task) error {
		if op == "next" && !notified {
			notified = true
			store.addLocked([]storage.Task{task("1")})
			q.Notify()
		}
		return nil
	}
	begin := time.Duration(-1)
	work := func(context.Context, storage.Task) Verdict { begin = elapsed(); return Done() }
	inBubble(t, store, work, func(made *Queue) { q = made }, func(t *testing.T, r *rig) {
		r.pass(poll / 2)
		require.Equal(t, settle, begin)
	})
}

func TestNotifyBeforeRun(t *testing.T) {
	store := newFake(task("1"))
	inBubble(t, store, takes(0), func(q *Queue) { q.Notify() }, func(t *testing.T, r *rig) {
		synctest.Wait()
		require.Equal(t, []string{"done 1"}, store.ended())
	})
}

// What another process adds, nobody notifies for.
func TestUnnotifiedIsSeen(t *testing.T) {
	store := newFake()
	inBubble(t, store, takes(0), nil, func(t *testing.T, r *rig) {
		r.pass(time.Minute)
		store.add(task("1"))
		r.pass(poll + settle)
		require.Len(t, store.ended(), 1)
	})
}

func TestNotBefore(t *testing.T) {
	for _, after := range []time.Duration{3 * time.Millisecond, 400 * time.Millisecond, 90*time.Second + 17*time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			store := newFake()
			var worked time.Duration
			work := func(context.Context, storage.Task) Verdict { worked = elapsed(); return Done() }
			inBubble(t, store, work, nil, func(t *testing.T, r *rig) {
				put := task("1")
				put.NotBefore = bubbleBegin.Add(after)
				store.add(put)
				r.Notify()
				r.pass(after - 1)
				require.Empty(t, store.ended())
				calls := store.count("claim", "next")
				require.LessOrEqual(t, calls, 2*int(after/time.Second)+6)
				r.pass(settle + 1)
				require.Equal(t, []string{"done 1"}, store.ended())
				require.WithinRange(t, bubbleBegin.Add(worked), put.NotBefore, put.NotBefore.Add(settle))
			})
		})
	}
}

func TestIdleIsQuiet(t *testing.T) {
	cases := map[string]func(f *fake){
		"nothing there": func(*fake) {},
		"a task of another process": func(f *fake) {
			f.add(task("1"))
			f.steal("1")
		},
		"a store that holds something for ready that is not": func(f *fake) { f.early = true },
	}
	for name, set := range cases {
		t.Run(name, func(t *testing.T) {
			store := newFake()
			inBubble(t, store, takes(0), func(*Queue) { set(store) }, func(t *testing.T, r *rig) {
				r.pass(10 * time.Second)
				before := store.count()
				r.pass(100 * time.Second)
				require.LessOrEqual(t, store.count()-before, 200)
				require.GreaterOrEqual(t, store.count("claim"), 100)
			})
		})
	}
}

// After a wrong word about what is ready, the right one is believed again.
func TestReadyAgain(t *testing.T) {
	store := newFake()
	store.early = true
	inBubble(t, store, takes(0), nil, func(t *testing.T, r *rig) {
		r.pass(10 * time.Second)
		store.add(task("1"))
		r.pass(poll + settle) // the claim finds it: the wait is short again
		before := store.count("claim")
		r.pass(60 * time.Millisecond)
		require.Greater(t, store.count("claim"), before)
	})
}

// A task that waited behind another of its key may be of another pool.
func TestOrderAcrossPools(t *testing.T) {
	store := newFake(
		storage.Task{ID: "1", Kind: kindA, Order: "chat"},
		storage.Task{ID: "2", Kind: kindB, Order: "chat"},
	)
	var second time.Duration
	work := func(_ context.Context, tk storage.Task) Verdict {
		if tk.ID == "1" {
			time.Sleep(333 * time.Millisecond) // the bubble's time
		} else {
			second = elapsed()
		}
		return Done()
	}
	two := func(q *Queue) { q.Pools = append(q.Pools, Pool{Kinds: []storage.Kind{kindB}, Workers: 1}) }
	inBubble(t, store, work, two, func(t *testing.T, r *rig) {
		r.pass(333*time.Millisecond + poll)
		require.Equal(t, []string{"done 1", "done 2"}, store.ended())
		require.LessOrEqual(t, second, 333*time.Millisecond+poll)
	})
}
