package storage

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWholeMonths(t *testing.T) {
	for _, c := range []struct {
		from, to Day
		months   []Day
		rest     []Days
	}{
		{"2026-11-01", "2026-11-30", []Day{"2026-11-01"}, nil},
		{"2026-11-01", "2026-11-29", nil, []Days{{"2026-11-01", "2026-11-29"}}},
		{"2026-11-02", "2026-11-30", nil, []Days{{"2026-11-02", "2026-11-30"}}},
		{"2026-11-30", "2026-12-31", []Day{"2026-12-01"}, []Days{{"2026-11-30", "2026-11-30"}}},
		{"2024-02-01", "2024-03-01", []Day{"2024-02-01"}, []Days{{"2024-03-01", "2024-03-01"}}},
		{"2026-11-15", "2027-02-10", []Day{"2026-12-01", "2027-01-01"}, []Days{{"2026-11-15", "2026-11-30"}, {"2027-02-01", "2027-02-10"}}},
		{"2026-11-15", "2026-12-10", nil, []Days{{"2026-11-15", "2026-12-10"}}},
		{"2026-11-15", "2026-11-15", nil, []Days{{"2026-11-15", "2026-11-15"}}},
		{"2026-11-15", "2026-11-14", nil, nil},
	} {
		months, rest := WholeMonths(c.from, c.to)
		require.Equal(t, c.months, months, "%s to %s", c.from, c.to)
		require.Equal(t, c.rest, rest, "%s to %s", c.from, c.to)
	}
}
