package faults

import (
	"strconv"

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
	// A press under a picture that was sent twice has the first read again, so
	// that its number is told there.
	for _, same := range b.sums {
		here, numbers, person := 0, map[int]bool{}, same[0].person.ID
		for _, ph := range same {
			for _, e := range b.rows(ph) {
				if e.Day != "" {
					counted[personDay{e.Person, e.Day}] += 0
				}
				if e.Counted {
					here++
					counted[personDay{e.Person, e.Day}]++
				}
			}
			for _, text := range ph.answers {
				if m := attemptOf.FindStringSubmatch(text); m != nil && !repeated(text) {
					n, err := strconv.Atoi(m[1])
					require.NoError(b.t, err)
					numbers[n] = true
				}
			}
		}
		require.Len(b.t, numbers, here, "attempts told of photo %d: %q", same[0].message, same[0].answers)
		if told[person] == nil {
			told[person] = map[int]int{}
		}
		for n := range numbers {
			told[person][n]++
		}
	}
	want := map[int64]map[int]int{}
	for k, settled := range counted {
		count, err := b.store.Attempts(b.t.Context(), k.person, k.day)
		require.NoError(b.t, err)
		require.Zero(b.t, count.Reserved, "%d has attempts reserved", k.person)
		require.Equal(b.t, settled, count.Settled, "attempts of %d", k.person)
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
