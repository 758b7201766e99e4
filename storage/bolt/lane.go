package bolt

import (
	"math"
	"slices"

	"mrzbot/storage"
)

// entry is an unfinished task as memory keeps it: all of it but the payload.
type entry struct {
	task  storage.Task // Payload is nil; Lease is "" while nobody has it
	until int64        // end of the lease, µs
	old   bool         // it was in the file when the file was opened
	stamp uint64       // the last batch that wrote its record

	where where // which heap of its lane it is in
	at    int   // its place there
}

type where uint8

const (
	nowhere where = iota // behind another of its order key, or just picked
	inTimed
	inReady
)

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

// lane holds the tasks of one kind that nothing but time keeps from being
// claimed: those whose time has come by person, the others by time. So a claim
// looks at no more tasks than it takes.
type lane struct {
	total int // tasks of the kind, those behind others included

	seen  int64 // what wakes up to this time is ready; see never
	timed heap[*entry]
	piles map[int64]*pile
	heads heap[*pile]
}

// never is before all times: of a lane that was not asked for any yet.
const never = math.MinInt64

// pile is what is ready of one person, lowest Seq first.
type pile struct {
	person int64
	ready  heap[*entry]
	at     int // place in heads; -1 while a pick has it out
}

func newLane() *lane {
	moved := func(e *entry, at int) { e.at = at }
	l := &lane{seen: never, piles: map[int64]*pile{}}
	l.timed = heap[*entry]{less: func(a, b *entry) bool { return a.wake() < b.wake() }, moved: moved}
	l.heads = heap[*pile]{
		less:  func(a, b *pile) bool { return a.first().task.Seq < b.first().task.Seq },
		moved: func(p *pile, at int) { p.at = at },
	}
	return l
}

func (p *pile) first() *entry { return p.ready.items[0] }

// put adds a task that nothing but time keeps from being claimed.
func (l *lane) put(e *entry) {
	if e.wake() > l.seen {
		e.where = inTimed
		l.timed.push(e)
		return
	}
	e.where = inReady
	p := l.piles[e.task.Person]
	if p == nil {
		p = &pile{person: e.task.Person}
		p.ready = heap[*entry]{
			less:  func(a, b *entry) bool { return a.task.Seq < b.task.Seq },
			moved: func(e *entry, at int) { e.at = at },
		}
		l.piles[p.person] = p
		p.ready.push(e)
		l.heads.push(p)
		return
	}
	p.ready.push(e)
	l.moved(p)
}

// take removes a task, wherever it is.
func (l *lane) take(e *entry) {
	switch e.where {
	case inTimed:
		l.timed.remove(e.at)
	case inReady:
		p := l.piles[e.task.Person]
		if len(p.ready.items) == 1 {
			delete(l.piles, p.person)
			if p.at >= 0 {
				l.heads.remove(p.at)
			}
			p.ready.remove(e.at)
		} else {
			p.ready.remove(e.at)
			l.moved(p)
		}
	}
	e.where = nowhere
}

// moved tells that the first task of a pile may be another one.
func (l *lane) moved(p *pile) {
	if p.at >= 0 {
		l.heads.fix(p.at)
	}
}

// advance makes ready what can be claimed at a time, and nothing else. That
// the clock goes back is rare, so it may cost a look at all there is; so does the
// first time.
func (l *lane) advance(now int64) {
	if now < l.seen || l.seen == never {
		all := slices.Clone(l.timed.items)
		for _, p := range l.piles {
			all = append(all, p.ready.items...)
		}
		l.seen = now
		for _, e := range all {
			l.take(e)
			e.setRight(now)
			l.put(e)
		}
		return
	}
	l.seen = now
	for len(l.timed.items) > 0 && l.timed.items[0].wake() <= now {
		l.put(l.timed.remove(0))
	}
}
