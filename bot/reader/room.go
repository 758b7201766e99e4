package reader

import (
	"context"
	"slices"
	"sync"
)

// room is what pictures share: memory, and how many are at work at once. It is
// handed out fairly: the people who wait take turns, whatever each of them has
// sent, and nobody has more than half of it at work while the room has another
// half to give. So sixty pictures of one person hold up nobody else by more than
// the ones that are at work.
type room struct {
	memory int64 // in all, in bytes
	places int

	mu      sync.Mutex
	used    share
	people  map[int64]*share
	waiting map[int64][]*guest
	turns   []int64 // those who wait, in the order in which they are served
}

// share is what is taken of a room.
type share struct {
	memory int64
	places int
}

// guest is a picture that waits for its share.
type guest struct {
	need int64
	in   chan struct{} // closed when it has it
}

func newRoom(memory int64, places int) *room {
	return &room{memory: memory, places: places, people: map[int64]*share{}, waiting: map[int64][]*guest{}}
}

// fits reports whether so much memory is ever to be had.
func (r *room) fits(need int64) bool { return need <= r.memory }

// enter waits for a place and so many bytes, which must fit, until the context
// ends. leave gives them back.
func (r *room) enter(ctx context.Context, person, need int64) (leave func(), err error) {
	g := &guest{need: need, in: make(chan struct{})}
	r.mu.Lock()
	if len(r.waiting[person]) == 0 {
		r.queue(person)
	}
	r.waiting[person] = append(r.waiting[person], g)
	r.serve()
	r.mu.Unlock()
	leave = sync.OnceFunc(func() { r.leave(person, need) })
	select {
	case <-g.in:
		return leave, nil
	case <-ctx.Done():
		if !r.giveUp(person, g) {
			leave()
		}
		return nil, ctx.Err()
	}
}

// queue gives a person a turn: before those who have something at work already.
func (r *room) queue(person int64) {
	at := len(r.turns)
	for at > 0 && r.people[person] == nil && r.people[r.turns[at-1]] != nil {
		at--
	}
	r.turns = slices.Insert(r.turns, at, person)
}

// serve lets in whoever can be. r.mu is held.
func (r *room) serve() {
	for i := 0; i < len(r.turns); {
		person := r.turns[i]
		g := r.waiting[person][0]
		if r.full(person, g.need) {
			i++ // the next one's turn: what this person has at work ends first
			continue
		}
		if r.used.places == r.places || r.used.memory+g.need > r.memory {
			return // it is this one's turn, and nobody slips in before
		}
		r.take(person, g.need, 1)
		close(g.in)
		if r.remove(person, 0) {
			r.turns = append(slices.Delete(r.turns, i, i+1), person)
		}
		i = 0
	}
}

// full reports whether a person has as much as one may have.
func (r *room) full(person, need int64) bool {
	has := r.people[person]
	return has != nil && (has.places >= (r.places+1)/2 || has.memory+need > r.memory/2)
}

// remove takes a guest out of the line, and reports whether their person has
// others in it.
func (r *room) remove(person int64, at int) bool {
	r.waiting[person] = slices.Delete(r.waiting[person], at, at+1)
	if len(r.waiting[person]) > 0 {
		return true
	}
	delete(r.waiting, person)
	r.turns = slices.DeleteFunc(r.turns, func(p int64) bool { return p == person })
	return false
}

// giveUp takes a guest out of the line; false when it was let in meanwhile.
func (r *room) giveUp(person int64, g *guest) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := slices.Index(r.waiting[person], g)
	if at < 0 {
		return false
	}
	r.remove(person, at)
	r.serve() // it may have held up others
	return true
}

func (r *room) leave(person, need int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.take(person, -need, -1)
	r.serve()
}

// take adds to what a person has of the room.
func (r *room) take(person, memory int64, places int) {
	has := r.people[person]
	if has == nil {
		has = &share{}
		r.people[person] = has
	}
	for _, s := range []*share{has, &r.used} {
		s.memory += memory
		s.places += places
	}
	if has.places == 0 {
		delete(r.people, person)
	}
}
