package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"mrzbot/storage"
)

// How often what is over is swept away, and how much at a time. What is looked
// at must be more than what comes in between.
const (
	sweepEvery = 32
	sweepLook  = 4 * sweepEvery
)

// remember is storage.Remember in µs.
const remember = int64(storage.Remember / time.Microsecond)

// AddTask is as in storage.Tasks.
func (s *Store) AddTask(ctx context.Context, t storage.Task) (added bool, err error) {
	if err := t.Check(); err != nil {
		return false, err
	}
	err = s.row(ctx, "add", `SELECT mrzbot.add($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) WHERE `+durably,
		remember, t.ID, string(t.Kind), t.Order, t.Person, t.Chat, t.Message, t.FileID,
		storage.Micros(t.Added), storage.Micros(t.Kind.Cut(t.Added, t.NotBefore)), some(t.Payload)).scan(&added)
	if err != nil {
		return false, err
	}
	if s.adds.Add(1)%sweepEvery == 0 {
		s.sweepTasks(ctx, t.Added)
	}
	return added, nil
}

// some gives bytes that are not null.
func some(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// sweepTasks forgets names and tasks in quarantine whose time is over. What it
// fails to forget the next one does.
func (s *Store) sweepTasks(ctx context.Context, now time.Time) {
	over := storage.Micros(now.Add(-storage.Remember))
	_, _ = s.exec(ctx, "sweep", `SELECT mrzbot.sweep_tasks($1, $2) WHERE `+durably, over, sweepLook)
}

// claimLook is among how many tasks that are ready a claim looks first for
// those it takes, or among more where it takes many. Mostly those of people
// with nothing in work are there.
const claimLook = 64

// taskColumns is what readTask reads.
const taskColumns = `seq, id, kind, order_key, person, chat, message, file_id, added, not_before, tries, pauses,
	waits_for, waits_since, reply, repeat_of, request, began, day, calling, held, outcome, counted, number, lease, payload, put_off, budgeted`

func readTask(row pgx.CollectableRow) (storage.Task, error) { return readTaskAnd(row) }

// readTaskAnd reads a task and further columns behind it.
func readTaskAnd(row pgx.CollectableRow, more ...any) (t storage.Task, err error) {
	var seq, added, notBefore, putOff, since int64
	var a attempt
	err = row.Scan(append([]any{&seq, &t.ID, &t.Kind, &t.Order, &t.Person, &t.Chat, &t.Message, &t.FileID, &added, &notBefore,
		&t.Tries, &t.Pauses, &t.Waiting.For, &since, &t.Reply, &t.RepeatOf, &t.Request,
		&a.began, &a.Day, &a.Calling, &a.Held, &a.Outcome, &a.Counted, &a.Number, &t.Lease, &t.Payload, &putOff, &a.Budgeted}, more...)...)
	t.Seq, t.Added, t.NotBefore, t.Attempt = uint64(seq), storage.FromMicros(added), storage.FromMicros(notBefore), a.give()
	t.PutOff, t.Waiting.Since = storage.FromMicros(max(putOff, added)), storage.FromMicros(since)
	return t, err
}

// Claim is as in storage.Tasks.
func (s *Store) Claim(ctx context.Context, c storage.Claim) ([]storage.Task, error) {
	now := storage.Micros(c.Now)
	if err := s.setRight(ctx, c.Now); err != nil {
		return nil, err
	}
	tasks, err := all(s, ctx, "claim", readTask, `SELECT `+taskColumns+` FROM mrzbot.claim($1, $2, $3, $4, $5, $6) WHERE `+durably,
		kindNames(c.Kinds), now, storage.AfterMicros(now, c.Lease), max(c.Max, 0), s.owner, claimLook)
	if err != nil {
		return nil, err
	}
	s.sweepKept(ctx, now)
	if tasks == nil {
		tasks = []storage.Task{}
	}
	return tasks, nil
}

// kindNames gives each kind once.
func kindNames(kinds []storage.Kind) []string {
	names := make([]string, 0, len(kinds))
	for _, k := range kinds {
		if !slices.Contains(names, string(k)) {
			names = append(names, string(k))
		}
	}
	return names
}

// Renew is as in storage.Tasks.
func (s *Store) Renew(ctx context.Context, t storage.Task, until time.Time) error {
	if err := storage.CheckTime(until); err != nil {
		return err
	}
	return lostIfNone(s.exec(ctx, "renew", `UPDATE mrzbot.tasks SET lease_until = $3 WHERE id = $1 AND lease = $2 AND lease <> '' AND `+durably,
		plain(t.ID), plain(t.Lease), storage.Micros(until)))
}

// plain gives a name that was never stored for one that cannot be.
func plain(name string) string {
	if storage.CheckText(name) != nil {
		return ""
	}
	return name
}

func lostIfNone(changed int64, err error) error {
	if err == nil && changed == 0 {
		return storage.ErrLost
	}
	return err
}

// Postpone is as in storage.Tasks.
func (s *Store) Postpone(ctx context.Context, t storage.Task, p storage.Postpone) error {
	if err := p.Check(); err != nil {
		return err
	}
	return lostIfNone(s.exec(ctx, "postpone", `
		UPDATE mrzbot.tasks
		SET lease = '', lease_until = $5, not_before = $3, put_off = $6, waits_for = $4, waits_since = $7, tries = 0, pauses = pauses + 1, calling = false
		WHERE id = $1 AND lease = $2 AND lease <> '' AND `+durably,
		plain(t.ID), plain(t.Lease), storage.Micros(t.Kind.Cut(p.Now, p.Until)), string(p.Waiting.For), storage.MinMicros, storage.Micros(p.Now),
		storage.Micros(p.Waiting.Since)))
}

// Done is as in storage.Tasks.
func (s *Store) Done(ctx context.Context, t storage.Task, then ...storage.Task) error {
	f, err := newFields(then)
	if err != nil {
		return err
	}
	return s.end(ctx, "done", t, `count(*) > 0 FROM mrzbot.finish($1, $2, $3)`, f)
}

// fields are tasks to be added, field by field.
type fields struct {
	ids, kinds, orders, fileIDs                []string
	persons, chats, messages, added, notBefore []int64
	payloads                                   [][]byte
}

func newFields(tasks []storage.Task) (f fields, err error) {
	f.orders = []string{} // also what finish locks
	for _, t := range tasks {
		if err := t.Check(); err != nil {
			return f, err
		}
		f.add(t)
	}
	return f, nil
}

func (f *fields) add(t storage.Task) {
	f.ids = append(f.ids, t.ID)
	f.kinds = append(f.kinds, string(t.Kind))
	f.orders = append(f.orders, t.Order)
	f.fileIDs = append(f.fileIDs, t.FileID)
	f.persons = append(f.persons, t.Person)
	f.chats = append(f.chats, t.Chat)
	f.messages = append(f.messages, int64(t.Message))
	f.added = append(f.added, storage.Micros(t.Added))
	f.notBefore = append(f.notBefore, storage.Micros(t.Kind.Cut(t.Added, t.NotBefore)))
	f.payloads = append(f.payloads, some(t.Payload))
}

// end runs a query that ends the lease on a task and reports whether it held,
// and adds what follows. Its parameters are the task's name and lease, the order
// keys of what follows, and args.
func (s *Store) end(ctx context.Context, what string, t storage.Task, query string, then fields, args ...any) error {
	if t.Lease == "" {
		return s.unheld(ctx)
	}
	args = append([]any{plain(t.ID), plain(t.Lease), then.orders}, args...)
	query = `SELECT ` + query + ` WHERE ` + durably
	if len(then.ids) > 0 {
		more := []any{remember, then.ids, then.kinds, then.persons, then.chats, then.messages, then.fileIDs,
			then.added, then.notBefore, then.payloads}
		// Two functions in one statement are one transaction. The second is
		// called when the first reports true.
		query = `SELECT CASE WHEN (` + query + `) THEN mrzbot.add_all($3` + parameters(len(args), len(more)) + `) ELSE false END`
		args = append(args, more...)
	}
	var held bool
	err := s.row(ctx, what, query, args...).scan(&held)
	switch {
	case err != nil:
		return err
	case !held:
		return storage.ErrLost
	}
	return nil
}

// parameters writes so many parameters more, each after a comma.
func parameters(before, n int) string {
	var list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, ", $%d", before+1+i)
	}
	return list.String()
}

