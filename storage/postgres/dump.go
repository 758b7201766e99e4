package postgres

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

// Dump is as in storage.Copying. All queries see what was committed when the
// first began, and nobody has to wait for them.
func (s *Store) Dump(ctx context.Context) iter.Seq2[storage.Record, error] {
	return func(yield func(storage.Record, error) bool) {
		if err := s.dump(ctx, yield); err != nil {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			yield(storage.Record{}, err)
		}
	}
}

// usable reports whether the store may be used.
func (s *Store) usable(ctx context.Context) error {
	return s.call(ctx, "", func(context.Context) error { return nil })
}

// dump gives the records; nil also when who takes them has enough.
func (s *Store) dump(ctx context.Context, yield func(storage.Record, error) bool) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	ctx, p := watch(ctx)
	defer p.stop()
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return explain("dump", silent(ctx, err))
	}
	defer rollback(ctx, tx)
	for _, t := range topics {
		more, err := t.dump(ctx, tx, func(r storage.Record, err error) bool {
			p.pause()
			defer p.note()
			return yield(r, err)
		})
		if err != nil {
			return explain("dump", silent(ctx, err))
		}
		if !more {
			return nil
		}
	}
	return nil
}

// topic is a query and what its rows are read into.
type topic struct {
	query string
	read  func(row pgx.CollectableRow) (storage.Record, error)
}

// dump gives the records of one topic; more is false when that is enough.
func (t topic) dump(ctx context.Context, tx pgx.Tx, yield func(storage.Record, error) bool) (more bool, err error) {
	rows, err := tx.Query(ctx, t.query)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := t.read(rows)
		if err != nil {
			return false, err
		}
		if !yield(r, nil) {
			return false, nil
		}
	}
	return true, rows.Err()
}

// topics are what a store keeps, in the order of a dump.
var topics = []topic{
	{`SELECT key, value FROM mrzbot.settings ORDER BY key`, func(row pgx.CollectableRow) (storage.Record, error) {
		var r storage.SettingRecord
		err := row.Scan(&r.Key, &r.Value)
		r.Value = some(r.Value)
		return storage.Record{Setting: &r}, err
	}},
	{`SELECT key, since, until, uses FROM mrzbot.takes ORDER BY key`, func(row pgx.CollectableRow) (storage.Record, error) {
		var r storage.WindowRecord
		var begin, end int64
		err := row.Scan(&r.Key, &begin, &end, &r.Used)
		r.Begin, r.End = fromMicros(begin), fromMicros(end)
		return storage.Record{Window: &r}, err
	}},
	{`SELECT ` + personColumns + ` FROM mrzbot.people ORDER BY id`, func(row pgx.CollectableRow) (storage.Record, error) {
		p, err := readPerson(row)
		return storage.Record{Person: &p}, err
	}},
	{`SELECT day, person, settled, unanswered FROM mrzbot.days WHERE settled > 0 ORDER BY day, person`, func(row pgx.CollectableRow) (storage.Record, error) {
		var r storage.CountRecord
		err := row.Scan(&r.Day, &r.Person, &r.Settled, &r.Unanswered)
		return storage.Record{Count: &r}, err
	}},
	{`SELECT ` + entryColumns + `, seq FROM mrzbot.ledger ORDER BY ended, seq`, func(row pgx.CollectableRow) (storage.Record, error) {
		var seq int64
		e, err := readEntryAnd(row, &seq)
		return storage.Record{Row: &storage.RowRecord{Seq: uint64(seq), Entry: e}}, err
	}},
	{totalsQuery, func(row pgx.CollectableRow) (storage.Record, error) {
		t, err := readTotal(row)
		return storage.Record{Total: &t}, err
	}},
	{`SELECT id, since FROM mrzbot.names ORDER BY id`, func(row pgx.CollectableRow) (storage.Record, error) {
		var r storage.NameRecord
		var since int64
		err := row.Scan(&r.ID, &since)
		r.Since = fromMicros(since)
		return storage.Record{Name: &r}, err
	}},
	{`SELECT ` + taskColumns + `, null, '' FROM mrzbot.tasks
		UNION ALL SELECT ` + taskColumns + `, until, used FROM mrzbot.kept ORDER BY seq`, func(row pgx.CollectableRow) (storage.Record, error) {
		var until *int64
		var used string
		t, err := readTaskAnd(row, &until, &used)
		t.Lease = ""
		if until == nil {
			return storage.Record{Task: &t}, err
		}
		t.Used = used
		return storage.Record{Kept: &storage.KeptRecord{Task: t, Until: fromMicros(*until)}}, err
	}},
	{`SELECT ` + taskColumns + `, at, reason FROM mrzbot.aside ORDER BY at, seq`, func(row pgx.CollectableRow) (storage.Record, error) {
		var r storage.AsideRecord
		var at int64
		t, err := readTaskAnd(row, &at, &r.Reason)
		t.Lease = ""
		r.Task, r.Since = t, fromMicros(at)
		return storage.Record{Aside: &r}, err
	}},
}
