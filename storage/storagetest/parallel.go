package storagetest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// callers is how many call at once: more than an engine has connections or a
// batch has places.
const callers = 48

var parallelCases = []testCase{
	{"one name is added once", func(b *bench) {
		var added atomic.Int32
		b.atOnce(callers, func(i int) error {
			t := b.photo("a", int64(i))
			ok, err := b.AddTask(b.ctx, t)
			if ok {
				added.Add(1)
			}
			return err
		})
		require.Equal(b, int32(1), added.Load())
		b.claimOne("a")
	}},
	{"no change of a setting is lost", func(b *bench) {
		b.atOnce(callers, func(i int) error {
			_, err := b.ChangeSetting(b.ctx, "list", func(old []byte) ([]byte, error) {
				return fmt.Appendf(bytes.Clone(old), "%d ", i), nil
			})
			return err
		})
		list, err := b.Setting(b.ctx, "list")
		require.NoError(b, err)
		require.Len(b, strings.Fields(string(list)), callers)
	}},
	{"the limit is exact", func(b *bench) {
		const limit = 10
		b.add(numbered(callers, func(id string, _ int) storage.Task { return b.photo(id, 1) })...)
		tasks := b.claim(callers)
		require.Len(b, tasks, callers)
		began := b.beginAll(tasks, limit)
		require.Len(b, began, limit)
		b.counts(1, 0, limit)
		// Half of them count, the others are given back while all try again.
		b.atOnce(len(tasks), func(i int) error {
			if i < limit {
				_, err := b.Hold(b.ctx, began[i], answer(b.now, "ok", i%2 == 0))
				return err
			}
			_, err := b.begin(tasks[i], limit)
			if errors.Is(err, storage.ErrLimit) || errors.Is(err, storage.ErrHeld) {
				return nil
			}
			return err
		})
		b.beginAll(tasks, limit)
		b.counts(1, limit/2, limit/2)
		require.Len(b, b.rows(), limit)
	}},
	{"numbers are given once", func(b *bench) {
		b.add(numbered(callers, func(id string, _ int) storage.Task { return b.photo(id, 1) })...)
		tasks := b.beginAll(b.claim(callers), 0)
		var given [callers + 1]atomic.Int32
		b.atOnce(len(tasks), func(i int) error {
			a, err := b.Hold(b.ctx, tasks[i], answer(b.now, "ok", true))
			given[a.Number].Add(1)
			return err
		})
		for n := 1; n <= callers; n++ {
			require.Equal(b, int32(1), given[n].Load(), "number %d", n)
		}
	}},
	{"one ending wins", func(b *bench) {
		t := b.lone()
		var won, lost atomic.Int32
		b.atOnce(callers, func(i int) (err error) {
			switch i % 3 {
			case 0:
				err = b.Done(b.ctx, t, b.photo(fmt.Sprint("then", i), 1))
			case 1:
				err = b.Postpone(b.ctx, t, storage.Postpone{Now: b.now, Until: b.now.Add(time.Hour)})
			case 2:
				err = b.Quarantine(b.ctx, t, b.now, "")
			}
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, storage.ErrLost):
				lost.Add(1)
			default:
				return err
			}
			return nil
		})
		require.Equal(b, int32(1), won.Load())
		require.Equal(b, int32(callers-1), lost.Load())
		require.LessOrEqual(b, len(b.claim(10)), 1)
	}},
	{"one answer is held", func(b *bench) {
		t := b.lone()
		b.mustBegin(t)
		var held atomic.Int32
		b.atOnce(callers, func(i int) error {
			a, err := b.Hold(b.ctx, t, answer(b.now, fmt.Sprint("o", i), true))
			if a.Number != 1 || a.Outcome == "" {
				return fmt.Errorf("the held attempt is %+v", a)
			}
			if errors.Is(err, storage.ErrHeld) {
				return nil
			}
			held.Add(1)
			return err
		})
		require.Equal(b, int32(1), held.Load())
		b.counts(1, 1, 0)
		rows := b.rows()
		require.Len(b, rows, 1)
		b.pass(lease)
		require.Equal(b, "answer: "+rows[0].Outcome, string(b.claimOne("a").Payload))
	}},
	{"a task is claimed by one, in the order of its key", claimAtOnce},
	{"uses are exact", func(b *bench) {
		var used atomic.Int32
		b.atOnce(callers, func(int) error {
			ok, err := b.RateLimit(b.ctx, "k", b.now, 7, time.Hour)
			if ok {
				used.Add(1)
			}
			return err
		})
		require.Equal(b, int32(7), used.Load())
	}},
	{"no change of a person is lost", func(b *bench) {
		const each = 3
		b.atOnce(callers, func(int) error {
			for range each {
				_, err := b.ChangePerson(b.ctx, 5, func(p *storage.Person) error {
					n := 1
					if p.Limit != nil {
						n += *p.Limit
					}
					p.Limit = &n
					return nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		p, err := b.Person(b.ctx, 5)
		require.NoError(b, err)
		require.Equal(b, callers*each, *p.Limit)
	}},
	{"all at once", allAtOnce},
}

// beginAll begins all tasks at once and gives those that began.
func (b *bench) beginAll(tasks []storage.Task, limit int) []storage.Task {
	b.Helper()
	var mu sync.Mutex
	var began []storage.Task
	b.atOnce(len(tasks), func(i int) error {
		_, err := b.begin(tasks[i], limit)
		if errors.Is(err, storage.ErrLimit) || errors.Is(err, storage.ErrHeld) {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		began = append(began, tasks[i])
		return err
	})
	return began
}

// atOnce runs f n times at once. None of them may fail.
func (b *bench) atOnce(n int, f func(i int) error) {
	b.Helper()
	errs := make([]error, n)
	var ready, end sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		ready.Add(1)
		end.Go(func() {
			ready.Done()
			<-begin
			errs[i] = f(i)
		})
	}
	ready.Wait()
	close(begin)
	end.Wait()
	require.NoError(b, errors.Join(errs...))
}