// unheld is the error of a task without a lease.
func (s *Store) unheld(ctx context.Context) error {
	err := s.call(ctx, "", func(context.Context) error { return nil })
	if err != nil {
		return err
	}
	return storage.ErrLost
}

// Quarantine is as in storage.Tasks.
func (s *Store) Quarantine(ctx context.Context, t storage.Task, now time.Time, reason string) error {
	if err := storage.CheckText(reason); err != nil {
		return err
	}
	if err := storage.CheckTime(now); err != nil {
		return err
	}
	return s.end(ctx, "quarantine", t, `mrzbot.put_aside($1, $2, $3, $4, $5)`, fields{orders: []string{}}, storage.Micros(now), reason)
}

// NextTask is as in storage.Tasks.
func (s *Store) NextTask(ctx context.Context, now time.Time, kinds []storage.Kind) (at time.Time, ok bool, err error) {
	var us *int64
	// What nobody has in work is looked up, however much it is; the rest is little.
	err = s.row(ctx, "next", `
		SELECT least(
			(SELECT min(not_before) FROM unnest($1::text[]) AS k, LATERAL (
				SELECT not_before FROM mrzbot.tasks WHERE kind = k AND NOT behind AND lease = '' ORDER BY not_before LIMIT 1) AS t),
			(SELECT min(greatest(not_before, lease_until)) FROM mrzbot.tasks WHERE kind = ANY ($1) AND NOT behind AND lease <> ''))`,
		kindNames(kinds)).scan(&us)
	switch {
	case err != nil || us == nil:
		return time.Time{}, false, err
	case *us <= storage.Micros(now):
		return time.Time{}, true, nil
	}
	return storage.FromMicros(*us), true, nil
}

