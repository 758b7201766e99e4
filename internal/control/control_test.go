package control

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"mrzbot/bot/health"
	"mrzbot/internal/backup"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 5, 4, 20, 0, 0, 0, time.UTC) // the fifth in Bishkek

func clock() time.Time { return now }

var bishkek = time.FixedZone("Bishkek", 6*3600)

// listen makes a socket in a folder with a short name.
func listen(t *testing.T) (path string, l net.Listener) {
	path = Path(filepath.Join(t.TempDir(), "x.db"))
	l, err := Listen(path)
	if runtime.GOOS == "windows" && err != nil {
		t.Skip("this Windows has no Unix sockets: Windows 10 of 2018 or later has")
	}
	require.NoError(t, err)
	return path, l
}

// serve serves a store until the test ends.
func serve(t *testing.T, store Store) (c Client, stop func()) {
	path, l := listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{Store: store, Engine: "bolt", Version: "v1", Started: func() bool { return true }, Now: clock, Zone: bishkek}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			cancel()
			require.NoError(t, <-ended)
		}
	}
	t.Cleanup(stop)
	return Client{path}, stop
}

func newStore(t *testing.T) storage.Store {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "store.db"), bolt.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// attempt adds a photo that was read.
func attempt(t *testing.T, s storage.Store, id string, person int64, at time.Time) {
	_, err := s.AddTask(t.Context(), storage.Task{ID: id, Kind: storage.KindPhoto, Person: person, Added: at})
	require.NoError(t, err)
	tasks, err := s.Claim(t.Context(), storage.Claim{Kinds: []storage.Kind{storage.KindPhoto}, Now: at, Lease: time.Minute, Max: 1})
	require.NoError(t, err)
	_, err = s.Begin(t.Context(), tasks[0], storage.Begin{Now: at, Day: storage.DayOf(at, bishkek)})
	require.NoError(t, err)
	_, err = s.Hold(t.Context(), tasks[0], storage.Hold{Now: at, Outcome: "ok", Counted: true, Charge: storage.ChargeYes, Session: "s"})
	require.NoError(t, err)
	require.NoError(t, s.Done(t.Context(), tasks[0]))
}

func TestAnswers(t *testing.T) {
	store := newStore(t)
	attempt(t, store, "yesterday", 5, now.Add(-3*time.Hour))
	attempt(t, store, "a", 5, now.Add(-time.Hour))
	attempt(t, store, "b", 6, now.Add(-time.Minute))
	_, err := store.AddTask(t.Context(), storage.Task{ID: "waits", Kind: storage.KindUpdate, Added: now})
	require.NoError(t, err)
	c, _ := serve(t, store)

	status, err := c.Status(t.Context())
	require.NoError(t, err)
	require.Equal(t, Status{Version: "v1", Engine: "bolt", Started: true, Backlog: storage.Backlog{
		Waiting: map[storage.Kind]int{storage.KindUpdate: 1}, Leased: map[storage.Kind]int{},
		ReadySince: map[storage.Kind]time.Time{storage.KindUpdate: now},
	}}, status)

	rows, err := c.Entries(t.Context(), time.Time{}, now, 2)
	require.NoError(t, err)
	want, err := store.Entries(t.Context(), time.Time{}, now, 2)
	require.NoError(t, err)
	require.Equal(t, want, rows)
	var today []string
	require.NoError(t, c.lines(t.Context(), "/ledger", nil, func(line []byte) error {
		today = append(today, string(line))
		return nil
	}))
	require.Len(t, today, 2)
	require.Contains(t, today[0], `"Task":"a","Person":5,`)

	counts, err := c.Counts(t.Context(), 6, 5, 7)
	require.NoError(t, err)
	require.Equal(t, []PersonCount{
		{Person: 6, Day: "2026-05-05", Count: storage.Count{Settled: 1}},
		{Person: 5, Day: "2026-05-05", Count: storage.Count{Settled: 1}},
		{Person: 7, Day: "2026-05-05"},
	}, counts)
	counts, err = c.Counts(t.Context())
	require.NoError(t, err)
	require.Empty(t, counts)
	_, err = c.Counts(t.Context(), make([]int64, maxPersons+1)...)
	require.ErrorContains(t, err, "too many persons")
	for _, wrong := range []string{"/ledger?from=x", "/ledger?max=x", "/ledger?max=-1", "/counts?person=x", "/", "/backup/x"} {
		path, query, _ := strings.Cut(wrong, "?")
		values := map[string][]string{}
		if key, value, ok := strings.Cut(query, "="); ok {
			values[key] = []string{value}
		}
		require.ErrorContains(t, c.lines(t.Context(), path, values, nil), "the running bot says", wrong)
	}
}

