package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Condition is what Look finds.
type Condition struct {
	Server string // the server's version
	Tables int64  // the version of the tables; 0: there are none yet
	Known  int64  // the version that this program knows
	// CanCreate: the user may make the tables, if there are none.
	CanCreate bool
	// ReadOnly: the server takes no changes now.
	ReadOnly bool
	// Unsafe names the server's settings with which a crash of its machine may
	// take back what it promised, or leave it damaged: fsync, full_page_writes.
	Unsafe []string
	// Clock is the server's time.
	Clock time.Time
}

// Size gives how many bytes the database takes on its server.
func (s *Store) Size(ctx context.Context) (size int64, err error) {
	err = s.row(ctx, "size", `SELECT pg_database_size(current_database())`).scan(&size)
	return size, err
}

// Look says how a database is, and changes nothing there. Errors are as Open's.
func Look(ctx context.Context, url string) (c Condition, err error) {
	config, err := parse(url)
	if err != nil {
		return c, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return c, explain("look", err)
	}
	s := &Store{pool: pool, callTime: callTime}
	defer pool.Close()
	if err := s.checkServer(ctx); err != nil {
		return c, err
	}
	if c.Known, err = goalVersion(); err != nil {
		return c, err
	}
	err = s.row(ctx, "look", `
		SELECT current_setting('server_version'), has_database_privilege(current_database(), 'CREATE')
				OR coalesce(has_schema_privilege(to_regnamespace('mrzbot'), 'CREATE'), false),
			current_setting('transaction_read_only') = 'on',
			ARRAY(SELECT name FROM unnest(ARRAY['fsync', 'full_page_writes']) AS name WHERE current_setting(name) = 'off'),
			clock_timestamp()`).scan(&c.Server, &c.CanCreate, &c.ReadOnly, &c.Unsafe, &c.Clock)
	if err != nil {
		return c, err
	}
	c.Tables, err = s.version(ctx)
	return c, err
}
