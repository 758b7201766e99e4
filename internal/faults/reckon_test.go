package faults

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// terms are what a test has to grant the program.
type terms struct {
	doubles bool // a reply may come twice: it was sent when the program died, or its answer was lost
	// strangers: updates came that were built to crash the program. What they
	// asked for in the names of strange and strangeAdmin is not reckoned, and
	// what nobody can understand is quarantined.
	strangers bool
	atMost    time.Duration // the work takes; 0: two minutes
}

// maxDeaths is how often the program may die over a task before the task is
// believed to be the cause: from then on its last word is "internal".
const maxDeaths = 3

// figures are what a reckoning found.
type figures struct {
	kills, photos, calls, doubles, again, repeated int
	outcomes                                       map[string]int
}

// reckon waits for the end of all work, stops the program, and goes through
// the books: nothing lost, nothing paid twice, counts right, nothing reserved,
// no task left.
func (c *crowd) reckon(allowed terms) figures {
	c.t.Helper()
	c.disarm()
	c.quiet(max(allowed.atMost, 2*patience))
	c.look()
	c.stop()
	b := &books{crowd: c, terms: allowed, store: c.place.open(c.t)}
	defer func() { require.NoError(c.t, b.store.Close()) }()
	b.read()
	b.nothingLeft()
	b.nothingLost()
	b.nothingPaidTwice()
	b.countsRight()
	b.totalsRight()
	b.ordersKept()
	c.calm()
	f := b.figures()
	c.t.Logf("%d kills, %d photos, %d calls, %d replies doubled, %d read again, %d repeated, outcomes %v",
		f.kills, f.photos, f.calls, f.doubles, f.again, f.repeated, f.outcomes)
	return f
}

// calm reads the logs of all lives.
func (s *stage) calm() {
	s.t.Helper()
	for i, p := range s.lives {
		require.Empty(s.t, bad(p.log.String()), "life %d", i)
	}
}

// ordersKept: commands were carried out, in their order. Their answers come in
// that order as well, but for one that Telegram did not take at once.
func (b *books) ordersKept() {
	last := 0
	for _, o := range b.orders {
		if o.answers == 0 && b.quarantine("broken") > 0 {
			continue
		}
		require.NotZero(b.t, o.answers, "/limit … %d was never answered", o.number)
		if !b.doubles {
			require.Equal(b.t, 1, o.answers)
		}
		if b.answeredLater(o) {
			continue
		}
		require.Greater(b.t, o.first, last, "/limit … %d was answered before the one it came after", o.number)
		last = o.first
	}
	if len(b.orders) > 0 && b.quarantine("broken") == 0 {
		p, err := b.store.Person(b.t.Context(), b.idle().ID)
		require.NoError(b.t, err)
		require.NotNil(b.t, p.Limit)
		require.Equal(b.t, b.orders[len(b.orders)-1].number, *p.Limit)
	}
	turning := 0
	for _, id := range b.presses {
		if _, answered := b.telegram.Answer(id); !answered {
			turning++
		}
	}
	// What was asked for is done; that Telegram did not take the word about it
	// is not worth doing it again.
	require.LessOrEqual(b.t, turning, b.met("answerCallbackQuery"), "buttons still turn")
}

// answeredLater reports whether Telegram did not take the answer to a command at
// once, be it that it shut the chat for another message: then the answer has a task
// of its own.
func (b *books) answeredLater(o *order) bool {
	task := fmt.Sprintf("task=answer:update:%d ", b.updateOf(o.message))
	return slices.ContainsFunc(b.lives, func(p *program) bool { return strings.Contains(p.log.String(), task) })
}

func (b *books) figures() figures {
	f := figures{kills: b.killed(), photos: len(b.photos), calls: b.number, outcomes: map[string]int{}}
	for _, ph := range b.photos {
		rows := b.rows(ph)
		f.doubles += max(0, len(ph.answers)-max(1, len(rows)))
		f.again += max(0, len(rows)-1)
		if len(rows) == 0 {
			f.repeated++
		}
		for _, e := range rows {
			f.outcomes[e.Outcome]++
		}
	}
	return f
}

// TestComplaints: what the reckoning looks for in logs would be found.
func TestComplaints(t *testing.T) {
	t.Parallel()
	require.Empty(t, bad("time=x level=INFO msg=started\n"))
	require.Len(t, bad(strings.Join([]string{
		"msg=\"a handler panicked\" task=update:1", "panic: runtime error", "fatal error: concurrent map writes", "WARNING: DATA RACE",
	}, "\n")), 4)
}