// Backlog is as in storage.Tasks.
func (s *Store) Backlog(ctx context.Context, now time.Time) (storage.Backlog, error) {
	l := storage.Backlog{Waiting: map[storage.Kind]int{}, Leased: map[storage.Kind]int{}, ReadySince: map[storage.Kind]time.Time{}}
	type line struct {
		kind          *storage.Kind
		tasks, leased int
		ready         *int64
	}
	lines, err := all(s, ctx, "backlog", func(row pgx.CollectableRow) (k line, err error) {
		err = row.Scan(&k.kind, &k.tasks, &k.leased, &k.ready)
		return k, err
	}, `
		SELECT kind, count(*), count(*) FILTER (WHERE leased),
			min(greatest(added, not_before)) FILTER (WHERE NOT leased AND NOT behind AND not_before <= $1)
		FROM mrzbot.tasks, LATERAL (SELECT lease_until > $1 AND lease_until <= $2 AS leased) AS l GROUP BY kind
		UNION ALL SELECT null, count(*), 0, null FROM mrzbot.aside`, storage.Micros(now), storage.AfterMicros(storage.Micros(now), storage.MaxLease))
	for _, k := range lines {
		if k.kind == nil {
			l.Quarantined = k.tasks
			continue
		}
		l.Waiting[*k.kind] = k.tasks - k.leased
		l.Leased[*k.kind] = k.leased
		if k.ready != nil {
			l.ReadySince[*k.kind] = storage.FromMicros(*k.ready)
		}
	}
	if err != nil {
		return storage.Backlog{}, err
	}
	return l, nil
}

var errSays = errors.New("storage/postgres: the functions of the database are not those of this program")
