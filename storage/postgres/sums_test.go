package postgres

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
	"mrzbot/storage/postgres/pgtest"
)

// fillMonth writes the totals of November 2026 of 5,000 people, 67 photos a day each,
// and what sums them up.
const fillMonth = `
	INSERT INTO mrzbot.day_totals
		SELECT to_char(date '2026-11-01' + d, 'YYYY-MM-DD'), 512345678 + 7919 * p, k.*
		FROM generate_series(0, 29) AS d, generate_series(0, 4999) AS p,
			(VALUES ('ok', 'yes', true, 50), ('too_blurry', 'no', false, 10), ('unknown', 'unknown', true, 2), ('unreadable', 'yes', true, 5)) AS k;
	INSERT INTO mrzbot.sums
		SELECT day, 0, outcome, charge, counted, person % 64, sum(number) FROM mrzbot.day_totals GROUP BY 1, 3, 4, 5, 6;
	INSERT INTO mrzbot.sums
		SELECT '2026-11-99', person, outcome, charge, counted, 0, sum(number) FROM mrzbot.day_totals GROUP BY 2, 3, 4, 5;
	ANALYZE mrzbot.day_totals;
	ANALYZE mrzbot.sums`

// BenchmarkMonth is storage/bolt's: a month of ten million attempts.
func BenchmarkMonth(b *testing.B) {
	server, err := pgtest.Start()
	if err != nil {
		b.Skip(err)
	}
	defer func() { require.NoError(b, server.Stop()) }()
	s, err := Open(b.Context(), server.URL("postgres"), Options{})
	require.NoError(b, err)
	defer func() { require.NoError(b, s.Close()) }()
	require.NoError(b, server.Exec(b.Context(), "postgres", fillMonth))
	for _, ask := range []struct {
		name string
		days func() ([]storage.DayTotal, error)
		rows int
	}{
		{"by day", func() ([]storage.DayTotal, error) { return s.DaySums(b.Context(), "2026-11-01", "2026-11-30") }, 120},
		{"by person", func() ([]storage.DayTotal, error) { return s.PersonSums(b.Context(), "2026-11-01", "2026-11-30") }, 20_000},
		{"a week by person", func() ([]storage.DayTotal, error) { return s.PersonSums(b.Context(), "2026-11-02", "2026-11-08") }, 20_000},
	} {
		b.Run(ask.name, func(b *testing.B) {
			for b.Loop() {
				got, err := ask.days()
				require.NoError(b, err)
				require.Len(b, got, ask.rows)
			}
		})
	}
}
