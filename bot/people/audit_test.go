package people

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

// TestChangesAreAudited: each change of a person leaves an entry, what changes nothing
// or fails leaves none, and what anybody wrote is in none.
func TestChangesAreAudited(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	l := &List{Store: store, Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return now }, Admins: []int64{1}}
	seen := uint64(0)
	change := func(by func(context.Context, int64, int64, func(*storage.Person) error, ...*storage.AuditEntry) (storage.Person, error), f func(*storage.Person)) (done []string) {
		_, err := by(t.Context(), 1, 7, func(p *storage.Person) error { f(p); return nil })
		require.NoError(t, err)
		entries, err := store.AuditEntries(t.Context(), 0, 10)
		require.NoError(t, err)
		newest := seen
		for _, e := range entries {
			if e.Seq <= seen {
				break
			}
			newest = max(newest, e.Seq)
			require.Equal(t, []any{int64(1), int64(7), now}, []any{e.By, e.Person, e.At})
			done = append(done, strings.TrimSpace(e.Action+" "+e.Detail))
		}
		seen = newest
		return done
	}
	limit := func(n int) *int { return &n }
	tomorrow := now.AddDate(0, 0, 1)
	require.Equal(t, []string{"allow"}, change(l.Change, func(p *storage.Person) { p.Role, p.Name = storage.RoleAgent, "Aibek" }))
	require.Empty(t, change(l.Change, func(p *storage.Person) { p.Name, p.Blocked = "Asan", true }))
	require.Equal(t, []string{"limit default → 20"}, change(l.Change, func(p *storage.Person) { p.Limit = limit(20) }))
	require.Equal(t, []string{"limit 20 → 0"}, change(l.Change, func(p *storage.Person) { *p.Limit = 0 }), "changed in place")
	require.Equal(t, []string{"note"}, change(l.Change, func(p *storage.Person) { p.Note = "secret" }))
	require.Equal(t, []string{"admin"}, change(l.Change, func(p *storage.Person) { p.Role = storage.RoleAdmin }))
	require.Equal(t, []string{"until none → 2026-11-24T12:00:00Z"}, change(l.Change, func(p *storage.Person) { p.Until = tomorrow }))
	require.Equal(t, []string{"unadmin"}, change(l.Change, func(p *storage.Person) { p.Role = storage.RoleAgent }))

	p, err := l.Person(t.Context(), 7)
	require.NoError(t, err)
	require.Equal(t, storage.RoleAgent, p.Role)
	now = tomorrow
	p, err = l.Person(t.Context(), 7)
	require.NoError(t, err)
	require.Equal(t, storage.RoleNone, p.Role, "the time is over")
	require.Equal(t, tomorrow, p.Until)
	log.Reset()
	require.Equal(t, []string{"until 2026-11-24T12:00:00Z → 2026-11-25T12:00:00Z", "allow"},
		change(l.Adjust, func(p *storage.Person) { p.Until = tomorrow.AddDate(0, 0, 1) }))
	require.Contains(t, log.String(), "role=agent by=1")
	now = now.AddDate(0, 0, 7)
	require.Equal(t, []string{"until 2026-11-25T12:00:00Z → none", "allow"}, change(l.Change, func(p *storage.Person) {
		require.Equal(t, storage.RoleNone, p.Role, "to be let in anew")
		require.True(t, p.Until.IsZero())
		p.Role = storage.RoleAgent
	}))
	require.Equal(t, []string{"revoke agent"}, change(l.Change, func(p *storage.Person) { p.Role, p.Until = storage.RoleNone, tomorrow }))
	p, err = store.Person(t.Context(), 7)
	require.NoError(t, err)
	require.Equal(t, []any{"Asan", 0, "secret", true}, []any{p.Name, *p.Limit, p.Note, p.Until.IsZero()})

	refused := errors.New("refused")
	_, err = l.Change(t.Context(), 1, 7, func(p *storage.Person) error { p.Role = storage.RoleAdmin; return refused })
	require.ErrorIs(t, err, refused)
	require.Empty(t, change(l.Change, func(*storage.Person) {}))
}

// TestAuditSince: all entries since a time are found, however many, and no older one.
func TestAuditSince(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	since := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, n := range []int{0, 1, auditPage - 1, auditPage, 2*auditPage + 5} {
		since = since.Add(24 * time.Hour)
		for i := range n {
			require.NoError(t, store.AddAudit(t.Context(), storage.AuditEntry{At: since.Add(time.Duration(i) * time.Second), By: 1, Action: AuditReset, Person: int64(i)}))
		}
		entries, err := AuditSince(t.Context(), store, since)
		require.NoError(t, err)
		require.Len(t, entries, n)
		for i, e := range entries {
			require.Equal(t, int64(n-1-i), e.Person, "the newest first")
		}
	}
}
