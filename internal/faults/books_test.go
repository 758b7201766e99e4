package faults

import (
	"net/http"
	"slices"
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
	var calls []fakemrz.Call
	require.Eventually(b.t, func() bool {
		calls = b.mrz.Calls()
		return len(calls) == b.mrz.Counts().Begun
	}, patience, 10*time.Millisecond, "a call does not end, or the service's log is cut: the test is too large for it")
	b.number = len(calls)
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
	delete(work.Waiting, storage.KindWatch) // it waits for its next look, always
	for kind, n := range work.Waiting {
		require.Zero(b.t, n, "%s waits", kind)
	}
	for kind, n := range work.Leased {
		require.Zero(b.t, n, "%s is in work", kind)
	}
	allowed := b.quarantine("broken")
	require.True(b.t, allowed == 0 || b.killed() >= maxDeaths, "updates were given up, and nobody killed the program")
	if b.strangers {
		allowed += b.quarantine("undecodable")
	}
	require.Equal(b.t, allowed, work.Quarantined, "quarantined")
	require.Zero(b.t, b.telegram.Lost())
}

// quarantine counts the updates that were quarantined for a reason.
func (s *stage) quarantine(reason string) (n int) {
	for _, p := range s.lives {
		for line := range strings.Lines(p.log.String()) {
			if strings.Contains(line, "task in quarantine") && strings.Contains(line, "reason="+reason) {
				n++
			}
		}
	}
	return n
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
