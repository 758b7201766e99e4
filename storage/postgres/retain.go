package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

// Keep is as in storage.Tasks.
func (s *Store) Retain(ctx context.Context, t storage.Task, k storage.Retain, then ...storage.Task) error {
	if err := k.Check(); err != nil {
		return err
	}
	f, err := newFields(then)
	if err != nil {
		return err
	}
	return s.end(ctx, "keep", t, `mrzbot.keep($1, $2, $3, $4, $5, $6, $7, $8)`, f,
		remember, storage.Micros(k.Until), k.Reply, k.RepeatOf, k.Request)
}

// keptColumns is what readKept reads.
const keptColumns = taskColumns + `, used`

func readKept(row pgx.CollectableRow) (storage.Task, error) {
	var used string
	t, err := readTaskAnd(row, &used)
	t.ConsumedBy = used
	return t, err
}

// Kept is as in storage.Tasks.
func (s *Store) Retained(ctx context.Context, id string, now time.Time) (storage.Task, bool, error) {
	return s.findKept(ctx, `id = $1`, id, now)
}

// RetainedFor is as in storage.Tasks.
func (s *Store) RetainedFor(ctx context.Context, order string, now time.Time) (storage.Task, bool, error) {
	return s.findKept(ctx, `order_key = $1 AND order_key <> ''`, order, now)
}

// findKept gives the newest retained task that fits.
func (s *Store) findKept(ctx context.Context, fits, name string, now time.Time) (t storage.Task, ok bool, err error) {
	if err := storage.CheckTime(now); err != nil {
		return t, false, err
	}
	found, err := all(s, ctx, "kept", readKept, `
		SELECT `+keptColumns+` FROM mrzbot.kept WHERE `+fits+` AND until > $2 AND until <= $3 ORDER BY seq DESC LIMIT 1`,
		plain(name), storage.Micros(now), storage.AfterMicros(storage.Micros(now), storage.MaxKept))
	if err != nil || len(found) == 0 {
		return t, false, err
	}
	return found[0], true, nil
}

// Use is as in storage.Tasks.
func (s *Store) Consume(ctx context.Context, id, by string, now time.Time) (t storage.Task, err error) {
	if err := storage.CheckKey(by); err != nil {
		return t, err
	}
	if err := storage.CheckTime(now); err != nil {
		return t, err
	}
	if err := s.setRight(ctx, now); err != nil {
		return t, err
	}
	found, err := all(s, ctx, "use", readKept, `SELECT `+keptColumns+` FROM mrzbot.use_kept($1, $2, $3) WHERE `+durably, plain(id), by, storage.Micros(now))
	switch {
	case err != nil:
		return t, err
	case len(found) == 0:
		return t, storage.ErrGone
	case found[0].ConsumedBy != by:
		return found[0], storage.ErrConsumed
	}
	return found[0], nil
}

// WakeWaiting is as in storage.Tasks.
func (s *Store) WakeWaiting(ctx context.Context, r storage.WakeWaiting) (int, error) {
	if err := r.Check(); err != nil {
		return 0, err
	}
	n, err := s.exec(ctx, "wake waiting", `
		UPDATE mrzbot.tasks SET not_before = $4 WHERE id = ANY (ARRAY(
			SELECT id FROM mrzbot.tasks
			WHERE kind = $1 AND waits_for <> '' AND ($2 = '' OR waits_for = $2) AND ($3 = 0 OR person = $3) AND not_before > $4 AND lease_until <= $4
				AND NOT calling AND NOT held AND NOT behind
			ORDER BY seq LIMIT $5 FOR UPDATE SKIP LOCKED)) AND `+durably,
		string(r.Kind), string(r.For), r.Person, storage.Micros(r.Now), max(r.Max, 0))
	return int(n), err
}

const (
	// keptPause is how often a store removes what is kept no longer.
	keptPause = time.Second

	// maxKept is how many it removes at a time: claims come regularly, and
	// should not wait long for it.
	maxKept = 1000
)

// sweepKept removes what is kept no longer, now and then. It is for claims,
// which come regularly. What it fails to remove the next one does.
func (s *Store) sweepKept(ctx context.Context, now int64) {
	last := s.swept.Load()
	if since := now - last; since >= 0 && since < keptPause.Microseconds() || !s.swept.CompareAndSwap(last, now) {
		return
	}
	var n int
	err := s.row(ctx, "sweep", `SELECT mrzbot.sweep_kept($1, $2) WHERE `+durably, now, maxKept).scan(&n)
	if err != nil || n == maxKept {
		s.swept.Store(now - keptPause.Microseconds()) // there is more: the next claim goes on
	}
}
