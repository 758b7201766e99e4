package postgres

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

// Take is as in storage.Access. A refusal writes nothing, so that somebody who
// is refused a thousand times costs a thousand reads.
func (s *Store) RateLimit(ctx context.Context, key string, now time.Time, n int, window time.Duration) (bool, error) {
	if err := storage.CheckKey(key); err != nil {
		return false, err
	}
	if err := storage.CheckTime(now); err != nil {
		return false, err
	}
	us := storage.Micros(now)
	changed, err := s.exec(ctx, "take", `
		INSERT INTO mrzbot.takes AS t (key, until, uses, since)
		SELECT $1, $3, 1, $2 WHERE `+durably+` AND $4 > 0 AND NOT EXISTS (
			SELECT FROM mrzbot.takes WHERE key = $1 AND until > $2 AND since <= $5 AND uses >= $4)
		ON CONFLICT (key) DO UPDATE SET
			until = CASE WHEN t.until > $2 AND t.since <= $5 THEN t.until ELSE excluded.until END,
			since = CASE WHEN t.until > $2 AND t.since <= $5 THEN t.since ELSE excluded.since END,
			uses = CASE WHEN t.until > $2 AND t.since <= $5 THEN t.uses + 1 ELSE 1 END
		WHERE t.until <= $2 OR t.since > $5 OR t.uses < $4`, key, us, storage.AfterMicros(us, window), n, storage.AfterMicros(us, storage.ClockSlack))
	if err != nil || changed == 0 {
		return false, err
	}
	if s.taken.Add(1)%sweepEvery == 0 {
		s.sweepTakes(ctx, us)
	}
	return true, nil
}

// sweepTakes forgets keys whose window is over. What it fails to forget the
// next one does.
func (s *Store) sweepTakes(ctx context.Context, now int64) {
	_, _ = s.exec(ctx, "sweep", `
		DELETE FROM mrzbot.takes WHERE key = ANY (ARRAY(
			SELECT key FROM mrzbot.takes WHERE until <= $1 ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED)) AND `+durably, now, sweepLook)
}

// Setting is as in storage.Settings.
func (s *Store) Setting(ctx context.Context, key string) (value []byte, err error) {
	if err := storage.CheckKey(key); err != nil {
		return nil, err
	}
	err = s.row(ctx, "setting", `SELECT value FROM mrzbot.settings WHERE key = $1`, key).scan(&value)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return some(value), nil
}

// PutSetting is as in storage.Settings.
func (s *Store) PutSetting(ctx context.Context, key string, value []byte) (err error) {
	if err := storage.CheckSetting(key, value); err != nil {
		return err
	}
	if value == nil {
		_, err = s.exec(ctx, "put setting", `DELETE FROM mrzbot.settings WHERE key = $1 AND `+durably, key)
		return err
	}
	_, err = s.exec(ctx, "put setting", `
		INSERT INTO mrzbot.settings SELECT $1, $2 WHERE `+durably+` ON CONFLICT (key) DO UPDATE SET value = excluded.value`, key, value)
	return err
}

// ChangeSetting is as in storage.Settings. No transaction is held while change
// runs, so nobody waits for a process that stands still in it; what it made is
// written if the value is still what it was made from.
func (s *Store) ChangeSetting(ctx context.Context, key string, change func(old []byte) ([]byte, error), audit ...*storage.AuditEntry) ([]byte, error) {
	for {
		old, err := s.Setting(ctx, key)
		if err != nil {
			return nil, err
		}
		value, err := change(old)
		if err == nil {
			err = storage.CheckSetting(key, value)
		}
		if err != nil {
			return nil, err
		}
		entries, err := storage.Audited(audit)
		if err != nil {
			return nil, err
		}
		written, err := s.replaceSetting(ctx, key, old, value, entries)
		switch {
		case err != nil:
			return nil, err
		case written:
			return bytes.Clone(value), nil
		}
	}
}

// replaceSetting writes a value in the place of what it was, and reports whether
// it still was that. nil is none. Entries of the audit are written with it.
func (s *Store) replaceSetting(ctx context.Context, key string, old, value []byte, entries []storage.AuditEntry) (written bool, err error) {
	var change string
	args := []any{key, old, value}
	switch {
	case (old == nil) == (value == nil) && bytes.Equal(old, value):
		return true, s.addAudit(ctx, entries)
	case old == nil:
		change, args = `INSERT INTO mrzbot.settings SELECT $1, $2 WHERE `+durably+` ON CONFLICT DO NOTHING`, []any{key, value}
	case value == nil:
		change, args = `DELETE FROM mrzbot.settings WHERE key = $1 AND value = $2 AND `+durably, []any{key, old}
	default:
		change = `UPDATE mrzbot.settings SET value = $3 WHERE key = $1 AND value = $2 AND ` + durably
	}
	change, args = audited(change, args, entries)
	changed, err := s.exec(ctx, "change setting", change, args...)
	return changed > 0, err
}
