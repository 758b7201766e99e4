package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

// forgetLease is how long after its end a lease is remembered that nobody took
// again: those of processes that were killed.
const forgetLease = 24 * time.Hour

// TakeLease is as in storage.Leadership. What it forgets besides, it does not
// wait for: two that take old leases would wait for each other.
func (s *Store) TakeLease(ctx context.Context, name, owner string, now, until time.Time) (bool, error) {
	if err := storage.CheckLease(name, owner, now, until); err != nil {
		return false, err
	}
	changed, err := s.exec(ctx, "take lease", `
		WITH old AS (DELETE FROM mrzbot.leaders WHERE name = ANY (ARRAY(
			SELECT name FROM mrzbot.leaders WHERE until < $5 AND name <> $1 FOR UPDATE SKIP LOCKED)))
		INSERT INTO mrzbot.leaders AS l (name, owner, until)
		SELECT $1, $2, $4 WHERE `+durably+` AND NOT EXISTS (
			SELECT FROM mrzbot.leaders WHERE name = $1 AND owner <> $2 AND until > $3 AND NOT (until > $6 AND `+s.agrees("$3")+`))
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
		WHERE l.owner = $2 OR l.until <= $3 OR (l.until > $6 AND `+s.agrees("$3")+`)`,
		name, owner, storage.Micros(now), storage.Micros(until), storage.AfterMicros(storage.Micros(now), -forgetLease), storage.AfterMicros(storage.Micros(now), storage.MaxLease))
	return changed > 0, err
}

// LeaseHolder is as in storage.Leadership.
func (s *Store) LeaseHolder(ctx context.Context, name string, now time.Time) (owner string, until time.Time, ok bool, err error) {
	if err := storage.CheckKey(name); err != nil {
		return "", until, false, err
	}
	var us int64
	err = s.row(ctx, "lease", `SELECT owner, until FROM mrzbot.leaders WHERE name = $1 AND until > $2 AND until <= $3`,
		name, storage.Micros(now), storage.AfterMicros(storage.Micros(now), storage.MaxLease)).scan(&owner, &us)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "", until, false, nil
	case err != nil:
		return "", until, false, err
	}
	return owner, storage.FromMicros(us), true, nil
}

// DropLease is as in storage.Leadership.
func (s *Store) DropLease(ctx context.Context, name, owner string) error {
	if err := storage.CheckLease(name, owner); err != nil {
		return err
	}
	_, err := s.exec(ctx, "drop lease", `DELETE FROM mrzbot.leaders WHERE name = $1 AND owner = $2 AND `+durably, name, owner)
	return err
}

// Leases gives the names of the leases that hold at a time, whoever has them.
func (s *Store) Leases(ctx context.Context, now time.Time) ([]string, error) {
	return all(s, ctx, "leases", pgx.RowTo[string], `SELECT name FROM mrzbot.leaders WHERE until > $1 AND until <= $2 ORDER BY name`,
		storage.Micros(now), storage.AfterMicros(storage.Micros(now), storage.MaxLease))
}
