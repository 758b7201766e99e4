package postgres

import (
	"errors"
	"flag"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"mrzbot/storage"
	"mrzbot/storage/postgres/pgtest"
	"mrzbot/storage/storagetest"
)

// cluster is the server that all tests here share. It does not wait for the
// disk: no test of it is about the disk.
var cluster = pgtest.NewShared("fsync=off", "max_connections=200")

func TestMain(m *testing.M) { goleak.VerifyTestMain(pgtest.Tests{M: m, Server: cluster}) }

// suite runs the contract's suite. Databases are used again, emptied. The
// comparison with the model makes a thousand calls in each check, so it gets
// few of them unless -rapid.checks asks for more. prepare is called for each new
// database.
func suite(t *testing.T, url func(name string) string, checks int, prepare func(name string)) {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		require.NoError(t, flag.Set("rapid.checks", strconv.Itoa(checks)))
	}
	var free []string
	storagetest.Run(t, func(t *testing.T) storagetest.Place {
		if len(free) == 0 {
			name := cluster.Database(t)
			s, err := Open(t.Context(), url(name), Options{anyClock: true})
			require.NoError(t, err)
			require.NoError(t, s.Close())
			prepare(name)
			free = append(free, name)
		}
		name := free[0]
		free = free[1:]
		require.NoError(t, cluster.Server(t).Exec(t.Context(), name, emptyAll))
		t.Cleanup(func() { free = append(free, name) })
		return func(t *testing.T) storage.Store {
			s, err := Open(t.Context(), url(name), Options{anyClock: true})
			require.NoError(t, err)
			return s
		}
	}, newGate)
}

const allTables = "tasks orders names aside kept days ledger totals people takes settings leaders"

// emptyAll is quicker than truncating, which makes new files.
var emptyAll = func() string {
	all := "SET synchronous_commit = on;"
	for _, table := range strings.Fields(allTables) {
		all += "DELETE FROM mrzbot." + table + ";"
	}
	return all
}()

func TestSuite(t *testing.T) {
	suite(t, cluster.Server(t).URL, 5, func(string) {})
}

// TestSuitePooled runs the suite through PgBouncer in transaction mode, in
// databases that are set not to wait for the disk.
func TestSuitePooled(t *testing.T) {
	pooler, err := cluster.Server(t).Pooler()
	if errors.Is(err, pgtest.ErrPoolerMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	defer pooler.Stop()
	suite(t, pooler.URL, 2, func(name string) { hasty(t, cluster.Server(t), name) })
}
