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
	as      account
	dir     string
	path    string   // of the program
	running *program // nil while it does not run
}

// poolerPort names the pooler's socket in the server's folder.
const poolerPort = 6432

// Pooler starts one.
func (s *Server) Pooler() (*Pooler, error) {
	path, err := find("pgbouncer", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin")
	if err != nil {
		return nil, ErrPoolerMissing
	}
	p := &Pooler{as: s.as, dir: s.dir, path: path}
	err = os.WriteFile(p.settings(), fmt.Appendf(nil, `[databases]
* = host=%[1]s port=5432 user=postgres
[pgbouncer]
unix_socket_dir = %[1]s
listen_port = %[2]d
auth_type = any
pool_mode = transaction
default_pool_size = 7
max_client_conn = 200
server_login_retry = 1
ignore_startup_parameters = extra_float_digits
`, s.dir, poolerPort), 0o644)
	if err != nil {
		return nil, err
	}
	return p, p.Up()
}

func (p *Pooler) settings() string { return filepath.Join(p.dir, "pgbouncer.ini") }
func (p *Pooler) log() string      { return filepath.Join(p.dir, "pgbouncer.log") }

// Up starts the pooler and waits until it answers.
func (p *Pooler) Up() error {
	running, err := launch(p.as, p.dir, p.log(), p.path, p.settings())
	if err != nil {
		return err
	}
	err = running.until(func(ctx context.Context) error {
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
		running.kill()
		return fmt.Errorf("pgbouncer: %w: %s", err, tail(p.log()))
	}
	p.running = running
	return nil
}

// URL is the address of a database behind the pooler.
func (p *Pooler) URL(database string) string { return address(p.dir, poolerPort, database) }

// Stop ends the pooler in the middle of whatever it carries.
func (p *Pooler) Stop() {
	if p.running != nil {
		p.running.kill()
		p.running = nil
	}
}
