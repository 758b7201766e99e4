package storagetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mrzbot/storage"
)

var modelCases = []testCase{
	{"does what the model does", func(b *bench) {
		run := 0
		rapid.Check(b.TB, func(t *rapid.T) {
			run++
			c := &comparison{T: t, b: b, m: newModel(), run: run}
			for i := range 3 {
				c.kinds = append(c.kinds, storage.Kind(fmt.Sprintf("kind %d.%d", run, i)))
			}
			t.Repeat(map[string]func(*rapid.T){
				"":             c.check,
				"add":          c.add,
				"claim":        c.claim,
				"claim2":       c.claim, // most of what happens to a task starts with it
				"renew":        c.renew,
				"begin":        c.begin,
				"hold":         c.hold,
				"later":        c.postpone,
				"done":         c.done,
				"keep":         c.keep,
				"use":          c.use,
				"wake waiting": c.wake,
				"aside":        c.quarantine,
				"reset":        c.reset,
				"pass":         c.pass,
				"reopen":       c.reopen,
				"move":         c.move,
			})
		})
	}},
}

// comparison does the same to a store and to the model. All runs share one
// store, so each has names, kinds and persons of its own.
type comparison struct {
	*rapid.T
	b     *bench
	m     *model
	run   int
	kinds []storage.Kind
	had   []storage.Task // all that was ever claimed
}

func (c *comparison) name() string {
	return fmt.Sprintf("%d/%d", c.run, rapid.IntRange(0, 11).Draw(c.T, "name"))
}

func (c *comparison) person() int64 {
	return int64(c.run*10+rapid.IntRange(0, 2).Draw(c.T, "person")) * rapid.SampledFrom([]int64{1, -1}).Draw(c.T, "sign")
}

func (c *comparison) day() storage.Day {
	return rapid.SampledFrom(c.days()).Draw(c.T, "day")
}

// days are in a year of the run's own, because a budget is everybody's.
func (c *comparison) days() (days []storage.Day) {
	for _, day := range []string{"05-04", "05-05", "06-01"} {
		days = append(days, storage.Day(fmt.Sprintf("%04d-%s", 2026+c.run%7000, day)))
	}
	return days
}

func (c *comparison) wait() time.Duration {
	return rapid.SampledFrom([]time.Duration{0, time.Microsecond, time.Second, lease, time.Hour, storage.Remember}).Draw(c.T, "wait")
}

// handle is a task that was claimed, mostly lately.
func (c *comparison) handle() storage.Task {
	if len(c.had) == 0 {
		return storage.Task{ID: c.name(), Lease: "none"}
	}
	return c.had[len(c.had)-1-rapid.IntRange(0, min(6, len(c.had)-1)).Draw(c.T, "task")]
}

func (c *comparison) task() storage.Task {
	t := storage.Task{
		ID: c.name(), Kind: rapid.SampledFrom(c.kinds).Draw(c.T, "kind"), Person: c.person(),
		Chat: -5, Message: 3, FileID: "f", Added: c.m.now,
		Payload: []byte(rapid.StringN(0, 4, 40).Draw(c.T, "payload")),
	}
	if key := rapid.IntRange(0, 3).Draw(c.T, "order"); key > 0 {
		t.Order = fmt.Sprintf("%d:%d", c.run, key)
	}
	if rapid.Bool().Draw(c.T, "put off") {
		t.NotBefore = c.m.now.Add(c.wait())
	}
	return t
}

func (c *comparison) add(*rapid.T) {
	t := c.task()
	added, err := c.b.AddTask(c.b.ctx, t)
	require.NoError(c, err)
	require.Equal(c, c.m.add(t), added)
}

func (c *comparison) someKinds() []storage.Kind {
	return slices.Clone(c.kinds[rapid.IntRange(0, 2).Draw(c.T, "kinds"):])
}

func (c *comparison) claim(*rapid.T) {
	kinds, most := c.someKinds(), rapid.IntRange(0, 4).Draw(c.T, "most")
	got, err := c.b.Claim(c.b.ctx, storage.Claim{Kinds: kinds, Owner: "model", Now: c.m.now, Lease: lease, Max: most})
	require.NoError(c, err)
	want := c.m.pick(kinds, most)
	require.Len(c, got, len(want))
	for i, w := range want {
		w.Tries++
		w.Lease, w.until = got[i].Lease, c.m.now.Add(lease)
		require.NotEmpty(c, w.Lease)
		require.False(c, slices.ContainsFunc(c.had, func(t storage.Task) bool { return t.Lease == w.Lease }))
		c.same(w.Task, got[i])
	}
	c.had = append(c.had, got...)
}

