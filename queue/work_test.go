package queue

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

func TestVerdicts(t *testing.T) {
	follow := storage.Task{ID: "next", Kind: kindB}
	cases := map[string]struct {
		verdict func() Verdict
		ends    []string
		calls   map[string]int
	}{
		"done":       {func() Verdict { return Done() }, []string{"done 1"}, map[string]int{"done": 1}},
		"done, then": {func() Verdict { return Done(follow) }, []string{"done 1", "done next"}, map[string]int{"done": 2}},
		"keep": {func() Verdict { return Retain(storage.Retain{Until: bubbleBegin.Add(time.Hour), Reply: 5}, follow) },
			[]string{"kept 1 5 1h0m0s", "done next"}, map[string]int{"keep": 1, "done": 1}},
		"later": {func() Verdict { return Later(time.Now().Add(time.Hour)) }, []string{"later 1"},
			map[string]int{"postpone": 1}},
		"aside": {func() Verdict { return Quarantine("odd") }, []string{"aside 1 odd"}, map[string]int{"aside": 1}},
		"leave": {Leave, nil, map[string]int{}},
		"zero":  {func() Verdict { return Verdict{} }, nil, map[string]int{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			store := newFake(task("1"))
			work := func(_ context.Context, tk storage.Task) Verdict {
				if tk.ID == "next" {
					return Done()
				}
				return c.verdict()
			}
			two := func(q *Queue) { q.Pools = append(q.Pools, Pool{Kinds: []storage.Kind{kindB}, Workers: 1}) }
			inBubble(t, store, work, two, func(t *testing.T, r *rig) {
				synctest.Wait() // what follows is worked at once, in the other pool too
				require.Equal(t, c.ends, store.ended())
				r.pass(10 * time.Second)
				for _, op := range []string{"done", "keep", "postpone", "aside"} {
					require.Equal(t, c.calls[op], store.count(op), op)
				}
				require.NotContains(t, r.journal.messages(t), "the store answers again")
			})
		})
	}
}

// TestWaitComesBackWithWhatItWaitedFor, also when it is put off again meanwhile.
func TestWaitComesBackWithWhatItWaitedFor(t *testing.T) {
	store := newFake(task("1"))
	var second time.Duration
	work := func(_ context.Context, tk storage.Task) Verdict {
		switch tk.Pauses {
		case 0:
			return Wait(time.Now().Add(3*time.Second), storage.Waiting{For: "waiting"})
		case 1:
			return Later(time.Now().Add(4 * time.Second))
		}
		second = elapsed()
		return Quarantine(string(tk.Waiting.For))
	}
	inBubble(t, store, work, nil, func(t *testing.T, r *rig) {
		r.pass(time.Minute)
		require.Equal(t, []string{"later 1", "later 1", "aside 1 waiting"}, store.ended())
		require.InDelta(t, 7*time.Second, second, float64(settle))
	})
}

func TestLeftTaskComesBackAfterItsLease(t *testing.T) {
	store := newFake(task("1"))
	var tries atomic.Int32
	work := func(_ context.Context, tk storage.Task) Verdict {
		tries.Add(1)
		if tk.Tries == 1 {
			return Leave()
		}
		return Done()
	}
	inBubble(t, store, work, nil, func(t *testing.T, r *rig) {
		r.pass(DefaultLease - time.Millisecond)
		require.EqualValues(t, 1, tries.Load())
		r.pass(settle + time.Millisecond)
		require.EqualValues(t, 2, tries.Load())
		require.Zero(t, store.count("renew"))
	})
}

const canary = "I<UTO1234567890"

type panicked struct{ line string }

func explode(what any) { panic(what) }

