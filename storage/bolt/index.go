package bolt

import (
	"slices"
	"time"

	"mrzbot/storage"
)

// index is the unfinished tasks in memory, and where the retained ones are. It
// follows what is staged in a batch at once; if the batch fails it is read from
// the file again.
type index struct {
	byID     map[string]*entry
	chains   map[string][]*entry // by order key, in the order of Seq
	kinds    map[storage.Kind]*kindQueue
	leased   map[*entry]struct{}
	reserved map[personDay]int // attempts that began and are not held
	retained retainedIndex
}

// personDay is whose count of which day a reservation is for. A reservation is
// nothing that is written: it is a task whose attempt began and is not held. So none
// can be forgotten, and the file keeps settled counts only.
type personDay struct {
	person int64
	day    storage.Day
}

func newIndex() *index {
	return &index{
		byID: map[string]*entry{}, chains: map[string][]*entry{}, kinds: map[storage.Kind]*kindQueue{},
		leased: map[*entry]struct{}{}, reserved: map[personDay]int{},
		retained: retainedIndex{byID: map[string][]*retained{}, byOrder: map[string][]*retained{}},
	}
}

// add takes in a task, whose Seq is the highest.
func (x *index) add(e *entry) {
	x.byID[e.task.ID] = e
	x.kind(e.task.Kind).total++
	if key := e.task.Order; key != "" {
		x.chains[key] = append(x.chains[key], e)
	}
	x.place(e)
}

func (x *index) remove(e *entry) {
	x.displace(e)
	delete(x.byID, e.task.ID)
	x.kind(e.task.Kind).total--
	key := e.task.Order
	if key == "" {
		return
	}
	first := x.open(e)
	chain := without(x.chains[key], e, bySeq)
	if x.chains[key] = chain; len(chain) == 0 {
		delete(x.chains, key)
	} else if first {
		x.kind(chain[0].task.Kind).put(chain[0])
	}
}

// change lets f alter what may change of a task while it is in the index:
// NotBefore, tries, pauses, what it waits for, attempt and lease.
func (x *index) change(e *entry, f func()) {
	x.displace(e)
	f()
	x.place(e)
}

// place enters a task where its state belongs.
func (x *index) place(e *entry) {
	if e.task.Lease != "" {
		x.leased[e] = struct{}{}
	}
	if at := e.task.Attempt; reserves(at) {
		x.reserved[personDay{e.task.Person, at.Day}]++
	}
	if x.open(e) {
		x.kind(e.task.Kind).put(e)
	}
}

func (x *index) displace(e *entry) {
	delete(x.leased, e)
	if at := e.task.Attempt; reserves(at) {
		of := personDay{e.task.Person, at.Day}
		if x.reserved[of]--; x.reserved[of] == 0 {
			delete(x.reserved, of)
		}
	}
	if x.open(e) {
		x.kind(e.task.Kind).take(e)
	}
}

// open reports whether a task is behind no other of its order key.
func (x *index) open(e *entry) bool { return e.task.Order == "" || x.chains[e.task.Order][0] == e }

func reserves(a storage.Attempt) bool { return !a.Began.IsZero() && !a.Held }

func (x *index) kind(k storage.Kind) *kindQueue {
	q := x.kinds[k]
	if q == nil {
		q = &kindQueue{seen: never, ready: map[int64][]*entry{}}
		x.kinds[k] = q
	}
	return q
}

// queues gives the queues of some kinds, each once, as they are at a time.
func (x *index) queues(kinds []storage.Kind, now int64) []*kindQueue {
	queues := make([]*kindQueue, 0, len(kinds))
	for i, k := range kinds {
		if q := x.kinds[k]; q != nil && !slices.Contains(kinds[:i], k) {
			q.advance(now)
			queues = append(queues, q)
		}
	}
	return queues
}

// work counts the tasks of some kinds that are in work, by person.
func (x *index) work(kinds []storage.Kind, now int64) map[int64]int {
	work := map[int64]int{}
	for e := range x.leased {
		if e.leased(now) && slices.Contains(kinds, e.task.Kind) {
			work[e.task.Person]++
		}
	}
	return work
}

// pick gives the task that a claim takes next: of the person with the fewest in
// work, and of those the one with the lowest Seq; nil when none is ready. People
// with nothing in work are met in the order of Seq at the heads of the queues, so
// the cost goes with what is in work, not with what waits.
func pick(queues []*kindQueue, work map[int64]int) (best *entry) {
	for _, q := range queues {
		for _, e := range q.heads {
			if work[e.task.Person] == 0 {
				best = lower(best, e)
				break
			}
		}
	}
	if best != nil {
		return best
	}
	least := 0
	for person, n := range work {
		for _, q := range queues {
			tasks := q.ready[person]
			switch {
			case len(tasks) == 0 || best != nil && n > least:
			case best == nil || n < least:
				best, least = tasks[0], n
			default:
				best = lower(best, tasks[0])
			}
		}
	}
	return best
}

// lower gives the task of the lower Seq; a may be nil.
func lower(a, b *entry) *entry {
	if a == nil || b.task.Seq < a.task.Seq {
		return b
	}
	return a
}

// next gives the time at which something of these kinds wakes; nil when nothing is
// there.
func (x *index) next(kinds []storage.Kind, now int64) (at *int64) {
	for _, q := range x.queues(kinds, now) {
		wake := int64(storage.MinMicros)
		if len(q.heads) == 0 {
			if len(q.timed) == 0 {
				continue
			}
			wake = q.timed[0].wake()
		}
		if at == nil || wake < *at {
			at = &wake
		}
	}
	return at
}

// waiting gives the tasks that are to be woken. It looks at all that wait for
// a time: that is cheap in memory, and seldom done.
func (x *index) waiting(r storage.WakeWaiting) (found []*entry) {
	now := storage.Micros(r.Now)
	for _, q := range x.queues([]storage.Kind{r.Kind}, now) {
		for _, e := range q.timed {
			if t := &e.task; t.Waiting.Is(r.For) && (r.Person == 0 || t.Person == r.Person) &&
				!t.Attempt.Calling && !t.Attempt.Held && !e.leased(now) {
				found = append(found, e)
			}
		}
	}
	slices.SortFunc(found, bySeq)
	return found[:min(len(found), max(r.Max, 0))]
}

// backlog counts the tasks. It looks at all of them, as waiting does.
func (x *index) backlog(now int64) storage.Backlog {
	b := storage.Backlog{Waiting: map[storage.Kind]int{}, Leased: map[storage.Kind]int{}, ReadySince: map[storage.Kind]time.Time{}}
	for k, q := range x.kinds {
		if q.total > 0 {
			b.Waiting[k] = q.total
		}
	}
	for _, e := range x.byID {
		if e.leased(now) || !x.open(e) || storage.Micros(e.task.NotBefore) > now {
			continue
		}
		since := storage.FromMicros(max(storage.Micros(e.task.Added), storage.Micros(e.task.NotBefore)))
		if oldest, some := b.ReadySince[e.task.Kind]; !some || since.Before(oldest) {
			b.ReadySince[e.task.Kind] = since
		}
	}
	for e := range x.leased {
		if e.leased(now) {
			b.Leased[e.task.Kind]++
			b.Waiting[e.task.Kind]--
		}
	}
	return b
}
