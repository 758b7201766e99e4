package postgres

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"
)

// refuser is a server that answers every connection with one refusal.
func refuser(t *testing.T, answer func(conn net.Conn)) (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	over := make(chan struct{})
	t.Cleanup(func() { require.NoError(t, listener.Close()); <-over })
	go func() {
		defer close(over)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			answer(conn)
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

// says answers the first message with an error.
func says(code, message string) func(conn net.Conn) {
	return func(conn net.Conn) {
		server := pgproto3.NewBackend(conn, conn)
		if _, err := server.ReceiveStartupMessage(); err != nil {
			return
		}
		server.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: message})
		_ = server.Flush()
	}
}

// noTLS answers the wish for TLS with no.
func noTLS(conn net.Conn) {
	if _, err := io.CopyN(io.Discard, conn, 8); err == nil {
		_, _ = conn.Write([]byte{'N'})
	}
}

// badTLS agrees to TLS and then speaks something else.
func badTLS(conn net.Conn) {
	if _, err := io.CopyN(io.Discard, conn, 8); err == nil {
		_, _ = conn.Write(append([]byte{'S'}, "this is no TLS at all"...))
		_, _ = io.CopyN(io.Discard, conn, 8)
	}
}

// TestRefusals: what waiting does not mend is told from what it may, by its
// SQLSTATE, and says what to do.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func(conn net.Conn)
		mend   string // "": it is waited out
	}{
		{"wrong password", says("28P01", `password authentication failed for user "me"`), mendLogin},
		{"no such user", says("28000", `role "me" does not exist`), mendLogin},
		{"no pg_hba entry", says("28000", `no pg_hba.conf entry for host "10.0.0.1", user "me", database "db", SSL encryption`), mendLogin},
		{"only encrypted", says("28000", `no pg_hba.conf entry for host "10.0.0.1", user "me", database "db", no encryption`), mendOnlyTLS},
		{"no such database", says("3D000", `database "db" does not exist`), mendDatabase},
		{"may not connect", says("42501", `permission denied for database "db"`), mendRights},
		{"unknown parameter", says("42704", `unrecognized configuration parameter "pgbouncer"`), mendParameter},
		{"bad value of a parameter", says("22023", `invalid value for parameter "TimeZone": "Mars"`), mendParameter},
		{"old protocol", says("0A000", `unsupported frontend protocol 3.0`), mendOld},
		{"pooler: parameter", says("08P01", `unsupported startup parameter: schema`), mendParameter},
		{"pooler: database", says("08P01", `no such database: db`), mendDatabase},
		{"pooler: user", says("08P01", `no such user: me`), mendLogin},
		{"pooler: TLS", says("08P01", `SSL required`), mendOnlyTLS},
		{"refuses TLS", noTLS, mendNoTLS},
		{"speaks no TLS", badTLS, mendTLSVersion},
		{"starting up", says("57P03", `the database system is starting up`), ""},
		{"stopping", says("57P01", `terminating connection due to administrator command`), ""},
		{"full", says("53300", `sorry, too many clients already`), ""},
		{"no memory", says("53200", `out of memory`), ""},
		{"disk full", says("53100", `could not write init file`), ""},
		{"pooler: no server", says("08P01", `server login has been failing, try again later (server_login_retry)`), ""},
		{"pooler: full", says("08P01", `no more connections allowed (max_client_conn)`), ""},
		{"connection failure", says("08006", `connection failure`), ""},
		{"unknown code", says("XX123", `something new`), ""},
		{"hangs up", func(net.Conn) {}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			mode := "disable"
			if c.mend == mendNoTLS || c.mend == mendTLSVersion {
				mode = "require"
			}
			address := "postgres://me:canary@" + refuser(t, c.answer) + "/db?sslmode=" + mode
			_, err := Open(t.Context(), address, Options{})
			requireRefusal(t, err, c.mend)
			_, err = Look(t.Context(), address)
			requireRefusal(t, err, c.mend)
		})
	}
}

func requireRefusal(t *testing.T, err error, mend string) {
	t.Helper()
	require.Error(t, err)
	require.NotContains(t, err.Error(), "canary")
	require.Equal(t, mend != "", errors.Is(err, ErrSetUp), err)
	if r, ok := errors.AsType[*Refusal](err); ok {
		require.Equal(t, mend, r.Mend)
		require.NotContains(t, r.Says, "canary")
		require.Equal(t, r.Says+". "+r.Mend, err.Error())
	}
}

