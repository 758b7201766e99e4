package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"mrzbot/storage"
	"mrzbot/storage/postgres/pgtest"
)

// hasty sets a database to answer before a commit is on the disk, and has each
// commit fail that would do so.
func hasty(t *testing.T, server *pgtest.Server, name string) {
	t.Helper()
	require.NoError(t, server.Exec(t.Context(), name, `
		ALTER DATABASE `+name+` SET synchronous_commit = off;
		CREATE FUNCTION public.durable() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			IF current_setting('synchronous_commit') = 'off' THEN
				RAISE EXCEPTION 'a commit of % that does not wait for the disk', TG_TABLE_NAME;
			END IF;
			RETURN NULL;
		END $$`))
	for _, table := range strings.Fields(allTables) {
		require.NoError(t, server.Exec(t.Context(), name, `CREATE CONSTRAINT TRIGGER durable AFTER INSERT OR UPDATE OR DELETE ON mrzbot.`+table+
			` DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.durable()`))
	}
}

// TestAllKilled kills the server with all its processes while many work, none of
// whom goes on: whatever was promised to them is there, however the database and
// the role are set.
func TestAllKilled(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("this needs /proc")
	}
	// What nobody waits for is written so late that it is lost.
	server, err := pgtest.Start("wal_writer_delay=10s")
	if errors.Is(err, pgtest.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, server.Stop()) }()
	pooler, err := server.Pooler()
	if errors.Is(err, pgtest.ErrPoolerMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	pooler.Stop()
	for name, set := range map[string]string{
		"database": `ALTER DATABASE killed_database SET synchronous_commit = off`,
		"role":     `ALTER ROLE postgres SET synchronous_commit = off`,
		"pooled":   `ALTER DATABASE killed_pooled SET synchronous_commit = off`,
	} {
		t.Run(name, func(t *testing.T) {
			database := "killed_" + name
			require.NoError(t, server.Exec(t.Context(), "postgres", "CREATE DATABASE "+database))
			require.NoError(t, server.Exec(t.Context(), "postgres", set))
			url, kill := server.URL, server.KillAll
			if name == "pooled" {
				require.NoError(t, pooler.Up())
				url, kill = pooler.URL, func() { server.KillAll(); pooler.Stop() }
			}
			promised := workUntil(t, url(database), kill)
			require.NoError(t, server.Up())
			s, err := Open(t.Context(), server.URL(database), Options{anyClock: true})
			require.NoError(t, err)
			for _, p := range promised {
				p.check(t, s)
			}
			require.NoError(t, s.Close())
		})
	}
}

// promise is how far a task was taken that nobody took further.
type promise struct {
	id                        string
	added, begun, held, ended bool
}

// workUntil takes tasks through the store until the server is killed.
func workUntil(t *testing.T, url string, kill func()) []promise {
	const workers, each = 8, 20
	s, err := Open(t.Context(), url, Options{anyClock: true})
	require.NoError(t, err)
	var steps atomic.Int64
	var promised [workers][]promise
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() {
			for n := 0; ; n++ {
				p := promise{id: fmt.Sprint(i, ".", n)}
				err := p.work(t.Context(), s, storage.Kind(fmt.Sprint("kind ", i)), n%4)
				promised[i] = append(promised[i], p)
				if err != nil {
					return // it is over: nobody calls again
				}
				steps.Add(1)
			}
		})
	}
	require.Eventually(t, func() bool { return steps.Load() > workers*each }, time.Minute, time.Millisecond)
	kill()
	all.Wait()
	_ = s.Close() // the server is gone
	return slices.Concat(promised[:]...)
}

// work takes a task through so many steps, of four, and notes which were
// promised.
func (p *promise) work(ctx context.Context, s *Store, kind storage.Kind, steps int) error {
	task := update(p.id, "")
	task.Kind = kind
	if _, err := s.AddTask(ctx, task); err != nil {
		return err
	}
	p.added = true
	tasks, err := s.Claim(ctx, storage.Claim{Kinds: []storage.Kind{kind}, Now: start, Lease: lease, Max: 1})
	if err != nil || len(tasks) == 0 || steps == 0 {
		return err
	}
	p.id = tasks[0].ID
	if _, err := s.Begin(ctx, tasks[0], storage.Begin{Now: start, Day: day}); err != nil {
		return err
	}
	p.begun = true
	if steps == 1 {
		return nil
	}
	_, err = s.Hold(ctx, tasks[0], storage.Hold{Now: start, Outcome: "ok", Counted: true, Payload: []byte("answer")})
	if err != nil {
		return err
	}
	p.held = true
	if steps == 2 {
		return nil
	}
	err = s.Done(ctx, tasks[0])
	p.ended = err == nil
	return err
}

// check looks for what was promised.
func (p *promise) check(t *testing.T, s *Store) {
	t.Helper()
	if !p.added {
		return
	}
	added, err := s.AddTask(t.Context(), update(p.id, ""))
	require.NoError(t, err)
	require.False(t, added, "%s is forgotten", p.id)
	var calling, held bool
	err = s.pool.QueryRow(t.Context(), `SELECT calling, held FROM mrzbot.tasks WHERE id = $1`, p.id).Scan(&calling, &held)
	if p.ended {
		require.ErrorIs(t, err, pgx.ErrNoRows, "%s has come back", p.id)
		return
	}
	if err != nil { // the last step was done, and could not be told
		require.ErrorIs(t, err, pgx.ErrNoRows)
		require.True(t, p.held, "%s is lost", p.id)
		return
	}
	require.True(t, !p.held || held, "the answer of %s is lost", p.id)
	require.True(t, !p.begun || calling || held, "%s would be called again", p.id)
}
