package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
	"mrzbot/storage/postgres/pgtest"
)

// TestErrorsAreDiscreet: neither the password nor what was to be stored is in
// an error.
func TestErrorsAreDiscreet(t *testing.T) {
	for _, url := range []string{
		"postgres://me:canary@127.0.0.1:1/db",
		"postgres://me:canary@db/x?sslmode=canary",
		"postgres://me:can ary@db/x",
		"postgres://me:canary@db:port/x",
		"postgres://me:canary@db/x?pool_max_conns=1000",
		"postgres://me:canary@/x?host=/nowhere",
	} {
		_, err := Open(t.Context(), url, Options{})
		require.Error(t, err)
		require.NotContains(t, err.Error(), "canary")
	}
	s := replicas(t, 1)[0]
	for _, query := range []string{
		`INSERT INTO mrzbot.names VALUES ($1, 1), ($1, 2)`,
		`SELECT $1::text::bigint`,
		`SELECT 1 / length(substr($1, 1, 0)::text)`,
		`SELECT canary FROM mrzbot.names WHERE id = $1`,
	} {
		_, err := s.exec(t.Context(), "test", query, "canary")
		require.Error(t, err)
		require.Contains(t, err.Error(), "SQLSTATE")
		require.NotContains(t, err.Error(), "canary")
	}
}

// TestOutpaced: a replica that goes on when a newer version has made the tables new
// says what to do. Its updates wait at Telegram meanwhile.
func TestOutpaced(t *testing.T) {
	s := replicas(t, 1)[0]
	for _, change := range []string{
		`ALTER TABLE mrzbot.settings RENAME COLUMN value TO content`,
		`ALTER TABLE mrzbot.settings RENAME TO choices`,
		`ALTER FUNCTION mrzbot.add RENAME TO add_task`,
	} {
		_, err := s.exec(t.Context(), "test", change)
		require.NoError(t, err)
		if _, err = s.AddTask(t.Context(), update("a", "")); err == nil {
			_, err = s.Setting(t.Context(), "language")
		}
		require.ErrorContains(t, err, "a newer version has started with the database. Start it here, too", change)
	}
}

// TestSetUp: who has to mend the settings is told from a server that is down.
func TestSetUp(t *testing.T) {
	_, err := Open(t.Context(), cluster.Server(t).URL("nowhere"), Options{})
	require.ErrorIs(t, err, ErrSetUp)
	_, err = Open(t.Context(), strings.Replace(cluster.Server(t).URL("postgres"), "postgres@", "nobody@", 1), Options{})
	require.ErrorIs(t, err, ErrSetUp)
	_, err = Open(t.Context(), "postgres://me@127.0.0.1:1/db", Options{})
	require.Error(t, err)
	require.NotErrorIs(t, err, ErrSetUp)
	require.NotContains(t, err.Error(), "\n")
	require.Equal(t, 1, strings.Count(err.Error(), "connection refused"), "once, though it was tried with and without TLS: %v", err)
}

// TestReadOnly: a server that takes no changes is not ready.
func TestReadOnly(t *testing.T) {
	name := cluster.Database(t)
	s := open(t, cluster.Server(t).URL(name))
	require.NoError(t, s.Ready(t.Context()))
	require.NoError(t, cluster.Server(t).Exec(t.Context(), name, `ALTER DATABASE `+name+` SET default_transaction_read_only = on`))
	standby := open(t, cluster.Server(t).URL(name))
	require.ErrorContains(t, standby.Ready(t.Context()), "can only be read")
	_, err := standby.AddTask(t.Context(), update("a", ""))
	require.ErrorContains(t, err, "25006")
}

// TestKilledServer kills the server under load, several times, and looks for
// everything that was promised: what came back without an error is there, and
// what came back with one can be called again.
func TestKilledServer(t *testing.T) {
	s, err := pgtest.Start()
	if errors.Is(err, pgtest.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Stop()) }()
	require.NoError(t, s.Exec(t.Context(), "postgres", "CREATE DATABASE load"))
	store, err := Open(t.Context(), s.URL("load"), Options{})
	require.NoError(t, err)

	const workers, kills = 8, 3
	var finished, failed atomic.Int64
	over, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	errs := make([]error, workers)
	for i := range workers {
		all.Go(func() {
			for n := 0; over.Err() == nil && errs[i] == nil; n++ {
				errs[i] = lifeAgain(t.Context(), store, fmt.Sprintf("%d.%d", i, n), int64(i), &failed)
				finished.Add(1)
			}
		})
	}
	for range kills {
		goal := finished.Load() + 40
		require.Eventually(t, func() bool { return finished.Load() > goal }, time.Minute, time.Millisecond)
		s.Kill()
		require.NoError(t, s.Up())
	}
	stop()
	all.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.NotZero(t, failed.Load(), "somebody noticed")
	total := 0
	for i := range workers {
		c, err := store.Attempts(t.Context(), int64(i), day)
		require.NoError(t, err)
		require.Zero(t, c.Reserved)
		total += c.Settled
	}
	require.Equal(t, int(finished.Load()), total)
	entries, err := store.Entries(t.Context(), start, start.Add(time.Hour), 1_000_000)
	require.NoError(t, err)
	require.Len(t, entries, total)
	require.Zero(t, rows(t, store, "tasks"))
	require.NoError(t, store.Close())
}

// lifeAgain takes a task from its adding to its end. What fails is called
// again, as the program does.
func lifeAgain(ctx context.Context, s *Store, id string, person int64, failed *atomic.Int64) error {
	kind := storage.Kind("kind " + fmt.Sprint(person))
	again := func(step func() error) error {
		for {
			err := step()
			if err == nil || errors.Is(err, storage.ErrHeld) || errors.Is(err, storage.ErrLost) || ctx.Err() != nil {
				return err
			}
			failed.Add(1)
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	now := start
	task := update(id, "")
	task.Kind, task.Person = kind, person
	_ = again(func() error { _, err := s.AddTask(ctx, task); return err })
	var mine storage.Task
	for mine.ID == "" {
		err := again(func() error {
			tasks, err := s.Claim(ctx, storage.Claim{Kinds: []storage.Kind{kind}, Now: now, Lease: lease, Max: 1})
			if len(tasks) > 0 {
				mine = tasks[0]
			}
			return err
		})
		if err != nil {
			return err
		}
		now = now.Add(lease) // a claim whose answer was lost holds until then
	}
	if err := again(func() error {
		_, err := s.Begin(ctx, mine, storage.Begin{Now: start, Day: day})
		return err
	}); err != nil {
		return fmt.Errorf("begin %s: %w", id, err)
	}
	if err := again(func() error {
		_, err := s.Hold(ctx, mine, storage.Hold{Now: start, Outcome: "ok", Counted: true, Payload: []byte("answer")})
		return err
	}); err != nil && !errors.Is(err, storage.ErrHeld) {
		return fmt.Errorf("hold %s: %w", id, err)
	}
	if err := again(func() error { return s.Done(ctx, mine) }); err != nil && !errors.Is(err, storage.ErrLost) {
		return fmt.Errorf("done %s: %w", id, err)
	}
	return nil
}
