package bolt

import (
	"slices"

	"mrzbot/storage"
)

// index is the unfinished tasks in memory, and where the kept ones are. It
// follows what is staged in a batch at once; if the batch fails, undo leads it
// back.
type index struct {
	byID   map[string]*entry
	chains map[string][]*entry // by order key, in the order of Seq
	lanes  map[storage.Kind]*lane
	leased map[*entry]struct{}
	booked map[booking]int // reservations: attempts that began and are not held
	shelf  *shelf

	seen int64    // when a claim last looked for what a wrong clock has left
	undo []func() // how to take back what was staged, last first
}

// booking is whose count of which day a reservation is for.
type booking struct {
	person int64
	day    storage.Day
}

func newIndex() *index {
	return &index{
		byID:   map[string]*entry{},
		chains: map[string][]*entry{},
		lanes:  map[storage.Kind]*lane{},
		leased: map[*entry]struct{}{},
		booked: map[booking]int{},
		shelf:  newShelf(),
		seen:   never,
	}
}

// setRight ends what a clock that was ahead has kept, at the first claim and when
// the time goes back; lanes see to the tasks themselves.
func (x *index) setRight(now int64) {
	if now < x.seen || x.seen == never {
		x.shelf.setRight(now)
	}
	x.seen = now
}

// add takes in a task.
func (x *index) add(e *entry) {
	x.undo = append(x.undo, func() { x.unlink(e) })
	x.link(e)
}

// remove forgets a task.
func (x *index) remove(e *entry) {
	x.undo = append(x.undo, func() { x.link(e) })
	x.unlink(e)
}

// change lets f alter what may change of a task while it is in the index:
// NotBefore, tries, pauses, note, attempt and lease.
func (x *index) change(e *entry, f func()) {
	task, until := e.task, e.until
	x.undo = append(x.undo, func() {
		x.displace(e)
		e.task, e.until = task, until
		x.place(e)
	})
	x.displace(e)
	f()
	x.place(e)
}

// shelve takes in a kept task.
func (x *index) shelve(k *keptTask) {
	x.undo = append(x.undo, func() { x.shelf.take(k) })
	x.shelf.put(k)
}

// unshelve forgets a kept task.
func (x *index) unshelve(k *keptTask) {
	x.undo = append(x.undo, func() { x.shelf.put(k) })
	x.shelf.take(k)
}

// keep makes what was staged stay, but for the first n changes.
func (x *index) keep(n int) {
	clear(x.undo[n:])
	x.undo = x.undo[:n]
}

// revert takes back what was staged and not kept.
func (x *index) revert() {
	for _, f := range slices.Backward(x.undo) {
		f()
	}
	x.keep(0)
}

func (x *index) link(e *entry) {
	x.byID[e.task.ID] = e
	x.lane(e.task.Kind).total++
	if key := e.task.Order; key != "" {
		chain := x.chains[key]
		i, _ := slices.BinarySearchFunc(chain, e, bySeq)
		if i == 0 && len(chain) > 0 {
			x.lane(chain[0].task.Kind).take(chain[0])
		}
		x.chains[key] = slices.Insert(chain, i, e)
	}
	x.place(e)
}

func (x *index) unlink(e *entry) {
	x.displace(e)
	delete(x.byID, e.task.ID)
	x.lane(e.task.Kind).total--
	key := e.task.Order
	if key == "" {
		return
	}
	chain := x.chains[key]
	i, _ := slices.BinarySearchFunc(chain, e, bySeq)
	chain = slices.Delete(chain, i, i+1)
	if len(chain) == 0 {
		delete(x.chains, key)
		return
	}
	x.chains[key] = chain
	if i == 0 {
		x.lane(chain[0].task.Kind).put(chain[0])
	}
}

func bySeq(a, b *entry) int {
	switch {
	case a.task.Seq < b.task.Seq:
		return -1
	case a.task.Seq > b.task.Seq:
		return 1
	}
	return 0
}

// place enters a task where its state belongs.
func (x *index) place(e *entry) {
	if e.task.Lease != "" {
		x.leased[e] = struct{}{}
	}
	if at := e.task.Attempt; reserves(at) {
		x.booked[booking{e.task.Person, at.Day}]++
	}
	if key := e.task.Order; key == "" || x.chains[key][0] == e {
		x.lane(e.task.Kind).put(e)
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
	x.lane(e.task.Kind).take(e)
}

func reserves(a storage.Attempt) bool { return !a.Began.IsZero() && !a.Held }

func (x *index) lane(k storage.Kind) *lane {
	l := x.lanes[k]
	if l == nil {
		l = newLane()
		x.lanes[k] = l
	}
	return l
}

// lanesOf gives the lanes of some kinds, each once, as they are at a time.
func (x *index) lanesOf(kinds []storage.Kind, now int64) []*lane {
	lanes := make([]*lane, 0, len(kinds))
	for i, k := range kinds {
		if l := x.lanes[k]; l != nil && !slices.Contains(kinds[:i], k) {
			l.advance(now)
			lanes = append(lanes, l)
		}
	}
	return lanes
}

// next gives the time at which something of these kinds wakes; ok is false
// when nothing is there.
func (x *index) next(kinds []storage.Kind, now int64) (at int64, ok bool) {
	for _, l := range x.lanesOf(kinds, now) {
		if len(l.piles) > 0 {
			return minMicros, true
		}
		if len(l.timed.items) > 0 {
			if w := l.timed.items[0].wake(); !ok || w < at {
				at, ok = w, true
			}
		}
	}
	return at, ok
}

// backlog counts the tasks.
func (x *index) backlog(now int64) storage.Backlog {
	b := storage.Backlog{Waiting: map[storage.Kind]int{}, Leased: map[storage.Kind]int{}}
	for k, l := range x.lanes {
		if l.total > 0 {
			b.Waiting[k] = l.total
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
