package postgres

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// waiting is what the order of claims hangs on.
type waiting struct {
	id        string
	person    int64
	notBefore time.Time
	lease     time.Time // zero: nobody has it
}

// next gives what a claim has to take of some tasks in the order of Seq.
func next(tasks []*waiting, now time.Time, most int) (ids []string) {
	busy := map[int64]int{}
	for _, t := range tasks {
		if t.lease.After(now) {
			busy[t.person]++
		}
	}
	for range most {
		var first *waiting
		for _, t := range tasks {
			if t.lease.After(now) || t.notBefore.After(now) || slices.Contains(ids, t.id) {
				continue
			}
			if first == nil || busy[t.person] < busy[first.person] {
				first = t
			}
		}
		if first == nil {
			return ids
		}
		ids = append(ids, first.id)
		busy[first.person]++
	}
	return ids
}

// TestClaimFromPiles: also where hundreds wait, of few people and of many, some
// of them for a time, some in work, some with a lease that is over, a claim
// takes what the contract says, in that order.
func TestClaimFromPiles(t *testing.T) {
	for _, people := range []int{1, 3, 30, 300} {
		t.Run(fmt.Sprint(people), func(t *testing.T) {
			s := replicas(t, 1)[0]
			dice := rand.New(rand.NewPCG(uint64(people), 1))
			now := start
			var tasks []*waiting
			for i := range 400 {
				w := &waiting{id: fmt.Sprint(i), person: int64(dice.IntN(people))}
				if people > 3 && i < 150 {
					w.person = 0 // a pile that all others come after
				}
				if dice.IntN(5) == 0 {
					w.notBefore = now.Add(time.Duration(dice.IntN(8)-2) * lease)
				}
				task := of(w.person, w.id)
				task.NotBefore = w.notBefore
				add(t, s, task)
				tasks = append(tasks, w)
			}
			for len(tasks) > 0 {
				most := 1 + dice.IntN(2)*dice.IntN(120)
				want := next(tasks, now, most)
				claimed, err := claim(t.Context(), s, now, most)
				require.NoError(t, err)
				var got []string
				for _, c := range claimed {
					got = append(got, c.ID)
				}
				require.Equal(t, want, got)
				for _, c := range claimed {
					i := slices.IndexFunc(tasks, func(w *waiting) bool { return w.id == c.ID })
					switch dice.IntN(3) {
					case 0:
						require.NoError(t, s.Done(t.Context(), c))
						tasks = slices.Delete(tasks, i, i+1)
					case 1:
						tasks[i].notBefore = now.Add(time.Duration(dice.IntN(3)) * lease)
						require.NoError(t, s.Postpone(t.Context(), c, storage.Postpone{Now: start, Until: tasks[i].notBefore}))
						tasks[i].lease = time.Time{}
					default:
						tasks[i].lease = now.Add(lease)
					}
				}
				requireNext(t, s, now, tasks)
				if len(claimed) == 0 || dice.IntN(3) == 0 {
					now = now.Add(lease / 2)
				}
			}
		})
	}
}

// requireNext holds NextTask against the tasks there are.
func requireNext(t *testing.T, s *Store, now time.Time, tasks []*waiting) {
	t.Helper()
	at, ok, err := s.NextTask(t.Context(), now, []storage.Kind{storage.KindUpdate})
	require.NoError(t, err)
	require.Equal(t, len(tasks) > 0, ok)
	if !ok {
		return
	}
	due := func(w *waiting) time.Time {
		if w.lease.After(w.notBefore) {
			return w.lease
		}
		return w.notBefore
	}
	first := due(slices.MinFunc(tasks, func(a, b *waiting) int { return cmp.Compare(due(a).UnixMicro(), due(b).UnixMicro()) }))
	if !first.After(now) {
		first = time.Time{}
	}
	require.Equal(t, first, at)
}

// TestClaimTies: of two tasks of the same rank the earlier one is taken, also
// where it lies deep in its person's pile.
func TestClaimTies(t *testing.T) {
	s := replicas(t, 1)[0]
	add(t, s, of(2, "in work"))
	_, err := claim(t.Context(), s, start, 1)
	require.NoError(t, err)
	for i := range 2 * claimLook {
		add(t, s, of(1, fmt.Sprint(i)))
	}
	add(t, s, of(2, "late"))
	tasks, err := claim(t.Context(), s, start, 2)
	require.NoError(t, err)
	require.Len(t, tasks, 2)
	require.Equal(t, []string{"0", "1"}, []string{tasks[0].ID, tasks[1].ID})
}

// of is a person's update.
func of(person int64, id string) storage.Task {
	task := update(id, "")
	task.Person = person
	return task
}
