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
			"a task in quarantine": func(s *bench) {
				s.add(s.photo("x", 1))
				s.quarantine(s.claimOne("x"))
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
		_, err := other.RateLimit(b.ctx, "left over", b.now, 1, time.Hour)
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
	other.sumsAgree("2000-01-01", "2099-12-31")
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
		case r.Retained != nil && !b.now.Before(r.Retained.Until):
		case r.Row != nil || r.Task != nil || r.Retained != nil:
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
	case r.Invite != nil:
		i, limit := *r.Invite, "none"
		if i.Limit != nil {
			limit = fmt.Sprint(*i.Limit)
		}
		i.Limit = nil
		return 3, fmt.Sprint(i, limit)
	case r.Audit != nil:
		return 4, fmt.Sprintf("%+v", *r.Audit)
	case r.Person != nil:
		p, limit := *r.Person, "none"
		if p.Limit != nil {
			limit = fmt.Sprint(*p.Limit)
		}
		p.Limit = nil
		return 5, fmt.Sprint(p, limit)
	case r.Count != nil:
		return 6, fmt.Sprint(*r.Count)
	case r.Row != nil:
		return 7, fmt.Sprint(*r.Row)
	case r.Total != nil:
		return 8, fmt.Sprint(*r.Total)
	case r.Day != nil:
		return 9, fmt.Sprintf("%+v", *r.Day)
	case r.Name != nil:
		return 10, fmt.Sprint(*r.Name)
	case r.Task != nil:
		return 11, fmt.Sprintf("%+v", *r.Task)
	case r.Retained != nil:
		return 11, fmt.Sprintf("%+v", *r.Retained)
	default:
		return 12, fmt.Sprintf("%+v", *r.Quarantined)
	}
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
