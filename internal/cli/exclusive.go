package cli

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"mrzbot/internal/config"
	"mrzbot/storage"
	"mrzbot/storage/postgres"
)

// A database has no lock that shuts it for others, as a file has. In its place
// each bot that runs with one has a lease named after itself, and a command
// that must be alone with the store has another. Whoever comes takes their own
// first and looks for the other's then, so that one of two at least sees the
// other.
const (
	botLeaseName      = "bot:"
	exclusiveLockName = "command"
)

// botLease says in the store that a bot runs.
type botLease struct {
	leases leases
	owner  string
	now    func() time.Time
	log    *slog.Logger
}

// errCopying says that a command has the store for itself.
var errCopying = errors.New("a command copies or restores the store of STORAGE_URL. " +
	"Start the bot when it has ended, and after mrzbot copy with the STORAGE_URL of the new store")

// acquire takes the lease, unless a command has the store for itself.
func (p *botLease) acquire(ctx context.Context) error {
	if err := p.renew(ctx); err != nil {
		return err
	}
	long := time.Unix(0, 0) // it is over, by everybody's clock
	free, err := p.leases.TakeLease(ctx, exclusiveLockName, p.owner, p.now(), long)
	if err == nil && !free {
		err = errCopying
	}
	if err != nil {
		p.release(ctx)
	}
	return err
}

func (p *botLease) renew(ctx context.Context) error {
	now := p.now()
	_, err := p.leases.TakeLease(ctx, botLeaseName+p.owner, p.owner, now, now.Add(leadFor)) // nobody else takes that name
	return err
}

// keepRenewing renews the lock until ctx is done.
func (p *botLease) keepRenewing(ctx context.Context) {
	for pause(ctx, leadRenew); ctx.Err() == nil; pause(ctx, leadRenew) {
		if err := p.renew(ctx); err != nil && ctx.Err() == nil {
			// The store's outage is told where work is claimed.
			p.log.DebugContext(ctx, "the lease that says that this bot runs is not renewed", "error", err)
		}
	}
}

// release gives the lease back. One that is left ends by itself.
func (p *botLease) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leadRenew)
	defer cancel()
	if err := p.leases.DropLease(ctx, botLeaseName+p.owner, p.owner); err != nil {
		p.log.DebugContext(ctx, "the lease that says that this bot runs was not given back", "error", err)
	}
}

// holdBotLease takes the lease of this bot, where the store needs one, and gives what
// gives it back.
func (r *running) holdBotLease(ctx context.Context) (release func(), err error) {
	if r.cfg.Storage.Engine != config.Postgres {
		return func() {}, nil
	}
	p := &botLease{leases: r.store, owner: r.queue.Owner, now: r.Now, log: r.log}
	if err := p.acquire(ctx); err != nil {
		return nil, err
	}
	stayed := make(chan struct{})
	staying, stop := context.WithCancel(context.WithoutCancel(ctx))
	go func() { defer close(stayed); p.keepRenewing(staying) }()
	return func() {
		stop()
		<-stayed
		p.release(ctx)
	}, nil
}

// withExclusiveLock runs do while no bot runs with a database, and lets none start.
func withExclusiveLock(ctx context.Context, s *postgres.Store, now func() time.Time, do func(ctx context.Context) error) error {
	a := &exclusiveLock{store: s, owner: crand.Text(), now: now}
	if err := a.take(ctx); err != nil {
		return err
	}
	defer a.drop(ctx)
	if err := noBotRuns(ctx, s, now()); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	stayed := make(chan struct{})
	go func() { defer close(stayed); a.keepRenewing(ctx, stop) }()
	err := do(ctx)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	stop(nil)
	<-stayed
	return err
}

// exclusiveLock is a command's lease on a database that no bot may use meanwhile.
type exclusiveLock struct {
	store *postgres.Store
	owner string
	now   func() time.Time
	end   time.Time // when to stop unless it is renewed, by the clock that no calendar sets
}

func (a *exclusiveLock) take(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, leadRenew)
	defer cancel()
	asked, now := time.Now(), a.now()
	ok, err := a.store.TakeLease(ctx, exclusiveLockName, a.owner, now, now.Add(leadFor))
	switch {
	case err != nil:
		return err
	case !ok:
		return fmt.Errorf("another command copies or restores the database: wait until it has ended (%w)", storage.ErrInUse)
	}
	a.end = asked.Add(leadFor - leadMargin)
	return nil
}

// errSilent says that a command's lock is over soon.
var errSilent = errors.New("the database does not answer: nothing keeps a bot from starting meanwhile")

// keepRenewing renews the lock until ctx is done, and stops what it is for before the
// lease is over, or when a bot is there that had lost its own for a while: one
// without a network, or on a machine that slept. A bot that looks whether it may
// start is gone at the next look.
func (a *exclusiveLock) keepRenewing(ctx context.Context, stop context.CancelCauseFunc) {
	last := time.AfterFunc(time.Until(a.end), func() { stop(errSilent) })
	defer last.Stop()
	var before, there []string
	for pause(ctx, leadRenew); ctx.Err() == nil; pause(ctx, leadRenew) {
		err := a.take(ctx)
		if err == nil {
			last.Reset(time.Until(a.end))
			before = there
			there, err = bots(ctx, a.store, a.now())
		}
		if slices.ContainsFunc(there, func(name string) bool { return slices.Contains(before, name) }) {
			err = errBotRuns
		}
		if errors.Is(err, storage.ErrInUse) {
			stop(err)
		}
	}
}

func (a *exclusiveLock) drop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leadRenew)
	defer cancel()
	_ = a.store.DropLease(ctx, exclusiveLockName, a.owner) // it ends by itself
}

// errBotRuns says that a command is not alone with a database.
var errBotRuns = fmt.Errorf("a bot runs with the database: stop it first, all its replicas. "+
	"After a kill or a crash, try again in %d seconds (%w)", int(leadFor.Seconds()), storage.ErrInUse)

// noBotRuns reports as ErrInUse that a bot runs with a database.
func noBotRuns(ctx context.Context, s *postgres.Store, now time.Time) error {
	names, err := bots(ctx, s, now)
	if err == nil && len(names) > 0 {
		err = errBotRuns
	}
	return err
}

// bots gives the signs of the bots that run with a database.
func bots(ctx context.Context, s *postgres.Store, now time.Time) ([]string, error) {
	names, err := s.Leases(ctx, now)
	return slices.DeleteFunc(names, func(name string) bool {
		return !strings.HasPrefix(name, botLeaseName) && name != leadName
	}), err
}
