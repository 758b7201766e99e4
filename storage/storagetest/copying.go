package storagetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

var copyingCases = []testCase{
	{"a copy is the same", func(b *bench) {
		b.furnish()
		before := b.dump()
		b.move()
		require.Equal(b, before, b.dump())
		b.reopen()
		require.Equal(b, before, b.dump(), "and stays so")
	}},
	{"a copy goes on", func(b *bench) {
		b.furnish()
		b.move()
		b.goesOn()
	}},
	{"a copy of nothing", func(b *bench) {
		require.Empty(b, b.dump())
		b.move()
		require.Empty(b, b.dump())
		b.add(b.photo("a", 1))
		b.claimOne("a")
	}},
	{"into a store that holds something", func(b *bench) {
		b.furnish()
		records := b.records()
		for name, one := range map[string]func(s *bench){
			"a person": func(s *bench) { s.let(7, "x", storage.RoleAgent) },
			"a task":   func(s *bench) { s.add(s.photo("x", 1)) },
			"a task put aside": func(s *bench) {
				s.add(s.photo("x", 1))
				s.putAside(s.claimOne("x"))
			},
			"a row": func(s *bench) {
				s.add(s.photo("x", 1))
				t := s.claimOne("x")
				s.mustHold(t, "busy", false)
				s.done(t)
			},
			"the same": func(s *bench) { require.NoError(s, s.Load(s.ctx, each(records))) },
		} {
			other := b.other()
			one(other)
			before := other.dump()
			require.ErrorIs(b, other.Load(b.ctx, each(records)), storage.ErrNotEmpty, name)
			require.Equal(b, before, other.dump(), name)
			require.NoError(b, other.Close())
		}
	}},
	{"into a store that only looked around", func(b *bench) {
		b.furnish()
		other := b.other()
		require.NoError(b, other.PutSetting(b.ctx, "left", []byte("over")))
		_, err := other.Take(b.ctx, "left over", b.now, 1, time.Hour)
		require.NoError(b, err)
		other.add(other.photo("left over", 1))
		other.done(other.claimOne("left over"))
		require.NoError(b, other.Load(b.ctx, b.Dump(b.ctx)))
		require.Equal(b, b.dump(), other.dump())
		other.add(other.photo("left over", 1))
		require.NoError(b, other.Close())
	}},
	{"a load that fails leaves nothing", func(b *bench) {
		b.furnish()
		records := b.records()
		broken := errors.New("broken")
		for name, bad := range map[string]storage.Record{
			"an error":   {},
			"two things": {Name: &storage.NameRecord{ID: "x"}, Total: &storage.Total{Outcome: "ok", Number: 1}},
			"NUL":        {Setting: &storage.SettingRecord{Key: "a\x00", Value: []byte{}}},
		} {
			other := b.other()
			err := other.Load(b.ctx, func(yield func(storage.Record, error) bool) {
				for _, r := range records {
					if !yield(r, nil) {
						return
					}
				}
				if name == "an error" {
					yield(bad, broken)
				} else {
					yield(bad, nil)
				}
			})
			if name == "an error" {
				require.ErrorIs(b, err, broken)
			} else {
				require.ErrorIs(b, err, storage.ErrInvalid, name)
			}
			other.holdsNothing()
			require.NoError(b, other.Close())
		}
	}},
	{"a load that is given up leaves nothing", func(b *bench) {
		b.furnish()
		other := b.other()
		ctx, cancel := context.WithCancel(b.ctx)
		err := other.Load(ctx, func(yield func(storage.Record, error) bool) {
			for i, r := range b.records() {
				if i == 5 {
					cancel()
				}
				if !yield(r, nil) {
					return
				}
			}
		})
		require.ErrorIs(b, err, context.Canceled)
		other.holdsNothing()
		require.NoError(b, other.Close())
	}},
	{"a dump is of one moment", dumpWhileWorking},
	{"a dump may be left", func(b *bench) {
		b.furnish()
		for range b.Dump(b.ctx) {
			break
		}
		over, cancel := context.WithCancel(b.ctx)
		cancel()
		require.ErrorIs(b, firstError(b.Dump(over)), context.Canceled)
		require.NoError(b, b.PutSetting(b.ctx, "k", []byte("the store still writes")))
		require.NoError(b, b.Close())
		require.ErrorIs(b, firstError(b.Dump(b.ctx)), os.ErrClosed)
		require.ErrorIs(b, b.Load(b.ctx, each(nil)), os.ErrClosed)
	}},
}

func firstError(records iter.Seq2[storage.Record, error]) error {
	for _, err := range records {
		if err != nil {
			return err
		}
	}
	return nil
}

