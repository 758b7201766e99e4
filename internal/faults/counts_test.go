package faults

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// countsRight: each person's day adds up, and every attempt was told by its
// own number.
func (b *books) countsRight() {
	type personDay struct {
		person int64
		day    storage.Day
	}
	told, counted := map[int64]map[int]int{}, map[personDay]int{}
	for _, same := range b.sums {
		// A press under a picture that was sent again has the one before read, so
		// that its number is told there: of all of them there are as many as counted.
		here, numbers, person := 0, 0, same[0].person.ID
		if told[person] == nil {
			told[person] = map[int]int{}
		}
		for _, ph := range same {
			own := 0
			for _, e := range b.rows(ph) {
				if e.Day != "" {
					counted[personDay{e.Person, e.Day}] += 0
				}
				if e.Counted {
					own++
					counted[personDay{e.Person, e.Day}]++
				}
			}
			here += own
			for _, e := range b.borrowed(ph) {
				if e.Counted {
					own--
				}
			}
			found := numbersTold(b.t, ph)
			require.GreaterOrEqual(b.t, len(found), own, "attempts told of photo %d: %q", ph.message, ph.answers)
			numbers += len(found)
			for n := range found {
				told[person][n]++
			}
		}
		require.Equal(b.t, here, numbers, "attempts told of photo %d: %q", same[0].message, same[0].answers)
	}
	want := map[int64]map[int]int{}
	unanswered := map[int64]int{}
	for k, settled := range counted {
		count, err := b.store.Attempts(b.t.Context(), k.person, k.day)
		require.NoError(b.t, err)
		require.Zero(b.t, count.Reserved, "%d has attempts reserved", k.person)
		require.Equal(b.t, settled, count.Settled, "attempts of %d", k.person)
		unanswered[k.person] = max(unanswered[k.person], count.Unanswered)
		if want[k.person] == nil {
			want[k.person] = map[int]int{}
		}
		for n := 1; n <= settled; n++ {
			want[k.person][n]++
		}
	}
	for person, numbers := range want {
		require.Equal(b.t, numbers, told[person], "the numbers that %d was told", person)
	}
	for _, ph := range b.photos {
		for _, text := range ph.answers {
			if m := attemptOf.FindStringSubmatch(text); m != nil && m[2] != "" {
				n, err := strconv.Atoi(m[2])
				require.NoError(b.t, err)
				require.Positive(b.t, n)
				require.LessOrEqual(b.t, n, unanswered[ph.person.ID], "photo %d: %q", ph.message, text)
			}
		}
	}
}

// numbersTold gives the numbers of attempts that a photo was told, but for those of
// another's answer.
func numbersTold(t testing.TB, ph *photo) map[int]bool {
	numbers := map[int]bool{}
	for _, text := range ph.answers {
		if m := attemptOf.FindStringSubmatch(text); m != nil && !repeated(text) {
			n, err := strconv.Atoi(m[1])
			require.NoError(t, err)
			numbers[n] = true
		}
	}
	return numbers
}

// totalsRight: the sums for ever are those of the rows, and agree with the
// service's own count.
func (b *books) totalsRight() {
	if b.strangers {
		return
	}
	want := map[storage.Total]int{}
	for _, e := range b.entries {
		want[storage.Total{Outcome: e.Outcome, Charge: e.Charge, Counted: e.Counted}]++
	}
	// Of some calls only the program knows that they may have been made: it
	// died, or the connection did, before the service had them whole.
	unseen := 0
	for picture, photos := range b.sums {
		_, paid := countFates(b.calls[picture])
		perhaps, unknown := 0, 0
		for _, ph := range photos {
			for _, e := range b.rows(ph) {
				if e.Charge != storage.ChargeNo {
					perhaps++
				}
				if e.Outcome == "unknown" {
					unknown++
				}
			}
		}
		require.LessOrEqual(b.t, perhaps-paid, unknown, "photo %d", photos[0].message)
		unseen += perhaps - paid
	}
	totals, err := b.store.Totals(b.t.Context())
	require.NoError(b.t, err)
	got, perhaps := map[storage.Total]int{}, 0
	for _, total := range totals {
		if total.Charge != storage.ChargeNo {
			perhaps += total.Number
		}
		n := total.Number
		total.Number = 0
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
