package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
	"mrzbot/storage/postgres/pgtest"
)

// TestOpenTogether: replicas that find no tables make them once, also behind a
// pooler.
func TestOpenTogether(t *testing.T) {
	pooler, err := cluster.Server(t).Pooler()
	if errors.Is(err, pgtest.ErrPoolerMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	defer pooler.Stop()
	for name, url := range map[string]func(database string) string{"straight": cluster.Server(t).URL, "pooled": pooler.URL} {
		t.Run(name, func(t *testing.T) {
			url := url(cluster.Database(t))
			const n = 6
			stores := make([]*Store, n)
			together(t, n, func(i int) (err error) {
				stores[i], err = Open(t.Context(), url, Options{})
				return err
			})
			add(t, stores[0], update("a", ""))
			tasks, err := claim(t.Context(), stores[1], start, 1)
			require.NoError(t, err)
			require.Len(t, tasks, 1)
			at, err := stores[2].version(t.Context())
			require.NoError(t, err)
			require.Equal(t, int(at)+1, rows(t, stores[2], "versions"), "each migration ran once; goose counts one more")
			for _, s := range stores {
				require.NoError(t, s.Close())
			}
		})
	}
}

// TestNewerTables: an older program leaves newer tables alone.
func TestNewerTables(t *testing.T) {
	name := cluster.Database(t)
	url := cluster.Server(t).URL(name)
	s, err := Open(t.Context(), url, Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	require.NoError(t, cluster.Server(t).Exec(t.Context(), name, `INSERT INTO mrzbot.versions (version_id, is_applied) VALUES (99999, true)`))
	_, err = Open(t.Context(), url, Options{})
	require.ErrorIs(t, err, storage.ErrSchema)
	is, err := Look(t.Context(), url)
	require.NoError(t, err)
	require.Equal(t, int64(99999), is.Tables)
	require.Less(t, is.Known, is.Tables)
}

// TestAsIs: a store that is only read is left as it is, also where its tables
// are of an earlier program, and none is made.
func TestAsIs(t *testing.T) {
	name := cluster.Database(t)
	url := cluster.Server(t).URL(name)
	_, err := Open(t.Context(), url, Options{AsIs: true})
	require.ErrorIs(t, err, ErrNoTables)
	is, err := Look(t.Context(), url)
	require.NoError(t, err)
	require.Zero(t, is.Tables)

	s := open(t, url)
	add(t, s, update("a", ""))
	tasks, err := claim(t.Context(), s, start, 1)
	require.NoError(t, err)
	for version, wrong := range map[int64]error{is.Known - 1: nil, is.Known: nil, is.Known + 1: storage.ErrSchema} {
		require.NoError(t, cluster.Server(t).Exec(t.Context(), name, fmt.Sprint(
			`DELETE FROM mrzbot.versions WHERE version_id >= `, is.Known-1, `; INSERT INTO mrzbot.versions (version_id, is_applied) VALUES (`, version, `, true)`)))
		r, err := Open(t.Context(), url, Options{AsIs: true})
		require.ErrorIs(t, err, wrong)
		if wrong != nil {
			continue
		}
		records := 0
		for _, err := range r.Dump(t.Context()) {
			require.NoError(t, err)
			records++
		}
		require.Equal(t, 2, records, "the task and its name")
		require.NoError(t, r.Close())
		after, err := Look(t.Context(), url)
		require.NoError(t, err)
		require.Equal(t, version, after.Tables)
	}
	require.NoError(t, s.Renew(t.Context(), tasks[0], start.Add(2*lease)), "nobody's lease was ended")
}

// TestLook: looking changes nothing.
func TestLook(t *testing.T) {
	url := cluster.Server(t).URL(cluster.Database(t))
	for range 2 {
		is, err := Look(t.Context(), url)
		require.NoError(t, err)
		require.Zero(t, is.Tables)
		require.True(t, is.CanCreate)
		require.False(t, is.ReadOnly)
		require.NotEmpty(t, is.Server)
	}
	open(t, url)
	is, err := Look(t.Context(), url)
	require.NoError(t, err)
	require.Equal(t, is.Known, is.Tables)
}

// TestMigrationsLock: each migration holds the version table before anything
// else, so that two replicas never run one at the same time, and none goes
// without a transaction.
func TestMigrationsLock(t *testing.T) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		text, err := fs.ReadFile(migrationFiles, name)
		require.NoError(t, err)
		_, up, found := strings.Cut(string(text), "-- +goose Up\n")
		require.True(t, found, name)
		require.True(t, strings.HasPrefix(up, "LOCK TABLE mrzbot.versions IN EXCLUSIVE MODE;"), name)
		require.NotContains(t, string(text), "NO TRANSACTION", name)
	}
}
