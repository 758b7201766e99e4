package bolt

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mrzbot/storage"
)

// String tells all of an index, in an order of its own.
func (x *index) String() string {
	var lines []string
	for id, e := range x.byID {
		_, leased := x.leased[e]
		lines = append(lines, fmt.Sprintf("%s: %+v until %d, leased %t, where %d", id, e.task, e.until, leased, e.where))
	}
	for key, chain := range x.chains {
		line := "chain " + key
		for _, e := range chain {
			line += " " + e.task.ID
		}
		lines = append(lines, line)
	}
	for b, n := range x.booked {
		lines = append(lines, fmt.Sprint("booked ", b, n))
	}
	for id, k := range x.shelf.byID {
		lines = append(lines, fmt.Sprintf("kept %s: seq %d, until %d", id, k.seq, k.until))
	}
	for key, same := range x.shelf.byOrder {
		line := "kept for " + key
		for _, k := range same {
			line += " " + k.id
		}
		lines = append(lines, line)
	}
	for kind, l := range x.lanes {
		if l.total == 0 && len(l.timed.items) == 0 && len(l.heads.items) == 0 {
			continue
		}
		lines = append(lines, fmt.Sprintf("lane %s: %d, timed %s", kind, l.total, ids(l.timed.items)))
		for person, p := range l.piles {
			lines = append(lines, fmt.Sprintf("pile %s %d: %s", kind, person, ids(p.ready.items)))
		}
		var heads []int64
		for _, p := range l.heads.items {
			heads = append(heads, p.person)
		}
		slices.Sort(heads)
		lines = append(lines, fmt.Sprintf("heads %s: %v", kind, heads))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func ids(entries []*entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, e.task.ID)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// TestIndexReverts stages random changes and takes them back: the index is
// then what it was, whatever of the changes was kept before.
func TestIndexReverts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := newIndex()
		seq := uint64(0)
		now := int64(0)
		some := func() *entry {
			if len(x.byID) == 0 {
				return nil
			}
			all := make([]*entry, 0, len(x.byID))
			for _, e := range x.byID {
				all = append(all, e)
			}
			slices.SortFunc(all, func(a, b *entry) int { return cmp.Compare(a.task.Seq, b.task.Seq) })
			return rapid.SampledFrom(all).Draw(t, "entry")
		}
		step := func() {
			switch e := some(); rapid.IntRange(0, 7).Draw(t, "step") {
			case 0, 1:
				seq++
				e := &entry{task: storage.Task{
					ID: fmt.Sprint(seq), Seq: seq, Person: rapid.Int64Range(0, 2).Draw(t, "person"),
					Kind: rapid.SampledFrom([]storage.Kind{"a", "b"}).Draw(t, "kind"),
				}}
				if key := rapid.IntRange(0, 2).Draw(t, "order"); key > 0 {
					e.task.Order = fmt.Sprint(key)
				}
				x.add(e)
			case 2:
				if e != nil {
					x.remove(e)
				}
			case 3, 4:
				if e != nil {
					x.change(e, func() { alter(t, e) })
				}
			case 5:
				if e != nil {
					x.remove(e)
					x.shelve(&keptTask{
						id: e.task.ID, order: e.task.Order, seq: e.task.Seq, until: rapid.Int64Range(0, 10).Draw(t, "until"),
					})
				}
			case 6:
				if k := x.shelf.over(now); k != nil {
					x.unshelve(k)
				}
			case 7:
				now = rapid.Int64Range(0, 10).Draw(t, "now")
			}
			for _, l := range x.lanes {
				l.advance(now)
			}
		}
		for range rapid.IntRange(0, 20).Draw(t, "kept") {
			step()
		}
		x.keep(0)
		for _, l := range x.lanes {
			l.advance(5)
		}
		before := x.String()
		for range rapid.IntRange(1, 20).Draw(t, "staged") {
			step()
		}
		x.revert()
		for _, l := range x.lanes {
			l.advance(5)
		}
		require.Equal(t, before, x.String())
		require.Empty(t, x.undo)
	})
}

// alter changes what may change of a task.
func alter(t *rapid.T, e *entry) {
	e.task.NotBefore = time.UnixMicro(rapid.Int64Range(0, 10).Draw(t, "not before"))
	e.task.Lease, e.until = "", 0
	if rapid.Bool().Draw(t, "leased") {
		e.task.Lease, e.until = "lease", rapid.Int64Range(0, 10).Draw(t, "until")
	}
	e.task.Attempt = storage.Attempt{}
	if rapid.Bool().Draw(t, "began") {
		e.task.Attempt = storage.Attempt{Began: start, Day: day, Held: rapid.Bool().Draw(t, "held")}
	}
}

func TestHeap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type item struct{ n, at int }
		h := heap[*item]{less: func(a, b *item) bool { return a.n < b.n }, moved: func(i *item, at int) { i.at = at }}
		var all []*item
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			if len(all) > 0 && rapid.Bool().Draw(t, "remove") {
				i := rapid.IntRange(0, len(all)-1).Draw(t, "which")
				require.Same(t, all[i], h.remove(all[i].at))
				all = slices.Delete(all, i, i+1)
			} else {
				all = append(all, &item{n: rapid.IntRange(0, 20).Draw(t, "n")})
				h.push(all[len(all)-1])
			}
			for _, i := range all {
				require.Same(t, i, h.items[i.at])
				require.GreaterOrEqual(t, i.n, h.items[0].n)
			}
			require.Len(t, h.items, len(all))
		}
	})
}
