package storagetest

import (
	"context"
	"errors"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// Gate stands before the commits of a store, so that they can be slow or fail.
type Gate interface {
	// Shut has commits wait.
	Shut()
	// Await returns when a commit waits.
	Await()
	// Open lets go those that wait and those to come. With fail all of them
	// fail, until it is opened again.
	Open(fail bool)
	// LookFor is how long a case looks at a store whose commit is on its way. An engine
	// that answers from before the commit has all the time it needs; one that does not
	// answer until its end, and does nothing for who has gone away, little.
	LookFor() time.Duration
}

// commitCases hold each change back at its commit: nothing of it can be seen
// before it is on the disk, nothing is left of one that fails, and the same
// call works when it is made again.
func commitCases() (cases []testCase) {
	for _, c := range commitChanges {
		for _, fails := range []bool{false, true} {
			name := c.name + ", slowly"
			if fails {
				name = c.name + ", in vain"
			}
			cases = append(cases, testCase{name, func(b *bench) { c.run(b, fails) }})
		}
	}
	return cases
}

type call func(ctx context.Context) error

// commitChange is a change of a store.
type commitChange struct {
	name string
	// prepare makes the store in which change is to be made. Nothing can be
	// claimed in it, unless it is among what may be claimed while the change is
	// on its way.
	prepare func(b *bench) (change call, claimable []storage.Task)
	// after are the names of the tasks that can be claimed after the change.
	after []string
}

func (c commitChange) run(b *bench, fails bool) {
	change, claimable := c.prepare(b)
	gate := b.gate(b.t(), b.Store)
	before, seen := b.records(), b.see(b.ctx)
	gate.Shut()
	result := make(chan error, 1)
	go func() { result <- change(b.ctx) }()
	gate.Await()
	claimed := b.lookAt(gate.LookFor(), seen, claimable)
	gate.Open(fails)
	err := <-result
	if claimed {
		require.ErrorIs(b, err, storage.ErrLost, "it was claimed by another meanwhile")
		return
	}
	if fails {
		require.Error(b, err)
		for _, known := range []error{
			storage.ErrLost, storage.ErrLimit, storage.ErrHeld, storage.ErrGone, storage.ErrConsumed, storage.ErrInvalid,
			storage.ErrDamaged, storage.ErrInUse,
		} {
			require.NotErrorIs(b, err, known)
		}
		require.Equal(b, before, b.records(), "nothing is left")
		require.Equal(b, seen, b.see(b.ctx))
		gate.Open(false)
		if claimable == nil {
			b.claims()
		}
		err = change(b.ctx)
	}
	require.NoError(b, err)
	require.NotEqual(b, before, b.records())
	b.claims(c.after...)
}

// lookAt looks at a store whose commit is on its way, and reports whether it
// has claimed something.
func (b *bench) lookAt(lookFor time.Duration, seen view, claimable []storage.Task) bool {
	b.Helper()
	ctx, stop := context.WithTimeout(b.ctx, lookFor)
	defer stop()
	if now := b.see(ctx); now.err == nil {
		require.Equal(b, seen, now, "seen before it is on the disk")
	} else {
		require.ErrorIs(b, now.err, context.DeadlineExceeded)
	}
	ctx, stop = context.WithTimeout(b.ctx, lookFor)
	defer stop()
	tasks, err := b.Claim(ctx, storage.Claim{
		Kinds: []storage.Kind{storage.KindPhoto, storage.KindUpdate}, Owner: "other", Now: b.now, Lease: lease, Max: 10,
	})
	if errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	require.NoError(b, err)
	for i, t := range tasks {
		require.Less(b, i, len(claimable), "%s is claimed before the change is on the disk", t.ID)
		require.Equal(b, claimable[i].ID, t.ID)
		require.Equal(b, claimable[i].Attempt, t.Attempt)
		require.Equal(b, string(claimable[i].Payload), string(t.Payload))
	}
	return len(tasks) > 0
}

// view is what can be seen of the store that the changes are made in.
type view struct {
	count   storage.Count
	kept    string
	found   bool
	setting string
	name    string
	backlog storage.Backlog
	err     error
}

func (b *bench) see(ctx context.Context) (v view) {
	var errs [5]error
	var kept storage.Task
	var value []byte
	var p storage.Person
	v.count, errs[0] = b.Attempts(ctx, 1, day)
	kept, v.found, errs[1] = b.RetainedFor(ctx, "A", b.now)
	value, errs[2] = b.Setting(ctx, "key")
	p, errs[3] = b.Person(ctx, 5)
	v.backlog, errs[4] = b.Backlog(ctx, b.now)
	v.kept, v.setting, v.name, v.err = string(kept.Payload), string(value), p.Name, errors.Join(errs[:]...)
	return v
}

// ordered has two tasks of one order key, and gives the first, claimed.
func (b *bench) ordered() storage.Task {
	first, second := b.photo("first", 1), b.photo("second", 1)
	first.Order, second.Order = "A", "A"
	b.add(first, second)
	return b.claimOne("first")
}

var commitChanges = []commitChange{
	{"done", func(b *bench) (call, []storage.Task) {
		t := b.ordered()
		return func(ctx context.Context) error { return b.Done(ctx, t) }, nil
	}, []string{"second"}},
	{"keep", func(b *bench) (call, []storage.Task) {
		t := b.ordered()
		b.mustBegin(t)
		b.mustHold(t, "ok", true)
		return func(ctx context.Context) error { return b.Retain(ctx, t, storage.Retain{Until: b.now.Add(time.Hour)}) }, nil
	}, []string{"second"}},
	{"quarantined", func(b *bench) (call, []storage.Task) {
		t := b.ordered()
		return func(ctx context.Context) error { return b.Quarantine(ctx, t, b.now, "broken") }, nil
	}, []string{"second"}},
	{"postpone", func(b *bench) (call, []storage.Task) {
		t := b.ordered()
		return func(ctx context.Context) error {
			return b.Postpone(ctx, t, storage.Postpone{Now: b.now, Until: b.now})
		}, nil
	}, []string{"first"}},
	{"add", func(b *bench) (call, []storage.Task) {
		return func(ctx context.Context) error { _, err := b.AddTask(ctx, b.photo("new", 1)); return err }, nil
	}, []string{"new"}},
	{"wake", func(b *bench) (call, []storage.Task) {
		b.waitingPhotos(1, storage.OutageService)
		return func(ctx context.Context) error {
			_, err := b.WakeWaiting(ctx, storage.WakeWaiting{Kind: storage.KindPhoto, Now: b.now, Max: 1})
			return err
		}, nil
	}, []string{"000"}},
	{"begin", func(b *bench) (call, []storage.Task) {
		t := b.ordered()
		return func(ctx context.Context) error {
			_, err := b.Begin(ctx, t, storage.Begin{Now: b.now, Day: day})
			return err
		}, nil
	}, nil},
	{"hold", func(b *bench) (call, []storage.Task) {
		t := b.ordered()
		b.mustBegin(t)
		return func(ctx context.Context) error { _, err := b.Hold(ctx, t, answer(b.now, "ok", true)); return err }, nil
	}, nil},
	{"hold when the lease is over", func(b *bench) (call, []storage.Task) {
		t := b.ordered()
		t.Attempt = b.mustBegin(t)
		b.pass(lease)
		return func(ctx context.Context) error { _, err := b.Hold(ctx, t, answer(b.now, "ok", true)); return err }, []storage.Task{t}
	}, []string{"first"}},
	{"setting", func(b *bench) (call, []storage.Task) {
		return func(ctx context.Context) error { return b.PutSetting(ctx, "key", []byte("value")) }, nil
	}, nil},
	{"change of a setting", func(b *bench) (call, []storage.Task) {
		return func(ctx context.Context) error {
			_, err := b.ChangeSetting(ctx, "key", func([]byte) ([]byte, error) { return []byte("value"), nil })
			return err
		}, nil
	}, nil},
	{"person", func(b *bench) (call, []storage.Task) {
		return func(ctx context.Context) error {
			_, err := b.ChangePerson(ctx, 5, func(p *storage.Person) error { p.Name = "Айгүл"; return nil })
			return err
		}, nil
	}, nil},
	{"use", func(b *bench) (call, []storage.Task) {
		b.add(b.photo("used", 1))
		b.keep(b.claimOne("used"), time.Hour)
		return func(ctx context.Context) error { _, err := b.Consume(ctx, "used", "me", b.now); return err }, nil
	}, nil},
	{"take", func(b *bench) (call, []storage.Task) {
		return func(ctx context.Context) error { _, err := b.RateLimit(ctx, "k", b.now, 1, time.Hour); return err }, nil
	}, nil},
}
