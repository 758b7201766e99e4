// Package storagetest is the one suite that every engine of package storage
// passes: the odd cases of the contract, the exactness of its limits when many
// call at once, and a comparison with a plain model of it.
//
// It assumes nothing but the contract: no file, no memory, no order that a SQL
// database behind a connection pool could not keep. What only one engine can
// do wrong (locks, damaged files) is tested beside that engine.
package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// Place is where one store lies: a file name, a schema of a database. Calling
// it opens the store; after Close it opens the same store again.
type Place func(t *testing.T) storage.Store

// Run checks an engine. newPlace gives a place for a store that is still empty
// and that nobody else uses, newGate stands before the commits of such a store;
// what has to be cleaned up is their own affair.
func Run(t *testing.T, newPlace func(t *testing.T) Place, newGate func(t *testing.T, s storage.Store) Gate) {
	groups := []struct {
		name  string
		cases []testCase
	}{
		{"names", nameCases},
		{"claim", claimCases},
		{"next", nextCases},
		{"lease", leaseCases},
		{"attempt", attemptCases},
		{"budget", budgetCases},
		{"day totals", dayTotalCases},
		{"ending", endingCases},
		{"kept", keptCases},
		{"use", useCases},
		{"wake waiting", wakeCases},
		{"ledger", ledgerCases},
		{"people", peopleCases},
		{"forget", forgetCases},
		{"access", accessCases},
		{"audit", auditCases},
		{"invites", inviteCases},
		{"leadership", leadershipCases},
		{"clock", clockCases()},
		{"store", storeCases},
		{"commit", commitCases()},
		{"parallel", parallelCases},
		{"copying", copyingCases},
		{"model", modelCases},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, c := range g.cases {
				t.Run(c.name, func(t *testing.T) {
					place := newPlace(t)
					fresh := func() Place { return newPlace(t) }
					b := &bench{TB: t, ctx: t.Context(), place: place, fresh: fresh, gate: newGate, Store: place(t), now: start}
					c.run(b)
					require.NoError(t, b.Close())
				})
			}
		})
	}
}

type testCase struct {
	name string
	run  func(b *bench)
}

// start is when all tests begin: nothing depends on the real clock.
var start = time.Date(2026, 5, 4, 12, 0, 0, 123456000, time.UTC)

const (
	day   = storage.Day("2026-05-04")
	lease = 15 * time.Second
)

// bench is one test's store and clock.
type bench struct {
	testing.TB
	storage.Store
	ctx   context.Context
	place Place
	fresh func() Place // gives another place
	gate  func(t *testing.T, s storage.Store) Gate
	now   time.Time
}

func (b *bench) t() *testing.T { return b.TB.(*testing.T) }

// reopen closes the store and opens it again.
func (b *bench) reopen() {
	b.Helper()
	require.NoError(b, b.Close())
	b.Store = b.place(b.t())
}

func (b *bench) pass(d time.Duration) { b.now = b.now.Add(d) }

// photo is a task that waits for nothing.
func (b *bench) photo(id string, person int64) storage.Task {
	return storage.Task{
		ID: id, Kind: storage.KindPhoto, Person: person, Chat: -person, Message: 7,
		FileID: "file-" + id, Added: b.now, Payload: []byte("payload of " + id),
	}
}

// talk is a task that is worked in the order of a key.
func (b *bench) talk(id, order string) storage.Task {
	t := b.photo(id, 1)
	t.Kind, t.Order, t.FileID = storage.KindUpdate, order, ""
	return t
}

// add adds tasks that must be new.
func (b *bench) add(tasks ...storage.Task) {
	b.Helper()
	for _, t := range tasks {
		added, err := b.AddTask(b.ctx, t)
		require.NoError(b, err)
		require.True(b, added, "%s is new", t.ID)
	}
}

