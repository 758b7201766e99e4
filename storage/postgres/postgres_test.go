package postgres

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"mrzbot/storage"
	"mrzbot/storage/postgres/pgtest"
	"mrzbot/storage/storagetest"
)

// cluster is the server that all tests here share; the first one that needs it
// starts it. It does not wait for the disk: no test of it is about the disk.
var cluster struct {
	sync.Once
	server    *pgtest.Server
	err       error
	databases atomic.Int64
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(withCluster{m}) }

// withCluster ends the server when the tests are over.
type withCluster struct{ *testing.M }

func (m withCluster) Run() int {
	code := m.M.Run()
	if cluster.server != nil {
		if err := cluster.server.Stop(); err != nil {
			fmt.Println(err)
			return 1
		}
	}
	return code
}

func server(t testing.TB) *pgtest.Server {
	t.Helper()
	cluster.Do(func() { cluster.server, cluster.err = pgtest.Start("fsync=off", "max_connections=200") })
	if errors.Is(cluster.err, pgtest.ErrMissing) {
		t.Skip(cluster.err)
	}
	require.NoError(t, cluster.err)
	return cluster.server
}

// newDatabase makes an empty database and gives its name.
func newDatabase(t testing.TB) string {
	t.Helper()
	name := fmt.Sprint("test", cluster.databases.Add(1))
	require.NoError(t, server(t).Exec(context.Background(), "postgres", "CREATE DATABASE "+name))
	return name
}

// suite runs the contract's suite. Databases are used again, emptied. The
// comparison with the model makes a thousand calls in each check, so it gets
// few of them unless -rapid.checks asks for more.
func suite(t *testing.T, url func(name string) string, checks int) {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		require.NoError(t, flag.Set("rapid.checks", strconv.Itoa(checks)))
	}
	var free []string
	storagetest.Run(t, func(t *testing.T) storagetest.Place {
		if len(free) == 0 {
			name := newDatabase(t)
			s, err := Open(t.Context(), url(name), Options{})
			require.NoError(t, err)
			require.NoError(t, s.Close())
			free = append(free, name)
		}
		name := free[0]
		free = free[1:]
		require.NoError(t, server(t).Exec(t.Context(), name, emptyAll))
		t.Cleanup(func() { free = append(free, name) })
		return func(t *testing.T) storage.Store {
			s, err := Open(t.Context(), url(name), Options{})
			require.NoError(t, err)
			return s
		}
	})
}

// emptyAll is quicker than truncating, which makes new files.
var emptyAll = func() (all string) {
	for _, table := range []string{
		"tasks", "orders", "names", "aside", "kept", "days", "ledger", "totals", "people", "takes", "settings", "leaders",
	} {
		all += "DELETE FROM mrzbot." + table + ";"
	}
	return all
}()

func TestSuite(t *testing.T) {
	suite(t, server(t).URL, 5)
}

// TestSuitePooled runs the suite through PgBouncer in transaction mode.
func TestSuitePooled(t *testing.T) {
	pooler, err := server(t).Pooler()
	if errors.Is(err, pgtest.ErrPoolerMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	defer pooler.Stop()
	suite(t, pooler.URL, 2)
}
