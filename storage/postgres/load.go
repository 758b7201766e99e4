package postgres

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

// deriveTime is how long a statement about all that was loaded may take.
const deriveTime = 10 * time.Minute

// loadBatch is how many records are sent at a time.
const loadBatch = 200

// Load is as in storage.Copying: one transaction.
func (s *Store) Load(ctx context.Context, records iter.Seq2[storage.Record, error]) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	ctx, p := s.watch(ctx)
	defer p.stop()
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return loadError(ctx, err)
	}
	defer rollback(ctx, tx)
	var full bool
	if _, err := tx.Exec(ctx, `SELECT `+durably); err != nil {
		return loadError(ctx, err)
	}
	if _, err := tx.Exec(ctx, `LOCK TABLE mrzbot.people, mrzbot.tasks IN EXCLUSIVE MODE`); err != nil {
		return loadError(ctx, err)
	}
	if err := tx.QueryRow(ctx, fullQuery).Scan(&full); err != nil {
		return loadError(ctx, err)
	}
	if full {
		return storage.ErrNotEmpty
	}
	for _, table := range []string{"settings", "takes", "names", "orders", "days"} {
		if _, err := tx.Exec(ctx, `DELETE FROM mrzbot.`+table); err != nil {
			return loadError(ctx, err)
		}
	}
	if err := loadAll(ctx, tx, p, records); err != nil {
		return err
	}
	for _, statement := range derive {
		p.timer.Reset(deriveTime)
		if _, err := tx.Exec(ctx, statement); err != nil {
			return loadError(ctx, err)
		}
	}
	p.note()
	if err := tx.Commit(ctx); err != nil {
		return loadError(ctx, err)
	}
	return nil
}

func loadError(ctx context.Context, err error) error {
	if err = silent(ctx, err); !errors.Is(err, errSilent) && ctx.Err() != nil {
		return ctx.Err()
	}
	return explain("load", err)
}

// silent gives errSilent for an error that comes of it.
func silent(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errSilent) {
		return errSilent
	}
	return err
}

// fullQuery reports whether a store holds something.
const fullQuery = `SELECT EXISTS (SELECT FROM mrzbot.people) OR EXISTS (SELECT FROM mrzbot.tasks) OR EXISTS (SELECT FROM mrzbot.kept)
	OR EXISTS (SELECT FROM mrzbot.invites) OR EXISTS (SELECT FROM mrzbot.audit) OR EXISTS (SELECT FROM mrzbot.aside) OR EXISTS (SELECT FROM mrzbot.ledger) OR EXISTS (SELECT FROM mrzbot.totals) OR EXISTS (SELECT FROM mrzbot.day_totals)
	OR EXISTS (SELECT FROM mrzbot.days WHERE settled > 0)`

// derive makes what follows from the records: which tasks are behind others,
// the order keys there are, the sums of days and months, the reservations, and where Seq goes on.
var derive = []string{`
	UPDATE mrzbot.tasks AS t SET behind = true
	FROM (SELECT order_key, min(seq) AS first FROM mrzbot.tasks WHERE order_key <> '' GROUP BY order_key) AS f
	WHERE t.order_key = f.order_key AND t.seq > f.first`, `
	INSERT INTO mrzbot.orders SELECT DISTINCT order_key FROM mrzbot.tasks WHERE order_key <> ''`, `
	DELETE FROM mrzbot.sums`, `
	SELECT mrzbot.add_to_sums(day, person, outcome, charge, counted, number, 0) FROM mrzbot.day_totals`, `
	INSERT INTO mrzbot.days AS d (day, person, settled, reserved)
	SELECT day, person, 0, count(*) FROM mrzbot.tasks WHERE began IS NOT NULL AND NOT held GROUP BY day, person
	ON CONFLICT (day, person) DO UPDATE SET reserved = excluded.reserved`, `
	SELECT setval('mrzbot.audit_seq', greatest(nextval('mrzbot.audit_seq'), (SELECT max(seq) FROM mrzbot.audit)))`, `
	SELECT setval('mrzbot.task_seq', greatest(nextval('mrzbot.task_seq'),
		(SELECT max(seq) FROM mrzbot.tasks), (SELECT max(seq) FROM mrzbot.kept),
		(SELECT max(seq) FROM mrzbot.aside), (SELECT max(seq) FROM mrzbot.ledger)))`,
}