// same compares tasks; Seq grows alike but is not the same, and no payload is
// as good as an empty one.
func (c *comparison) same(want, got storage.Task) {
	require.Equal(c, string(want.Payload), string(got.Payload))
	want.Seq, got.Seq, want.Payload, got.Payload = 0, 0, nil, nil
	require.Equal(c, want, got)
}

func (c *comparison) renew(*rapid.T) {
	t, until := c.handle(), c.m.now.Add(min(c.wait(), storage.MaxLease))
	err := c.b.Renew(c.b.ctx, t, until)
	if x := c.m.held(t); x != nil {
		require.NoError(c, err)
		x.until = until
		return
	}
	require.ErrorIs(c, err, storage.ErrLost)
}

func (c *comparison) begin(*rapid.T) {
	t := c.handle()
	begin := storage.Begin{
		Now: c.m.now, Day: c.day(), Limit: rapid.IntRange(0, 3).Draw(c.T, "limit"),
		DayBudget: rapid.IntRange(0, 4).Draw(c.T, "of the day"), MonthBudget: rapid.IntRange(0, 6).Draw(c.T, "of the month"),
	}
	got, err := c.b.Begin(c.b.ctx, t, begin)
	want, wantErr := c.m.begin(t, begin)
	require.ErrorIs(c, err, wantErr)
	require.Equal(c, want, got)
}

func (c *comparison) hold(*rapid.T) {
	t := c.handle()
	hold := answer(c.m.now, rapid.SampledFrom([]string{"ok", "busy"}).Draw(c.T, "outcome"), rapid.Bool().Draw(c.T, "counted"))
	hold.Session = "s"
	hold.Charge = rapid.SampledFrom([]storage.Charge{storage.ChargeNo, storage.ChargeYes, storage.ChargeUnknown}).Draw(c.T, "charge")
	got, err := c.b.Hold(c.b.ctx, t, hold)
	want, wantErr := c.m.hold(t, hold)
	require.ErrorIs(c, err, wantErr)
	require.Equal(c, want, got)
	c.checkRows()
}

func (c *comparison) postpone(*rapid.T) {
	t, p := c.handle(), storage.Postpone{Now: c.m.now, Until: c.m.now.Add(c.wait())}
	if what := c.outage(); what != storage.OutageNone {
		p.Waiting = storage.Waiting{For: what, Since: c.m.now}
	}
	require.ErrorIs(c, c.b.Postpone(c.b.ctx, t, p), c.m.postpone(t, p))
}

func (c *comparison) outage() storage.Outage {
	return rapid.SampledFrom([]storage.Outage{storage.OutageNone, storage.OutageService, storage.OutageDownload}).Draw(c.T, "outage")
}

// then is what follows from the end of a task.
func (c *comparison) then(t storage.Task) (then []storage.Task) {
	for range rapid.IntRange(0, 2).Draw(c.T, "then") {
		if next := c.task(); next.ID != t.ID {
			then = append(then, next)
		}
	}
	return then
}

func (c *comparison) keep(*rapid.T) {
	t := c.handle()
	k := storage.Retain{Until: c.m.now.Add(c.wait() * time.Duration(rapid.IntRange(1, 2).Draw(c.T, "times")))}
	k.Reply, k.RepeatOf, k.Request = rapid.IntRange(0, 2).Draw(c.T, "reply"), rapid.SampledFrom([]string{"", "a"}).Draw(c.T, "repeat"), rapid.Bool().Draw(c.T, "request")
	then := c.then(t)
	require.ErrorIs(c, c.b.Retain(c.b.ctx, t, k, then...), c.m.keep(t, k, then...))
}

func (c *comparison) use(*rapid.T) {
	id, by := c.name(), rapid.SampledFrom([]string{"x", "y"}).Draw(c.T, "by")
	got, err := c.b.Consume(c.b.ctx, id, by, c.m.now)
	want, wantErr := c.m.use(id, by)
	require.ErrorIs(c, err, wantErr)
	c.same(want, got)
}

func (c *comparison) wake(*rapid.T) {
	r := storage.WakeWaiting{
		Kind: rapid.SampledFrom(c.kinds).Draw(c.T, "kind"), For: c.outage(),
		Now: c.m.now, Max: rapid.IntRange(0, 3).Draw(c.T, "most"),
	}
	if rapid.Bool().Draw(c.T, "of one") {
		r.Person = c.person()
	}
	n, err := c.b.WakeWaiting(c.b.ctx, r)
	require.NoError(c, err)
	require.Equal(c, c.m.wake(r), n)
}

func (c *comparison) done(*rapid.T) {
	t := c.handle()
	then := c.then(t)
	require.ErrorIs(c, c.b.Done(c.b.ctx, t, then...), c.m.done(t, then...))
}

