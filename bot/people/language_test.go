package people

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

// counted counts the questions about settings.
type counted struct {
	*bolt.Store
	asked int
	now   time.Time
}

func (c *counted) Setting(ctx context.Context, key string) ([]byte, error) {
	c.asked++
	return c.Store.Setting(ctx, key)
}

// openList is a list of people over a store, as two processes may have it.
func openList(t *testing.T, admins ...int64) (store *counted, one, other *List) {
	engine, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, engine.Close()) })
	store = &counted{Store: engine, now: time.Unix(10, 0)}
	list := func() *List {
		now := func() time.Time { return store.now }
		return &List{Store: store, Log: slog.New(slog.DiscardHandler), Now: now, Admins: admins}
	}
	return store, list(), list()
}

// TestLanguageOfTwoProcesses: the language of a phone that one process has taken away is
// kept again by the other, in whichever way somebody is in again. That of somebody who
// was never out is within minutes.
func TestLanguageOfTwoProcesses(t *testing.T) {
	const admin, agent = 1, 2
	ctx := t.Context()
	in := storage.Person{ID: agent, Role: storage.RoleAgent, Added: time.Unix(1, 0)}
	for name, c := range map[string]struct {
		id      int64
		changes []func(*storage.Person)
		passes  time.Duration
	}{
		"shut out and let in": {agent, []func(*storage.Person){
			func(p *storage.Person) { p.Role, p.ShutOut = storage.RoleNone, time.Unix(2, 0) },
			func(p *storage.Person) { p.Role, p.Added = storage.RoleAgent, time.Unix(3, 0) },
		}, 0},
		"shut out and undone": {agent, []func(*storage.Person){
			func(p *storage.Person) { p.Role, p.ShutOut = storage.RoleNone, time.Unix(2, 0) },
			func(p *storage.Person) { p.Role = storage.RoleAgent },
		}, 0},
		"forgotten and let in": {agent, []func(*storage.Person){
			func(p *storage.Person) { *p = storage.Person{ID: agent} },
			func(p *storage.Person) { p.Role, p.Added = storage.RoleAgent, time.Unix(3, 0) },
		}, 0},
		"forgotten, an admin of the settings": {admin, nil, phoneFor},
	} {
		t.Run(name, func(t *testing.T) {
			store, one, other := openList(t, admin)
			note := func() {
				p, err := one.Person(ctx, c.id)
				require.NoError(t, err)
				one.NotePhone(ctx, p, "ky")
				kept, err := store.Setting(ctx, phoneKey(c.id))
				require.NoError(t, err)
				require.Equal(t, "ky", string(kept))
			}
			if c.id == agent {
				_, err := store.ChangePerson(ctx, agent, func(p *storage.Person) error { *p = in; return nil })
				require.NoError(t, err)
			}
			note()
			other.ForgetPhone(ctx, c.id)
			for _, change := range c.changes {
				_, err := store.ChangePerson(ctx, agent, func(p *storage.Person) error { change(p); return nil })
				require.NoError(t, err)
			}
			store.now = store.now.Add(c.passes)
			note()
		})
	}
}

// TestTwoPhones: what was kept by another process since is not believed for long.
func TestTwoPhones(t *testing.T) {
	const admin = 1
	store, one, other := openList(t, admin)
	p, err := one.Person(t.Context(), admin)
	require.NoError(t, err)
	require.True(t, one.NotePhone(t.Context(), p, "ky"))
	require.True(t, other.NotePhone(t.Context(), p, "ru"))
	store.now = store.now.Add(phoneFor)
	require.True(t, one.NotePhone(t.Context(), p, "ky"))
	require.Equal(t, "ky", other.Language(t.Context(), p, ""))
	store.now = store.now.Add(-time.Hour)
	require.True(t, other.NotePhone(t.Context(), p, "ru"), "the clock was set")
}

// TestLanguage: somebody is spoken to in the language that they have chosen, or
// that of their phone; it is kept of those who were let in, and costs no question
// while it stays the same.
func TestLanguage(t *testing.T) {
	const admin, agent, stranger = 1, 2, 3
	ctx := t.Context()
	c, l, again := openList(t, admin)
	_, err := c.ChangePerson(ctx, agent, func(p *storage.Person) error {
		p.Role, p.Added = storage.RoleAgent, time.Unix(1, 0)
		return nil
	})
	require.NoError(t, err)
	note := func(id int64, phone string) bool {
		p, err := l.Person(ctx, id)
		require.NoError(t, err)
		return l.NotePhone(ctx, p, phone)
	}
	speaks := func(id int64, phone string) string {
		p, err := l.Person(ctx, id)
		require.NoError(t, err)
		return l.Language(ctx, p, phone)
	}

	require.False(t, note(stranger, "ky"))
	require.False(t, note(agent, ""))
	require.Zero(t, c.asked)
	for _, id := range []int64{admin, agent} {
		require.Empty(t, speaks(id, ""))
		require.True(t, note(id, "ky"))
		require.Equal(t, "ky", speaks(id, ""))
		require.True(t, note(id, "ru"))
		require.Equal(t, "ru", speaks(id, ""))
		asked := c.asked
		require.False(t, note(id, "ru"))
		require.Equal(t, "ky", speaks(id, "ky"), "as the phone says now")
		require.Equal(t, asked, c.asked)
		p, err := again.Person(ctx, id)
		require.NoError(t, err)
		require.False(t, again.NotePhone(ctx, p, "ru"), "after a restart")
	}

	for _, id := range []int64{admin, agent} {
		require.NoError(t, l.ChooseLanguage(ctx, id, "en"))
		require.False(t, note(id, "ky"))
		require.Equal(t, "en", speaks(id, "ky"))
		require.Equal(t, "en", speaks(id, ""))
	}
	require.NoError(t, l.ChooseLanguage(ctx, stranger, "ky"))
	require.Empty(t, speaks(stranger, ""), "nothing is kept of strangers")

	_, err = c.ChangePerson(ctx, agent, func(p *storage.Person) error { *p = storage.Person{ID: agent}; return nil })
	require.NoError(t, err)
	require.Equal(t, "ru", speaks(agent, ""))
	l.ForgetPhone(ctx, agent)
	require.Empty(t, speaks(agent, ""))
}
