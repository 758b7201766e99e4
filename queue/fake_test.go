package queue

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"mrzbot/storage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	kindA = storage.KindPhoto
	kindB = storage.KindUpdate
)

var errDown = errors.New("the disk is gone")

// fake is a store in memory that keeps the parts of the contract the queue
// leans on, and a record of what was asked of it.
type fake struct {
	mu    sync.Mutex
	tasks map[string]*kept
	seq   uint64
	calls map[string]int // how often each method was called
	ends  []string       // what became of tasks, in order
	fail  func(op string, t storage.Task) error
	early bool // NextTask holds everything for ready
}

type kept struct {
	storage.Task
	until time.Time // of the lease
}

func newFake(tasks ...storage.Task) *fake {
	f := &fake{tasks: map[string]*kept{}, calls: map[string]int{}}
	f.add(tasks...)
	return f
}

func task(id string) storage.Task { return storage.Task{ID: id, Kind: kindA} }

func (f *fake) add(tasks ...storage.Task) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.addLocked(tasks)
}

func (f *fake) addLocked(tasks []storage.Task) {
	for _, t := range tasks {
		f.seq++
		t.Seq = f.seq
		f.tasks[t.ID] = &kept{Task: t}
	}
}

// failing makes calls fail as the function says; nil ends that.
func (f *fake) failing(fail func(op string, t storage.Task) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fail
}

// down fails every call.
func down(string, storage.Task) error { return errDown }

// steal has another process claim a task.
func (f *fake) steal(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tasks[id].Lease, f.tasks[id].until = "stolen", time.Now().Add(time.Hour)
}

func (f *fake) count(ops ...string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for op, times := range f.calls {
		if len(ops) == 0 || slices.Contains(ops, op) {
			n += times
		}
	}
	return n
}

func (f *fake) ended() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.ends)
}

// enter counts a call; what it returns is the call's error.
func (f *fake) enter(ctx context.Context, op string, t storage.Task) error {
	f.calls[op]++
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.fail != nil {
		return f.fail(op, t)
	}
	return nil
}

func (f *fake) Claim(ctx context.Context, c storage.Claim) ([]storage.Task, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter(ctx, "claim", storage.Task{}); err != nil {
		return nil, err
	}
	var ready []*kept
	for _, k := range f.tasks {
		if slices.Contains(c.Kinds, k.Kind) && !k.NotBefore.After(c.Now) && k.Lease != "stolen" && !storage.Holds(k.until, c.Now) && !f.behind(k) {
			ready = append(ready, k)
		}
	}
	slices.SortFunc(ready, func(a, b *kept) int { return cmp.Compare(a.Seq, b.Seq) })
	var claimed []storage.Task
	for _, k := range ready[:min(len(ready), c.Max)] {
		f.seq++
		k.Lease, k.until = fmt.Sprint(c.Owner, f.seq), c.Now.Add(c.Lease)
		k.Tries++
		claimed = append(claimed, k.Task)
	}
	return claimed, nil
}

// behind reports whether an earlier task of the same order key is left.
func (f *fake) behind(k *kept) bool {
	for _, other := range f.tasks {
		if k.Order != "" && other.Order == k.Order && other.Seq < k.Seq {
			return true
		}
	}
	return false
}

// change runs a call about a leased task.
func (f *fake) change(ctx context.Context, op string, t storage.Task, do func(k *kept)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter(ctx, op, t); err != nil {
		return err
	}
	k := f.tasks[t.ID]
	if k == nil || k.Lease == "" || k.Lease != t.Lease {
		return storage.ErrLost
	}
	do(k)
	return nil
}

func (f *fake) Renew(ctx context.Context, t storage.Task, until time.Time) error {
	return f.change(ctx, "renew", t, func(k *kept) { k.until = until })
}

func (f *fake) Done(ctx context.Context, t storage.Task, then ...storage.Task) error {
	return f.change(ctx, "done", t, func(*kept) {
		delete(f.tasks, t.ID)
		f.addLocked(then)
		f.ends = append(f.ends, "done "+t.ID)
	})
}

