package bolt

import (
	"slices"

	"mrzbot/storage"
)

// picker chooses the tasks of one claim: a person with fewer tasks in work
// goes first, then the lower Seq.
//
// Persons with nothing in work are met in the order of Seq at the heads of the
// lanes; the few who have something in work wait in a heap of their own. So
// the cost goes with what is in work and what is picked, not with what waits.
type picker struct {
	lanes []*lane
	work  map[int64]int // tasks in work by person
	busy  heap[turn]    // persons with something in work and something ready
	out   []outPile     // piles of busy persons, taken out of the way
}

// turn is a person's place among those who have tasks in work.
type turn struct {
	work   int
	seq    uint64
	person int64
}

type outPile struct {
	lane *lane
	pile *pile
}

// pick gives up to most tasks of these kinds, taken out of their lanes: the
// caller leases them with change, or puts them back into their lanes.
func (x *index) pick(kinds []storage.Kind, now int64, most int) []*entry {
	lanes := x.lanesOf(kinds, now)
	if !slices.ContainsFunc(lanes, func(l *lane) bool { return len(l.piles) > 0 }) {
		return nil
	}
	p := picker{lanes: lanes, work: map[int64]int{}}
	p.busy.less = func(a, b turn) bool {
		if a.work != b.work {
			return a.work < b.work
		}
		return a.seq < b.seq
	}
	for e := range x.leased {
		if e.leased(now) && slices.Contains(kinds, e.task.Kind) {
			p.work[e.task.Person]++
		}
	}
	for person := range p.work {
		p.queue(person)
	}
	var picked []*entry
	for len(picked) < most {
		e := p.fresh()
		if e == nil {
			e = p.least()
		}
		if e == nil {
			break
		}
		x.lane(e.task.Kind).take(e)
		p.work[e.task.Person]++
		p.queue(e.task.Person)
		picked = append(picked, e)
	}
	for _, o := range p.out {
		if len(o.pile.ready.items) > 0 {
			o.lane.heads.push(o.pile)
		}
	}
	return picked
}

// fresh gives the first task of all persons with nothing in work.
func (p *picker) fresh() *entry {
	var best *entry
	for _, l := range p.lanes {
		for len(l.heads.items) > 0 && p.work[l.heads.items[0].person] > 0 {
			pile := l.heads.remove(0)
			pile.at = -1
			p.out = append(p.out, outPile{l, pile})
		}
		if len(l.heads.items) > 0 {
			if e := l.heads.items[0].first(); best == nil || e.task.Seq < best.task.Seq {
				best = e
			}
		}
	}
	return best
}

// least gives the first task of the person with the fewest in work.
func (p *picker) least() *entry {
	if len(p.busy.items) == 0 {
		return nil
	}
	return p.first(p.busy.remove(0).person)
}

// queue enters a person with something in work if something of theirs is ready.
func (p *picker) queue(person int64) {
	if e := p.first(person); e != nil {
		p.busy.push(turn{work: p.work[person], seq: e.task.Seq, person: person})
	}
}

// first gives a person's first ready task.
func (p *picker) first(person int64) *entry {
	var best *entry
	for _, l := range p.lanes {
		if pile := l.piles[person]; pile != nil {
			if e := pile.first(); best == nil || e.task.Seq < best.task.Seq {
				best = e
			}
		}
	}
	return best
}