// TestRefusalsOfServer: the same with a real server, also of what is found later
// than at the connection.
func TestRefusalsOfServer(t *testing.T) {
	server, name := cluster.Server(t), cluster.Database(t)
	require.NoError(t, server.Exec(t.Context(), name, `CREATE ROLE poor LOGIN; REVOKE CREATE ON DATABASE `+name+` FROM PUBLIC`))
	poor := strings.Replace(server.URL(name), "postgres@", "poor@", 1)
	for what, c := range map[string]struct{ url, mend string }{
		"database": {server.URL("nowhere"), mendDatabase},
		"user":     {strings.Replace(server.URL(name), "postgres@", "nobody@", 1), mendLogin},
		"rights":   {poor, mendRights},
	} {
		_, err := Open(t.Context(), c.url, Options{})
		require.Error(t, err, what)
		requireRefusal(t, err, c.mend)
	}
	// A schema that was made for the user is enough.
	require.NoError(t, server.Exec(t.Context(), name, `CREATE SCHEMA mrzbot AUTHORIZATION poor`))
	is, err := Look(t.Context(), poor)
	require.NoError(t, err)
	require.True(t, is.CanCreate)
	s, err := Open(t.Context(), poor, Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// TestOldServer: a server that cannot have the tables is refused at once.
func TestOldServer(t *testing.T) {
	_, err := Open(t.Context(), "postgres://me@"+refuser(t, func(conn net.Conn) { oldServer(conn) })+"/db?sslmode=disable", Options{})
	requireRefusal(t, err, mendOld)
	require.ErrorContains(t, err, "the server is PostgreSQL 9.6.24")
}

// oldServer lets everybody in and gives its version, whatever it is asked.
func oldServer(conn net.Conn) {
	server := pgproto3.NewBackend(conn, conn)
	if _, err := server.ReceiveStartupMessage(); err != nil {
		return
	}
	server.Send(&pgproto3.AuthenticationOk{})
	server.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	number := binary.BigEndian.AppendUint32(nil, 90624)
	for server.Flush() == nil {
		message, err := server.Receive()
		if err != nil {
			return
		}
		switch message.(type) {
		case *pgproto3.Bind:
			server.Send(&pgproto3.BindComplete{})
		case *pgproto3.Parse:
			server.Send(&pgproto3.ParseComplete{})
		case *pgproto3.Describe:
			server.Send(&pgproto3.RowDescription{Fields: []pgproto3.FieldDescription{
				{Name: []byte("number"), DataTypeOID: 23, DataTypeSize: 4, Format: 1},
				{Name: []byte("version"), DataTypeOID: 25, DataTypeSize: -1},
			}})
		case *pgproto3.Execute:
			server.Send(&pgproto3.DataRow{Values: [][]byte{number, []byte("9.6.24")}})
			server.Send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 1")})
		case *pgproto3.Sync:
			server.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
		}
	}
}

// TestOddPasswords: a password with special characters is taken as it is, or the
// URL refused: no part of it becomes a host, a port, a database or a parameter,
// and none is in an error.
func TestOddPasswords(t *testing.T) {
	odd := []string{"canary", "canary@", "@canary", "ca@canary", "ca/canary", "12/canary", "ca?canary", "12?canary=x", "ca#canary", "12#canary",
		"ca:canary", "canary%", "canary%zz", "canary%40x", "ca canary", "ca\ncanary", "ca,canary", "ca[canary]", "ca&canary=y", "ca+canary", "ca\\canary",
		"ca@12/canary", "ca/x@canary", "ca@canary/db?sslmode=x", "канарейка-canary", "ca\x00canary", "canary'", `canary"`, "ca|canary", "host=canary"}
	for _, password := range odd {
		for _, raw := range []bool{true, false} {
			written := password
			if !raw {
				written = url.QueryEscape(strings.ReplaceAll(password, " ", "\x01"))
			}
			what := fmt.Sprintf("%q, raw: %t", password, raw)
			address := "postgres://me:" + written + "@127.0.0.1:1/db?sslmode=disable"
			config, err := parse(address)
			if err == nil {
				c := config.ConnConfig
				others := fmt.Sprint(c.Host, c.User, c.Database, c.Port, c.RuntimeParams, len(c.Fallbacks))
				require.NotContains(t, others, "canary", what)
				require.Equal(t, "127.0.0.1", c.Host, what)
				require.Equal(t, "db", c.Database, what)
			}
			require.True(t, raw || err == nil || strings.Contains(password, "\x00"), "%s: %v", what, err)
			for _, call := range []func() error{
				func() error { _, err := Open(t.Context(), address, Options{}); return err },
				func() error { _, err := Look(t.Context(), address); return err },
			} {
				err := call()
				require.Error(t, err, what)
				require.NotContains(t, err.Error(), "canary", what)
				require.NotContains(t, fmt.Sprintf("%+v", err), "canary", what)
			}
		}
	}
}
