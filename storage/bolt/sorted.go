package bolt

import "slices"

// sorted keeps items in an order without equals. Adding and removing move what
// comes behind: with 50,000 pointers that is some microseconds.
type sorted[T any] struct {
	items []T
	order func(a, b T) int
}

func (s *sorted[T]) add(item T) {
	i, _ := slices.BinarySearchFunc(s.items, item, s.order)
	s.items = slices.Insert(s.items, i, item)
}

// remove takes an item out that is there, with the place it had when it was added.
func (s *sorted[T]) remove(item T) {
	if i, found := slices.BinarySearchFunc(s.items, item, s.order); found {
		s.items = slices.Delete(s.items, i, i+1)
	}
}

// cut takes out the first n items.
func (s *sorted[T]) cut(n int) []T {
	first := slices.Clone(s.items[:n])
	s.items = slices.Delete(s.items, 0, n)
	return first
}
