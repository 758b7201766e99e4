package faults

import (
	"crypto/sha256"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/sandbox"
	"mrzbot/storage"
)

// terms are what a test has to grant the program.
type terms struct {
	doubles bool // a reply may come twice: it was sent when the program died, or its answer was lost
	// strangers: updates came that were built to crash the program. What they
	// asked for in the names of strange and strangeAdmin is not reckoned, and
	// what nobody can understand is put aside.
	strangers bool
	atMost    time.Duration // the work takes; 0: two minutes
}

// maxDeaths is how often the program may die over a task before the task is
// believed to be the cause: from then on its last word is "internal".
const maxDeaths = 3

// figures are what a reckoning found.
type figures struct {
	kills, photos, calls, doubles int
	outcomes                      map[string]int
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
	c.t.Logf("%d kills, %d photos, %d calls, %d doubles, outcomes %v", f.kills, f.photos, f.calls, f.doubles, f.outcomes)
	return f
}

// calm reads the logs of all lives.
func (s *stage) calm() {
	s.t.Helper()
	for i, p := range s.lives {
		require.Empty(s.t, bad(p.log.String()), "life %d", i)
	}
}

// books are the three that have to agree: the ledger, the service's own log,
// and what people read in their chats.
type books struct {
	*crowd
	terms
	store   storage.Store
	entries map[string]storage.Entry // by task
	calls   map[[sha256.Size]byte][]sandbox.MRZCall
	number  int // of calls
}

// everyEntry is more rows than any test makes.
const everyEntry = 1 << 20

func (b *books) read() {
	rows, err := b.store.Entries(b.t.Context(), time.Unix(0, 0), time.Now().Add(48*time.Hour), everyEntry)
	require.NoError(b.t, err)
	b.entries = map[string]storage.Entry{}
	sessions := map[string]string{}
	for _, e := range rows {
		if b.strangers && !b.knows(e.Person) {
			continue
		}
		require.NotContains(b.t, b.entries, e.Task, "a photo has two rows in the ledger")
		b.entries[e.Task] = e
		if e.Session != "" {
			require.NotContains(b.t, sessions, e.Session, "a call stands in the ledger twice")
			sessions[e.Session] = e.Task
		}
	}
	b.calls = map[[sha256.Size]byte][]sandbox.MRZCall{}
	calls := b.mrz.Calls()
	b.number = len(calls)
	require.Len(b.t, calls, b.mrz.Counts().Begun, "the service's log is cut: the test is too large for it")
	for _, call := range calls {
		if call.Complete {
			b.calls[call.Sum] = append(b.calls[call.Sum], call)
		}
	}
}

// knows reports whether a person is one of those who are reckoned.
func (c *crowd) knows(person int64) bool {
	return slices.ContainsFunc(c.agents, func(p sandbox.Person) bool { return p.ID == person })
}

func (b *books) nothingLeft() {
	work, err := b.store.Backlog(b.t.Context(), time.Now())
	require.NoError(b.t, err)
	for kind, n := range work.Waiting {
		require.Zero(b.t, n, "%s waits", kind)
	}
	for kind, n := range work.Leased {
		require.Zero(b.t, n, "%s is in work", kind)
	}
	allowed := b.putAside("broken")
	require.True(b.t, allowed == 0 || b.killed() >= maxDeaths, "updates were given up, and nobody killed the program")
	if b.strangers {
		allowed += b.putAside("undecodable")
	}
	require.Equal(b.t, allowed, work.Aside, "put aside")
	require.Zero(b.t, b.telegram.Lost())
}

// putAside counts the updates that were put aside for a reason.
func (s *stage) putAside(reason string) (n int) {
	for _, p := range s.lives {
		for line := range strings.Lines(p.log.String()) {
			if strings.Contains(line, "put aside") && strings.Contains(line, "reason="+reason) {
				n++
			}
		}
	}
	return n
}