func (f *fake) Retain(ctx context.Context, t storage.Task, k storage.Retain, then ...storage.Task) error {
	return f.change(ctx, "keep", t, func(*kept) {
		delete(f.tasks, t.ID)
		f.addLocked(then)
		f.ends = append(f.ends, fmt.Sprintf("kept %s %d %s", t.ID, k.Reply, k.Until.Sub(bubbleBegin)))
	})
}

func (f *fake) Postpone(ctx context.Context, t storage.Task, p storage.Postpone) error {
	return f.change(ctx, "postpone", t, func(k *kept) {
		k.NotBefore, k.PutOff, k.Waiting, k.Tries, k.Lease, k.until = p.Until, p.Now, p.Waiting, 0, "", time.Time{}
		k.Pauses++
		f.ends = append(f.ends, "later "+t.ID)
	})
}

func (f *fake) Quarantine(ctx context.Context, t storage.Task, _ time.Time, reason string) error {
	return f.change(ctx, "aside", t, func(*kept) {
		delete(f.tasks, t.ID)
		f.ends = append(f.ends, "aside "+t.ID+" "+reason)
	})
}

func (f *fake) NextTask(ctx context.Context, _ time.Time, kinds []storage.Kind) (at time.Time, ok bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.enter(ctx, "next", storage.Task{}); err != nil || f.early {
		return at, f.early, err
	}
	for _, k := range f.tasks {
		if slices.Contains(kinds, k.Kind) && !f.behind(k) {
			ready := k.NotBefore
			if k.until.After(ready) {
				ready = k.until
			}
			if !ok || ready.Before(at) {
				at, ok = ready, true
			}
		}
	}
	return at, ok, nil
}

// journal is what was logged.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// messages gives the words of the lines, without their fields.
func (j *journal) messages(t *testing.T) (all []string) {
	for line := range strings.Lines(j.String()) {
		var l struct{ Msg string }
		require.NoError(t, json.Unmarshal([]byte(line), &l))
		all = append(all, l.Msg)
	}
	return all
}

// rig is a queue at work on a fake, in a bubble of its own time.
type rig struct {
	*Queue
	store   *fake
	journal *journal
	stop    context.CancelFunc
	result  chan error
}

// inBubble runs a test on a queue that has not been started, with one pool of
// two workers unless prepare says otherwise. The queue is stopped after it.
func inBubble(t *testing.T, store *fake, h Handler, prepare func(q *Queue), test func(t *testing.T, r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{store: store, journal: &journal{}, result: make(chan error, 1)}
		r.Queue = &Queue{
			Tasks: store, Handle: h, Owner: "us", Grace: 30 * time.Second, Now: time.Now,
			Pools: []Pool{{Kinds: []storage.Kind{kindA}, Workers: 2}},
			Log:   slog.New(slog.NewJSONHandler(r.journal, nil)),
		}
		if prepare != nil {
			prepare(r.Queue)
		}
		ctx, cancel := context.WithCancel(t.Context())
		r.stop = cancel
		ran := make(chan struct{})
		go func() { defer close(ran); r.result <- r.Run(ctx) }()
		t.Cleanup(func() { cancel(); <-ran })
		test(t, r)
		if ctx.Err() == nil {
			cancel()
			require.NoError(t, <-r.result)
		}
	})
}

// pass lets time pass and everything that is due happen.
func (r *rig) pass(d time.Duration) {
	time.Sleep(d) // the bubble's time
	synctest.Wait()
}

// bubbleBegin is when every bubble's time begins.
var bubbleBegin = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// elapsed is the bubble's time since it began.
func elapsed() time.Duration { return time.Since(bubbleBegin) }

// takes is a handler that works for a while, whatever its context says.
func takes(d time.Duration) Handler {
	return func(context.Context, storage.Task) Verdict {
		time.Sleep(d) // the bubble's time
		return Done()
	}
}
