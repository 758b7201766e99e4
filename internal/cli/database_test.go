package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/internal/config"
	"mrzbot/internal/control"
	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
	"mrzbot/storage/postgres"
	"mrzbot/storage/postgres/pgtest"
)

// cluster is the PostgreSQL server of the tests here. It does not wait for the
// disk: no test here is about that.
var cluster = pgtest.NewShared("fsync=off")

// newDatabase gives the name and the address of an empty database.
func newDatabase(t *testing.T) (name, url string) {
	t.Helper()
	name = cluster.Database(t)
	return name, cluster.Server(t).URL(name)
}

// lookInto opens the bench's store, which no bot has open if it is a file.
func (b *bench) lookInto() storage.Store {
	b.t.Helper()
	s, err := config.ParseStorage(b.environ["STORAGE_URL"])
	require.NoError(b.t, err)
	if s.Engine == config.Postgres {
		store, err := postgres.Open(b.t.Context(), s.URL.Reveal(), postgres.Options{AsIs: true})
		require.NoError(b.t, err)
		return store
	}
	store, err := bolt.Open(s.Path, bolt.Options{})
	require.NoError(b.t, err)
	return store
}

// backlog asks about the work of the bot that runs.
func (b *bench) backlog() storage.Backlog {
	b.t.Helper()
	if strings.HasPrefix(b.environ["STORAGE_URL"], "bolt:") {
		is, err := control.Client{Path: control.Path(b.store)}.Status(b.t.Context())
		require.NoError(b.t, err)
		return is.Backlog
	}
	s := b.lookInto()
	defer func() { require.NoError(b.t, s.Close()) }()
	work, err := s.Backlog(b.t.Context(), time.Now())
	require.NoError(b.t, err)
	return work
}

// commandNow is command by the clock of the processes.
func (b *bench) commandNow(args ...string) (code int, says string) {
	code, stdout, stderr := runAt(b.t, time.Now, "", b.environ, args...)
	return code, stdout + stderr
}

// TestCopyBetweenEngines moves a bot with all its work from a file to a database
// and back. A bot runs on each of them, and none of them can be copied, or
// copied into, while it does.
func TestCopyBetweenEngines(t *testing.T) {
	t.Parallel()
	_, database := newDatabase(t)
	file, in := "", inFolder(t)
	b, p, heal := busyBotOn(t, nil)
	file = b.environ["STORAGE_URL"]
	p.finish()
	b.environ["STORAGE_URL"] = database
	code, says := b.commandNow("copy", file, "STORAGE_URL")
	require.Equal(t, exitFine, code, says)
	require.Contains(t, says, "the database holds 1 person, 3 tasks that wait and 2 attempts of the ledger, like "+b.store)
	code, says = b.commandNow("copy", "STORAGE_URL", database)
	require.Equal(t, exitUsage, code, says)
	require.Contains(t, says, "both are the same store")

	p = b.startProcess()
	heal()
	b.answered(asel, "1 of 50 today")
	b.telegram.Say(gulnara, "/allow 8 Bek")
	b.answered(gulnara, "Bek")

	moved := "bolt:" + in("moved.db")
	code, says = b.commandNow("copy", database, moved)
	require.Equal(t, exitFailed, code, says)
	require.Contains(t, says, "a bot runs with the database: stop it first, all its replicas")
	require.NoFileExists(t, in("moved.db"))
	code, says = b.commandNow("copy", file, database)
	require.Equal(t, exitFailed, code, says)
	require.Contains(t, says, "a bot runs with the database: stop it first, all its replicas")
	p.finish()
	code, says = b.commandNow("copy", file, database)
	require.Equal(t, exitFailed, code, says)
	require.Contains(t, says, "the database holds something already")

	code, says = b.commandNow("copy", database, moved)
	require.Equal(t, exitFine, code, says)
	require.Contains(t, says, in("moved.db")+" holds 2 people, 1 task that waits and 2 attempts of the ledger, like the database.")
	b.moveTo(in("moved.db"))
	b.mrz.Answer(fakemrz.Lines(card...))
	p = b.startProcess()
	b.answered(gulnara, "2 of 50 today")
	b.photo(faketelegram.Person{ID: 8, FirstName: "Bek", LanguageCode: "en"})
	b.answered(faketelegram.Person{ID: 8}, "1 of 50 today")
	p.finish()
	require.Equal(t, 4, b.mrz.Counts().OK)
	require.Equal(t, 1, b.saying(asel, "1 of 50 today"))
	b.ledgerAgrees()
}

