package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"

	"mrzbot/storage"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// versionTable is goose's list of what was done to the tables.
const versionTable = "mrzbot.versions"

const (
	// migrateTries and migratePause bound the waiting for another replica that
	// changes the tables at the same moment: two minutes and a half.
	migrateTries = 300
	migratePause = 500 * time.Millisecond
)

// migrate brings the tables to the version of this program.
//
// Several replicas may start at once, and there is no lock that outlives a
// transaction. So each migration is one transaction that holds the version
// table: another replica waits for its end, finds the version there, fails, and
// looks again.
func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	goal, err := newestMigration(files)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		at, err := s.version(ctx)
		switch {
		case err != nil:
			return err
		case at == goal:
			return nil
		case at > goal:
			return newerTables(at, goal)
		}
		err = s.lift(ctx, files)
		switch {
		case err == nil:
			continue
		case ctx.Err() != nil:
			return ctx.Err()
		case try == migrateTries || !raced(err):
			return explain("preparing the tables", err)
		}
		select {
		case <-time.After(migratePause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func newerTables(at, goal int64) error {
	return fmt.Errorf("%w: the tables have version %d, this program knows %d. Start the newer program", storage.ErrSchema, at, goal)
}

// version gives the version of the tables; 0 when there are none.
func (s *Store) version(ctx context.Context) (at int64, err error) {
	var there bool
	if err := s.row(ctx, "open", `SELECT to_regclass($1) IS NOT NULL`, versionTable).scan(&there); err != nil || !there {
		return 0, err
	}
	err = s.row(ctx, "open", `SELECT coalesce(max(version_id), 0) FROM `+versionTable).scan(&at)
	return at, err
}

// lift runs the migrations that are missing.
func (s *Store) lift(ctx context.Context, files fs.FS) error {
	db := stdlib.OpenDBFromPool(s.pool)
	defer func() { _ = db.Close() }()
	// Who may not create schemas may have been given this one.
	var there bool
	if err := db.QueryRowContext(ctx, `SELECT to_regnamespace('mrzbot') IS NOT NULL`).Scan(&there); err != nil {
		return err
	}
	if !there {
		if _, err := db.ExecContext(ctx, `CREATE SCHEMA IF NOT EXISTS mrzbot`); err != nil {
			return err
		}
	}
	store, err := newVersions()
	if err != nil {
		return err
	}
	goer, err := goose.NewProvider(goose.DialectCustom, db, files, goose.WithStore(store), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = goer.Up(ctx)
	return err
}

// goalVersion is the version of the tables that this program works with.
func goalVersion() (int64, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return 0, err
	}
	return newestMigration(files)
}

// newestMigration gives the version that the files lead to.
func newestMigration(files fs.FS) (newest int64, err error) {
	names, err := fs.Glob(files, "*.sql")
	for _, name := range names {
		n, err := goose.NumericComponent(name)
		if err != nil {
			return 0, err
		}
		newest = max(newest, n)
	}
	return newest, err
}

// raced reports whether an error may come from another replica that prepares
// the tables at the same moment.
func raced(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	switch e.Code {
	case uniqueViolation, serializationFailure, deadlockDetected,
		"42P06", "42P07", "42710", "42723", "42701", // there is one of that name: schema, table, type, function, column
		"XX000": // a row of the catalogue was changed meanwhile
		return true
	}
	return false
}

// versions is goose's version table with each version in it once: the commit of
// a migration that another replica did meanwhile fails.
type versions struct{ database.Store }

func newVersions() (versions, error) {
	s, err := database.NewStore(database.DialectPostgres, versionTable)
	return versions{s}, err
}

// CreateVersionTable makes the table as goose does, and the rule.
func (v versions) CreateVersionTable(ctx context.Context, db database.DBTxConn) error {
	if err := v.Store.CreateVersionTable(ctx, db); err != nil {
		return err
	}
	_, err := db.ExecContext(ctx, `CREATE UNIQUE INDEX versions_once ON `+versionTable+` (version_id)`)
	return err
}
