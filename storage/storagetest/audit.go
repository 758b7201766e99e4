package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var auditCases = []testCase{
	{"the newest first, page by page", func(b *bench) {
		entries, err := b.AuditEntries(b.ctx, 0, 10)
		require.NoError(b, err)
		require.Empty(b, entries)
		for i := range 5 {
			require.NoError(b, b.AddAudit(b.ctx, storage.AuditEntry{
				Seq: 77, At: b.now, By: 1, Action: "limit", Person: int64(i), Detail: fmt.Sprint("to ", i),
			}))
			b.pass(time.Second)
		}
		b.reopen()
		first, err := b.AuditEntries(b.ctx, 0, 3)
		require.NoError(b, err)
		require.Len(b, first, 3)
		rest, err := b.AuditEntries(b.ctx, first[2].Seq, 10)
		require.NoError(b, err)
		require.Len(b, rest, 2)
		for i, e := range append(first, rest...) {
			n := 4 - i
			require.Equal(b, storage.AuditEntry{
				Seq: e.Seq, At: start.Add(time.Duration(n) * time.Second), By: 1, Action: "limit", Person: int64(n), Detail: fmt.Sprint("to ", n),
			}, e)
		}
		all, err := b.AuditEntries(b.ctx, 1<<40, 10)
		require.NoError(b, err)
		require.Len(b, all, 5)
		none, err := b.AuditEntries(b.ctx, rest[1].Seq, 10)
		require.NoError(b, err)
		require.Empty(b, none)
	}},
	{"with what it is about, or not at all", func(b *bench) {
		// Each does its operation with an entry of that action, or fails where it is asked to.
		entry := func(action string) *storage.AuditEntry {
			return &storage.AuditEntry{At: b.now, By: 1, Action: action, Person: 5}
		}
		mine := errors.New("mine")
		_, err := b.ChangePerson(b.ctx, 5, func(*storage.Person) error { return mine }, entry("refused"))
		require.Same(b, mine, err)
		_, err = b.ChangeSetting(b.ctx, "k", func([]byte) ([]byte, error) { return nil, mine }, entry("refused"))
		require.Same(b, mine, err)
		require.NoError(b, b.ResetAttempts(b.ctx, 5, day, entry("nothing to reset")))
		require.NoError(b, b.RemoveInvite(b.ctx, "h", entry("nothing to remove")))
		b.audited()

		made := entry("")
		_, err = b.ChangePerson(b.ctx, 5, func(p *storage.Person) error {
			p.Role, made.Action, made.Detail = storage.RoleAgent, "made", "by change"
			return nil
		}, entry("first"), entry(""), made)
		require.NoError(b, err)
		_, err = b.ChangePerson(b.ctx, 5, func(p *storage.Person) error { p.Role = storage.RoleNone; return nil }, entry("removed"))
		require.NoError(b, err)
		_, err = b.ChangePerson(b.ctx, 5, func(*storage.Person) error { return nil }, entry("nobody"))
		require.NoError(b, err)
		for _, value := range []string{"v", "v", "w", ""} {
			_, err = b.ChangeSetting(b.ctx, "k", func([]byte) ([]byte, error) {
				if value == "" {
					return nil, nil
				}
				return []byte(value), nil
			}, entry("setting "+value))
			require.NoError(b, err)
		}
		b.add(b.photo("a", 5))
		t := b.claimOne("a")
		b.mustBegin(t)
		b.mustHold(t, "ok", true)
		require.NoError(b, b.ResetAttempts(b.ctx, 5, day, entry("reset")))
		require.NoError(b, b.AddInvite(b.ctx, storage.Invite{Hash: "h", Until: b.now.Add(time.Hour), Left: 1}, entry("invite"), entry("")))
		require.NoError(b, b.RemoveInvite(b.ctx, "h", entry("uninvite")))
		require.NoError(b, b.Forget(b.ctx, 5, entry("forget")))
		b.reopen()
		b.audited("first", "made", "removed", "nobody", "setting v", "setting v", "setting w", "setting ", "reset", "invite", "uninvite", "forget")
	}},
	{"what cannot be audited is not done", func(b *bench) {
		bad := &storage.AuditEntry{At: b.now, Action: "\x00"}
		_, err := b.ChangePerson(b.ctx, 5, func(p *storage.Person) error { p.Role = storage.RoleAgent; return nil }, bad)
		require.ErrorIs(b, err, storage.ErrInvalid)
		_, err = b.ChangeSetting(b.ctx, "k", func([]byte) ([]byte, error) { return []byte("v"), nil }, bad)
		require.ErrorIs(b, err, storage.ErrInvalid)
		require.ErrorIs(b, b.ResetAttempts(b.ctx, 5, day, bad), storage.ErrInvalid)
		require.ErrorIs(b, b.AddInvite(b.ctx, storage.Invite{Hash: "h", Until: b.now.Add(time.Hour), Left: 1}, bad), storage.ErrInvalid)
		require.ErrorIs(b, b.RemoveInvite(b.ctx, "h", bad), storage.ErrInvalid)
		require.ErrorIs(b, b.Forget(b.ctx, 5, bad), storage.ErrInvalid)
		b.people(0, 10)
		b.invited()
		value, err := b.Setting(b.ctx, "k")
		require.NoError(b, err)
		require.Nil(b, value)
		b.audited()
	}},
	{"bad arguments", func(b *bench) {
		for name, bad := range map[string]storage.AuditEntry{
			"nothing": {}, "no time": {Action: "x"}, "no action": {At: b.now}, "NUL": {At: b.now, Action: "\x00"}, "detail": {At: b.now, Action: "x", Detail: "\xff"},
		} {
			require.ErrorIs(b, b.AddAudit(b.ctx, bad), storage.ErrInvalid, name)
		}
	}},
}

