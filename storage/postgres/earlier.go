package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

// tables are the columns of the tables that there are, by table.
type tables map[string]map[string]bool

func readTables(ctx context.Context, tx pgx.Tx) (tables, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'mrzbot'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`)
	if err != nil {
		return nil, err
	}
	has := tables{}
	var table, column string
	_, err = pgx.ForEachRow(rows, []any{&table, &column}, func() error {
		if has[table] == nil {
			has[table] = map[string]bool{}
		}
		has[table][column] = true
		return nil
	})
	return has, err
}

// absent is what stands for columns that tables of an earlier program do not have
// yet, and for the one that those of this program do not have any more.
var absent = map[string]string{
	"put_off": "-62135596800000000", "since": "-62135596800000000", "unanswered": "0", "budgeted": "false",
	"language": "''", "note": "''", "until": "-62135596800000000", "shut_out": "-62135596800000000",
	"waits_for": "''", "waits_since": "-62135596800000000", "reply": "0", "repeat_of": "''", "request": "false",
}

// columns names columns of a table in a query.
func (has tables) columns(table, list string) string {
	names := strings.Split(list, ",")
	for i, name := range names {
		name = strings.TrimSpace(name)
		if names[i] = name; !has[table][name] {
			names[i] = absent[name]
		}
	}
	return strings.Join(names, ", ")
}

// dumpedTask is what readDumped reads.
const dumpedTask = taskColumns + `, note`

// readDumped reads a task and further columns behind it.
func readDumped(row pgx.CollectableRow, more ...any) (storage.Task, error) {
	var note string
	t, err := readTaskAnd(row, append([]any{&note}, more...)...)
	t.Lease = ""
	t.ReadNote(note)
	return t, err
}

// dayTotals asks for the totals of days; where nobody has kept them yet, the ledger
// has them.
func dayTotals(has tables) string {
	const order = ` ORDER BY day, person, outcome, charge, counted`
	if has["day_totals"] != nil {
		return `SELECT ` + dayTotalColumns + ` FROM mrzbot.day_totals` + order
	}
	return `SELECT * FROM (
		SELECT CASE WHEN day = '' THEN to_char(to_timestamp(ended / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM-DD') ELSE day END AS day,
			person, outcome, charge, counted, count(*)
		FROM mrzbot.ledger GROUP BY 1, person, outcome, charge, counted) AS d` + order
}
