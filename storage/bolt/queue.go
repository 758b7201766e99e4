package bolt

import (
	"cmp"
	"math"
	"slices"

	"mrzbot/storage"
)

// entry is an unfinished task as memory keeps it: all of it but the payload.
type entry struct {
	task  storage.Task // Payload is nil; Lease is "" while nobody has it
	until int64        // end of the lease, µs
	old   bool         // it was in the file when the file was opened
	ready bool         // its queue has it among those that can be claimed
}

func bySeq(a, b *entry) int { return cmp.Compare(a.task.Seq, b.task.Seq) }

func byWake(a, b *entry) int { return cmp.Or(cmp.Compare(a.wake(), b.wake()), bySeq(a, b)) }

// wake gives the time from which the task can be claimed, in µs.
func (e *entry) wake() int64 {
	at := storage.Micros(e.task.NotBefore)
	if e.task.Lease != "" {
		at = max(at, e.until)
	}
	return at
}

// leased reports whether a lease on the task holds at a time, in µs.
func (e *entry) leased(now int64) bool {
	return e.task.Lease != "" && storage.Holds(storage.FromMicros(e.until), storage.FromMicros(now))
}

// setRight ends at a time what only a clock that was ahead can have set: a wait,
// and a lease.
func (e *entry) setRight(now int64) {
	at := storage.FromMicros(now)
	if e.task.NotBefore.After(at) && !e.task.Waits(at) {
		e.task.NotBefore = at
	}
	if e.until > now && !storage.Holds(storage.FromMicros(e.until), at) {
		e.until = now
	}
}

// kindQueue holds the tasks of one kind that nothing but time keeps from being
// claimed: those whose time has come by person, the others by time.
type kindQueue struct {
	total int                // tasks of the kind, those behind others included
	seen  int64              // what wakes up to this time is ready; see never
	timed []*entry           // by the time they wake
	ready map[int64][]*entry // by person, lowest Seq first
	heads []*entry           // the first of each person, lowest Seq first
}

// never is before all times: of a queue that was not asked for any yet.
const never = math.MinInt64

// put adds a task that nothing but time keeps from being claimed.
func (q *kindQueue) put(e *entry) {
	if e.ready = e.wake() <= q.seen; e.ready {
		q.changeReady(e, insert[*entry])
	} else {
		q.timed = insert(q.timed, e, byWake)
	}
}

func (q *kindQueue) take(e *entry) {
	if e.ready {
		q.changeReady(e, without[*entry])
	} else {
		q.timed = without(q.timed, e, byWake)
	}
	e.ready = false
}

// changeReady puts a task among those that are ready of its person, or takes it out.
func (q *kindQueue) changeReady(e *entry, change func(tasks []*entry, e *entry, order func(a, b *entry) int) []*entry) {
	tasks := q.ready[e.task.Person]
	if len(tasks) > 0 {
		q.heads = without(q.heads, tasks[0], bySeq)
	}
	if tasks = change(tasks, e, bySeq); len(tasks) == 0 {
		delete(q.ready, e.task.Person)
		return
	}
	q.ready[e.task.Person] = tasks
	q.heads = insert(q.heads, tasks[0], bySeq)
}

// advance makes ready what can be claimed at a time, and nothing else. When the
// clock has gone back all is looked at, and so it is the first time.
func (q *kindQueue) advance(now int64) {
	due := 0
	if now < q.seen || q.seen == never {
		for _, tasks := range q.ready {
			q.timed = append(q.timed, tasks...)
		}
		clear(q.ready)
		q.heads = nil
		due = len(q.timed)
	}
	q.seen = now
	for due < len(q.timed) && q.timed[due].wake() <= now {
		due++
	}
	woken := slices.Clone(q.timed[:due])
	q.timed = slices.Delete(q.timed, 0, due)
	for _, e := range woken {
		e.setRight(now)
		q.put(e)
	}
}

// insert puts an item into a list at its place in an order without equals, and without
// takes it out, if it is there. Both move what comes behind: with 50,000 pointers that
// is some microseconds.
func insert[T any](items []T, item T, order func(a, b T) int) []T {
	i, _ := slices.BinarySearchFunc(items, item, order)
	return slices.Insert(items, i, item)
}

func without[T any](items []T, item T, order func(a, b T) int) []T {
	if i, found := slices.BinarySearchFunc(items, item, order); found {
		return slices.Delete(items, i, i+1)
	}
	return items
}
