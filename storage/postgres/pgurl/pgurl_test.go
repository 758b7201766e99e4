package pgurl

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	none := map[string]string{}
	for text, want := range map[string]Target{
		"postgres://me:pw@db/mrz":                  {Hosts: []Host{{"db", 5432}}, User: "me", Password: "pw", Database: "mrz", Params: none},
		"postgresql://me@db:6000/mrz/":             {Hosts: []Host{{"db", 6000}}, User: "me", Database: "mrz", Params: none},
		"postgres://db:/mrz":                       {Hosts: []Host{{"db", 5432}}, Database: "mrz", Params: none},
		"postgres://[::1]:6000/mrz":                {Hosts: []Host{{"::1", 6000}}, Database: "mrz", Params: none},
		"postgres://[fe80::1%25eth0]/mrz":          {Hosts: []Host{{"fe80::1%eth0", 5432}}, Database: "mrz", Params: none},
		"postgres://10.0.0.7/mrz":                  {Hosts: []Host{{"10.0.0.7", 5432}}, Database: "mrz", Params: none},
		"postgres://a,b:6000,[::1]/mrz":            {Hosts: []Host{{"a", 5432}, {"b", 6000}, {"::1", 5432}}, Database: "mrz", Params: none},
		"postgres://a,b/mrz?port=1,2":              {Hosts: []Host{{"a", 1}, {"b", 2}}, Database: "mrz", Params: none},
		"postgres://a,b/mrz?port=7":                {Hosts: []Host{{"a", 7}, {"b", 7}}, Database: "mrz", Params: none},
		"postgres:///mrz?host=/run/pg":             {Hosts: []Host{{"/run/pg", 5432}}, Database: "mrz", Params: none},
		"postgres://%2Frun%2Fpg:1/mrz":             {Hosts: []Host{{"/run/pg", 1}}, Database: "mrz", Params: none},
		"postgres://me@/mrz?host=%2Frun&port=5433": {Hosts: []Host{{"/run", 5433}}, User: "me", Database: "mrz", Params: none},
		"postgres://db?dbname=mrz&user=me&password=a%26b": {
			Hosts: []Host{{"db", 5432}}, User: "me", Password: "a&b", Database: "mrz", Params: none},
		"postgres://me:%40%3A%2F%23%3F%25%20%5C'@db/m%20z": {
			Hosts: []Host{{"db", 5432}}, User: "me", Password: `@:/#?% \'`, Database: "m z", Params: none},
		"postgres://я:пароль+$!@db/mrz": {Hosts: []Host{{"db", 5432}}, User: "я", Password: "пароль+$!", Database: "mrz", Params: none},
		"postgres://db/mrz?ssl=true":    {Hosts: []Host{{"db", 5432}}, Database: "mrz", Params: map[string]string{"sslmode": "require"}},
		"postgres://db/mrz?sslmode=&options=-c%20x=y": {
			Hosts: []Host{{"db", 5432}}, Database: "mrz", Params: map[string]string{"sslmode": "", "options": "-c x=y"}},
	} {
		got, err := Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

// secret is a password with a part of which it can be told whether it is said.
const secret = "canary"

// TestRefused: what can be read in two ways is refused, with the mend, and the
// error holds no part of it.
func TestRefused(t *testing.T) {
	two := "percent-encoded: %40 for @"
	for text, want := range map[string]string{
		"postgres://me:can@ary@db/mrz":                     two,
		"postgres://me:can@canary/mrz@db/mrz":              two,
		"postgres://me:can:canary@db/mrz":                  two,
		"postgres://me:1234/canary@db/mrz":                 two,
		"postgres://me:can/canary@db:5432/mrz":             two,
		"postgres://me:can?canary@db/mrz":                  two,
		"postgres://me:can#canary@db/mrz":                  two,
		"postgres://me:can%canary@db/mrz":                  two,
		"postgres://me:canary%00@db/mrz":                   two,
		"postgres://me:canary%@db/mrz":                     two,
		"postgres://me:canary%+1@db/mrz":                   two,
		"postgres://me:can canary@db/mrz":                  two,
		"postgres://me:can\tcanary@db/mrz":                 two,
		"postgres://me:can\u00a0canary@db/mrz":             two,
		"postgres://me:can\u200bcanary@db/mrz":             two,
		"postgres://me:can\xffcanary@db/mrz":               two,
		"postgres://me:[canary]@db/mrz":                    two,
		"postgres://me:<canary>@db/mrz":                    two,
		"postgres://me:${canary}@db/mrz":                   two,
		`postgres://me:can\canary@db/mrz`:                  two,
		`postgres://me:"canary"@db/mrz`:                    two,
		"postgres://db/mrz?user=me&password=can@canary":    two,
		"postgres://db/mrz?user=me&password=can#canary":    two,
		"postgres://db/mrz?user=me&password=can?canary=1":  two,
		"postgres://db/mrz?password=can&canary":            two,
		"postgres://me:canary":                             "no database",
		"postgres://me:canary/mrz":                         "port that does not exist",
		"postgres://me:canary@db:0/mrz":                    "port that does not exist",
		"postgres://me:canary@db:65536/mrz":                "port that does not exist",
		"postgres://me:canary@db:+1/mrz":                   "port that does not exist",
		"postgres://me:canary@a,b/mrz?port=1,2,3":          "port that does not exist",
		"postgres://me:pw@-canary/mrz":                     "no host",
		"postgres://me:pw@can*ary/mrz":                     "no host",
		"postgres://me:pw@can%40ary/mrz":                   "no host",
		"postgres://me:pw@db,,canary/mrz":                  "no host",
		"postgres://me:pw@[canary]/mrz":                    "no host",
		"postgres://me:pw@[::1]canary/mrz":                 "no host",
		"postgres://me:pw@пароль-canary/mrz":               "no host",
		"postgres:///canary":                               "no host",
		"postgres://me:canary@db":                          "no database",
		"postgres://me:canary@db/":                         "no database",
		"postgres://me:canary@db/a/b":                      "no database",
		"postgres://me:canary@db/mrz?host=other":           "twice",
		"postgres://me:canary@db:1/mrz?port=2":             "twice",
		"postgres://me:canary@db/mrz?password=canary":      "twice",
		"postgres://me:canary@db/mrz?user=you":             "twice",
		"postgres://me:canary@db/mrz?dbname=other":         "twice",
		"postgres://db/mrz?sslmode=disable&sslmode=canary": "twice",
		"postgres://db/mrz?user=me&password=p&canary=1":    "does not know",
		"postgres://db/mrz?pgbouncer=true":                 "pgbouncer",
		"postgres://db/mrz?synchronous_commit=off":         "synchronous_commit",
		"postgres://db/mrz?schema=canary":                  "schema of their own",
		"postgres://db/mrz?keepalives=1":                   "keepalives",
		"postgres://db/mrz?service=canary":                 "service",
		"postgres://db/mrz?sslmode=canary":                 "sslmode that does not exist",
		"postgres://db/mrz?ssl=canary":                     "write sslmode",
		"postgres://db/mrz?pool_max_conns=101":             "from 1 to 100",
		"postgres://db/mrz?pool_max_conn_lifetime=canary":  "pool_max_conn_lifetime",
		"postgres://db/mrz?connect_timeout=5s":             "connect_timeout",
		"postgres://db/mrz?target_session_attrs=standby":   "target_session_attrs",
		"Postgres://me:canary@db/mrz":                      "not a postgres URL",
		"host=db password=canary dbname=mrz":               "not a postgres URL",
	} {
		_, err := Parse(text)
		require.ErrorContains(t, err, want, text)
		require.NotContains(t, err.Error(), secret, text)
	}
}

// FuzzOneReading: an accepted URL names the same host and password for the
// reader of the standard library, so that nobody can be misled by either.
func FuzzOneReading(f *testing.F) {
	for _, text := range []string{
		"postgres://me:p%40ss@db:5432/mrz?sslmode=require", "postgres://me:p@ss@db/mrz", "postgres://me:a:b@[::1]:1/x",
		"postgres://a,b:2/x?port=1", "postgres:///x?host=/run", "postgres://me:a/b@db/x", "postgres://me:a#b@db/x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		if err != nil {
			return
		}
		require.NotEmpty(t, got.Hosts)
		require.NotEmpty(t, got.Database)
		for _, h := range got.Hosts {
			require.NotContains(t, h.Name, "@")
		}
		u, err := url.Parse(text)
		if err != nil || u.User == nil || strings.Contains(u.Host, ",") {
			return // lists of hosts are not for that reader
		}
		password, _ := u.User.Password()
		require.Equal(t, u.User.Username()+":"+password, got.User+":"+got.Password)
		if u.Host != "" {
			require.Equal(t, u.Hostname(), got.Hosts[0].Name)
		}
	})
}