// TestBackupRestoreDatabase backs up a bot that runs with a database, kills it
// later, and starts it with another database that was restored.
func TestBackupRestoreDatabase(t *testing.T) {
	t.Parallel()
	_, database := newDatabase(t)
	_, other := newDatabase(t)
	in := inFolder(t)
	b, p, heal := busyBotOn(t, map[string]string{"STORAGE_URL": database})
	code, says := b.commandNow("backup", in("x.backup"))
	require.Equal(t, exitFine, code, says)
	require.Contains(t, says, "holds 1 person, 3 tasks that wait and 2 attempts of the ledger")

	// The bot goes on, and reads the photo that waits in the backup.
	b.mrz.Answer(fakemrz.Lines(card...))
	b.until("it is read", func() bool { return b.mrz.Counts().OK == 3 })
	code, says = b.commandNow("restore", in("x.backup"))
	require.Equal(t, exitFailed, code, says)
	require.Contains(t, says, "nothing was restored: a bot runs with the database")
	p.kill()
	heal()

	b.environ["STORAGE_URL"] = other
	code, says = b.commandNow("restore", in("x.backup"))
	require.Equal(t, exitFine, code, says)
	require.Contains(t, says, "the database holds 1 person, 3 tasks that wait and 2 attempts of the ledger, as they were on")
	require.Contains(t, says, "1 photo of it may have been sent to the service since")
	p = b.startProcess()
	b.answered(gulnara, "no answer that I can use")
	b.answered(asel, "1 of 50 today")
	b.photo(asel)
	b.answered(asel, "2 of 50 today")
	p.finish()
	require.Equal(t, 4, b.mrz.Counts().OK, "the photo that was read after the backup is not paid for again")
	code, says = b.commandNow("restore", in("x.backup"))
	require.Equal(t, exitFailed, code, says)
	require.Contains(t, says, "the database holds something already")
}

// TestReadersChangeNothing: a command that only reads a database leaves the
// tables of an earlier program what they are, and makes none.
func TestReadersChangeNothing(t *testing.T) {
	t.Parallel()
	_, empty := newDatabase(t)
	earlier, url := newDatabase(t)
	in := inFolder(t)
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "STORAGE_URL": empty})
	tables := func(url string) int64 {
		is, err := postgres.Look(t.Context(), url)
		require.NoError(t, err)
		return is.Tables
	}
	for _, args := range [][]string{{"backup", in("x.backup")}, {"copy", empty, "bolt:" + in("x.db")}} {
		code, says := b.commandNow(args...)
		require.NotEqual(t, exitFine, code, says)
		require.Contains(t, says, "there is no store to be read")
	}
	b.commandNow("check")
	require.Zero(t, tables(empty))

	s, err := postgres.Open(t.Context(), url, postgres.Options{})
	require.NoError(t, err)
	_, err = s.ChangePerson(t.Context(), 7, func(p *storage.Person) error { p.Role = storage.RoleAgent; return nil })
	require.NoError(t, err)
	require.NoError(t, s.Close())
	newest := tables(url)
	require.NoError(t, cluster.Server(t).Exec(t.Context(), earlier, fmt.Sprint("DELETE FROM mrzbot.versions WHERE version_id = ", newest)))
	b.environ["STORAGE_URL"] = url
	for _, args := range [][]string{{"backup", in("x.backup")}, {"copy", url, "bolt:" + in("x.db")}} {
		code, says := b.commandNow(args...)
		require.Equal(t, exitFine, code, says)
		require.Contains(t, says, "1 person")
	}
	_, says := b.commandNow("check")
	require.Contains(t, says, fmt.Sprint("the next start brings them to ", newest))
	require.Contains(t, says, "runs with fsync=off: a power cut may damage the database", "so does the server of this test")
	code, says := b.commandNow("restore", in("x.backup"))
	require.Equal(t, exitFailed, code, says)
	require.Contains(t, says, "the tables in the database are of an earlier version")
	require.Equal(t, newest-1, tables(url))
}

