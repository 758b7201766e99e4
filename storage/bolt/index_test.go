package bolt

import (
	"fmt"
	"maps"
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
		lines = append(lines, fmt.Sprintf("%s: %+v until %d, leased %t, ready %t", id, e.task, e.until, leased, e.queue != nil))
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
	for id, k := range x.kept.byID {
		lines = append(lines, fmt.Sprintf("kept %s: seq %d, until %d", id, k.seq, k.until))
	}
	for key, same := range x.kept.byOrder {
		line := "kept for " + key
		for _, k := range same {
			line += " " + k.id
		}
		lines = append(lines, line)
	}
	for kind, q := range x.kinds {
		if q.total == 0 && len(q.timed.items) == 0 && len(q.heads.items) == 0 {
			continue
		}
		lines = append(lines, fmt.Sprintf("kind %s: %d, timed %s", kind, q.total, ids(q.timed.items)))
		for person, p := range q.people {
			lines = append(lines, fmt.Sprintf("ready %s %d: %s", kind, person, ids(p.tasks.items)))
		}
		for _, p := range q.heads.items {
			lines = append(lines, fmt.Sprintf("head %s: %d", kind, p.person))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func ids(entries []*entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, e.task.ID)
	}
	return strings.Join(all, " ")
}

// advance brings all kinds to a time.
func (x *index) advance(now int64) {
	for _, q := range x.kinds {
		q.advance(now)
	}
}

// TestIndexAgrees makes random changes: the index is then what it is when it is
// made anew of what is left, and each of its lists is in order.
func TestIndexAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := newIndex()
		seq, now := uint64(0), int64(0)
		var kept []*keptTask
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			all := slices.SortedFunc(maps.Values(x.byID), bySeq)
			step := rapid.IntRange(0, 7).Draw(t, "step")
			if step < 2 || len(all) == 0 {
				seq++
				e := &entry{task: storage.Task{
					ID: fmt.Sprint(seq), Seq: seq, Person: rapid.Int64Range(0, 2).Draw(t, "person"),
					Kind: rapid.SampledFrom([]storage.Kind{"a", "b"}).Draw(t, "kind"),
				}}
				if key := rapid.IntRange(0, 2).Draw(t, "order"); key > 0 {
					e.task.Order = fmt.Sprint(key)
				}
				x.add(e)
				continue
			}
			e := rapid.SampledFrom(all).Draw(t, "entry")
			switch step {
			case 2:
				x.remove(e)
			case 3, 4:
				x.change(e, func() { alter(t, e) })
			case 5:
				x.remove(e)
				k := &keptTask{id: e.task.ID, order: e.task.Order, seq: e.task.Seq, until: rapid.Int64Range(0, 10).Draw(t, "until")}
				x.kept.add(k)
				kept = append(kept, k)
			case 6:
				if k := x.kept.over(now); k != nil {
					x.kept.remove(k)
					kept = slices.DeleteFunc(kept, func(other *keptTask) bool { return other == k })
				}
			case 7:
				now = rapid.Int64Range(0, 10).Draw(t, "now")
			}
			x.advance(now)
		}
		fresh := newIndex()
		for _, e := range x.byID {
			again := *e
			again.queue = nil
			fresh.add(&again)
		}
		for _, k := range kept {
			fresh.kept.add(k)
		}
		x.advance(5)
		fresh.advance(5)
		require.Equal(t, fresh.String(), x.String())
		for _, q := range x.kinds {
			require.True(t, slices.IsSortedFunc(q.timed.items, byWake))
			require.True(t, slices.IsSortedFunc(q.heads.items, q.heads.order))
			for _, p := range q.people {
				require.True(t, slices.IsSortedFunc(p.tasks.items, bySeq))
			}
		}
		require.True(t, slices.IsSortedFunc(x.kept.ends.items, x.kept.ends.order))
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
