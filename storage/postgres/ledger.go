package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
	e.Began, e.Ended, e.Took = storage.FromMicros(began), storage.FromMicros(ended), time.Duration(took)*time.Microsecond
	return e, err
}

// Entries is as in storage.Ledger.
func (s *Store) Entries(ctx context.Context, from, to time.Time, most int) ([]storage.Entry, error) {
	return all(s, ctx, "entries", func(row pgx.CollectableRow) (storage.Entry, error) { return readEntryAnd(row) }, `
		SELECT `+entryColumns+` FROM mrzbot.ledger WHERE ended >= $1 AND ended < $2 ORDER BY ended, seq LIMIT $3`,
		storage.Micros(from), storage.Micros(to), max(most, 0))
}

const dayTotalColumns = `day, person, outcome, charge, counted, number`

func readDayTotal(row pgx.CollectableRow) (t storage.DayTotal, err error) {
	err = row.Scan(&t.Day, &t.Person, &t.Outcome, &t.Charge, &t.Counted, &t.Number)
	return t, err
}

// DayTotals is as in storage.Ledger.
func (s *Store) DayTotals(ctx context.Context, from, to storage.Day, people ...int64) ([]storage.DayTotal, error) {
	if err := storage.CheckText(string(from), string(to)); err != nil {
		return nil, err
	}
	if people == nil {
		people = []int64{}
	}
	return all(s, ctx, "day totals", readDayTotal, `
		SELECT `+dayTotalColumns+` FROM mrzbot.day_totals
		WHERE day BETWEEN $1 AND $2 AND ($3::bigint[] = '{}' OR person = ANY ($3))
		ORDER BY day, person, outcome, charge, counted`, string(from), string(to), people)
}

// DaySums is as in storage.Ledger.
func (s *Store) DaySums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error) {
	if err := storage.CheckDays(from, to); err != nil {
		return nil, err
	}
	return all(s, ctx, "day sums", readDayTotal, `
		SELECT day, person, outcome, charge, counted, sum(number)::bigint FROM mrzbot.sums
		WHERE day BETWEEN $1 AND $2 AND person = 0 AND right(day, 3) <> '-99'
		GROUP BY day, person, outcome, charge, counted ORDER BY day, outcome, charge, counted`, string(from), string(to))
}

// PersonSums is as in storage.Ledger: whole months from their sums, the days
// before and after them from the totals of days. One month is read as it stands:
// grouping and sorting its thousands of rows would take the server ten times as long.
func (s *Store) PersonSums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error) {
	if err := storage.CheckDays(from, to); err != nil {
		return nil, err
	}
	months, days := storage.WholeMonths(from, to)
	var parts []string
	var args []any
	for _, m := range months {
		args = append(args, string(m.MonthSum()))
		parts = append(parts, fmt.Sprintf(`SELECT person, outcome, charge, counted, number FROM mrzbot.sums WHERE day = $%d`, len(args)))
	}
	for _, r := range days {
		args = append(args, string(r.From), string(r.To))
		parts = append(parts, fmt.Sprintf(`SELECT person, outcome, charge, counted, number FROM mrzbot.day_totals WHERE day BETWEEN $%d AND $%d`, len(args)-1, len(args)))
	}
	if len(parts) == 0 {
		return []storage.DayTotal{}, nil
	}
	query := strings.Join(parts, " UNION ALL ")
	if len(args) > 1 { // more than one row of what is summed up
		query = `SELECT person, outcome, charge, counted, sum(number)::bigint FROM (` + query + `) AS part GROUP BY person, outcome, charge, counted`
	}
	sums, err := all(s, ctx, "person sums", readPersonSum, query, args...)
	slices.SortFunc(sums, storage.CompareByPerson)
	return sums, err
}

func readPersonSum(row pgx.CollectableRow) (t storage.DayTotal, err error) {
	err = row.Scan(&t.Person, &t.Outcome, &t.Charge, &t.Counted, &t.Number)
	return t, err
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
