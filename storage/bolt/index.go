package bolt

import (
	"cmp"
	"slices"
	"strings"

	"mrzbot/storage"
)

// index is the unfinished tasks in memory, and where the kept ones are. It
// follows what is staged in a batch at once; if the batch fails it is read from
// the file again.
type index struct {
	byID   map[string]*entry
	chains map[string][]*entry // by order key, in the order of Seq
	kinds  map[storage.Kind]*kindQueue
	leased map[*entry]struct{}
	booked map[booking]int // reservations: attempts that began and are not held
	kept   keptIndex
	seen   int64 // when a claim last looked for what a wrong clock has left
}

// booking is whose count of which day a reservation is for.
type booking struct {
	person int64
	day    storage.Day
}

func newIndex() *index {
	return &index{
		byID: map[string]*entry{}, chains: map[string][]*entry{}, kinds: map[storage.Kind]*kindQueue{},
		leased: map[*entry]struct{}{}, booked: map[booking]int{}, kept: newKeptIndex(), seen: never,
	}
}

// setRight ends what a clock that was ahead has kept, at the first claim and when
// the time goes back; queues see to the tasks themselves.
func (x *index) setRight(now int64) {
	if now < x.seen || x.seen == never {
		x.kept.setRight(now)
	}
	x.seen = now
}

// add takes in a task.
func (x *index) add(e *entry) {
	x.byID[e.task.ID] = e
	x.kind(e.task.Kind).total++
	if key := e.task.Order; key != "" {
		chain := x.chains[key]
		i, _ := slices.BinarySearchFunc(chain, e, bySeq)
		if i == 0 && len(chain) > 0 {
			x.kind(chain[0].task.Kind).take(chain[0])
		}
		x.chains[key] = slices.Insert(chain, i, e)
	}
	x.place(e)
}

// remove forgets a task.
func (x *index) remove(e *entry) {
	x.displace(e)
	delete(x.byID, e.task.ID)
	x.kind(e.task.Kind).total--
	key := e.task.Order
	if key == "" {
		return
	}
	chain := x.chains[key]
	i, _ := slices.BinarySearchFunc(chain, e, bySeq)
	if chain = slices.Delete(chain, i, i+1); len(chain) == 0 {
		delete(x.chains, key)
		return
	}
	x.chains[key] = chain
	if i == 0 {
		x.kind(chain[0].task.Kind).put(chain[0])
	}
}

// change lets f alter what may change of a task while it is in the index:
// NotBefore, tries, pauses, note, attempt and lease.
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
		x.booked[booking{e.task.Person, at.Day}]++
	}
	if x.open(e) {
		x.kind(e.task.Kind).put(e)
	}
}

// displace undoes place.
func (x *index) displace(e *entry) {
	delete(x.leased, e)
	if at := e.task.Attempt; reserves(at) {
		b := booking{e.task.Person, at.Day}
		if x.booked[b]--; x.booked[b] == 0 {
			delete(x.booked, b)
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
		q = newKindQueue()
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
		for _, p := range q.heads.items {
			if work[p.person] == 0 {
				best = lower(best, p.first())
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
			p := q.people[person]
			switch {
			case p == nil || best != nil && n > least:
			case best == nil || n < least:
				best, least = p.first(), n
			default:
				best = lower(best, p.first())
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

// next gives the time at which something of these kinds wakes; ok is false
// when nothing is there.
func (x *index) next(kinds []storage.Kind, now int64) (at int64, ok bool) {
	for _, q := range x.queues(kinds, now) {
		if len(q.people) > 0 {
			return minMicros, true
		}
		if len(q.timed.items) > 0 {
			if w := q.timed.items[0].wake(); !ok || w < at {
				at, ok = w, true
			}
		}
	}
	return at, ok
}

// waiting gives the tasks that are to be roused. It looks at all that wait for
// a time: that is cheap in memory, and seldom done.
func (x *index) waiting(r storage.Rouse) (found []*entry) {
	now := micros(r.Now)
	for _, q := range x.queues([]storage.Kind{r.Kind}, now) {
		for _, e := range q.timed.items {
			if t := &e.task; strings.HasPrefix(t.Note, r.Note) && (r.Person == 0 || t.Person == r.Person) &&
				!t.Attempt.Calling && !t.Attempt.Held && !e.leased(now) {
				found = append(found, e)
			}
		}
	}
	slices.SortFunc(found, bySeq)
	return found[:min(len(found), max(r.Max, 0))]
}

// backlog counts the tasks.
func (x *index) backlog(now int64) storage.Backlog {
	b := storage.Backlog{Waiting: map[storage.Kind]int{}, Leased: map[storage.Kind]int{}}
	for k, q := range x.kinds {
		if q.total > 0 {
			b.Waiting[k] = q.total
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

// keptIndex says where the kept tasks are in the file. Their records stay where
// they were while they were unfinished; memory holds what is needed to find
// them and to know when their time is over.
type keptIndex struct {
	byID    map[string]*keptTask
	byOrder map[string][]*keptTask // in the order of Seq
	ends    sorted[*keptTask]      // the one that is over first, first
}

type keptTask struct {
	id, order string
	seq       uint64
	until     int64 // µs
}

func newKeptIndex() keptIndex {
	return keptIndex{byID: map[string]*keptTask{}, byOrder: map[string][]*keptTask{}, ends: sorted[*keptTask]{
		order: func(a, b *keptTask) int { return cmp.Or(cmp.Compare(a.until, b.until), cmp.Compare(a.seq, b.seq)) },
	}}
}

// holds reports whether it is kept at a time.
func (k *keptTask) holds(now int64) bool {
	return k != nil && k.until > now && k.until <= after(now, storage.MaxKept)
}

func (x *keptIndex) add(k *keptTask) {
	// A name is free again when its time is over, swept or not.
	if old := x.byID[k.id]; old == nil || old.seq < k.seq {
		x.byID[k.id] = k
	}
	if k.order != "" {
		same := append(x.byOrder[k.order], k)
		slices.SortFunc(same, func(a, b *keptTask) int { return cmp.Compare(a.seq, b.seq) })
		x.byOrder[k.order] = same
	}
	x.ends.add(k)
}

func (x *keptIndex) remove(k *keptTask) {
	if x.byID[k.id] == k {
		delete(x.byID, k.id)
	}
	same := slices.DeleteFunc(x.byOrder[k.order], func(other *keptTask) bool { return other == k })
	if len(same) == 0 {
		delete(x.byOrder, k.order)
	} else {
		x.byOrder[k.order] = same
	}
	x.ends.remove(k)
}

// setRight ends the keeping of what is to be kept for longer than anything is.
func (x *keptIndex) setRight(now int64) {
	last := after(now, storage.MaxKept)
	for _, k := range slices.Clone(x.ends.items) {
		if k.until > last {
			x.ends.remove(k)
			k.until = now
			x.ends.add(k)
		}
	}
}

// named gives the kept task of a name; nil when there is none at that time.
func (x *keptIndex) named(id string, now int64) *keptTask {
	if k := x.byID[id]; k.holds(now) {
		return k
	}
	return nil
}

// newest gives the kept task of an order key that came last.
func (x *keptIndex) newest(order string, now int64) *keptTask {
	for _, k := range slices.Backward(x.byOrder[order]) {
		if k.holds(now) {
			return k
		}
	}
	return nil
}

// over gives a task whose time is over; nil when there is none.
func (x *keptIndex) over(now int64) *keptTask {
	if len(x.ends.items) > 0 && x.ends.items[0].until <= now {
		return x.ends.items[0]
	}
	return nil
}