func each(records []storage.Record) iter.Seq2[storage.Record, error] {
	return func(yield func(storage.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// other gives a bench with an empty store of its own.
func (b *bench) other() *bench {
	other := *b
	other.place = b.fresh()
	other.Store = other.place(b.t())
	return &other
}

// move copies the store into another one and goes on with that.
func (b *bench) move() {
	b.Helper()
	other := b.other()
	require.NoError(b, other.Load(b.ctx, b.Dump(b.ctx)))
	require.NoError(b, b.Close())
	b.Store, b.place = other.Store, other.place
}

// holdsNothing checks what is left of a load that failed: an empty store, or
// one that can neither be used nor opened.
func (b *bench) holdsNothing() {
	b.Helper()
	if _, err := b.Backlog(b.ctx, b.now); err != nil {
		require.ErrorIs(b, err, storage.ErrDamaged)
		require.ErrorIs(b, b.Ready(b.ctx), storage.ErrDamaged)
		require.ErrorIs(b, firstError(b.Dump(b.ctx)), storage.ErrDamaged)
		return
	}
	require.Empty(b, b.records())
	require.NoError(b, b.Load(b.ctx, each(nil)))
}

// records gives all that a dump gives.
func (b *bench) records() (records []storage.Record) {
	b.Helper()
	for r, err := range b.Dump(b.ctx) {
		require.NoError(b, err)
		records = append(records, r)
	}
	return records
}

// dump writes down what a dump gives: in its order where the contract has one,
// without the names and windows that are over.
func (b *bench) dump() []string {
	b.Helper()
	var lines []string
	last := 0
	for _, r := range b.records() {
		require.NoError(b, r.Check())
		kind, line := describe(r)
		require.GreaterOrEqual(b, kind, last, "the kinds of records have an order")
		last = kind
		switch {
		case r.Name != nil && !b.now.Before(r.Name.Since.Add(storage.Remember)):
		case r.Window != nil && !b.now.Before(r.Window.End):
		case r.Kept != nil && !b.now.Before(r.Kept.Until):
		case r.Row != nil || r.Task != nil || r.Kept != nil:
			lines = append(lines, fmt.Sprintf("%d %04d %s", kind, len(lines), line))
		default:
			lines = append(lines, fmt.Sprintf("%d %s", kind, line))
		}
	}
	slices.Sort(lines)
	return lines
}

// describe gives the place of a record's kind in a dump, and what it says.
func describe(r storage.Record) (kind int, line string) {
	switch {
	case r.Setting != nil:
		return 1, fmt.Sprintf("%q", *r.Setting)
	case r.Window != nil:
		return 2, fmt.Sprint(*r.Window)
	case r.Person != nil:
		p, limit := *r.Person, "none"
		if p.Limit != nil {
			limit = fmt.Sprint(*p.Limit)
		}
		p.Limit = nil
		return 3, fmt.Sprint(p, limit)
	case r.Count != nil:
		return 4, fmt.Sprint(*r.Count)
	case r.Row != nil:
		return 5, fmt.Sprint(*r.Row)
	case r.Total != nil:
		return 6, fmt.Sprint(*r.Total)
	case r.Name != nil:
		return 7, fmt.Sprint(*r.Name)
	case r.Task != nil:
		return 8, fmt.Sprintf("%+v", *r.Task)
	case r.Kept != nil:
		return 8, fmt.Sprintf("%+v", *r.Kept)
	default:
		return 9, fmt.Sprintf("%+v", *r.Aside)
	}
}

// furnish puts something of everything into the store. Tasks are named after
// what is the matter with them.
func (b *bench) furnish() {
	b.Helper()
	require.NoError(b, b.PutSetting(b.ctx, "empty", []byte{}))
	require.NoError(b, b.PutSetting(b.ctx, "mark", []byte("\x00\xffvalue")))
	for range 2 {
		_, err := b.Take(b.ctx, "start:5", b.now, 3, time.Hour)
		require.NoError(b, err)
	}
	b.let(5, "Айгүл", storage.RoleAgent)
	b.let(-6, "x", storage.RoleAgent)
	for id, limit := range map[int64]int{7: 0, 8: 12} {
		_, err := b.ChangePerson(b.ctx, id, func(p *storage.Person) error {
			p.Role, p.Limit, p.Blocked = storage.RoleAdmin, &limit, true
			return nil
		})
		require.NoError(b, err)
	}
	// Two that end together: their rows are in the order of Seq.
	b.add(b.photo("done", 1), b.photo("done too", 1))
	tasks := b.claims("done", "done too")
	for _, t := range slices.Backward(tasks) {
		b.mustBegin(t)
		b.mustHold(t, "ok", true)
		b.done(t)
	}
	for _, id := range []string{"kept", "used"} {
		kept := b.photo(id, 6)
		kept.Order = "of the kept"
		b.add(kept)
		t := b.claimOne(id)
		b.mustBegin(t)
		b.mustHold(t, "ok", true)
		require.NoError(b, b.Keep(b.ctx, t, storage.Keep{Until: b.now.Add(time.Hour), Note: id}))
	}
	_, err := b.Use(b.ctx, "used", "me", b.now)
	require.NoError(b, err)
	b.pass(time.Second)

	b.add(b.photo("refused", 2), b.photo("held", 1), b.photo("calling", 1), b.photo("later", 3), b.photo("aside", 4),
		b.photo("aside with attempt", 4))
	tasks = b.claim(100)
	require.Len(b, tasks, 6)
	for _, t := range tasks {
		switch t.ID {
		case "refused":
			b.mustHold(t, "limit_reached", false)
		case "held":
			b.mustBegin(t)
			b.mustHold(t, "ok", true)
		case "calling":
			b.mustBegin(t)
		case "later":
			b.mustBegin(t)
			b.postpone(t, time.Minute)
		case "aside":
			b.putAside(t)
		default:
			b.mustBegin(t)
			b.putAside(t)
		}
	}
	put := b.photo("put off", 5)
	put.NotBefore = b.now.Add(2 * time.Hour)
	empty := b.photo("no payload", 5)
	empty.Payload = nil
	b.add(b.talk("second", "key"), b.talk("first of others", "other key"), b.talk("third", "key"), put, empty)
}

// goesOn checks that a furnished store whose leases are over does what it has
// to.
func (b *bench) goesOn() {
	b.Helper()
	kept, ok, err := b.KeptFor(b.ctx, "of the kept", b.now)
	require.NoError(b, err)
	require.True(b, ok)
	require.Equal(b, "used", kept.ID)
	require.Equal(b, "answer: ok", string(kept.Payload))
	_, err = b.Use(b.ctx, "used", "other", b.now)
	require.ErrorIs(b, err, storage.ErrUsed)
	_, err = b.Use(b.ctx, "kept", "other", b.now)
	require.NoError(b, err)
	for _, id := range []string{"kept", "used", "done", "done too", "refused", "held", "aside", "second", "put off"} {
		b.addAgain(b.photo(id, 1))
	}
	b.counts(1, 3, 1)
	b.counts(3, 0, 1)
	backlog, err := b.Backlog(b.ctx, b.now)
	require.NoError(b, err)
	require.Equal(b, 2, backlog.Aside)

	tasks := b.claims("refused", "held", "no payload", "calling", "second", "first of others")
	require.Equal(b, "answer: ok", string(tasks[1].Payload))
	require.True(b, tasks[1].Attempt.Held)
	require.Equal(b, 3, tasks[1].Attempt.Number)
	require.Equal(b, 2, tasks[1].Tries)
	require.Empty(b, tasks[2].Payload)
	calling := tasks[3]
	require.True(b, calling.Attempt.Calling)
	require.Equal(b, 4, b.mustHold(calling, "ok", true).Number)
	b.counts(1, 4, 0)

	b.done(tasks[4])
	b.add(b.talk("fourth", "key"), b.photo("new", 99))
	b.claims("new", "third")
	b.pass(time.Minute)
	later := b.claim(100)[0]
	require.Equal(b, "refused", later.ID, "the others' leases are over")

	limit, err := b.Person(b.ctx, 7)
	require.NoError(b, err)
	require.Equal(b, 0, *limit.Limit)
	left, err := b.Take(b.ctx, "start:5", b.now, 3, time.Hour)
	require.NoError(b, err)
	require.True(b, left)
	left, err = b.Take(b.ctx, "start:5", b.now, 3, time.Hour)
	require.NoError(b, err)
	require.False(b, left)
	value, err := b.Setting(b.ctx, "empty")
	require.NoError(b, err)
	require.NotNil(b, value)
	totals, err := b.Totals(b.ctx)
	require.NoError(b, err)
	require.Equal(b, []storage.Total{
		{Outcome: "limit_reached", Charge: storage.ChargeNo, Number: 1},
		{Outcome: "ok", Charge: storage.ChargeNo, Counted: true, Number: 6},
	}, totals)
}

// dumpWhileWorking dumps while one thing becomes another all the time: there
// is always exactly one.
func dumpWhileWorking(b *bench) {
	b.furnish()
	b.add(b.talk("link 0", "chain"))
	over := make(chan struct{})
	worked := make(chan error)
	go func() {
		worked <- func() error {
			for i := 1; ; i++ {
				tasks, err := b.Claim(b.ctx, storage.Claim{Kinds: []storage.Kind{storage.KindUpdate}, Now: b.now, Lease: lease, Max: 10})
				if err != nil {
					return err
				}
				for _, t := range tasks {
					if !strings.HasPrefix(t.ID, "link") {
						continue
					}
					if err := b.Done(b.ctx, t, b.talk(fmt.Sprint("link ", i), "chain")); err != nil {
						return err
					}
				}
				select {
				case <-over:
					return nil
				default:
				}
			}
		}()
	}()
	for done := 0; done < 20; {
		links := 0
		var failed error
		for r, err := range b.Dump(b.ctx) {
			if failed = err; r.Task != nil && strings.HasPrefix(r.Task.ID, "link") {
				links++
			}
		}
		if errors.Is(failed, storage.ErrHeldUp) {
			continue
		}
		require.NoError(b, failed)
		require.Equal(b, 1, links)
		done++
	}
	close(over)
	require.NoError(b, <-worked)
}
