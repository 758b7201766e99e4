package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

// entryColumns is what readEntryAnd reads.
const entryColumns = `task, person, began, ended, day, outcome, counted, charge, session, took`

// readEntryAnd reads a row of the ledger and further columns behind it.
func readEntryAnd(row pgx.CollectableRow, more ...any) (e storage.Entry, err error) {
	var began, ended, took int64
	err = row.Scan(append([]any{&e.Task, &e.Person, &began, &ended, &e.Day, &e.Outcome, &e.Counted, &e.Charge, &e.Session, &took}, more...)...)
	e.Began, e.Ended, e.Took = fromMicros(began), fromMicros(ended), time.Duration(took)*time.Microsecond
	return e, err
}

// Entries is as in storage.Ledger.
func (s *Store) Entries(ctx context.Context, from, to time.Time, most int) ([]storage.Entry, error) {
	return all(s, ctx, "entries", func(row pgx.CollectableRow) (storage.Entry, error) { return readEntryAnd(row) }, `
		SELECT `+entryColumns+` FROM mrzbot.ledger WHERE ended >= $1 AND ended < $2 ORDER BY ended, seq LIMIT $3`,
		micros(from), micros(to), max(most, 0))
}

// totalsQuery adds the shares up.
const totalsQuery = `
	SELECT outcome, charge, counted, sum(number)::bigint FROM mrzbot.totals
	GROUP BY outcome, charge, counted ORDER BY outcome, charge, counted`

func readTotal(row pgx.CollectableRow) (t storage.Total, err error) {
	err = row.Scan(&t.Outcome, &t.Charge, &t.Counted, &t.Number)
	return t, err
}

// Totals is as in storage.Ledger.
func (s *Store) Totals(ctx context.Context) ([]storage.Total, error) {
	return all(s, ctx, "totals", readTotal, totalsQuery)
}
