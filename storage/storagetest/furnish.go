package storagetest

import (
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// furnish puts something of everything into the store. Tasks are named after
// what is the matter with them.
func (b *bench) furnish() {
	b.Helper()
	require.NoError(b, b.PutSetting(b.ctx, "empty", []byte{}))
	require.NoError(b, b.PutSetting(b.ctx, "mark", []byte("\x00\xffvalue")))
	for range 2 {
		_, err := b.RateLimit(b.ctx, "start:5", b.now, 3, time.Hour)
		require.NoError(b, err)
	}
	b.let(5, "Айгүл", storage.RoleAgent)
	own := 3
	require.NoError(b, b.AddInvite(b.ctx, storage.Invite{
		Hash: "hash", Added: b.now, Until: b.now.Add(time.Hour), Left: 2, By: 1, Role: storage.RoleAgent, Limit: &own, Used: []int64{5, -6},
	}))
	for _, action := range []string{"invite", "allow"} {
		require.NoError(b, b.AddAudit(b.ctx, storage.AuditEntry{At: b.now, By: 1, Action: action, Person: 5, Detail: "until tomorrow"}))
	}
	b.let(-6, "x", storage.RoleAgent)
	_, err := b.ChangePerson(b.ctx, 10, func(p *storage.Person) error { p.ShutOut = b.now; return nil })
	require.NoError(b, err)
	for id, limit := range map[int64]int{7: 0, 8: 12} {
		_, err := b.ChangePerson(b.ctx, id, func(p *storage.Person) error {
			p.Role, p.Limit, p.Blocked = storage.RoleAdmin, &limit, true
			return nil
		})
		require.NoError(b, err)
	}
	// Two that end together: their rows are in the order of Seq.
	b.add(b.photo("done", 1), b.photo("done too", 1))
	tasks := b.claims("done", "done too")
	for _, t := range slices.Backward(tasks) {
		b.mustBegin(t)
		b.mustHold(t, "ok", true)
		b.done(t)
	}
	for _, id := range []string{"kept", "used"} {
		kept := b.photo(id, 6)
		kept.Order = "of the kept"
		b.add(kept)
		t := b.claimOne(id)
		b.mustBegin(t)
		h := answer(b.now, "ok", true)
		if id == "kept" {
			h.Charge = storage.ChargeUnknown
		}
		_, err := b.Hold(b.ctx, t, h)
		require.NoError(b, err)
		require.NoError(b, b.Retain(b.ctx, t, storage.Retain{Until: b.now.Add(time.Hour), Reply: 55, RepeatOf: "done", Request: id == "used"}))
	}
	_, err = b.Consume(b.ctx, "used", "me", b.now)
	require.NoError(b, err)
	b.pass(time.Second)

	b.add(b.photo("refused", 2), b.photo("held", 1), b.photo("calling", 1), b.photo("later", 3), b.photo("aside", 4),
		b.photo("aside with attempt", 4))
	tasks = b.claim(100)
	require.Len(b, tasks, 6)
	for _, t := range tasks {
		switch t.ID {
		case "refused":
			b.mustHold(t, "limit_reached", false)
		case "held":
			b.mustBegin(t)
			b.mustHold(t, "ok", true)
		case "calling":
			b.mustBegin(t)
		case "later":
			b.mustBegin(t)
			require.NoError(b, b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(time.Minute), Waiting: b.waiting()}))
		case "aside":
			b.quarantine(t)
		default:
			b.mustBegin(t)
			b.quarantine(t)
		}
	}
	put := b.photo("put off", 5)
	put.NotBefore = b.now.Add(2 * time.Hour)
	empty := b.photo("no payload", 5)
	empty.Payload = nil
	b.add(b.talk("second", "key"), b.talk("first of others", "other key"), b.talk("third", "key"), put, empty)
}

// goesOn checks that a furnished store whose leases are over does what it has
// to.
func (b *bench) goesOn() {
	b.Helper()
	kept, ok, err := b.RetainedFor(b.ctx, "of the kept", b.now)
	require.NoError(b, err)
	require.True(b, ok)
	require.Equal(b, "used", kept.ID)
	require.Equal(b, 55, kept.Reply)
	require.Equal(b, "done", kept.RepeatOf)
	require.True(b, kept.Request)
	require.Equal(b, "answer: ok", string(kept.Payload))
	_, err = b.Consume(b.ctx, "used", "other", b.now)
	require.ErrorIs(b, err, storage.ErrConsumed)
	_, err = b.Consume(b.ctx, "kept", "other", b.now)
	require.NoError(b, err)
	for _, id := range []string{"kept", "used", "done", "done too", "refused", "held", "aside", "second", "put off"} {
		b.addAgain(b.photo(id, 1))
	}
	b.counts(1, 3, 1)
	b.counts(3, 0, 1)
	backlog, err := b.Backlog(b.ctx, b.now)
	require.NoError(b, err)
	require.Equal(b, 2, backlog.Quarantined)

	tasks := b.claims("refused", "held", "no payload", "calling", "second", "first of others")
	require.Equal(b, "answer: ok", string(tasks[1].Payload))
	require.True(b, tasks[1].Attempt.Held)
	require.Equal(b, 3, tasks[1].Attempt.Number)
	require.Equal(b, 2, tasks[1].Tries)
	require.Empty(b, tasks[2].Payload)
	calling := tasks[3]
	require.True(b, calling.Attempt.Calling)
	require.Equal(b, 4, b.mustHold(calling, "ok", true).Number)
	b.counts(1, 4, 0)

	b.done(tasks[4])
	b.add(b.talk("fourth", "key"), b.photo("new", 99))
	b.claims("new", "third")
	b.pass(time.Minute)
	later := b.claim(100)[0]
	require.Equal(b, "refused", later.ID, "the others' leases are over")
	out, err := b.Person(b.ctx, 10)
	require.NoError(b, err)
	require.Equal(b, storage.Person{ID: 10, ShutOut: start.Add(0)}, out)

	require.NoError(b, b.AddAudit(b.ctx, storage.AuditEntry{At: b.now, Action: "later"}))
	audit, err := b.AuditEntries(b.ctx, 0, 2)
	require.NoError(b, err)
	require.Equal(b, "later", audit[0].Action)
	require.Equal(b, "allow", audit[1].Action)
	invite, err := b.UseInvite(b.ctx, "hash", 9, b.now)
	require.NoError(b, err)
	require.Equal(b, []int64{5, -6, 9}, invite.Used)
	limit, err := b.Person(b.ctx, 7)
	require.NoError(b, err)
	require.Equal(b, 0, *limit.Limit)
	left, err := b.RateLimit(b.ctx, "start:5", b.now, 3, time.Hour)
	require.NoError(b, err)
	require.True(b, left)
	left, err = b.RateLimit(b.ctx, "start:5", b.now, 3, time.Hour)
	require.NoError(b, err)
	require.False(b, left)
	value, err := b.Setting(b.ctx, "empty")
	require.NoError(b, err)
	require.NotNil(b, value)
	totals, err := b.Totals(b.ctx)
	require.NoError(b, err)
	require.Equal(b, []storage.Total{
		{Outcome: "limit_reached", Charge: storage.ChargeNo, Number: 1},
		{Outcome: "ok", Charge: storage.ChargeNo, Counted: true, Number: 5},
		{Outcome: "ok", Charge: storage.ChargeUnknown, Counted: true, Number: 1},
	}, totals)
	c, err := b.Attempts(b.ctx, 6, day)
	require.NoError(b, err)
	require.Equal(b, storage.Count{Settled: 2, Unanswered: 1}, c)
}
