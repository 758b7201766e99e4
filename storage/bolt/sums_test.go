package bolt

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// kinds are what becomes of photos in fillMonth.
var kinds = []storage.DayTotal{
	{Outcome: "ok", Charge: storage.ChargeYes, Counted: true, Number: 50},
	{Outcome: "too_blurry", Charge: storage.ChargeNo, Number: 10},
	{Outcome: "unknown", Charge: storage.ChargeUnknown, Counted: true, Number: 2},
	{Outcome: "unreadable", Charge: storage.ChargeYes, Counted: true, Number: 5},
}

// fillMonth writes the totals of so many people and days from November 2026 on.
func fillMonth(t testing.TB, s *Store, people, days int) {
	for d := range days {
		day := storage.Day(fmt.Sprintf("2026-%02d-%02d", 11+d/30, 1+d%30))
		for first := 0; first < people; first += 250 {
			require.NoError(t, s.write(t.Context(), nil, func(b *batch) error {
				for p := first; p < min(first+250, people); p++ {
					for _, total := range kinds {
						total.Day, total.Person = day, int64(512_345_678+7919*p)
						b.addToDay(total)
					}
				}
				return b.err
			}))
		}
	}
}

// BenchmarkMonth asks for a month of ten million attempts: 5,000 people, 67 a day
// each, in 600,000 totals of days.
func BenchmarkMonth(b *testing.B) {
	s, err := Open(filepath.Join(b.TempDir(), "store.db"), Options{noSync: true})
	require.NoError(b, err)
	defer func() { require.NoError(b, s.Close()) }()
	fillMonth(b, s, 5000, 30)
	for _, ask := range []struct {
		name string
		days func() ([]storage.DayTotal, error)
		rows int
	}{
		{"by day", func() ([]storage.DayTotal, error) { return s.DaySums(b.Context(), "2026-11-01", "2026-11-30") }, 30 * len(kinds)},
		{"by person", func() ([]storage.DayTotal, error) { return s.PersonSums(b.Context(), "2026-11-01", "2026-11-30") }, 5000 * len(kinds)},
		{"a week by person", func() ([]storage.DayTotal, error) { return s.PersonSums(b.Context(), "2026-11-02", "2026-11-08") }, 5000 * len(kinds)},
	} {
		b.Run(ask.name, func(b *testing.B) {
			before := cpuTime()
			for b.Loop() {
				got, err := ask.days()
				require.NoError(b, err)
				require.Len(b, got, ask.rows)
			}
			b.ReportMetric(float64((cpuTime()-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}
