// Package pgtest starts PostgreSQL servers of a test's own, in a temporary
// folder, which the test may kill and start again, and PgBouncer before them.
// It is for tests only.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/jackc/pgx/v5"
)

// What is missing on this machine, and how to get it.
var (
	ErrMissing       = errors.New("this needs PostgreSQL's own programs, initdb and postgres: apt-get install postgresql, or put their folder into PATH")
	ErrPoolerMissing = errors.New("this needs PgBouncer: apt-get install pgbouncer, or put the folder of pgbouncer into PATH")
)

// Server is a PostgreSQL server that listens at a Unix socket in its folder
// only, and lets in whoever can reach that.
type Server struct {
	dir      string
	postgres string // the path of the program
	settings []string
	as       account
	running  *program // nil while it does not run
}

// Start makes a new cluster and starts its server. Settings are those of
// postgresql.conf, as name=value.
func Start(settings ...string) (*Server, error) {
	initdb, err := find("initdb", "/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
	if err != nil {
		return nil, ErrMissing
	}
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "mrzbot-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, postgres: filepath.Join(filepath.Dir(initdb), "postgres"), settings: settings, as: as}
	err = errors.Join(as.own(dir), s.make(initdb))
	if err == nil {
		err = s.Up()
	}
	if err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Server) make(initdb string) error {
	cmd := exec.Command(initdb, "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	s.as.run(cmd)
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }
func (s *Server) log() string  { return filepath.Join(s.dir, "log") }

// Up starts the server and waits until it answers. After Kill this may take a
// few starts: what the dead one left behind has to end first.
func (s *Server) Up() error {
	args := []string{"-D", s.data(), "-k", s.dir, "-c", "listen_addresses="}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	const starts = 50
	for range starts {
		p, err := launch(s.as, s.dir, s.log(), s.postgres, args...)
		if err != nil {
			return err
		}
		err = p.until(func(ctx context.Context) error { return s.Exec(ctx, "postgres", "SELECT 1") })
		if err == nil {
			s.running = p
			return nil
		}
		if !errors.Is(err, errEnded) {
			p.kill()
			return err
		}
	}
	return fmt.Errorf("postgres does not start: %s", tail(s.log()))
}

// URL is the address of a database.
func (s *Server) URL(database string) string { return address(s.dir, 5432, database) }

func address(dir string, port int, database string) string {
	q := url.Values{"host": {dir}, "port": {fmt.Sprint(port)}, "sslmode": {"disable"}}
	return "postgres://postgres@/" + database + "?" + q.Encode()
}

// Exec runs statements without parameters in a database.
func (s *Server) Exec(ctx context.Context, database, statements string) error {
	conn, err := pgx.Connect(ctx, s.URL(database))
	if err != nil {
		return err
	}
	_, err = conn.PgConn().Exec(ctx, statements).ReadAll()
	return errors.Join(err, conn.Close(ctx))
}

// Kill ends the server's first process in the middle of whatever it does; the
// others follow when they notice.
func (s *Server) Kill() {
	if s.running != nil {
		s.running.kill()
		s.running = nil
	}
}

// KillAll ends all of the server's processes at once, as a machine does that loses
// its power: what they had not written yet is gone. It needs /proc.
func (s *Server) KillAll() {
	if s.running != nil {
		killChildren(s.running.cmd.Process)
		s.Kill()
	}
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	if s.running != nil {
		s.running.stop()
		s.running = nil
	}
	return os.RemoveAll(s.dir)
}