// addAgain adds a task that must not be new.
func (b *bench) addAgain(t storage.Task) {
	b.Helper()
	added, err := b.AddTask(b.ctx, t)
	require.NoError(b, err)
	require.False(b, added, "%s is not new", t.ID)
}

func (b *bench) claim(most int, kinds ...storage.Kind) []storage.Task {
	b.Helper()
	if len(kinds) == 0 {
		kinds = []storage.Kind{storage.KindPhoto, storage.KindUpdate}
	}
	tasks, err := b.Claim(b.ctx, storage.Claim{Kinds: kinds, Owner: "suite", Now: b.now, Lease: lease, Max: most})
	require.NoError(b, err)
	require.NotNil(b, tasks)
	return tasks
}

// claimOne claims the one task that can be claimed.
func (b *bench) claimOne(id string, kinds ...storage.Kind) storage.Task {
	b.Helper()
	tasks := b.claim(2, kinds...)
	require.Equal(b, []string{id}, names(tasks))
	return tasks[0]
}

// claims checks the names of all that can be claimed, in their order.
func (b *bench) claims(ids ...string) []storage.Task {
	b.Helper()
	tasks := b.claim(1000)
	if len(ids) == 0 {
		require.Empty(b, tasks)
	} else {
		require.Equal(b, ids, names(tasks))
	}
	return tasks
}

func names(tasks []storage.Task) []string {
	ids := make([]string, len(tasks))
	for i, t := range tasks {
		ids[i] = t.ID
	}
	return ids
}

func (b *bench) begin(t storage.Task, limit int) (storage.Attempt, error) {
	return b.Begin(b.ctx, t, storage.Begin{Now: b.now, Day: day, Limit: limit})
}

func (b *bench) mustBegin(t storage.Task) storage.Attempt {
	b.Helper()
	a, err := b.begin(t, 0)
	require.NoError(b, err)
	return a
}

func answer(now time.Time, outcome string, counted bool) storage.Hold {
	return storage.Hold{
		Now: now, Payload: []byte("answer: " + outcome), Outcome: outcome, Counted: counted,
		Charge: storage.ChargeNo, Took: 1500 * time.Millisecond,
	}
}

func (b *bench) mustHold(t storage.Task, outcome string, counted bool) storage.Attempt {
	b.Helper()
	a, err := b.Hold(b.ctx, t, answer(b.now, outcome, counted))
	require.NoError(b, err)
	return a
}

func (b *bench) done(t storage.Task, then ...storage.Task) {
	b.Helper()
	require.NoError(b, b.Done(b.ctx, t, then...))
}

func (b *bench) postpone(t storage.Task, d time.Duration) {
	b.Helper()
	require.NoError(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(d), Waiting: b.waiting()}))
}

// waiting is what a task waits for that is put off now.
func (b *bench) waiting() storage.Waiting {
	return storage.Waiting{For: storage.OutageService, Since: b.now.Add(-time.Second)}
}

func (b *bench) quarantine(t storage.Task) {
	b.Helper()
	require.NoError(b, b.Quarantine(b.ctx, t, b.now, "broken"))
}

// counts checks a person's count of the day.
func (b *bench) counts(person int64, settled, reserved int) {
	b.Helper()
	c, err := b.Attempts(b.ctx, person, day)
	require.NoError(b, err)
	require.Equal(b, storage.Count{Settled: settled, Reserved: reserved}, c)
	require.Equal(b, settled+reserved, c.Used())
}

// rows gives the whole ledger.
func (b *bench) rows() []storage.Entry {
	b.Helper()
	rows, err := b.Entries(b.ctx, time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), 100000)
	require.NoError(b, err)
	return rows
}

// numbered gives n tasks made by f.
func numbered(n int, f func(id string, i int) storage.Task) []storage.Task {
	tasks := make([]storage.Task, n)
	for i := range tasks {
		tasks[i] = f(fmt.Sprintf("%03d", i), i)
	}
	return tasks
}
