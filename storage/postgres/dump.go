package postgres

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

// Dump is as in storage.Copying. All queries see what was committed when the
// first began, and nobody has to wait for them. Tables of an earlier program, see
// Options, are given as this one would have them.
func (s *Store) Dump(ctx context.Context) iter.Seq2[storage.Record, error] {
	return storage.MoveShutOuts(func(yield func(storage.Record, error) bool) {
		if err := s.dump(ctx, yield); err != nil {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			yield(storage.Record{}, err)
		}
	})
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
	ctx, p := s.watch(ctx)
	defer p.stop()
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return explain("dump", silent(ctx, err))
	}
	defer rollback(ctx, tx)
	has, err := readTables(ctx, tx)
	if err != nil {
		return explain("dump", silent(ctx, err))
	}
	for _, t := range topics {
		query := t.query(has)
		if query == "" {
			continue
		}
		more, err := t.dump(ctx, tx, query, func(r storage.Record, err error) bool {
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
	query func(has tables) string // "": the tables have nothing of it
	read  func(row pgx.CollectableRow) (storage.Record, error)
}

// listed asks for columns of a table in an order.
func listed(table, columns, order string) func(has tables) string {
	return func(has tables) string {
		if has[table] == nil {
			return ""
		}
		return `SELECT ` + has.columns(table, columns) + ` FROM mrzbot.` + table + ` ORDER BY ` + order
	}
}

// dump gives the records of one topic; more is false when that is enough.
func (t topic) dump(ctx context.Context, tx pgx.Tx, query string, yield func(storage.Record, error) bool) (more bool, err error) {
	rows, err := tx.Query(ctx, query)
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
	{listed("settings", "key, value", "key"), func(row pgx.CollectableRow) (storage.Record, error) {
		var r storage.SettingRecord
		err := row.Scan(&r.Key, &r.Value)
		r.Value = some(r.Value)
		return storage.Record{Setting: &r}, err
	}},
	{listed("takes", "key, since, until, uses", "key"), func(row pgx.CollectableRow) (storage.Record, error) {
		var r storage.WindowRecord
		var begin, end int64
		err := row.Scan(&r.Key, &begin, &end, &r.Used)
		r.Begin, r.End = storage.FromMicros(begin), storage.FromMicros(end)
		return storage.Record{Window: &r}, err
	}},
	{listed("invites", inviteColumns, "hash"), func(row pgx.CollectableRow) (storage.Record, error) {
		i, err := readInvite(row)
		return storage.Record{Invite: &i}, err
	}},
	{listed("audit", auditColumns, "seq"), func(row pgx.CollectableRow) (storage.Record, error) {
		a, err := readAudit(row)
		return storage.Record{Audit: &a}, err
	}},
	{listed("people", personColumns, "id"), func(row pgx.CollectableRow) (storage.Record, error) {
		p, err := readPerson(row)
		return storage.Record{Person: &p}, err
	}},
	{func(has tables) string {
		return `SELECT ` + has.columns("days", "day, person, settled, unanswered") + ` FROM mrzbot.days WHERE settled > 0 ORDER BY day, person`
	}, func(row pgx.CollectableRow) (storage.Record, error) {
		var r storage.CountRecord
		err := row.Scan(&r.Day, &r.Person, &r.Settled, &r.Unanswered)
		return storage.Record{Count: &r}, err
	}},
	{listed("ledger", entryColumns+", seq", "ended, seq"), func(row pgx.CollectableRow) (storage.Record, error) {
		var seq int64
		e, err := readEntryAnd(row, &seq)
		return storage.Record{Row: &storage.RowRecord{Seq: uint64(seq), Entry: e}}, err
	}},
	{func(tables) string { return totalsQuery }, func(row pgx.CollectableRow) (storage.Record, error) {
		t, err := readTotal(row)
		return storage.Record{Total: &t}, err
	}},
	{dayTotals, func(row pgx.CollectableRow) (storage.Record, error) {
		t, err := readDayTotal(row)
		return storage.Record{Day: &t}, err
	}},
	{listed("names", "id, since", "id"), func(row pgx.CollectableRow) (storage.Record, error) {
		var r storage.NameRecord
		var since int64
		err := row.Scan(&r.ID, &since)
		r.Since = storage.FromMicros(since)
		return storage.Record{Name: &r}, err
	}},
	{func(has tables) string {
		return `SELECT ` + has.columns("tasks", dumpedTask) + `, null, '' FROM mrzbot.tasks
			UNION ALL SELECT ` + has.columns("kept", dumpedTask) + `, until, used FROM mrzbot.kept ORDER BY seq`
	}, func(row pgx.CollectableRow) (storage.Record, error) {
		var until *int64
		var used string
		t, err := readDumped(row, &until, &used)
		if until == nil {
			return storage.Record{Task: &t}, err
		}
		t.ConsumedBy = used
		return storage.Record{Retained: &storage.RetainedRecord{Task: t, Until: storage.FromMicros(*until)}}, err
	}},
	{listed("aside", dumpedTask+", at, reason", "at, seq"), func(row pgx.CollectableRow) (storage.Record, error) {
		var r storage.QuarantinedRecord
		var at int64
		t, err := readDumped(row, &at, &r.Reason)
		r.Task, r.Since = t, storage.FromMicros(at)
		return storage.Record{Quarantined: &r}, err
	}},
}