func TestBackup(t *testing.T) {
	store := newStore(t)
	for i := range 50 {
		attempt(t, store, time.Duration(i).String(), 5, now)
	}
	c, _ := serve(t, store)
	var got, want bytes.Buffer
	require.NoError(t, c.Backup(t.Context(), &got))
	require.NoError(t, backup.Write(&want, "v1", now, store.Dump(t.Context())))
	require.Equal(t, want.Bytes(), got.Bytes())
}

// TestStoreFails: what the store says comes through.
func TestStoreFails(t *testing.T) {
	store := newStore(t)
	c, _ := serve(t, store)
	require.NoError(t, store.Close())
	status, err := c.Status(t.Context())
	require.NoError(t, err)
	require.Contains(t, status.Trouble, "closed")
	_, err = c.Entries(t.Context(), now, now, 1)
	require.ErrorContains(t, err, "closed")
	_, err = c.Counts(t.Context(), 1)
	require.ErrorContains(t, err, "closed")
	require.ErrorContains(t, c.Backup(t.Context(), io.Discard), "closed")
}

// dumper is a store of which only dumps are asked.
type dumper struct {
	Store
	dump func(ctx context.Context) iter.Seq2[storage.Record, error]
}

func (d dumper) Dump(ctx context.Context) iter.Seq2[storage.Record, error] { return d.dump(ctx) }

func TestHeldUp(t *testing.T) {
	c, _ := serve(t, dumper{dump: func(context.Context) iter.Seq2[storage.Record, error] {
		return func(yield func(storage.Record, error) bool) { yield(storage.Record{}, storage.ErrHeldUp) }
	}})
	require.ErrorIs(t, c.Backup(t.Context(), io.Discard), storage.ErrHeldUp)
}

// waiting is a dump that waits in its middle.
func waiting() (d dumper, begun, goOn chan struct{}) {
	begun, goOn = make(chan struct{}, 1), make(chan struct{})
	return dumper{dump: func(ctx context.Context) iter.Seq2[storage.Record, error] {
		return func(yield func(storage.Record, error) bool) {
			begun <- struct{}{}
			select {
			case <-goOn:
			case <-ctx.Done():
				yield(storage.Record{}, ctx.Err())
			}
		}
	}}, begun, goOn
}

func TestOneBackupAtATime(t *testing.T) {
	d, begun, goOn := waiting()
	c, _ := serve(t, d)
	first := make(chan error)
	go func() { first <- c.Backup(t.Context(), io.Discard) }()
	<-begun
	require.ErrorContains(t, c.Backup(t.Context(), io.Discard), "another backup is being made")
	close(goOn)
	require.NoError(t, <-first)
	require.NoError(t, c.Backup(t.Context(), io.Discard))
}

func TestStopInBackup(t *testing.T) {
	d, begun, _ := waiting()
	c, stop := serve(t, d)
	failed := make(chan error)
	go func() { failed <- c.Backup(t.Context(), io.Discard) }()
	<-begun
	stop()
	require.Error(t, <-failed)
	require.ErrorIs(t, c.Backup(t.Context(), io.Discard), ErrNobody)
}

// TestSlowReader: who takes nothing does not keep the dump.
func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		givenUp := make(chan struct{})
		s := &Server{Version: "v1", Now: time.Now, Store: dumper{dump: func(ctx context.Context) iter.Seq2[storage.Record, error] {
			return func(yield func(storage.Record, error) bool) {
				value := make([]byte, 1<<16)
				for i := 0; ; i++ {
					for j := range value {
						value[j] = byte(i * j * 31 >> 3)
					}
					if !yield(storage.Record{Setting: &storage.SettingRecord{Key: "k", Value: value}}, nil) {
						close(givenUp)
						return
					}
				}
			}
		}}}
		here, there := net.Pipe()
		l := &pipe{conns: make(chan net.Conn, 1), closed: make(chan struct{})}
		l.conns <- there
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.Serve(ctx, l) }()
		start := time.Now()
		_, err := io.WriteString(here, "GET /backup HTTP/1.1\r\nHost: x\r\n\r\n")
		require.NoError(t, err)
		_, err = io.ReadFull(here, make([]byte, 100))
		require.NoError(t, err)
		<-givenUp
		require.Equal(t, readTimeout, time.Since(start))
		require.NoError(t, here.Close())
		cancel()
		require.NoError(t, <-ended)
	})
}

