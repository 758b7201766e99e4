package bolt

import (
	"cmp"
	"math"

	"mrzbot/storage"
)

// entry is an unfinished task as memory keeps it: all of it but the payload.
type entry struct {
	task  storage.Task // Payload is nil; Lease is "" while nobody has it
	until int64        // end of the lease, µs
	old   bool         // it was in the file when the file was opened
	stamp uint64       // the last batch that wrote its record
	queue *personQueue // where it is ready; nil: it waits for a time, or behind another
}

func bySeq(a, b *entry) int { return cmp.Compare(a.task.Seq, b.task.Seq) }

func byWake(a, b *entry) int { return cmp.Or(cmp.Compare(a.wake(), b.wake()), bySeq(a, b)) }

// wake gives the time from which the task can be claimed, in µs.
func (e *entry) wake() int64 {
	at := micros(e.task.NotBefore)
	if e.task.Lease != "" {
		at = max(at, e.until)
	}
	return at
}

// leased reports whether a lease on the task holds at a time, in µs.
func (e *entry) leased(now int64) bool {
	return e.task.Lease != "" && storage.Holds(fromMicros(e.until), fromMicros(now))
}

// setRight ends at a time what only a clock that was ahead can have set: a wait,
// and a lease.
func (e *entry) setRight(now int64) {
	at := fromMicros(now)
	if e.task.NotBefore.After(at) && !e.task.Waits(at) {
		e.task.NotBefore = at
	}
	if e.until > now && !storage.Holds(fromMicros(e.until), at) {
		e.until = now
	}
}

// kindQueue holds the tasks of one kind that nothing but time keeps from being
// claimed: those whose time has come by person, the others by time.
type kindQueue struct {
	total  int            // tasks of the kind, those behind others included
	seen   int64          // what wakes up to this time is ready; see never
	timed  sorted[*entry] // by the time they wake
	people map[int64]*personQueue
	heads  sorted[*personQueue] // by the first task of each
}

// personQueue is what is ready of one person and kind, lowest Seq first.
type personQueue struct {
	person int64
	tasks  sorted[*entry]
}

func (p *personQueue) first() *entry { return p.tasks.items[0] }

// never is before all times: of a queue that was not asked for any yet.
const never = math.MinInt64

func newKindQueue() *kindQueue {
	return &kindQueue{
		seen: never, people: map[int64]*personQueue{},
		timed: sorted[*entry]{order: byWake},
		heads: sorted[*personQueue]{order: func(a, b *personQueue) int { return bySeq(a.first(), b.first()) }},
	}
}

// put adds a task that nothing but time keeps from being claimed.
func (q *kindQueue) put(e *entry) {
	if e.wake() > q.seen {
		q.timed.add(e)
		return
	}
	p := q.people[e.task.Person]
	if p == nil {
		p = &personQueue{person: e.task.Person, tasks: sorted[*entry]{order: bySeq}}
		q.people[p.person] = p
	} else if bySeq(p.first(), e) < 0 {
		p.tasks.add(e)
		e.queue = p
		return
	} else {
		q.heads.remove(p)
	}
	p.tasks.add(e)
	q.heads.add(p)
	e.queue = p
}

// take removes a task that was put.
func (q *kindQueue) take(e *entry) {
	p := e.queue
	if p == nil {
		q.timed.remove(e)
		return
	}
	e.queue = nil
	if p.first() != e {
		p.tasks.remove(e)
		return
	}
	q.heads.remove(p)
	if p.tasks.remove(e); len(p.tasks.items) > 0 {
		q.heads.add(p)
	} else {
		delete(q.people, p.person)
	}
}

// advance makes ready what can be claimed at a time, and nothing else. When the
// clock has gone back all is looked at, and so it is the first time.
func (q *kindQueue) advance(now int64) {
	due := 0
	if now < q.seen || q.seen == never {
		for _, p := range q.people {
			for _, e := range p.tasks.items {
				e.queue = nil
				q.timed.items = append(q.timed.items, e)
			}
		}
		clear(q.people)
		q.heads.items = nil
		due = len(q.timed.items)
	}
	q.seen = now
	for due < len(q.timed.items) && q.timed.items[due].wake() <= now {
		due++
	}
	for _, e := range q.timed.cut(due) {
		e.setRight(now)
		q.put(e)
	}
}