// loadAll writes the records, some at a time.
func loadAll(ctx context.Context, tx pgx.Tx, p *progress, records iter.Seq2[storage.Record, error]) error {
	p.pause()
	batch := &pgx.Batch{}
	send := func() error {
		full := batch
		batch = &pgx.Batch{}
		p.note()
		defer p.pause() // whoever gives the records may take their time
		if err := tx.SendBatch(ctx, full).Close(); err != nil {
			return loadError(ctx, err)
		}
		return nil
	}
	for r, err := range records {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.Check(); err != nil {
			return err
		}
		query, args := insert(r)
		batch.Queue(query, args...)
		if batch.Len() == loadBatch {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}

// insert gives the statement that writes a record.
func insert(r storage.Record) (query string, args []any) {
	switch {
	case r.Setting != nil:
		return `INSERT INTO mrzbot.settings (key, value) VALUES ($1, $2)`, []any{r.Setting.Key, r.Setting.Value}
	case r.Window != nil:
		return `INSERT INTO mrzbot.takes (key, since, until, uses) VALUES ($1, $2, $3, $4)`,
			[]any{r.Window.Key, storage.Micros(r.Window.Begin), storage.Micros(r.Window.End), r.Window.Used}
	case r.Person != nil:
		return `INSERT INTO mrzbot.people (` + personColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, personArgs(*r.Person)
	case r.Invite != nil:
		return `INSERT INTO mrzbot.invites (` + inviteColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, inviteArgs(*r.Invite)
	case r.Audit != nil:
		a := r.Audit
		return `INSERT INTO mrzbot.audit (` + auditColumns + `) VALUES ($1, $2, $3, $4, $5, $6)`,
			[]any{int64(a.Seq), storage.Micros(a.At), a.By, a.Action, a.Person, a.Detail}
	case r.Count != nil:
		return `INSERT INTO mrzbot.days (day, person, settled, unanswered, reserved) VALUES ($1, $2, $3, $4, 0)`,
			[]any{string(r.Count.Day), r.Count.Person, r.Count.Settled, r.Count.Unanswered}
	case r.Row != nil:
		e := r.Row.Entry
		return `INSERT INTO mrzbot.ledger (` + entryColumns + `, seq) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			[]any{e.Task, e.Person, storage.Micros(e.Began), storage.Micros(e.Ended), string(e.Day), e.Outcome, e.Counted, string(e.Charge),
				e.Session, e.Took.Microseconds(), int64(r.Row.Seq)}
	case r.Total != nil:
		return `INSERT INTO mrzbot.totals (share, outcome, charge, counted, number) VALUES (0, $1, $2, $3, $4)`,
			[]any{r.Total.Outcome, string(r.Total.Charge), r.Total.Counted, r.Total.Number}
	case r.Day != nil:
		t := r.Day
		return `INSERT INTO mrzbot.day_totals (` + dayTotalColumns + `) VALUES ($1, $2, $3, $4, $5, $6)`,
			[]any{string(t.Day), t.Person, t.Outcome, string(t.Charge), t.Counted, t.Number}
	case r.Name != nil:
		return `INSERT INTO mrzbot.names (id, since) VALUES ($1, $2)`, []any{r.Name.ID, storage.Micros(r.Name.Since)}
	case r.Task != nil:
		return insertTask("tasks", *r.Task)
	case r.Retained != nil:
		return insertTask("kept", r.Retained.Task, column{"until", storage.Micros(r.Retained.Until)}, column{"used", r.Retained.ConsumedBy})
	default:
		return insertTask("aside", r.Quarantined.Task, column{"at", storage.Micros(r.Quarantined.Since)}, column{"reason", r.Quarantined.Reason})
	}
}

// column is a column and its value.
type column struct {
	name  string
	value any
}

// insertTask writes a task with what else its table holds.
func insertTask(table string, t storage.Task, more ...column) (query string, args []any) {
	var began *int64
	if !t.Attempt.Began.IsZero() {
		us := storage.Micros(t.Attempt.Began)
		began = &us
	}
	a := t.Attempt
	args = []any{
		int64(t.Seq), t.ID, string(t.Kind), t.Order, t.Person, t.Chat, t.Message, t.FileID, storage.Micros(t.Added), storage.Micros(t.NotBefore),
		t.Tries, t.Pauses,
		string(t.Waiting.For), storage.Micros(t.Waiting.Since), t.Reply, t.RepeatOf, t.Request, began, string(a.Day), a.Calling, a.Held, a.Outcome, a.Counted, a.Number, "", some(t.Payload), storage.Micros(t.PutOff),
		a.Budgeted,
	}
	columns := taskColumns + ", behind, lease_until"
	args = append(args, false, storage.MinMicros)
	for _, c := range more {
		columns += ", " + c.name
		args = append(args, c.value)
	}
	return `INSERT INTO mrzbot.` + table + ` (` + columns + `) VALUES ($1` + parameters(1, len(args)-1) + `)`, args
}
