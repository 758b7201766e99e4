package storagetest

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// claimAtOnce has workers claim and finish tasks of a few order keys.
func claimAtOnce(b *bench) {
	const tasks, keys, workers = 160, 7, 8
	b.add(numbered(tasks, func(id string, i int) storage.Task {
		t := b.talk(id, fmt.Sprint("key", i%keys))
		t.Person = int64(i % 5)
		return t
	})...)
	var mu sync.Mutex
	inWork, last := map[string]bool{}, map[string]uint64{}
	var finished atomic.Int32
	b.atOnce(workers, func(int) error {
		for finished.Load() < tasks {
			claimed, err := b.Claim(b.ctx, storage.Claim{
				Kinds: []storage.Kind{storage.KindUpdate}, Owner: "worker", Now: b.now, Lease: lease, Max: 3,
			})
			if err != nil {
				return err
			}
			mu.Lock()
			for _, t := range claimed {
				if inWork[t.Order] || t.Seq <= last[t.Order] {
					err = errors.Join(err, fmt.Errorf("%s was claimed out of turn", t.ID))
				}
				inWork[t.Order], last[t.Order] = true, t.Seq
			}
			mu.Unlock()
			if err != nil {
				return err
			}
			for _, t := range claimed {
				mu.Lock()
				inWork[t.Order] = false
				mu.Unlock()
				if err := b.Done(b.ctx, t); err != nil {
					return err
				}
				finished.Add(1)
			}
		}
		return nil
	})
	require.Equal(b, int32(tasks), finished.Load())
	b.claims()
}

// allAtOnce takes photos from their adding to their end while others read, and
// counts what is left.
func allAtOnce(b *bench) {
	const each, persons = 6, 5
	b.atOnce(callers, func(i int) error {
		person := int64(i % persons)
		for n := range each {
			t := b.photo(fmt.Sprint(i, ".", n), person)
			if _, err := b.AddTask(b.ctx, t); err != nil {
				return err
			}
			if err := b.workOne(); err != nil {
				return err
			}
			if err := b.readAll(person); err != nil {
				return err
			}
		}
		return nil
	})
	for range callers * each {
		require.NoError(b, b.workOne())
	}
	b.claims()
	settled := 0
	for person := range int64(persons) {
		c, err := b.Attempts(b.ctx, person, day)
		require.NoError(b, err)
		require.Zero(b, c.Reserved)
		settled += c.Settled
	}
	require.Equal(b, callers*each, settled)
	require.Len(b, b.rows(), callers*each)
	b.totals([]storage.Total{{Outcome: "ok", Charge: storage.ChargeNo, Counted: true, Number: callers * each}})
}

// workOne takes a photo that can be claimed, if there is one, to its end.
func (b *bench) workOne() error {
	tasks, err := b.Claim(b.ctx, storage.Claim{
		Kinds: []storage.Kind{storage.KindPhoto}, Owner: "worker", Now: b.now, Lease: lease, Max: 1,
	})
	if err != nil || len(tasks) == 0 {
		return err
	}
	t := tasks[0]
	if string(t.Payload) != "payload of "+t.ID {
		return fmt.Errorf("%s has the payload of another", t.ID)
	}
	if _, err := b.begin(t, 0); err != nil {
		return err
	}
	if err := b.Renew(b.ctx, t, b.now.Add(lease)); err != nil {
		return err
	}
	if _, err := b.Hold(b.ctx, t, answer(b.now, "ok", true)); err != nil {
		return err
	}
	return b.Done(b.ctx, t)
}

// readAll reads a little of everything.
func (b *bench) readAll(person int64) error {
	_, err1 := b.Attempts(b.ctx, person, day)
	_, err2 := b.Entries(b.ctx, start, start.Add(time.Hour), 10)
	_, err3 := b.Totals(b.ctx)
	_, err4 := b.ListPeople(b.ctx, math.MinInt64, 10)
	_, err5 := b.Backlog(b.ctx, b.now)
	_, _, err6 := b.NextTask(b.ctx, b.now, []storage.Kind{storage.KindPhoto})
	_, err7 := b.Setting(b.ctx, "k")
	_, err8 := b.Person(b.ctx, person)
	return errors.Join(err1, err2, err3, err4, err5, err6, err7, err8)
}
