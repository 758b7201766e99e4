package cli

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	// leadFor is how long the lead lasts unless renewed: what the others wait
	// after the death of the replica that had it.
	leadFor = 8 * time.Second

	// leadRenew is how often it is renewed, and how often the others ask for it.
	leadRenew = 2 * time.Second

	// leadMargin is how long before its end a replica that could not renew the
	// lead gives it up, by its own clock. So much may clocks differ.
	leadMargin = 2 * time.Second

	// leadFuture is how much longer than leadFor a lease may last before it is
	// nobody's: more than the clocks of replicas that work at all differ.
	leadFuture = time.Minute
)

// leadName names the lead over what only one replica may do with Telegram: to
// poll, to set the webhook and the menus.
const leadName = "telegram"

// leases is the part of the store that settles who leads.
type leases interface {
	TakeLease(ctx context.Context, name, owner string, now, until time.Time) (bool, error)
	DropLease(ctx context.Context, name, owner string) error
}

// lead is a replica's part in the choice of the one that leads.
type lead struct {
	leases leases
	owner  string
	now    func() time.Time
	log    *slog.Logger
	// follows is called when somebody else leads.
	follows func()

	mu      sync.Mutex
	settled time.Time // when it was last known who leads, by the clock that no calendar sets
	begun   time.Time
	stale   bool // the lease is another's, but nobody's who lives
}

// future lists the leases that hold at a time; a store with one process has none
// that outlive it.
type future interface {
	Leases(ctx context.Context, now time.Time) ([]string, error)
}

// leaderless says why nobody is known to lead; "" while somebody does. One that has
// just begun to ask does not know yet.
func (l *lead) leaderless() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := l.settled
	if last.IsZero() {
		last = l.begun
	}
	switch {
	case l.begun.IsZero():
		return ""
	case l.stale:
		return "the lease is of a process that is gone, and ends in the future; a clock was wrong"
	case time.Since(last) > leadFor:
		return "the store does not say who may"
	}
	return ""
}

// note keeps what was learned of who leads.
func (l *lead) note(stale bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if stale && !l.stale {
		l.log.Error("nobody leads: the lease is of a process that is gone, and ends in the future; a clock was wrong")
	}
	l.settled, l.stale = time.Now(), stale
}

// isStale reports whether a lease that is another's ends later than any who
// renews it would have it: its owner had another clock, and is gone.
func (l *lead) isStale(ctx context.Context, now time.Time) bool {
	s, ok := l.leases.(future)
	if !ok {
		return false
	}
	names, err := s.Leases(ctx, now.Add(leadFor+leadFuture))
	return err == nil && slices.Contains(names, leadName)
}

// run calls do whenever this replica leads, and ends its context in time when
// it does no longer. It returns the first error of do, or nil when ctx is done.
func (l *lead) run(ctx context.Context, do func(ctx context.Context) error) error {
	defer l.drop(ctx)
	l.mu.Lock()
	l.begun = time.Now()
	l.mu.Unlock()
	for ctx.Err() == nil {
		end, ok := l.take(ctx)
		if !ok {
			pause(ctx, leadRenew)
			continue
		}
		if err := l.reign(ctx, end, do); err != nil {
			return err
		}
	}
	return nil
}

// take takes or renews the lead. end is when it has to be given up, in the
// time of this machine that no calendar changes.
func (l *lead) take(ctx context.Context) (end time.Time, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, leadRenew)
	defer cancel()
	asked, now := time.Now(), l.now()
	ok, err := l.leases.TakeLease(ctx, leadName, l.owner, now, now.Add(leadFor))
	if err != nil {
		// The store's outage is told where work is claimed.
		l.log.DebugContext(ctx, "the lead is not settled", "error", err)
		return time.Time{}, false
	}
	l.note(!ok && l.isStale(ctx, now))
	if !ok {
		l.follows()
	}
	return asked.Add(leadFor - leadMargin), ok
}

// reign runs do while the lead is renewed.
func (l *lead) reign(ctx context.Context, end time.Time, do func(ctx context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l.log.InfoContext(ctx, "this process leads: it alone asks Telegram for updates, or sets the webhook")
	last := time.AfterFunc(time.Until(end), stop)
	defer last.Stop()
	failed := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := do(ctx); err != nil {
			failed <- err
		}
	}()
	defer func() { <-done }()
	defer stop()
	for {
		select {
		case err := <-failed:
			if ctx.Err() != nil {
				return nil // it was told to end
			}
			return err
		case <-ctx.Done():
			l.log.InfoContext(ctx, "this process leads no longer")
			return nil
		case <-time.After(leadRenew):
		}
		if end, ok := l.take(ctx); ok {
			last.Reset(time.Until(end))
		} else if end.IsZero() {
			continue // not settled: there is time for another try, or there is not
		} else {
			stop()
		}
	}
}

// drop lets another replica lead at once.
func (l *lead) drop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leadRenew)
	defer cancel()
	if err := l.leases.DropLease(ctx, leadName, l.owner); err != nil {
		l.log.DebugContext(ctx, "the lead was not given back", "error", err)
	}
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
