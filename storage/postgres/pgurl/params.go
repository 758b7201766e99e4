package pgurl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxPool is the most connections one replica may ask for: more only wait for
// each other in the server.
const maxPool = 100

// known are the parameters that are understood, each with what may stand behind
// it; nil: anything. The server refuses what it does not know, and goes on
// refusing it, so nothing unknown gets there.
var known = map[string]func(value string) bool{
	"sslmode":              oneOf("", "disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
	"sslrootcert":          nil,
	"sslcert":              nil,
	"sslkey":               nil,
	"sslpassword":          nil,
	"sslsni":               oneOf("0", "1"),
	"sslcertmode":          oneOf("disable", "allow", "require"),
	"sslnegotiation":       oneOf("postgres", "direct"),
	"channel_binding":      oneOf("disable", "prefer", "require"),
	"require_auth":         nil,
	"krbsrvname":           nil,
	"krbspn":               nil,
	"passfile":             nil,
	"connect_timeout":      number(0, 3600),
	"application_name":     nil,
	"client_encoding":      oneOf("UTF8", "utf8", "UTF-8", "utf-8", "auto"),
	"max_protocol_version": oneOf("3.0", "3.2", "latest"),
	"min_protocol_version": oneOf("3.0", "3.2", "latest"),
	// A store is written: a server that can only be read is none.
	"target_session_attrs": oneOf("any", "read-write", "primary"),

	"pool_max_conns":                number(1, maxPool),
	"pool_min_conns":                number(0, maxPool),
	"pool_min_idle_conns":           number(0, maxPool),
	"pool_max_conn_lifetime":        duration,
	"pool_max_conn_lifetime_jitter": duration,
	"pool_max_conn_idle_time":       duration,
	"pool_health_check_period":      duration,
	"pool_ping_timeout":             duration,
	// What pgx is told by those who use a pooler. The engine speaks to all of
	// them in one way that fits.
	"default_query_exec_mode":    oneOf("cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"),
	"statement_cache_capacity":   number(0, 1<<20),
	"description_cache_capacity": number(0, 1<<20),

	// Less than on loses what was promised, and pays for photos twice.
	"synchronous_commit": oneOf("on", "remote_write", "remote_apply"),

	// Settings of the session, which the server itself judges.
	"options": nil, "search_path": nil, "timezone": nil, "datestyle": nil, "intervalstyle": nil,
	"statement_timeout": nil, "lock_timeout": nil, "idle_in_transaction_session_timeout": nil, "idle_session_timeout": nil,
	"tcp_keepalives_idle": nil, "tcp_keepalives_interval": nil, "tcp_keepalives_count": nil, "tcp_user_timeout": nil,
	"work_mem": nil, "extra_float_digits": nil, "default_transaction_isolation": nil,
}

// foreign are parameters of other programs' URLs and of libpq that are often
// found in a URL that is copied, each with what to do about it. Only these are
// named in an error: any other name may be a part of a password.
var foreign = map[string]string{
	"pgbouncer":                 "",
	"schema":                    "the tables are in a schema of their own, mrzbot",
	"currentSchema":             "the tables are in a schema of their own, mrzbot",
	"connection_limit":          "write pool_max_conns",
	"pool_timeout":              "",
	"pool_size":                 "write pool_max_conns",
	"max_overflow":              "",
	"sslaccept":                 "write sslmode",
	"ssl":                       "write sslmode",
	"ssl_mode":                  "write sslmode",
	"sslidentity":               "write sslcert and sslkey",
	"sslcrl":                    "",
	"sslcompression":            "",
	"socket_timeout":            "",
	"statement_cache_size":      "",
	"prepared_statements":       "",
	"binary_parameters":         "",
	"hostaddr":                  "write it as the host",
	"fallback_application_name": "write application_name",
	"gssencmode":                "",
	"gsslib":                    "",
	"keepalives":                "",
	"keepalives_idle":           "write tcp_keepalives_idle",
	"keepalives_interval":       "write tcp_keepalives_interval",
	"keepalives_count":          "write tcp_keepalives_count",
	"load_balance_hosts":        "",
	"replication":               "",
	"requirepeer":               "",
	"service":                   "write all that it says into the URL",
	"servicefile":               "write all that it says into the URL",
	"uselibpqcompat":            "",
}

var errUnknown = errors.New("a parameter behind the ? that mrzbot does not know. Leave it out. If it is a part of the password: " + encoded)

// check looks at the parameters that have no place of their own in Target.
func check(params map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		may, ok := known[name]
		if ok && (may == nil || may(params[name])) {
			continue
		}
		instead, named := foreign[name]
		switch {
		case ok && name == "pool_max_conns":
			return fmt.Errorf("a pool_max_conns out of bounds. Give a number from 1 to %d", maxPool)
		case ok && name == "sslmode":
			return errors.New("an sslmode that does not exist. Write disable, prefer, require, verify-ca or verify-full")
		case ok:
			return fmt.Errorf("a value of %s that does not fit. Leave it out, or write another", name)
		case named && instead != "":
			return fmt.Errorf("the parameter %s, which is not for mrzbot. Leave it out: %s", name, instead)
		case named:
			return fmt.Errorf("the parameter %s, which is not for mrzbot. Leave it out", name)
		}
		return errUnknown
	}
	return nil
}

func oneOf(values ...string) func(string) bool {
	return func(value string) bool { return slices.Contains(values, value) }
}

func number(from, to int) func(string) bool {
	return func(value string) bool {
		n, err := strconv.Atoi(value)
		return err == nil && from <= n && n <= to
	}
}

func duration(value string) bool {
	length, err := time.ParseDuration(value)
	return err == nil && length >= 0
}

// alone are the values by which pgx takes nothing from the environment or from
// the home folder: all that it would look up there is said.
var alone = map[string]string{
	"passfile": "", "sslmode": "prefer", "sslrootcert": "", "sslcert": "", "sslkey": "", "sslpassword": "", "sslsni": "1",
	"sslcertmode": "allow", "sslnegotiation": "", "channel_binding": "", "require_auth": "",
	"min_protocol_version": "", "max_protocol_version": "", "target_session_attrs": "any",
	"connect_timeout": "0", "application_name": "mrzbot",
}

// Keywords writes a target as pgx reads it in one way only: with a name before
// each value, and with everything that pgx would otherwise take from libpq's
// environment variables (PGHOST, PGPASSWORD and so on) or from the home folder
// (~/.pgpass, ~/.postgresql): STORAGE_URL alone says where the store is.
// Three of them cannot be said away: PGOPTIONS and PGTZ become parameters of the
// session, and PGSERVICE is looked up whatever stands here.
func (t Target) Keywords() string {
	all := maps.Clone(alone)
	for name, value := range t.Params {
		if value != "" {
			all[name] = value
		}
	}
	var hosts, ports []string
	for _, h := range t.Hosts {
		hosts, ports = append(hosts, h.Name), append(ports, strconv.Itoa(int(h.Port)))
	}
	all["host"], all["port"] = strings.Join(hosts, ","), strings.Join(ports, ",")
	all["user"], all["password"], all["dbname"] = t.User, t.Password, t.Database
	escape := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&text, "%s='%s' ", name, escape.Replace(all[name]))
	}
	return text.String()
}
