package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
	require.NoError(t, s.Keep(t.Context(), tasks[6], storage.Keep{Until: start.Add(lease)}))
	require.NoError(t, s.Postpone(t.Context(), tasks[7], storage.Postpone{Now: start, Until: start.Add(lease), Note: "late"}))
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
			return s.Postpone(ctx, tasks[2], storage.Postpone{Now: start, Until: start, Note: "x"})
		},
		"done": func(ctx context.Context) error { return s.Done(ctx, tasks[3], photo("then")) },
		"keep": func(ctx context.Context) error {
			return s.Keep(ctx, tasks[5], storage.Keep{Until: start.Add(lease)}, photo("then kept"))
		},
		"use": func(ctx context.Context) error { _, err := s.Use(ctx, "used", "me", start); return err },
		"rouse": func(ctx context.Context) error {
			_, err := s.Rouse(ctx, storage.Rouse{Kind: storage.KindPhoto, Note: "late", Now: start, Max: 1})
			return err
		},
		"aside":   func(ctx context.Context) error { return s.PutAside(ctx, tasks[4], start, "x") },
		"setting": func(ctx context.Context) error { return s.PutSetting(ctx, "k", []byte("v")) },
		"take":    func(ctx context.Context) error { _, err := s.Take(ctx, "k", start, 1, lease); return err },
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
	var staged int
	_, err := look(t.Context(), s, func(b *batch) (struct{}, error) {
		staged = len(b.index.undo)
		text = fmt.Sprintln(b.index, b.counters)
		fresh := newIndex()
		err := b.view(func(tx *bbolt.Tx) error { return loadTasks(tx, fresh) })
		for id, e := range fresh.byID {
			if known := b.index.byID[id]; known != nil {
				// What the file need not know.
				fresh.change(e, func() {
					e.task.Lease, e.until = known.task.Lease, known.until
					if _, waits := b.unsaved[known]; waits {
						e.task.Tries = known.task.Tries
					}
				})
			}
		}
		for _, x := range []*index{b.index, fresh} {
			for _, l := range x.lanes {
				l.advance(micros(start))
			}
		}
		memory, file = b.index.String(), fresh.String()
		return struct{}{}, err
	})
	require.NoError(t, err)
	require.Zero(t, staged)
	require.Equal(t, memory, file)
	return text
}

// TestBadNeighbour runs operations that fail, early, late and with a panic, in
// one batch with one that does not.
func TestBadNeighbour(t *testing.T) {
	s := newStore(t)
	add(t, s, photo("a"))
	task := claim(t, s, 1)[0]
	before := dump(t, s)
	early, late := errors.New("early"), errors.New("late")
	bad := map[string]func(b *batch) error{
		"early": func(*batch) error { return early },
		"late": func(b *batch) error {
			_, err := b.add(photo("b"))
			require.NoError(t, err)
			_, err = b.begin(task, storage.Begin{Now: start, Day: day})
			require.NoError(t, err)
			return late
		},
		"panic": func(b *batch) error {
			_, err := b.add(photo("c"))
			require.NoError(t, err)
			panic("page 7 already freed")
		},
	}
	var good *op
	var ops []*op
	for _, name := range []string{"late", "good", "panic", "early"} {
		o := &op{run: bad[name], done: make(chan struct{})}
		if name == "good" {
			o.run = func(b *batch) error { _, err := b.add(photo("good")); return err }
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

// inOneBatch has the writer run operations together.
func inOneBatch(t *testing.T, s *Store, ops ...*op) {
	t.Helper()
	s.queue.mu.Lock()
	s.queue.ops = append(s.queue.ops, ops...)
	s.queue.ring()
	s.queue.mu.Unlock()
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

	s = open(t, path)
	require.Len(t, claim(t, s, 2), 1)
	require.NoError(t, s.Close())
}

// TestFullFile fills a file to its bound.
func TestFullFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	const bound = 1 << 20
	s, err := Open(path, Options{MaxSize: bound, noSync: true})
	require.NoError(t, err)
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
	for _, task := range tasks[:5] {
		require.Len(t, task.Payload, 20000)
		require.NoError(t, s.Done(t.Context(), task), "what makes room works")
	}
	for i := range 4 {
		add(t, s, big(1000+i))
	}
	require.NoError(t, s.Close())
	s = open(t, path)
	require.Len(t, claim(t, s, 1000), n-5+4)
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
	err2 := s.Postpone(t.Context(), task, storage.Postpone{Now: start, Until: start, Note: canary + "\x00"})
	_, err3 := s.ChangePerson(t.Context(), 1, func(p *storage.Person) error { p.Name = canary; return nil })
	err4 := s.PutSetting(t.Context(), canary+"\x00", nil)
	_, err5 := s.Hold(t.Context(), task, storage.Hold{Now: start, Outcome: "ok", Payload: []byte(canary)})
	for _, err := range []error{err1, err2, err3, err4, err5} {
		require.Error(t, err)
		require.NotContains(t, err.Error(), canary)
	}
}