// pipe is a listener of given connections.
type pipe struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p *pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipe) Close() error   { close(p.closed); return nil }
func (p *pipe) Addr() net.Addr { return &net.UnixAddr{} }

func TestSocket(t *testing.T) {
	store := newStore(t)
	c, stop := serve(t, store)
	info, err := os.Lstat(c.Path)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	}
	_, err = Listen(c.Path)
	require.ErrorIs(t, err, ErrLive)
	_, err = c.Status(t.Context())
	require.NoError(t, err, "it was not disturbed")
	stop()
	_, err = os.Lstat(c.Path)
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = c.Status(t.Context())
	require.ErrorIs(t, err, ErrNobody)
}

// TestStaleSocket: what a killed process left is replaced.
func TestStaleSocket(t *testing.T) {
	path, l := listen(t)
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	require.NoError(t, l.Close())
	_, err := Client{path}.Status(t.Context())
	require.ErrorIs(t, err, ErrNobody)
	l, err = Listen(path)
	require.NoError(t, err)
	require.NoError(t, l.Close())
}

func TestSocketsPlaceTaken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db.sock")
	require.NoError(t, os.WriteFile(path, []byte("mine"), 0o600))
	_, err := Listen(path)
	require.ErrorContains(t, err, "no socket")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "mine", string(data))
}

func TestLongPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	require.NoError(t, os.Mkdir(dir, 0o700))
	path := Path(filepath.Join(dir, "x.db"))
	_, err := Listen(path)
	require.ErrorIs(t, err, ErrPath)
	_, err = Client{path}.Status(t.Context())
	require.ErrorIs(t, err, ErrPath)

	t.Chdir(dir) // from there its name is short
	l, err := Listen(path)
	require.NoError(t, err)
	require.NoError(t, l.Close())
}

// TestStranger: something else that listens there is not taken for a bot.
func TestStranger(t *testing.T) {
	path, l := listen(t)
	server := &http.Server{Handler: http.NotFoundHandler()}
	go func() { _ = server.Serve(l) }()
	defer func() { require.NoError(t, server.Close()) }()
	_, err := Client{path}.Status(t.Context())
	require.ErrorContains(t, err, "404")
}

func TestSums(t *testing.T) {
	store := newStore(t)
	attempt(t, store, "a", 5, now)
	attempt(t, store, "b", 6, now)
	_, err := store.ChangePerson(t.Context(), 6, func(p *storage.Person) error { p.Name = "Айгүл"; return nil })
	require.NoError(t, err)
	c, _ := serve(t, store)
	for _, ask := range []func(Store) ([]storage.DayTotal, error){
		func(s Store) ([]storage.DayTotal, error) { return s.DaySums(t.Context(), "2026-05-01", "2026-05-31") },
		func(s Store) ([]storage.DayTotal, error) {
			return s.PersonSums(t.Context(), "2026-05-05", "2026-05-05")
		},
	} {
		want, err := ask(store)
		require.NoError(t, err)
		require.NotEmpty(t, want)
		got, err := ask(asked{c})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	many := make([]int64, maxPersons)
	names, err := c.Names(t.Context(), append(many, 6, 5))
	require.NoError(t, err)
	require.Equal(t, map[int64]string{0: "", 5: "", 6: "Айгүл"}, names)
	_, err = c.DaySums(t.Context(), "2026-05", "2026-05-31")
	require.ErrorContains(t, err, "no days")
	require.ErrorContains(t, c.lines(t.Context(), "/names", map[string][]string{"person": {"x"}}, nil), "no number")
}

// TestBackedUp: whoever has made a backup says so, and the bot knows when.
func TestBackedUp(t *testing.T) {
	store := newStore(t)
	c, _ := serve(t, store)
	require.NoError(t, c.BackedUp(t.Context()))
	at, err := store.Setting(t.Context(), health.BackupSetting)
	require.NoError(t, err)
	require.Equal(t, string(health.BackupMade(now)), string(at))
}

// asked is the part of a store that a client has.
type asked struct{ Client }

func (asked) Attempts(context.Context, int64, storage.Day) (storage.Count, error) { panic("not asked") }
func (asked) Backlog(context.Context, time.Time) (storage.Backlog, error)         { panic("not asked") }
func (asked) PutSetting(context.Context, string, []byte) error                    { panic("not asked") }
func (asked) Ready(context.Context) error                                         { panic("not asked") }
func (asked) Person(context.Context, int64) (storage.Person, error)               { panic("not asked") }
func (asked) Dump(context.Context) iter.Seq2[storage.Record, error]               { panic("not asked") }