// nothingLost: every photo has its last word, and no two different ones.
func (b *books) nothingLost() {
	for _, ph := range b.photos {
		require.NotEmpty(b.t, ph.answers, "photo %d (update %d) was never answered", ph.message, b.updateOf(ph.message))
		for _, text := range ph.answers {
			require.True(b.t, same(ph.answers[0], text), "photo %d got two different answers:\n%s\n\n%s", ph.message, ph.answers[0], text)
		}
		if !b.doubles {
			require.Len(b.t, ph.answers, 1, "photo %d was answered twice", ph.message)
		}
		require.Contains(b.t, b.entries, b.task(ph), "photo %d is not in the ledger", ph.message)
	}
	require.Len(b.t, b.entries, len(b.photos), "the ledger knows of photos that nobody sent")
}

// same reports whether two answers say the same. One that the program has died
// over is sent plainly at last: its lines are among those of the other.
func same(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	for line := range strings.Lines(b) {
		if !strings.Contains(a+"\n", strings.TrimSpace(line)+"\n") {
			return false
		}
	}
	return true
}

func (b *books) task(ph *photo) string {
	return "update:" + strconv.FormatInt(b.updateOf(ph.message), 10)
}

// fate is what became of a call that the service has got to its last byte.
type fate int

const (
	turnedAway fate = iota // surely not processed: it may be made again
	refused                // surely not charged, and not to be made again by itself
	charged                // read, or perhaps
)

func fateOf(c sandbox.MRZCall) fate {
	switch {
	case c.Status == http.StatusFailedDependency, c.Status == http.StatusTooManyRequests, c.Status == http.StatusServiceUnavailable:
		return turnedAway
	case c.Status == http.StatusUnprocessableEntity:
		return charged
	case c.Status >= 300 && c.Status < 500:
		return refused
	default:
		return charged
	}
}

// nothingPaidTwice: the service has got no picture again that it may have
// read, and the ledger knows of each that it may have.
func (b *books) nothingPaidTwice() {
	for sum, calls := range b.calls {
		if b.strangers && b.sums[sum] == nil {
			continue
		}
		require.Contains(b.t, b.sums, sum, "the service got a picture that nobody sent")
		ph := b.sums[sum]
		final, paid := 0, 0
		for _, call := range calls {
			if fateOf(call) != turnedAway {
				final++
			}
			if fateOf(call) == charged {
				paid++
			}
		}
		require.LessOrEqual(b.t, final, 1+ph.asked, "photo %d was sent to the service again", ph.message)
		entry := b.entries[b.task(ph)]
		if paid > 0 {
			require.NotEqual(b.t, storage.ChargeNo, entry.Charge, "photo %d may be charged, and the ledger does not know: %s", ph.message, entry.Outcome)
		}
	}
	require.Zero(b.t, b.mrz.Counts().Followed)
	for _, ph := range b.photos {
		b.entryRight(ph, b.entries[b.task(ph)])
	}
}

// entryRight holds a photo's row against its calls and its answer.
func (b *books) entryRight(ph *photo, e storage.Entry) {
	t := b.t
	require.Equal(t, ph.person, e.Person)
	saw := false // the call whose answer the program has seen; a 422 names no session
	for _, call := range b.calls[ph.sum] {
		saw = saw || call.Status == http.StatusOK && call.Session == e.Session ||
			call.Status == http.StatusUnprocessableEntity && e.Outcome == "unreadable"
	}
	switch e.Outcome {
	case "ok", "unreadable":
		require.True(t, saw, "photo %d: %s, and no such call", ph.message, e.Outcome)
		require.Equal(t, storage.ChargeYes, e.Charge)
		require.True(t, e.Counted)
	case "unknown":
		require.Equal(t, storage.ChargeUnknown, e.Charge)
	case "internal":
		require.GreaterOrEqual(t, ph.died, maxDeaths, "photo %d was given up: %q", ph.message, ph.answers[0])
	}
	if e.Charge == storage.ChargeYes {
		require.True(t, saw)
	}
	require.Equal(t, e.Counted, attemptOf.MatchString(ph.answers[0]), "photo %d: %q", ph.message, ph.answers[0])
}