var inviteCases = []testCase{
	{"so many people, each once", func(b *bench) {
		limit := 7
		i := storage.Invite{Hash: "h", Added: b.now, Until: b.now.Add(time.Hour), Left: 2, By: 1, Role: storage.RoleAgent, Limit: &limit}
		require.NoError(b, b.AddInvite(b.ctx, i))
		b.reopen()
		b.invited(i)
		got, err := b.UseInvite(b.ctx, "h", 5, b.now)
		require.NoError(b, err)
		i.Left, i.Used = 1, []int64{5}
		require.Equal(b, i, got)
		again, err := b.UseInvite(b.ctx, "h", 5, b.now)
		require.NoError(b, err, "as after a crash")
		require.Equal(b, i, again)
		b.invited(i)
		_, err = b.UseInvite(b.ctx, "h", -6, b.now)
		require.NoError(b, err)
		_, err = b.UseInvite(b.ctx, "h", 7, b.now)
		require.ErrorIs(b, err, storage.ErrGone)
		b.invited()
		b.pass(time.Hour - time.Microsecond)
		_, err = b.UseInvite(b.ctx, "h", 5, b.now)
		require.NoError(b, err)
		b.pass(time.Microsecond)
		_, err = b.UseInvite(b.ctx, "h", 5, b.now)
		require.ErrorIs(b, err, storage.ErrGone)
	}},
	{"taken back, replaced, unknown", func(b *bench) {
		i := storage.Invite{Hash: "h", Until: b.now.Add(time.Hour), Left: 1}
		require.NoError(b, b.AddInvite(b.ctx, i))
		i.Left = 3
		require.NoError(b, b.AddInvite(b.ctx, i))
		b.invited(i)
		require.NoError(b, b.RemoveInvite(b.ctx, "h"))
		require.NoError(b, b.RemoveInvite(b.ctx, "h"))
		b.invited()
		for _, hash := range []string{"h", "", "other", "\x00", "\xff"} {
			_, err := b.UseInvite(b.ctx, hash, 5, b.now)
			require.ErrorIs(b, err, storage.ErrGone)
		}
	}},
	{"exact, whoever comes at once", func(b *bench) {
		const places = 7
		require.NoError(b, b.AddInvite(b.ctx, storage.Invite{Hash: "h", Until: b.now.Add(time.Hour), Left: places}))
		var in atomic.Int32
		b.atOnce(callers, func(i int) error {
			_, err := b.UseInvite(b.ctx, "h", int64(i+1), b.now)
			if errors.Is(err, storage.ErrGone) {
				return nil
			}
			in.Add(1)
			return err
		})
		require.Equal(b, int32(places), in.Load())
	}},
	{"bad arguments", func(b *bench) {
		for name, bad := range map[string]storage.Invite{
			"nothing": {}, "no end": {Hash: "h", Left: 1}, "less than none": {Hash: "h", Until: b.now, Left: -1}, "NUL": {Hash: "\x00", Until: b.now},
		} {
			require.ErrorIs(b, b.AddInvite(b.ctx, bad), storage.ErrInvalid, name)
		}
	}},
}

// audited checks what was audited, the first first.
func (b *bench) audited(actions ...string) {
	b.Helper()
	entries, err := b.AuditEntries(b.ctx, 0, 100)
	require.NoError(b, err)
	var got []string
	for _, e := range slices.Backward(entries) {
		got = append(got, e.Action)
	}
	require.Equal(b, actions, got)
}

// invited checks which invites there are.
func (b *bench) invited(want ...storage.Invite) {
	b.Helper()
	got, err := b.ListInvites(b.ctx, b.now)
	require.NoError(b, err)
	require.Len(b, got, len(want))
	for i, w := range want {
		require.Equal(b, w, got[i])
	}
}
