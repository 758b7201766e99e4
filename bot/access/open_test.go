package access

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outbox"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

// TestOpenRequests: so many requests wait at once; what was decided or is over makes
// room, also when a program has died before it could say so.
func TestOpenRequests(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	now := noon
	a := &Access{Store: store, Now: func() time.Time { return now }}
	name := func(n int) string { return fmt.Sprint("update:", n) }
	ctx := t.Context()
	keep := func(n int) {
		_, err := store.AddTask(ctx, storage.Task{ID: name(n), Kind: storage.KindUpdate, Added: now})
		require.NoError(t, err)
		tasks, err := store.Claim(ctx, storage.Claim{Kinds: []storage.Kind{storage.KindUpdate}, Owner: "me", Now: now, Lease: time.Minute, Max: 1})
		require.NoError(t, err)
		require.Len(t, tasks, 1)
		require.NoError(t, store.Retain(ctx, tasks[0], storage.Retain{Until: now.Add(outbox.CardFor), Request: true}))
	}
	enlist := func(n int) bool {
		ok, err := a.enlist(ctx, name(n))
		require.NoError(t, err)
		return ok
	}
	open := func() (names []string) {
		list, err := a.openRequests(ctx)
		require.NoError(t, err)
		for _, task := range list {
			names = append(names, task.ID)
		}
		return names
	}
	for n := range maxOpen {
		require.True(t, enlist(n))
	}
	require.Empty(t, open(), "none is kept yet")
	require.True(t, enlist(0), "as after a crash")
	require.False(t, enlist(99), "they may be on their way")
	for n := range 3 {
		keep(n)
	}
	require.Equal(t, []string{name(0), name(1), name(2)}, open())
	_, err = store.Consume(ctx, name(1), "deny 1 1", now) // and then the program died
	require.NoError(t, err)
	require.Equal(t, []string{name(0), name(2)}, open())
	require.True(t, enlist(99))
	require.False(t, enlist(100))
	require.NoError(t, a.delist(ctx, name(0)))
	require.True(t, enlist(100))

	now = now.Add(2 * underway)
	require.True(t, enlist(101), "what never came to be kept is none")
	require.Equal(t, []string{name(2)}, open())
	now = now.Add(outbox.CardFor)
	require.Empty(t, open())
	require.NoError(t, a.delist(ctx, ""))
	kept, err := store.Setting(ctx, openKey)
	require.NoError(t, err)
	require.Nil(t, kept)
}
