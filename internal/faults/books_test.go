package faults

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

// books are the three that have to agree: the ledger, the service's own log,
// and what people read in their chats.
type books struct {
	*crowd
	terms
	store   storage.Store
	entries map[string]storage.Entry // by task
	calls   map[sum][]fakemrz.Call
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
	b.calls = map[sum][]fakemrz.Call{}
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
	return slices.ContainsFunc(c.agents, func(p faketelegram.Person) bool { return p.ID == person })
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

// rows gives a photo's rows of the ledger: one for what it was sent for, and
// one for each time it was read again because the person asked for it. It has
// none when the answer to the same photo of before was repeated.
func (b *books) rows(ph *photo) (rows []storage.Entry) {
	names := []string{"update:" + strconv.FormatInt(b.updateOf(ph.message), 10)}
	for _, press := range ph.again {
		names = append(names, "again:update:"+strconv.FormatInt(b.pressOf(press), 10))
	}
	for _, name := range names {
		if e, ok := b.entries[name]; ok {
			rows = append(rows, e)
		}
	}
	return rows
}

// nothingLost: every photo has its last word, one for each time it was read,
// and every row of the ledger is that of a photo. The same picture sent again
// may be answered by what became of the first, and a press under one of them
// has the first read again: what was said of it is held against all its rows.
func (b *books) nothingLost() {
	known := 0
	for _, same := range b.sums {
		var rows []storage.Entry
		var answers []string
		words := 0
		for _, ph := range same {
			own := b.rows(ph)
			rows = append(rows, own...)
			for _, e := range own {
				if e.Outcome == "canceled" {
					words-- // the press is what was answered
					// Which of them were sent before: Telegram keeps no order between photos and presses.
					require.NotEmpty(b.t, b.canceled[ph.person.ID], "photo %d was canceled by nobody", ph.message)
				}
			}
			own = slices.DeleteFunc(own, func(e storage.Entry) bool { return e.Outcome == "canceled" })
			require.True(b.t, len(ph.answers) > 0 || len(own) == 0 || len(same) > 1, "photo %d (update %d) was not answered", ph.message, b.updateOf(ph.message))
			answers = append(answers, slices.DeleteFunc(slices.Clone(ph.answers), repeated)...)
		}
		known += len(rows)
		words += len(rows)
		first := same[0].message
		require.NotEmpty(b.t, rows, "photo %d (update %d) is not in the ledger", first, b.updateOf(first))
		for i, a := range answers { // each names the day's count of its moment
			answers[i] = attemptOf.ReplaceAllString(a, "")
		}
		if len(same) == 1 {
			require.GreaterOrEqual(b.t, len(answers), words, "photo %d (update %d) was not answered: %v, %q", first, b.updateOf(first), rows, answers)
			if !b.doubles {
				require.Len(b.t, answers, words, "photo %d was answered too often", first)
			}
			require.LessOrEqual(b.t, len(distinct(answers)), words, "photo %d got different answers: %q", first, answers)
			continue
		}
		for _, ph := range same {
			canceled := slices.Contains(b.canceled[ph.person.ID], ph)
			require.True(b.t, len(ph.answers) > 0 || canceled, "photo %d (update %d) was not answered", ph.message, b.updateOf(ph.message))
			require.True(b.t, len(b.rows(ph)) > 0 || slices.ContainsFunc(rows, func(e storage.Entry) bool {
				return slices.Contains([]string{"ok", "unreadable", "unknown", "protocol", "service_fault"}, e.Outcome)
			}), "photo %d (update %d) is not in the ledger", ph.message, b.updateOf(ph.message))
		}
		require.LessOrEqual(b.t, len(distinct(answers)), max(1, words), "photo %d got different answers: %q", first, answers)
	}
	require.Len(b.t, b.entries, known, "the ledger knows of photos that nobody sent")
}

// repeated reports whether an answer is that of the same photo of before.
func repeated(text string) bool { return strings.Contains(text, "The same photo as before") }

// distinct leaves out of a photo's answers those that say what another says.
// One that the program has died over is sent plainly at last: its lines are
// among those of the other.
func distinct(answers []string) (different []string) {
	for _, a := range answers {
		if !slices.ContainsFunc(different, func(b string) bool { return same(a, b) }) {
			different = append(different, a)
		}
	}
	return different
}

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

// fate is what became of a call that the service has got to its last byte.
type fate int

const (
	turnedAway fate = iota // surely not processed: it may be made again
	refused                // surely not charged, and not to be made again by itself
	charged                // read, or perhaps
)

func fateOf(c fakemrz.Call) fate {
	switch {
	case c.Status == http.StatusFailedDependency, c.Status == http.StatusTooManyRequests, c.Status == http.StatusServiceUnavailable:
		return turnedAway
	case c.Status == http.StatusUnprocessableEntity:
		return charged
	case c.Page && c.Status < 500 && c.Status != http.StatusRequestEntityTooLarge:
		return turnedAway // a gateway's, and not the service's
	case c.Status >= 300 && c.Status < 500:
		return refused
	default:
		return charged
	}
}

// nothingPaidTwice: the service has got no picture more often than people
// asked for it, and the ledger knows of each call that may be charged.
func (b *books) nothingPaidTwice() {
	for picture, calls := range b.calls {
		if b.strangers && b.sums[picture] == nil {
			continue
		}
		require.Contains(b.t, b.sums, picture, "the service got a picture that nobody sent")
		rows, readable, perhaps := 0, 0, 0
		for _, ph := range b.sums[picture] {
			for _, e := range b.rows(ph) {
				rows++
				if e.Outcome == "ok" {
					readable++
				}
				if e.Charge != storage.ChargeNo {
					perhaps++
				}
			}
		}
		first := b.sums[picture][0].message
		final, paid := countFates(calls)
		require.LessOrEqual(b.t, final, rows, "photo %d was sent to the service too often", first)
		require.LessOrEqual(b.t, paid, perhaps, "photo %d may be charged more often than the ledger knows", first)
		require.LessOrEqual(b.t, readable, 1, "photo %d was read twice although its answer was known", first)
	}
	require.Zero(b.t, b.mrz.Counts().Followed)
	for _, ph := range b.photos {
		for _, e := range b.rows(ph) {
			b.entryRight(ph, e)
		}
	}
}

func countFates(calls []fakemrz.Call) (final, paid int) {
	for _, call := range calls {
		if fateOf(call) != turnedAway {
			final++
		}
		if fateOf(call) == charged {
			paid++
		}
	}
	return final, paid
}

// entryRight holds a row against the photo's calls and its answers.
func (b *books) entryRight(ph *photo, e storage.Entry) {
	t := b.t
	require.Equal(t, ph.person.ID, e.Person)
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
	case "unknown", "protocol":
		require.Equal(t, storage.ChargeUnknown, e.Charge)
		require.True(t, e.Counted)
	case "internal":
		require.GreaterOrEqual(t, ph.died, maxDeaths, "photo %d was given up: %q", ph.message, ph.answers)
	}
	if e.Charge == storage.ChargeYes {
		require.True(t, saw)
	}
}
