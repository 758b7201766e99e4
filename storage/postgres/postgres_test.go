package postgres

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
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

// allTests reports whether the tests are asked for that a change has to pass before it
// goes out (MRZBOT_TESTS=all), and not only those for the desk.
func allTests() bool { return os.Getenv("MRZBOT_TESTS") == "all" }

// suite runs the contract's suite. Databases are used again, emptied. The
// comparison with the model makes a thousand calls in each check, so it gets
// few of them, and one at the desk, unless -rapid.checks asks for more. prepare is
// called for each new database.
func suite(t *testing.T, url func(name string) string, checks int, prepare func(name string)) {
	if !allTests() {
		checks = 1
	}
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

const allTables = "tasks orders names aside kept days ledger totals people takes settings leaders audit invites day_totals sums"

// emptyAll is quicker than truncating, which makes new files. It sets the rule aside
// that keeps the audit, as only a superuser can.
var emptyAll = func() string {
	all := "SET synchronous_commit = on; SET session_replication_role = replica;"
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
	if !allTests() {
		t.Skip("the suite runs a second time with MRZBOT_TESTS=all")
	}
	pooler, err := cluster.Server(t).Pooler()
	if errors.Is(err, pgtest.ErrPoolerMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	defer pooler.Stop()
	suite(t, pooler.URL, 2, func(name string) { hasty(t, cluster.Server(t), name) })
}

// TestURLAloneSaysWhere: what libpq's environment variables and the files of the
// home folder say changes neither where the store is nor how it is reached.
func TestURLAloneSaysWhere(t *testing.T) {
	urls := []string{cluster.Server(t).URL(cluster.Database(t)), "postgres://db/mrz", "postgres://a:6000,b/mrz?sslmode=disable"}
	var want []string
	seen := func(url string) string {
		c, err := parse(url)
		require.NoError(t, err)
		of := c.ConnConfig
		told := fmt.Sprint(of.Host, of.Port, of.User, of.Password, of.Database, of.TLSConfig == nil, of.ConnectTimeout,
			of.RuntimeParams, of.ValidateConnect == nil, of.MinProtocolVersion, of.MaxProtocolVersion, of.ChannelBinding, of.RequireAuth)
		for _, f := range of.Fallbacks {
			told += fmt.Sprint(f.Host, f.Port, f.TLSConfig == nil)
		}
		return told
	}
	for _, url := range urls {
		want = append(want, seen(url))
	}
	home := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(home, ".pgpass"), []byte("*:*:*:*:canary\n"), 0o600))
	require.NoError(t, os.MkdirAll(filepath.Join(home, ".postgresql"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(home, ".postgresql", "root.crt"), []byte("canary"), 0o600))
	t.Setenv("HOME", home)
	for name, value := range map[string]string{
		"PGHOST": "canary", "PGPORT": "1", "PGUSER": "canary", "PGPASSWORD": "canary", "PGDATABASE": "canary", "PGSSLMODE": "verify-full",
		"PGPASSFILE": filepath.Join(home, ".pgpass"), "PGSSLROOTCERT": "/canary", "PGSSLCERT": "/canary", "PGSSLKEY": "/canary",
		"PGSSLNEGOTIATION": "direct", "PGSSLCERTMODE": "canary", "PGOPTIONS": "-c synchronous_commit=off", "PGTZ": "canary", "PGAPPNAME": "canary",
		"PGCONNECT_TIMEOUT": "canary", "PGTARGETSESSIONATTRS": "standby", "PGMINPROTOCOLVERSION": "canary", "PGMAXPROTOCOLVERSION": "canary",
		"PGCHANNELBINDING": "canary", "PGREQUIREAUTH": "canary", "PGSSLSNI": "0", "PGSSLPASSWORD": "canary", "PGSERVICEFILE": "/canary",
	} {
		t.Setenv(name, value)
	}
	for i, url := range urls {
		require.Equal(t, want[i], seen(url))
	}
	_, err := Look(t.Context(), urls[0])
	require.NoError(t, err)
}

// TestSamePasswordToAll: what the reader of URLs finds is what pgx is given.
func TestSamePasswordToAll(t *testing.T) {
	c, err := parse(`postgres://m%27e:%20%5C%27%40%3A%2F%23%3F%25%20@[::1]:6000,db/m%20z?options=-c%20work_mem=1MB`)
	require.NoError(t, err)
	require.Equal(t, "m'e", c.ConnConfig.User)
	require.Equal(t, ` \'@:/#?% `, c.ConnConfig.Password)
	require.Equal(t, "m z", c.ConnConfig.Database)
	require.Equal(t, "::1", c.ConnConfig.Host)
	require.Equal(t, uint16(6000), c.ConnConfig.Port)
	require.Equal(t, "-c work_mem=1MB", c.ConnConfig.RuntimeParams["options"])
	require.Equal(t, "db", c.ConnConfig.Fallbacks[len(c.ConnConfig.Fallbacks)-1].Host)
	require.Equal(t, uint16(5432), c.ConnConfig.Fallbacks[len(c.ConnConfig.Fallbacks)-1].Port)
}

// TestReservedInPassword: a password that cuts the URL short never becomes a
// host to be looked up.
func TestReservedInPassword(t *testing.T) {
	for _, url := range []string{
		"postgres://me:p@canary@db/mrz", "postgres://me:p:canary@db/mrz", "postgres://me:p/canary@db/mrz", "postgres://me:p#canary@db/mrz",
	} {
		_, err := Open(t.Context(), url, Options{})
		require.ErrorIs(t, err, ErrURL)
		require.NotContains(t, err.Error(), "canary")
		_, err = Look(t.Context(), url)
		require.ErrorIs(t, err, ErrURL)
		require.NotContains(t, err.Error(), "canary")
	}
}
