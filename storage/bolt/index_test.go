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
		lines = append(lines, fmt.Sprintf("%s: %+v until %d, leased %t, ready %t", id, e.task, e.until, leased, e.ready))
	}
	for key, chain := range x.chains {
		line := "chain " + key
		for _, e := range chain {
			line += " " + e.task.ID
		}
		lines = append(lines, line)
	}
	for b, n := range x.reserved {
		lines = append(lines, fmt.Sprint("reserved ", b, n))
	}
	for what, index := range map[string]map[string][]*retained{"named": x.retained.byID, "for": x.retained.byOrder} {
		for key, same := range index {
			line := fmt.Sprint("retained ", what, " ", key)
			for _, r := range same {
				line += fmt.Sprintf(" %s (seq %d, until %d)", r.id, r.seq, r.until)
			}
			lines = append(lines, line)
		}
	}
	for kind, q := range x.kinds {
		if q.total == 0 && len(q.timed) == 0 && len(q.heads) == 0 {
			continue
		}
		lines = append(lines, fmt.Sprintf("kind %s: %d, timed %s", kind, q.total, ids(q.timed)))
		for person, tasks := range q.ready {
			lines = append(lines, fmt.Sprintf("ready %s %d: %s", kind, person, ids(tasks)))
		}
		for _, e := range q.heads {
			lines = append(lines, fmt.Sprintf("head %s: %s", kind, e.task.ID))
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
		var kept []*retained
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
				r := &retained{id: e.task.ID, order: e.task.Order, seq: e.task.Seq, until: rapid.Int64Range(0, 10).Draw(t, "until")}
				x.retained.add(r)
				kept = append(kept, r)
			case 6:
				for _, r := range x.retained.takeOver(now, rapid.IntRange(1, 3).Draw(t, "most")) {
					require.LessOrEqual(t, r.until, now)
					kept = slices.DeleteFunc(kept, func(other *retained) bool { return other == r })
				}
			case 7:
				now = rapid.Int64Range(0, 10).Draw(t, "now")
			}
			x.advance(now)
		}
		fresh := newIndex()
		for _, e := range slices.SortedFunc(maps.Values(x.byID), bySeq) {
			again := *e
			again.ready = false
			fresh.add(&again)
		}
		for _, r := range kept {
			fresh.retained.add(r)
		}
		x.advance(5)
		fresh.advance(5)
		require.Equal(t, fresh.String(), x.String())
		for _, q := range x.kinds {
			require.True(t, slices.IsSortedFunc(q.timed, byWake))
			require.True(t, slices.IsSortedFunc(q.heads, bySeq))
			for _, tasks := range q.ready {
				require.True(t, slices.IsSortedFunc(tasks, bySeq))
			}
		}
		over := 0
		for _, r := range kept {
			if r.until <= now {
				over++
			}
		}
		require.Equal(t, over > 0, x.retained.over(now))
		require.Len(t, x.retained.takeOver(now, 1000), over)
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
