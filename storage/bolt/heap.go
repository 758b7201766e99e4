package bolt

// heap keeps items with the least one first. Unlike container/heap's, its
// items learn where they are, so that one in the middle can be taken out.
type heap[T any] struct {
	items []T
	less  func(a, b T) bool
	moved func(item T, at int) // nil: items need not know
}

func (h *heap[T]) push(item T) {
	h.items = append(h.items, item)
	h.set(len(h.items)-1, item)
	h.up(len(h.items) - 1)
}

// remove takes out the item at a place.
func (h *heap[T]) remove(at int) T {
	item := h.items[at]
	last := len(h.items) - 1
	moved := h.items[last]
	var none T
	h.items[last] = none
	h.items = h.items[:last]
	if at != last {
		h.set(at, moved)
		h.fix(at)
	}
	return item
}

// fix puts the item at a place where it belongs after it changed.
func (h *heap[T]) fix(at int) {
	h.down(at)
	h.up(at)
}

func (h *heap[T]) up(at int) {
	for at > 0 {
		parent := (at - 1) / 2
		if !h.less(h.items[at], h.items[parent]) {
			return
		}
		h.swap(at, parent)
		at = parent
	}
}

func (h *heap[T]) down(at int) {
	for {
		child := 2*at + 1
		if child >= len(h.items) {
			return
		}
		if right := child + 1; right < len(h.items) && h.less(h.items[right], h.items[child]) {
			child = right
		}
		if !h.less(h.items[child], h.items[at]) {
			return
		}
		h.swap(at, child)
		at = child
	}
}

func (h *heap[T]) swap(i, j int) {
	a, b := h.items[i], h.items[j]
	h.set(i, b)
	h.set(j, a)
}

func (h *heap[T]) set(at int, item T) {
	h.items[at] = item
	if h.moved != nil {
		h.moved(item, at)
	}
}
