package bot

import (
	"context"
	"sync"
	"time"

	"mrzbot/queue"
)

// aloneFor is how long the others wait after the death of a process that did
// something alone: as long as they wait for its tasks.
const aloneFor = queue.DefaultLease

// alone is something that only one does at a time, of all processes that share
// the store.
type alone struct {
	*Bot
	ctx         context.Context // of the store's calls
	name, owner string

	mu    sync.Mutex
	timer *time.Timer
	over  bool
}

// beAlone begins it, or says that somebody else is at it. who tells apart those
// who ask within this process.
func (b *Bot) beAlone(ctx context.Context, name, who string) (a *alone, ok bool) {
	a = &alone{Bot: b, ctx: context.WithoutCancel(ctx), name: name, owner: b.Owner + " " + who}
	if !a.take(b.Now().Add(aloneFor)) {
		return nil, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.timer = time.AfterFunc(aloneFor/3, a.keep)
	return a, true
}

// take takes the lease, or takes it for longer. That the store fails is told of
// where work is claimed.
func (a *alone) take(until time.Time) bool {
	ok, err := a.Store.TakeLease(a.ctx, a.name, a.owner, a.Now(), until)
	if err != nil {
		a.Log.Debug("a lease was not taken", "lease", a.name, "error", err)
	}
	return ok && err == nil
}

func (a *alone) keep() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.over {
		a.take(a.Now().Add(aloneFor))
		a.timer.Reset(aloneFor / 3)
	}
}

// end lets others do it from that time on; the zero time is at once.
func (a *alone) end(rest time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	a.timer.Stop()
	if rest.After(a.Now()) {
		a.take(rest)
		return
	}
	if err := a.Store.DropLease(a.ctx, a.name, a.owner); err != nil {
		a.Log.Debug("a lease was not given back", "lease", a.name, "error", err)
	}
}
