package postgres

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"mrzbot/storage"
	"mrzbot/storage/storagetest"
)

// gateLock is the advisory lock that a shut gate holds.
const gateLock = "7070"

// gate stands before the commits of a database: a trigger of each table, which
// is deferred to the commit, waits for a lock, and fails where it is told to.
type gate struct {
	testing.TB
	conn *pgx.Conn
}

func newGate(t *testing.T, s storage.Store) storagetest.Gate {
	var name string
	require.NoError(t, s.(*Store).pool.QueryRow(t.Context(), `SELECT current_database()`).Scan(&name))
	conn, err := pgx.Connect(t.Context(), cluster.Server(t).URL(name))
	require.NoError(t, err)
	g := &gate{TB: t, conn: conn}
	g.do(`
		CREATE TABLE IF NOT EXISTS public.gate (fails boolean);
		DELETE FROM public.gate;
		INSERT INTO public.gate VALUES (false);
		CREATE OR REPLACE FUNCTION public.gate() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			PERFORM pg_advisory_xact_lock_shared(` + gateLock + `);
			IF (SELECT fails FROM public.gate) THEN
				RAISE EXCEPTION 'the disk is full' USING ERRCODE = 'disk_full';
			END IF;
			RETURN NULL;
		END $$`)
	for _, table := range strings.Fields(allTables) {
		g.do(`CREATE CONSTRAINT TRIGGER gate AFTER INSERT OR UPDATE OR DELETE ON mrzbot.` + table +
			` DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.gate()`)
	}
	t.Cleanup(func() {
		for _, table := range strings.Fields(allTables) {
			g.do(`DROP TRIGGER gate ON mrzbot.` + table)
		}
		require.NoError(t, conn.Close(context.Background()))
	})
	return g
}

func (g *gate) do(statement string) {
	g.Helper()
	_, err := g.conn.Exec(context.Background(), statement)
	require.NoError(g, err)
}

// LookFor: nobody waits for the lock who does not commit. A claim that was given up would
// still be made by a server that has got it.
func (g *gate) LookFor() time.Duration { return time.Minute }

func (g *gate) Shut() { g.do(`SELECT pg_advisory_lock(` + gateLock + `)`) }

func (g *gate) Await() {
	require.Eventually(g, func() (waits bool) {
		err := g.conn.QueryRow(context.Background(), `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`).Scan(&waits)
		return err == nil && waits
	}, time.Minute, time.Millisecond)
}

func (g *gate) Open(fail bool) {
	if fail {
		g.do(`UPDATE public.gate SET fails = true`)
	} else {
		g.do(`UPDATE public.gate SET fails = false`)
	}
	g.do(`SELECT pg_advisory_unlock_all()`)
}
