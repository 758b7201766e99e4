package pgtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"
)

// Pooler is a PgBouncer in transaction mode before a server: after each
// transaction a client may get another of the server's sessions.
type Pooler struct {
	dir     string
	running *program
}

// poolerPort names the pooler's socket in the server's folder.
const poolerPort = 6432

// Pooler starts one.
func (s *Server) Pooler() (*Pooler, error) {
	path, err := find("pgbouncer", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin")
	if err != nil {
		return nil, ErrPoolerMissing
	}
	p := &Pooler{dir: s.dir}
	settings := filepath.Join(s.dir, "pgbouncer.ini")
	err = os.WriteFile(settings, fmt.Appendf(nil, `[databases]
* = host=%[1]s port=5432 user=postgres
[pgbouncer]
unix_socket_dir = %[1]s
listen_port = %[2]d
auth_type = any
pool_mode = transaction
default_pool_size = 7
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
`, s.dir, poolerPort), 0o644)
	if err != nil {
		return nil, err
	}
	if p.running, err = launch(s.as, s.dir, filepath.Join(s.dir, "pgbouncer.log"), path, settings); err != nil {
		return nil, err
	}
	err = p.running.until(func(ctx context.Context) error {
		config, err := pgx.ParseConfig(p.URL("postgres"))
		if err != nil {
			return err
		}
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
		conn, err := pgx.ConnectConfig(ctx, config)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close(ctx) }()
		return conn.Ping(ctx)
	})
	if err != nil {
		p.Stop()
		return nil, fmt.Errorf("pgbouncer: %w: %s", err, tail(filepath.Join(s.dir, "pgbouncer.log")))
	}
	return p, nil
}

// URL is the address of a database behind the pooler.
func (p *Pooler) URL(database string) string { return address(p.dir, poolerPort, database) }

// Stop ends the pooler.
func (p *Pooler) Stop() { p.running.kill() }
