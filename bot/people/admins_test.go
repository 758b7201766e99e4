package people

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

// TestAdmins: agents become admins and admins agents, but for those of the settings
// and the last one there is; whoever keeps menus hears of each change once.
func TestAdmins(t *testing.T) {
	store, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	var menus []string
	l := &List{Store: store, Log: slog.New(slog.DiscardHandler), Now: time.Now, Admins: []int64{1}}
	l.AdminChanged = func(_ context.Context, id int64, admin bool) { menus = append(menus, fmt.Sprintf("%d%t", id, admin)) }
	ctx := t.Context()
	for _, id := range []int64{2, 3} {
		_, err := l.Change(ctx, 1, id, func(p *storage.Person) error { p.Role = storage.RoleAgent; return nil })
		require.NoError(t, err)
	}
	make := func(id int64) (bool, error) { _, changed, err := l.MakeAdmin(ctx, 1, id); return changed, err }
	unmake := func(id int64) (bool, error) { _, changed, err := l.UnmakeAdmin(ctx, 1, id); return changed, err }
	is := func(want bool) func(bool, error) {
		return func(changed bool, err error) { require.NoError(t, err); require.Equal(t, want, changed) }
	}
	fails := func(want error) func(bool, error) {
		return func(changed bool, err error) { require.ErrorIs(t, err, want); require.False(t, changed) }
	}
	is(true)(make(2))
	is(false)(make(2))
	fails(ErrNotListed)(make(4))
	fails(ErrBySettings)(make(1))
	fails(ErrBySettings)(unmake(1))
	is(true)(unmake(2))
	is(false)(unmake(3))
	fails(ErrNotListed)(unmake(4))
	is(true)(make(3))
	_, err = l.Change(ctx, 1, 3, func(p *storage.Person) error { p.Role = storage.RoleNone; return nil })
	require.NoError(t, err)
	require.Equal(t, []string{"2true", "2false", "3true", "3false"}, menus)

	l.Admins = nil
	is(true)(make(2))
	fails(ErrOnlyAdmin)(unmake(2))
}