func (c *comparison) quarantine(*rapid.T) {
	t := c.handle()
	require.ErrorIs(c, c.b.Quarantine(c.b.ctx, t, c.m.now, "aside"), c.m.quarantine(t))
}

func (c *comparison) reset(*rapid.T) {
	person, day := c.person(), c.day()
	require.NoError(c, c.b.ResetAttempts(c.b.ctx, person, day))
	delete(c.m.settled, modelDay{person, day})
}

func (c *comparison) pass(*rapid.T) { c.m.now = c.m.now.Add(c.wait()) }

func (c *comparison) reopen(*rapid.T) {
	c.b.reopen()
	c.leasesEnd()
}

// moveOneIn makes copies rarer than the rest: a new place may cost a lot.
const moveOneIn = 8

func (c *comparison) move(*rapid.T) {
	if rapid.IntRange(1, moveOneIn).Draw(c.T, "move") == 1 {
		c.b.move()
		c.leasesEnd()
		c.had = nil // they were another store's
		for name, n := range c.m.budgets {
			if n == 0 {
				delete(c.m.budgets, name) // nothing is copied of it
			}
		}
	}
}

func (c *comparison) leasesEnd() {
	for _, t := range c.m.tasks {
		// Nobody has the lease any more, and nobody can come back with it.
		t.until = time.Time{}
		t.Lease = ""
	}
}

// check compares what can be seen without changing anything, but for the ledger.
func (c *comparison) check(*rapid.T) {
	for person := c.run * 10; person < c.run*10+3; person++ {
		for _, day := range c.days() {
			for _, id := range []int64{int64(person), -int64(person)} {
				got, err := c.b.Attempts(c.b.ctx, id, day)
				require.NoError(c, err)
				require.Equal(c, c.m.count(id, day), got)
			}
		}
	}
	c.checkKept()
	c.checkBudgets()
	backlog, err := c.b.Backlog(c.b.ctx, c.m.now)
	require.NoError(c, err)
	for i, kind := range c.kinds {
		waiting, leased := 0, 0
		for _, t := range c.m.tasks {
			switch {
			case t.Kind != kind:
			case c.m.leased(t):
				leased++
			default:
				waiting++
			}
		}
		require.Equal(c, []int{waiting, leased}, []int{backlog.Waiting[kind], backlog.Leased[kind]})

		want, wantOK := c.m.next(c.kinds[i:])
		at, ok, err := c.b.NextTask(c.b.ctx, c.m.now, c.kinds[i:])
		require.NoError(c, err)
		require.Equal(c, wantOK, ok)
		require.False(c, ok && at.After(want) && at.After(c.m.now), "%s is later than %s", at, want)
	}
}

// checkBudgets compares what was taken from the budgets, and the totals of days.
func (c *comparison) checkBudgets() {
	for _, day := range c.days() {
		got, err := c.b.Budget(c.b.ctx, day)
		require.NoError(c, err)
		require.Equal(c, c.m.budgetUse(day), got)
	}
	var people []int64
	for person := int64(c.run * 10); person < int64(c.run*10+3); person++ {
		people = append(people, person, -person)
	}
	totals, err := c.b.DayTotals(c.b.ctx, "0000-01-01", "9999-12-31", people...)
	require.NoError(c, err)
	got := map[storage.DayTotal]int{}
	for _, t := range totals {
		n := t.Number
		t.Number = 0
		got[t] = n
	}
	require.Equal(c, c.m.totals, got)
}

// checkKept compares what is kept.
func (c *comparison) checkKept() {
	for i := range 12 {
		id := fmt.Sprintf("%d/%d", c.run, i)
		got, ok, err := c.b.Retained(c.b.ctx, id, c.m.now)
		require.NoError(c, err)
		c.sameKept(c.m.shelf(func(x *modelTask) bool { return x.ID == id }), got, ok)
	}
	for i := range 4 {
		order := fmt.Sprintf("%d:%d", c.run, i)
		got, ok, err := c.b.RetainedFor(c.b.ctx, order, c.m.now)
		require.NoError(c, err)
		c.sameKept(c.m.shelf(func(x *modelTask) bool { return x.Order == order }), got, ok)
	}
}

func (c *comparison) sameKept(want *modelTask, got storage.Task, ok bool) {
	require.Equal(c, want != nil, ok)
	if want != nil {
		c.same(want.Task, got)
	}
}

// checkRows compares the ledger.
func (c *comparison) checkRows() {
	rows := c.b.rows()
	prefix := fmt.Sprintf("%d/", c.run)
	rows = slices.DeleteFunc(rows, func(r storage.Entry) bool { return !strings.HasPrefix(r.Task, prefix) })
	require.ElementsMatch(c, c.m.rows, rows)
}