// countsRight: each person's day adds up, and every attempt was told by its
// own number.
func (b *books) countsRight() {
	type personDay struct {
		person int64
		day    storage.Day
	}
	told := map[personDay]map[int]int{}
	for _, ph := range b.photos {
		e := b.entries[b.task(ph)]
		k := personDay{e.Person, e.Day}
		if told[k] == nil {
			told[k] = map[int]int{}
		}
		if e.Counted {
			n, err := strconv.Atoi(attemptOf.FindStringSubmatch(ph.answers[0])[1])
			require.NoError(b.t, err)
			told[k][n]++
		}
	}
	for k, numbers := range told {
		if k.day == "" {
			continue // ended before a call
		}
		count, err := b.store.Attempts(b.t.Context(), k.person, k.day)
		require.NoError(b.t, err)
		require.Zero(b.t, count.Reserved, "%d has attempts reserved", k.person)
		require.Equal(b.t, len(numbers), count.Settled, "attempts of %d", k.person)
		for n := 1; n <= count.Settled; n++ {
			require.Equal(b.t, 1, numbers[n], "attempt %d of %d", n, k.person)
		}
	}
}

// totalsRight: the sums for ever are those of the rows, and agree with the
// service's own count.
func (b *books) totalsRight() {
	want := map[storage.Total]int{}
	unseen := 0 // calls of which only the program knows that they may have been made
	for _, ph := range b.photos {
		e := b.entries[b.task(ph)]
		want[storage.Total{Outcome: e.Outcome, Charge: e.Charge, Counted: e.Counted}]++
		paid := 0
		for _, call := range b.calls[ph.sum] {
			if fateOf(call) == charged {
				paid++
			}
		}
		if e.Charge == storage.ChargeUnknown && paid == 0 {
			unseen++
		}
	}
	if b.strangers {
		return
	}
	totals, err := b.store.Totals(b.t.Context())
	require.NoError(b.t, err)
	got, perhaps := map[storage.Total]int{}, 0
	for _, total := range totals {
		if total.Charge != storage.ChargeNo {
			perhaps += total.Number
		}
		total, n := storage.Total{Outcome: total.Outcome, Charge: total.Charge, Counted: total.Counted}, total.Number
		got[total] += n
	}
	require.Equal(b.t, want, got)
	redirected := 0
	for _, call := range b.mrz.Calls() {
		if call.Status/100 == 3 {
			redirected++ // the stand-in counts them as broken; they are surely not processed
		}
	}
	c := b.mrz.Counts()
	require.Equal(b.t, c.OK+c.Unreadable+c.Broken-redirected, perhaps-unseen, "perhaps charged, by the service and by the ledger")
}

// ordersKept: commands were carried out, in their order.
func (b *books) ordersKept() {
	last := 0
	for _, o := range b.orders {
		if o.answers == 0 && b.putAside("broken") > 0 {
			continue
		}
		require.NotZero(b.t, o.answers, "/limit … %d was never answered", o.number)
		if !b.doubles {
			require.Equal(b.t, 1, o.answers)
		}
		require.Greater(b.t, o.first, last, "/limit … %d was answered before the one it came after", o.number)
		last = o.first
	}
	if len(b.orders) > 0 && b.putAside("broken") == 0 {
		p, err := b.store.Person(b.t.Context(), b.idle().ID)
		require.NoError(b.t, err)
		require.NotNil(b.t, p.Limit)
		require.Equal(b.t, b.orders[len(b.orders)-1].number, *p.Limit)
	}
	for _, id := range b.presses {
		_, answered := b.telegram.Answer(id)
		require.True(b.t, answered, "a button still turns")
	}
}

func (b *books) figures() figures {
	f := figures{kills: b.killed(), photos: len(b.photos), calls: b.number, outcomes: map[string]int{}}
	for _, ph := range b.photos {
		f.doubles += len(ph.answers) - 1
		f.outcomes[b.entries[b.task(ph)].Outcome]++
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
