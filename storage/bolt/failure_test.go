package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"mrzbot/storage"
)

var errDisk = errors.New("no space left on device")

// failCommits lets commits fail as on a full disk, until the returned function
// is called.
func failCommits(s *Store) (mend func()) {
	s.commit = func(tx *bbolt.Tx) error { return errors.Join(errDisk, tx.Rollback()) }
	return func() { s.commit = (*bbolt.Tx).Commit }
}

// TestFailedCommit does everything while the disk is full: all of it fails,
// nothing of it is left, neither in memory nor in the file, and all of it works
// when there is room.
func TestFailedCommit(t *testing.T) {
	s := newStore(t)
	add(t, s, photo("begin"), photo("hold"), photo("postpone"), photo("done"), photo("aside"), photo("keep"), photo("used"), photo("late"), photo("first"), photo("second"))
	tasks := claim(t, s, 8)
	require.NoError(t, s.Retain(t.Context(), tasks[6], storage.Retain{Until: start.Add(lease)}))
	require.NoError(t, s.Postpone(t.Context(), tasks[7], storage.Postpone{Now: start, Until: start.Add(lease), Waiting: storage.Waiting{For: storage.OutageService}}))
	ordered := photo("ordered")
	ordered.Order = "key"
	behind := photo("behind")
	behind.Order = "key"
	add(t, s, ordered, behind)

	ops := map[string]func(ctx context.Context) error{
		"add": func(ctx context.Context) error { _, err := s.AddTask(ctx, photo("new")); return err },
		"begin": func(ctx context.Context) error {
			_, err := s.Begin(ctx, tasks[0], storage.Begin{Now: start, Day: day})
			return err
		},
		"hold": func(ctx context.Context) error {
			_, err := s.Hold(ctx, tasks[1], storage.Hold{Now: start, Outcome: "ok"})
			return err
		},
		"postpone": func(ctx context.Context) error {
			return s.Postpone(ctx, tasks[2], storage.Postpone{Now: start, Until: start})
		},
		"done": func(ctx context.Context) error { return s.Done(ctx, tasks[3], photo("then")) },
		"keep": func(ctx context.Context) error {
			return s.Retain(ctx, tasks[5], storage.Retain{Until: start.Add(lease)}, photo("then kept"))
		},
		"use": func(ctx context.Context) error { _, err := s.Consume(ctx, "used", "me", start); return err },
		"wake waiting": func(ctx context.Context) error {
			_, err := s.WakeWaiting(ctx, storage.WakeWaiting{Kind: storage.KindPhoto, Now: start, Max: 1})
			return err
		},
		"aside":   func(ctx context.Context) error { return s.Quarantine(ctx, tasks[4], start, "x") },
		"setting": func(ctx context.Context) error { return s.PutSetting(ctx, "k", []byte("v")) },
		"take":    func(ctx context.Context) error { _, err := s.RateLimit(ctx, "k", start, 1, lease); return err },
		"person": func(ctx context.Context) error {
			_, err := s.ChangePerson(ctx, 1, func(p *storage.Person) error { p.Name = "x"; return nil })
			return err
		},
		"ready": s.Ready,
	}
	before := dump(t, s)
	mend := failCommits(s)
	for name, op := range ops {
		err := op(t.Context())
		require.ErrorIs(t, err, errDisk, name)
		require.NotErrorIs(t, err, storage.ErrDamaged, name)
		require.Equal(t, before, dump(t, s), name)
	}
	// Together, too: in one batch with each other.
	errs := make(chan error)
	for _, op := range ops {
		go func() { errs <- op(t.Context()) }()
	}
	for range ops {
		require.ErrorIs(t, <-errs, errDisk)
	}
	require.Equal(t, before, dump(t, s))
	mend()
	for name, op := range ops {
		require.NoError(t, op(t.Context()), name)
	}
	require.NotEqual(t, before, dump(t, s))
}

// dump tells what memory knows, and checks that it is what the file says.
func dump(t *testing.T, s *Store) string {
	t.Helper()
	var text, memory, file string
	_, err := fromMemory(t.Context(), s, nil, func(b *batch) (struct{}, error) {
		b.index.advance(storage.Micros(start))
		text = fmt.Sprintln(b.index, taskTable.bucket(b).Sequence(), b.quarantined)
		fresh := newIndex()
		b.readTasks(fresh)
		for id, e := range fresh.byID {
			if known := b.index.byID[id]; known != nil {
				// What the file need not know.
				fresh.change(e, func() {
					e.task.Lease, e.until = known.task.Lease, known.until
					if e.task.Tries == 0 && known.task.Tries == 1 {
						e.task.Tries = 1 // the first is written with the next change
					}
				})
			}
		}
		for _, x := range []*index{b.index, fresh} {
			x.advance(storage.Micros(start))
		}
		memory, file = b.index.String(), fresh.String()
		return struct{}{}, nil
	})
	require.NoError(t, err)
	require.Equal(t, memory, file)
	return text
}

// TestBadNeighbour runs operations that fail, early, late and with a panic, in
// one batch with one that does not.
func TestBadNeighbour(t *testing.T) { synctest.Test(t, badNeighbour) }