func TestPanicCostsItsTaskOnly(t *testing.T) {
	cases := map[string]struct {
		do    func()
		named string
		in    string
	}{
		"text":          {func() { explode(canary) }, `"panic":"string"`, "queue.explode:"},
		"error":         {func() { explode(errors.New(canary)) }, `"panic":"*errors.errorString"`, "queue.explode:"},
		"struct":        {func() { explode(panicked{canary}) }, `"panic":"queue.panicked"`, "queue.explode:"},
		"nil":           {func() { explode(nil) }, "panic called with nil argument", "queue.explode:"},
		"out of bounds": {func() { _ = []byte(canary)[len(canary):][3] }, "index out of range [3]", "queue.TestPanicCostsItsTaskOnly."},
		"goexit":        {runtime.Goexit, `"panic":"runtime.Goexit"`, "queue.TestPanicCostsItsTaskOnly."},
	}
	for name, c := range cases {
		for _, brokenToo := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				bad := task("bad")
				bad.Payload = []byte(canary)
				store := newFake(bad, task("1"), task("2"), task("3"))
				work := func(_ context.Context, tk storage.Task) Verdict {
					if tk.ID == "bad" {
						c.do()
					}
					return Done()
				}
				var broken []string
				last := func(_ context.Context, tk storage.Task) Verdict {
					broken = append(broken, tk.ID)
					if brokenToo {
						c.do()
					}
					return Quarantine("sorry")
				}
				prepare := func(q *Queue) { q.Broken, q.Pools[0].Workers = last, 1 }
				inBubble(t, store, work, prepare, func(t *testing.T, r *rig) {
					r.pass(time.Second)
					end := map[bool]string{false: "aside bad sorry", true: "aside bad broken"}[brokenToo]
					require.Equal(t, []string{end, "done 1", "done 2", "done 3"}, store.ended())
					require.Equal(t, []string{"bad"}, broken)
					log := r.journal.String()
					require.NotContains(t, log, canary)
					require.Contains(t, log, c.named)
					require.Contains(t, log, `"stack":"mrzbot/`+c.in, "the innermost function comes first")
				})
			})
		}
	}
}

func TestNoBroken(t *testing.T) {
	store := newFake(task("1"))
	inBubble(t, store, func(context.Context, storage.Task) Verdict { panic(canary) }, nil, func(t *testing.T, r *rig) {
		r.pass(time.Second)
		require.Equal(t, []string{"aside 1 broken"}, store.ended())
	})
}

// A task that kills the program is not given to Handle for ever, and neither
// to Broken.
func TestTries(t *testing.T) {
	for before, want := range map[int]string{
		0: "handle", maxTries - 1: "handle",
		maxTries: "broken", 2*maxTries - 1: "broken",
		2 * maxTries: "", 100: "",
	} {
		deadly := task("1")
		deadly.Tries = before // and one more by the claim
		store := newFake(deadly)
		got := ""
		says := func(what string) Handler {
			return func(context.Context, storage.Task) Verdict { got += what; return Done() }
		}
		inBubble(t, store, says("handle"), func(q *Queue) { q.Broken = says("broken") }, func(t *testing.T, r *rig) {
			r.pass(time.Second)
			require.Equal(t, want, got, "after %d tries", before)
			require.Len(t, store.ended(), 1)
			require.Equal(t, want == "", store.count("aside") == 1)
		})
	}
}

// A verdict that can never be stored costs its task, not a worker for ever.
func TestInvalidVerdict(t *testing.T) {
	for name, refused := range map[string][]string{
		"done": {"done"}, "aside too": {"done", "aside"},
	} {
		t.Run(name, func(t *testing.T) {
			store := newFake(task("bad"), task("1"))
			store.fail = func(op string, tk storage.Task) error {
				for _, no := range refused {
					if tk.ID == "bad" && op == no {
						return storage.ErrInvalid
					}
				}
				return nil
			}
			inBubble(t, store, takes(0), func(q *Queue) { q.Pools[0].Workers = 1 }, func(t *testing.T, r *rig) {
				r.pass(time.Second)
				require.Contains(t, store.ended(), "done 1")
				require.Equal(t, len(refused) == 1, len(store.ended()) == 2)
				require.Equal(t, 1, store.count("aside"))
				require.Contains(t, r.journal.messages(t), "what a handler decided cannot be stored")
				require.NotContains(t, r.journal.messages(t), "the store does not answer")
			})
		})
	}
}

// TestWhenStored: what looks for the task in the store finds it there, and does
// nothing when it is somebody else's by now.
func TestWhenStored(t *testing.T) {
	for name, lost := range map[string]bool{"stored": false, "lost": true} {
		t.Run(name, func(t *testing.T) {
			store := newFake(task("1"))
			if lost {
				store.fail = func(string, storage.Task) error { return storage.ErrLost }
			}
			var found []string
			work := func(context.Context, storage.Task) Verdict {
				return Wait(time.Now().Add(time.Hour), storage.Waiting{For: "waiting"}).
					WhenStored(func(context.Context) { found = append(found, store.ended()...) })
			}
			inBubble(t, store, work, nil, func(t *testing.T, r *rig) {
				r.pass(time.Second)
				require.Equal(t, lost, len(found) == 0)
				require.Equal(t, !lost, len(store.ended()) == 1)
			})
		})
	}
}
