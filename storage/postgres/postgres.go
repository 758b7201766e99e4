// Package postgres keeps a storage.Store in a PostgreSQL database, so that
// several replicas of the program share it.
//
// Each method is one statement: a query, or a call of a function that
// migrations/ holds, which is a transaction by itself. So nothing is kept
// between two statements (no session, no lock, no prepared statement, no
// setting), and a pooler in transaction mode such as PgBouncer may stand in
// between. No clock but the caller's is read, but where that one may be wrong: see
// clock.go.
//
// It is not the place for rules of the contract: what a method does is written
// in package storage, and checked by storage/storagetest.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"mrzbot/storage"
	"mrzbot/storage/postgres/pgurl"
)

const (
	// maxConns bounds the connections of one replica, unless the URL says
	// otherwise (pool_max_conns). Most of a step is waiting for the disk, and the
	// server writes for all who wait at once: under load ten carry a quarter
	// fewer photos than twenty, with a third more CPU of the program for each,
	// and more than twenty get in each other's way. Four replicas stay within the
	// hundred that a server takes by default.
	maxConns = 20

	// callTime is how long one try of a statement may take, the wait for a
	// connection included. It is far beyond what a healthy server needs, and
	// ends what a dead network would let hang.
	callTime = 10 * time.Second

	// connectTime is how long a connection may take to come about.
	connectTime = 5 * time.Second

	// idleTime is after how long an unused connection is closed.
	idleTime = 5 * time.Minute

	// closeTime is how long Close tries to end the leases. They end by
	// themselves when it fails.
	closeTime = 5 * time.Second
)

// Store is a store in a database. Open makes it.
type Store struct {
	pool     *pgxpool.Pool
	callTime time.Duration // callTime, but in tests of silence
	owner    string        // the first part of the names of this store's leases; "": it takes none

	using  sync.RWMutex // held while a method runs; Close takes it for itself
	closed bool

	adds, holds, taken atomic.Uint64 // what happened since, so that some of it sweeps
	swept              atomic.Int64  // when retained tasks were last swept, µs
	lookedAt           atomic.Int64  // when what a wrong clock has left was last looked for, µs
	anyClock           bool          // see Options
}

var _ storage.Store = (*Store)(nil)

// Options are what a store may be given; the zero value is fine.
type Options struct {
	// AsIs leaves the tables as they are, also where they are of an earlier
	// program: for Dump and leases, and nothing else. ErrNoTables says that
	// there are none.
	AsIs bool

	anyClock bool // tests have a time of their own, with which no server agrees
}

// ErrNoTables says that a database holds no store.
var ErrNoTables = errors.New("storage/postgres: the database holds no store")

// Open opens the store that a postgres:// URL names, and brings the tables to
// the version of this program. ErrSchema says that they are of a newer one,
// ErrSetUp that the server refuses, and what to do about it. Its errors hold no
// password.
func Open(ctx context.Context, url string, opts Options) (*Store, error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, explain("open", err)
	}
	s := &Store{pool: pool, callTime: callTime, anyClock: opts.anyClock}
	if opts.AsIs {
		err = s.openAsIs(ctx)
	} else {
		err = s.open(ctx)
	}
	if err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	if err := s.checkServer(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	return s.row(ctx, "open", `SELECT gen_random_uuid()::text`).scan(&s.owner)
}

// checkServer refuses a server on which the tables cannot be.
func (s *Store) checkServer(ctx context.Context) error {
	var number int
	var version string
	err := s.row(ctx, "open", `SELECT current_setting('server_version_num')::int, current_setting('server_version')`).scan(&number, &version)
	if err == nil && number < oldest {
		err = &Refusal{Says: "storage/postgres: open: the server is PostgreSQL " + version, Mend: mendOld}
	}
	return err
}

// openAsIs leaves the store without an owner: it leases no tasks.
func (s *Store) openAsIs(ctx context.Context) error {
	goal, err := goalVersion()
	if err != nil {
		return err
	}
	at, err := s.version(ctx)
	switch {
	case err != nil:
		return err
	case at == 0:
		return ErrNoTables
	case at > goal:
		return newerTables(at, goal)
	}
	return nil
}

// ErrURL says that a URL cannot be read; the text of the error says why, and
// holds nothing of it.
var ErrURL = errors.New("storage/postgres: the URL cannot be read")

// parse reads the URL by the one reader that all of the program uses, and hands
// pgx what cannot be read in another way. pgx's own errors repeat parts of it.
func parse(url string) (*pgxpool.Config, error) {
	target, err := pgurl.Parse(url)
	if err != nil {
		return nil, &failure{ErrURL.Error() + ": " + err.Error(), ErrURL}
	}
	if target.User == "" { // not PGUSER, which pgx would take
		account, err := user.Current()
		if err != nil {
			return nil, &failure{ErrURL.Error() + ": no user. Name one, such as postgres://user:password@host/database", ErrURL}
		}
		target.User = account.Username
	}
	config, err := pgxpool.ParseConfig(target.Keywords())
	if err != nil {
		return nil, &failure{ErrURL.Error() + ": look at the files of its certificates, and take PGSERVICE out of the environment", ErrURL}
	}
	for _, name := range []string{"options", "timezone"} { // of PGOPTIONS and PGTZ
		if _, given := target.Params[name]; !given {
			delete(config.ConnConfig.RuntimeParams, name)
		}
	}
	if _, given := target.Params["pool_max_conns"]; !given {
		config.MaxConns = maxConns
	}
	if config.ConnConfig.ConnectTimeout == 0 || config.ConnConfig.ConnectTimeout > connectTime {
		config.ConnConfig.ConnectTimeout = connectTime
	}
	config.MaxConnIdleTime = idleTime
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	config.ConnConfig.StatementCacheCapacity = 0
	config.ConnConfig.DescriptionCacheCapacity = 0
	return config, nil
}

// Ready reports whether the store can be written now: a standby can only be
// read.
func (s *Store) Ready(ctx context.Context) error {
	var readOnly string
	if err := s.row(ctx, "ready", `SELECT current_setting('transaction_read_only')`).scan(&readOnly); err != nil {
		return err
	}
	if readOnly != "off" {
		return errors.New("storage/postgres: the server can only be read: it is a standby, or set to read only")
	}
	return nil
}

// Close ends the leases of this store, as far as the server can be reached, and
// closes the connections. Operations that were called before it are finished.
func (s *Store) Close() error {
	s.using.Lock()
	defer s.using.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if s.owner != "" {
		_, _ = s.pool.Exec(ctx, `
			UPDATE mrzbot.tasks SET lease = '', lease_until = $2
			WHERE lease <> '' AND starts_with(lease, $1 || '.')`, s.owner, storage.MinMicros)
	}
	s.pool.Close()
	return nil
}

// errClosed is returned by all methods of a closed store.
var errClosed = fmt.Errorf("storage/postgres: the store: %w", os.ErrClosed)