func badNeighbour(t *testing.T) {
	s := newStore(t)
	add(t, s, photo("a"))
	task := claim(t, s, 1)[0]
	before := dump(t, s)
	early, late := errors.New("early"), errors.New("late")
	bad := map[string]func(b *batch) error{
		"early": func(*batch) error { return early },
		"late": func(b *batch) error {
			require.True(t, b.add(photo("b")))
			_, err := b.begin(b.index.byID[task.ID], storage.Begin{Now: start, Day: day})
			require.NoError(t, err)
			return late
		},
		"panic": func(b *batch) error {
			require.True(t, b.add(photo("c")))
			panic("page 7 already freed")
		},
	}
	var good *op
	var ops []*op
	for _, name := range []string{"late", "good", "panic", "early"} {
		o := &op{run: bad[name], done: make(chan struct{})}
		if name == "good" {
			o.run = func(b *batch) error { b.add(photo("good")); return nil }
			good = o
		}
		ops = append(ops, o)
	}
	inOneBatch(t, s, ops...)
	require.ErrorIs(t, ops[0].err, late)
	require.ErrorIs(t, ops[2].err, storage.ErrDamaged)
	require.ErrorIs(t, ops[3].err, early)
	require.NoError(t, good.err)
	require.NotEqual(t, before, dump(t, s))
	require.NoError(t, s.Done(t.Context(), claim(t, s, 1)[0]))
	for _, id := range []string{"b", "c"} {
		add(t, s, photo(id)) // nothing of them was left
	}
}

// inOneBatch has the writer run operations together, in their order: they gather
// while a commit is held back.
func inOneBatch(t *testing.T, s *Store, ops ...*op) {
	t.Helper()
	_, pass := gate(s)
	ready := make(chan error, 1)
	go func() { ready <- s.Ready(t.Context()) }()
	synctest.Wait()
	for _, o := range ops {
		go func() { s.ops <- o }()
		synctest.Wait()
	}
	close(pass)
	require.NoError(t, <-ready)
	for _, o := range ops {
		<-o.done
	}
}

// TestCommitThatIsThere has a commit that reports an error though all of it can
// be read: the callers get the error, and what they do next agrees with the file.
func TestCommitThatIsThere(t *testing.T) {
	s := newStore(t)
	s.commit = func(tx *bbolt.Tx) error { return errors.Join(tx.Commit(), errDisk) }
	_, err := s.AddTask(t.Context(), photo("a"))
	require.ErrorIs(t, err, errDisk)
	s.commit = (*bbolt.Tx).Commit
	added, err := s.AddTask(t.Context(), photo("a"))
	require.NoError(t, err)
	require.False(t, added)
	dump(t, s)
	require.Len(t, claim(t, s, 2), 1)
}

// TestPanicInCommit ends the store's use, for all who wait and all who come.
func TestPanicInCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := open(t, path)
	add(t, s, photo("a"))
	task := claim(t, s, 1)[0]
	s.commit = func(*bbolt.Tx) error { panic("page 7 already freed") }
	errs := make(chan error)
	for range 20 {
		go func() { errs <- s.Done(t.Context(), task) }()
	}
	for range 20 {
		require.ErrorIs(t, <-errs, storage.ErrDamaged)
	}
	_, err := s.Person(t.Context(), 1)
	require.ErrorIs(t, err, storage.ErrDamaged)
	require.ErrorIs(t, s.Ready(t.Context()), storage.ErrDamaged)
	require.NoError(t, s.Close())

	s = open(t, copyFile(t, s)) // this process has the file itself locked until it ends
	require.Len(t, claim(t, s, 2), 1)
	require.NoError(t, s.Close())
}

// TestFullFile fills a file to its bound.
func TestFullFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	const bound = 1 << 20
	s := open(t, path)
	s.db.MaxSize = bound
	var err error
	big := func(i int) storage.Task {
		task := photo(fmt.Sprint(i))
		task.Payload = []byte(strings.Repeat("x", 20000))
		return task
	}
	n := 0
	for ; ; n++ {
		if _, err = s.AddTask(t.Context(), big(n)); err != nil {
			break
		}
	}
	require.NotErrorIs(t, err, storage.ErrDamaged)
	require.Greater(t, n, 20)
	require.Less(t, n, bound/20000)
	for range 3 {
		_, err = s.AddTask(t.Context(), big(n))
		require.Error(t, err, "it stays full")
	}
	dump(t, s)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.LessOrEqual(t, info.Size(), int64(bound))

	tasks := claim(t, s, 1000)
	require.Len(t, tasks, n, "nothing was lost")
	for _, task := range tasks[:8] {
		require.Len(t, task.Payload, 20000)
		require.NoError(t, s.Done(t.Context(), task), "what makes room works")
	}
	for i := range 4 {
		add(t, s, big(1000+i))
	}
	require.NoError(t, s.Close())
	s = open(t, path)
	require.Len(t, claim(t, s, 1000), n-8+4)
	require.NoError(t, s.Close())
}

// TestErrorsTellNothing looks for what people sent in the errors.
func TestErrorsTellNothing(t *testing.T) {
	s := newStore(t)
	canary := "AN1234567CANARY"
	task := photo("a")
	task.Payload = []byte(canary)
	add(t, s, task)
	task = claim(t, s, 1)[0]
	stale := task
	stale.Lease = canary
	defer failCommits(s)()
	_, err1 := s.Begin(t.Context(), stale, storage.Begin{Now: start, Day: day})
	err2 := s.Postpone(t.Context(), task, storage.Postpone{Now: start, Until: start, Waiting: storage.Waiting{For: storage.Outage(canary + "\x00")}})
	_, err3 := s.ChangePerson(t.Context(), 1, func(p *storage.Person) error { p.Name = canary; return nil })
	err4 := s.PutSetting(t.Context(), canary+"\x00", nil)
	_, err5 := s.Hold(t.Context(), task, storage.Hold{Now: start, Outcome: "ok", Payload: []byte(canary)})
	for _, err := range []error{err1, err2, err3, err4, err5} {
		require.Error(t, err)
		require.NotContains(t, err.Error(), canary)
	}
}
