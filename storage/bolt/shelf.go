package bolt

import (
	"slices"

	"mrzbot/storage"
)

// shelf says where the kept tasks are in the file. Their records stay where
// they were while they were unfinished; memory holds what is needed to find
// them and to know when their time is over.
type shelf struct {
	byID    map[string]*keptTask
	byOrder map[string][]*keptTask // in the order of Seq
	ends    heap[*keptTask]        // the one that is over first, first
}

type keptTask struct {
	id, order string
	seq       uint64
	until     int64 // µs
	at        int   // place in ends
}

// kept reports whether it is kept at a time.
func (k *keptTask) kept(now int64) bool {
	return k.until > now && k.until <= after(now, storage.MaxKept)
}

func newShelf() *shelf {
	return &shelf{
		byID:    map[string]*keptTask{},
		byOrder: map[string][]*keptTask{},
		ends: heap[*keptTask]{
			less:  func(a, b *keptTask) bool { return a.until < b.until },
			moved: func(k *keptTask, at int) { k.at = at },
		},
	}
}

func (s *shelf) put(k *keptTask) {
	// A name is free again when its time is over, swept or not.
	if old := s.byID[k.id]; old == nil || old.seq < k.seq {
		s.byID[k.id] = k
	}
	if k.order != "" {
		same := s.byOrder[k.order]
		i, _ := slices.BinarySearchFunc(same, k, keptBySeq)
		s.byOrder[k.order] = slices.Insert(same, i, k)
	}
	s.ends.push(k)
}

func (s *shelf) take(k *keptTask) {
	if s.byID[k.id] == k {
		delete(s.byID, k.id)
	}
	if k.order != "" {
		same := s.byOrder[k.order]
		i, _ := slices.BinarySearchFunc(same, k, keptBySeq)
		if same = slices.Delete(same, i, i+1); len(same) == 0 {
			delete(s.byOrder, k.order)
		} else {
			s.byOrder[k.order] = same
		}
	}
	s.ends.remove(k.at)
}

func keptBySeq(a, b *keptTask) int {
	switch {
	case a.seq < b.seq:
		return -1
	case a.seq > b.seq:
		return 1
	}
	return 0
}

// setRight ends the keeping of what is to be kept for longer than anything is.
func (s *shelf) setRight(now int64) {
	last := after(now, storage.MaxKept)
	for _, k := range slices.Clone(s.ends.items) {
		if k.until > last {
			k.until = now
			s.ends.fix(k.at)
		}
	}
}

// named gives the kept task of a name; nil when there is none at that time.
func (s *shelf) named(id string, now int64) *keptTask {
	if k := s.byID[id]; k != nil && k.kept(now) {
		return k
	}
	return nil
}

// newest gives the kept task of an order key that came last.
func (s *shelf) newest(order string, now int64) *keptTask {
	for _, k := range slices.Backward(s.byOrder[order]) {
		if k.kept(now) {
			return k
		}
	}
	return nil
}

// over gives a task whose time is over; nil when there is none.
func (s *shelf) over(now int64) *keptTask {
	if len(s.ends.items) > 0 && s.ends.items[0].until <= now {
		return s.ends.items[0]
	}
	return nil
}
