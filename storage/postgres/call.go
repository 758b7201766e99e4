package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// tries is how often a statement is sent that the server gave up in favour of
// another one, or that never reached it.
const tries = 5

// call runs one statement, within callTime.
func (s *Store) call(ctx context.Context, what string, statement func(ctx context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.using.RLock()
	defer s.using.RUnlock()
	if s.closed {
		return errClosed
	}
	for try := 1; ; try++ {
		err := s.once(ctx, statement)
		switch {
		case err == nil, errors.Is(err, pgx.ErrNoRows):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case try < tries && again(err):
			continue
		}
		return explain(what, err)
	}
}

func (s *Store) once(ctx context.Context, statement func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.callTime)
	defer cancel()
	return statement(ctx)
}

// errSilent says that a server has not gone on for callTime.
var errSilent = errors.New("the server does not answer")

// progress bounds a transaction of many steps: its context ends when none of them
// is noted for callTime. pause stops the clock while somebody else is waited for.
type progress struct {
	within time.Duration
	timer  *time.Timer
	end    context.CancelCauseFunc
}

// rollback gives up a transaction, if it is there still.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer stop()
	_ = tx.Rollback(ctx)
}

func (s *Store) watch(ctx context.Context) (context.Context, *progress) {
	ctx, end := context.WithCancelCause(ctx)
	return ctx, &progress{within: s.callTime, timer: time.AfterFunc(s.callTime, func() { end(errSilent) }), end: end}
}

func (p *progress) note()  { p.timer.Reset(p.within) }
func (p *progress) pause() { p.timer.Stop() }
func (p *progress) stop()  { p.timer.Stop(); p.end(nil) }

// Conditions of a server that did nothing and would do it now.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505" // somebody else was quicker; the next try sees it
)

func again(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == serializationFailure || e.Code == deadlockDetected || e.Code == uniqueViolation
	}
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	return !connecting && pgconn.SafeToRetry(err)
}

// durably is a condition that always holds, and has the commit of its statement
// wait for the disk: a database or a role can be set to answer before
// (synchronous_commit = off), and then a server that dies takes back what was
// promised. Each statement that changes something has it among its conditions,
// so that no row is changed without it. A pooler would drop what is set for a
// session, and what is set for a function is over at its end, before the commit.
const durably = `set_config('synchronous_commit', 'on', true) = 'on'`

// exec runs a statement that gives no rows and reports how many it changed.
func (s *Store) exec(ctx context.Context, what, query string, args ...any) (changed int64, err error) {
	err = s.call(ctx, what, func(ctx context.Context) error {
		tag, err := s.pool.Exec(ctx, query, args...)
		changed = tag.RowsAffected()
		return err
	})
	return changed, err
}

// oneRow is a query on its way.
type oneRow func(into ...any) error

// row prepares a query that gives one row; pgx.ErrNoRows when it gives none.
func (s *Store) row(ctx context.Context, what, query string, args ...any) oneRow {
	return func(into ...any) error {
		return s.call(ctx, what, func(ctx context.Context) error {
			return s.pool.QueryRow(ctx, query, args...).Scan(into...)
		})
	}
}

func (r oneRow) scan(into ...any) error { return r(into...) }

// all runs a query and gives what read makes of each row.
func all[T any](s *Store, ctx context.Context, what string, read func(pgx.CollectableRow) (T, error), query string, args ...any) (items []T, err error) {
	err = s.call(ctx, what, func(ctx context.Context) error {
		rows, err := s.pool.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		items, err = pgx.CollectRows(rows, read)
		return err
	})
	return items, err
}

// failure is an error without anything of a row or of the URL in its text.
type failure struct {
	text string
	err  error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.err }

// explain turns what pgx returns into what the contract promises.
func explain(step string, err error) error {
	text := "storage/postgres: " + step + ": "
	e, ok := errors.AsType[*pgconn.PgError](err)
	_, connecting := errors.AsType[*pgconn.ConnectError](err)
	what, refused := text+oneLine(err.Error()), mend(err)
	if ok {
		what = text + e.Error()
	}
	switch {
	case refused != "":
		// The server's sentences about these name user, database, parameter, table.
		return &Refusal{what, refused, err}
	case ok && (connecting || aboutServer(e.Code)):
		// The server's sentences about a connection help, and name no more than
		// user and database. Others may repeat what was to be stored.
		return &failure{what, err}
	case ok && aboutTables(e.Code):
		return &failure{text + fmt.Sprintf("the tables are not as this program knows them (SQLSTATE %s): "+
			"a newer version has started with the database. Start it here, too", e.Code), err}
	case ok:
		return &failure{text + fmt.Sprintf("the server refuses: SQLSTATE %s (%s)", e.Code, e.Routine), err}
	case errors.Is(err, context.DeadlineExceeded):
		// It was not the caller's.
		return &failure{text + "the server does not answer", nil}
	}
	return &failure{what, err}
}

// oneLine makes a sentence of pgx's list of the tries to connect, which has a line
// for each, with and without TLS.
func oneLine(text string) string {
	var parts []string
	for line := range strings.Lines(text) {
		if part := strings.TrimSpace(line); !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

// aboutTables reports whether an SQLSTATE says that a column, a function or a table
// is not there: what a program sees that runs on when a newer one has made the
// tables new.
func aboutTables(code string) bool {
	return code == "42703" || code == "42883" || code == "42P01"
}

// aboutServer reports whether an SQLSTATE is of a class that is about the
// server and not about data: connection, resources, intervention, system, and
// a transaction that may only read.
func aboutServer(code string) bool {
	switch code[:min(2, len(code))] {
	case "08", "53", "57", "58":
		return true
	}
	return code == "25006"
}
