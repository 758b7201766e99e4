package storagetest

import (
	"context"
	"os"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var storeCases = []testCase{
	{"ready", func(b *bench) {
		require.NoError(b, b.Ready(b.ctx))
		b.add(b.photo("a", 1))
		require.NoError(b, b.Ready(b.ctx))
		b.claimOne("a")
	}},
	{"a context that is over changes nothing", func(b *bench) {
		b.add(b.photo("a", 1))
		t := b.claimOne("a")
		over, cancel := context.WithCancel(b.ctx)
		cancel()
		for name, err := range calls(b, over, t) {
			require.ErrorIs(b, err, context.Canceled, name)
		}
		b.counts(1, 0, 0)
		b.claims()
		require.NoError(b, b.Renew(b.ctx, t, b.now))
	}},
	{"closed", func(b *bench) {
		b.add(b.photo("a", 1))
		t := b.claimOne("a")
		require.NoError(b, b.Close())
		require.NoError(b, b.Close(), "closing again does nothing")
		for name, err := range calls(b, b.ctx, t) {
			require.ErrorIs(b, err, os.ErrClosed, name)
		}
	}},
}

// calls calls every method and gives the errors.
func calls(b *bench, ctx context.Context, t storage.Task) map[string]error {
	errs := map[string]error{}
	_, errs["AddTask"] = b.AddTask(ctx, b.photo("x", 1))
	_, errs["Claim"] = b.Claim(ctx, storage.Claim{Kinds: []storage.Kind{storage.KindPhoto}, Now: b.now, Lease: lease, Max: 1})
	errs["Renew"] = b.Renew(ctx, t, b.now)
	_, errs["Begin"] = b.Begin(ctx, t, storage.Begin{Now: b.now, Day: day})
	_, errs["Hold"] = b.Hold(ctx, t, answer(b.now, "ok", false))
	errs["Postpone"] = b.Postpone(ctx, t, storage.Postpone{Now: b.now, Until: b.now})
	errs["Done"] = b.Done(ctx, t)
	errs["Keep"] = b.Retain(ctx, t, storage.Retain{Until: b.now.Add(time.Hour)})
	_, _, errs["Kept"] = b.Retained(ctx, "a", b.now)
	_, _, errs["KeptFor"] = b.RetainedFor(ctx, "A", b.now)
	_, errs["Use"] = b.Consume(ctx, "a", "x", b.now)
	_, errs["WakeWaiting"] = b.WakeWaiting(ctx, storage.WakeWaiting{Kind: storage.KindPhoto, Now: b.now, Max: 1})
	errs["Quarantine"] = b.Quarantine(ctx, t, b.now, "")
	_, _, errs["NextTask"] = b.NextTask(ctx, b.now, []storage.Kind{storage.KindPhoto})
	_, errs["Backlog"] = b.Backlog(ctx, b.now)
	_, errs["Person"] = b.Person(ctx, 1)
	_, errs["ChangePerson"] = b.ChangePerson(ctx, 1, func(p *storage.Person) error { p.Name = "x"; return nil })
	_, errs["ListPeople"] = b.ListPeople(ctx, 0, 1)
	errs["Forget"] = b.Forget(ctx, 1)
	_, errs["Attempts"] = b.Attempts(ctx, 1, day)
	errs["ResetAttempts"] = b.ResetAttempts(ctx, 1, day)
	_, errs["Entries"] = b.Entries(ctx, b.now, b.now, 1)
	_, errs["DayTotals"] = b.DayTotals(ctx, day, day)
	_, errs["DaySums"] = b.DaySums(ctx, day, day)
	_, errs["PersonSums"] = b.PersonSums(ctx, day, day)
	_, errs["Budget"] = b.Budget(ctx, day)
	_, errs["Totals"] = b.Totals(ctx)
	_, errs["Take"] = b.RateLimit(ctx, "k", b.now, 1, time.Hour)
	_, errs["Setting"] = b.Setting(ctx, "k")
	errs["PutSetting"] = b.PutSetting(ctx, "k", []byte("v"))
	_, errs["ChangeSetting"] = b.ChangeSetting(ctx, "k", func([]byte) ([]byte, error) { return []byte("v"), nil })
	errs["AddAudit"] = b.AddAudit(ctx, storage.AuditEntry{At: b.now, Action: "x"})
	_, errs["AuditEntries"] = b.AuditEntries(ctx, 0, 1)
	errs["AddInvite"] = b.AddInvite(ctx, storage.Invite{Hash: "h", Until: b.now})
	_, errs["UseInvite"] = b.UseInvite(ctx, "h", 1, b.now)
	_, errs["ListInvites"] = b.ListInvites(ctx, b.now)
	errs["RemoveInvite"] = b.RemoveInvite(ctx, "h")
	_, errs["TakeLease"] = b.TakeLease(ctx, "k", "me", b.now, b.now)
	_, _, _, errs["LeaseHolder"] = b.LeaseHolder(ctx, "k", b.now)
	errs["DropLease"] = b.DropLease(ctx, "k", "me")
	errs["Ready"] = b.Ready(ctx)
	return errs
}