// TestAlone: a command that is alone with a database lets no bot start, and no
// other command begin; a bot that was killed is in the way for seconds only.
func TestAlone(t *testing.T) {
	t.Parallel()
	_, url := newDatabase(t)
	s, err := postgres.Open(t.Context(), url, postgres.Options{})
	require.NoError(t, err)
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "STORAGE_URL": url})
	cfg, err := config.Load(b.environ, os.ReadFile)
	require.NoError(t, err)
	nothing := func(context.Context) error { return nil }
	require.NoError(t, withExclusiveLock(t.Context(), s, b.clock.now, func(ctx context.Context) error {
		require.ErrorIs(t, serve(ctx, Process{Stderr: b.log, Now: b.clock.now}, cfg), errCopying)
		require.ErrorIs(t, withExclusiveLock(ctx, s, b.clock.now, nothing), storage.ErrInUse)
		return nil
	}))
	require.NoError(t, withExclusiveLock(t.Context(), s, b.clock.now, nothing), "neither of them left anything behind")

	killed := &botLease{leases: s, owner: "killed", now: b.clock.now, log: Process{Stderr: b.log}.logger(cfg)}
	require.NoError(t, killed.acquire(t.Context()))
	require.ErrorIs(t, withExclusiveLock(t.Context(), s, b.clock.now, nothing), storage.ErrInUse)
	b.clock.lead.Add(int64(leadFor))
	require.NoError(t, withExclusiveLock(t.Context(), s, b.clock.now, nothing))

	// One that slept, or had no network, is there again when its sign was over.
	err = withExclusiveLock(t.Context(), s, b.clock.now, func(ctx context.Context) error {
		require.NoError(t, killed.renew(ctx))
		staying, stop := context.WithCancel(ctx)
		defer stop()
		go killed.keepRenewing(staying)
		<-ctx.Done()
		return ctx.Err()
	})
	require.ErrorIs(t, err, storage.ErrInUse)
	require.NoError(t, s.Close())
}

// TestAloneInSilence: a command whose sign cannot be renewed gives up before it
// is over, however the database hangs.
func TestAloneInSilence(t *testing.T) {
	t.Parallel()
	name, url := newDatabase(t)
	s, err := postgres.Open(t.Context(), url, postgres.Options{})
	require.NoError(t, err)
	hanging, release := context.WithCancel(t.Context())
	hung := make(chan error, 1)
	err = withExclusiveLock(t.Context(), s, time.Now, func(ctx context.Context) error {
		go func() {
			hung <- cluster.Server(t).Exec(hanging, name, "BEGIN; LOCK TABLE mrzbot.leaders; SELECT pg_sleep(600)")
		}()
		<-ctx.Done()
		release()
		return ctx.Err()
	})
	require.ErrorIs(t, err, errSilent)
	require.Error(t, <-hung)
	require.NoError(t, s.Close())
}

// TestServerRefuses: what waiting does not mend ends the program at once, with
// what to do; check says the same.
func TestServerRefuses(t *testing.T) {
	t.Parallel()
	name, url := newDatabase(t)
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	for bad, mend := range map[string]string{
		strings.Replace(url, name, "nowhere", 1):        "Create the database, or name one in STORAGE_URL that is there",
		strings.Replace(url, "postgres@", "nobody@", 1): "Give STORAGE_URL a user and a password that the server knows",
	} {
		b.environ["STORAGE_URL"] = bad
		code, says := b.commandNow("serve")
		require.Equal(t, exitUsage, code, says)
		require.Contains(t, says, mend)
		_, says = b.commandNow("check")
		require.Contains(t, says, mend)
	}
}
