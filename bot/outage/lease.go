package outage

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"mrzbot/queue"
	"mrzbot/storage"
)

// leaseFor is how long the others wait after the death of a process that did
// something alone: as long as they wait for its tasks.
const leaseFor = queue.DefaultLease

// Leases lets one do something at a time, of all processes that share the store.
type Leases struct {
	Store storage.Leadership
	Owner string // names this process to the others
	Now   func() time.Time
	Log   *slog.Logger
}

// Lease is the right to do something alone, until it ends.
type Lease struct {
	*Leases
	ctx         context.Context // of the store's calls
	name, owner string

	mu    sync.Mutex
	timer *time.Timer
	over  bool
}

// Acquire takes the lease of that name, or says that somebody else has it. who
// tells apart those who ask within this process.
func (l *Leases) Acquire(ctx context.Context, name, who string) (a *Lease, ok bool) {
	a = &Lease{Leases: l, ctx: context.WithoutCancel(ctx), name: name, owner: l.Owner + " " + who}
	if !a.take(l.Now().Add(leaseFor)) {
		return nil, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.timer = time.AfterFunc(leaseFor/3, a.renew)
	return a, true
}

// take takes the lease, or takes it for longer. That the store fails is told of
// where work is claimed.
func (a *Lease) take(until time.Time) bool {
	ok, err := a.Store.TakeLease(a.ctx, a.name, a.owner, a.Now(), until)
	if err != nil {
		a.Log.Debug("a lease was not taken", "lease", a.name, "error", err)
	}
	return ok && err == nil
}

func (a *Lease) renew() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.over {
		a.take(a.Now().Add(leaseFor))
		a.timer.Reset(leaseFor / 3)
	}
}

// End lets others do it from that time on; the zero time is at once.
func (a *Lease) End(rest time.Time) {
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
