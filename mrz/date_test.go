package mrz_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

func TestBirthDate(t *testing.T) {
	tests := []struct {
		cells, want string // no want: no date
	}{
		{"740812", "1974-08-12"},
		{"260501", "2026-05-01"}, // today
		{"260502", "1926-05-02"}, // tomorrow
		{"250101", "2025-01-01"},
		{"990101", "1999-01-01"},
		{"000229", "2000-02-29"},
		{"960229", "1996-02-29"},
		{"970229", ""},
		{"900230", ""},
		{"900431", ""},
		{"901301", ""},
		{"900001", ""},
		{"900100", ""},
		{"900132", ""},
		{"000000", ""},
		{"9W0101", ""}, // W counts like 2: the sum does not notice
		{"90O101", ""},
		{"<<<<<<", "XXXX-XX-XX"},
		{"90<<<<", "1990-XX-XX"},
		{"9001<<", "1990-01-XX"},
		{"90<<31", "1990-XX-31"},
		{"<<0131", "XXXX-01-31"},
		{"<<0229", "XXXX-02-29"},
		{"<<0230", ""},
		{"<<13<<", ""},
		{"9<0131", "XXXX-01-31"},
		{"9001<1", "1990-01-XX"},
		{"26<<<<", "2026-XX-XX"},
		{"27<<<<", "1927-XX-XX"},
	}
	for _, tt := range tests {
		t.Run(tt.cells, func(t *testing.T) {
			lines := sealed(t, put(put(icao, 2, 1, tt.cells), 2, 9, "300101"))
			z := mrz.Parse(lines, today)
			require.Equal(t, tt.want, z.Fields.BirthDate)
			require.Equal(t, mrz.Holds, z.Checks.BirthDate)
			require.Equal(t, tt.want != "", z.Valid())
			require.Equal(t, tt.want != "", mrz.TD1.Holds(lines))
			if tt.want == "" {
				require.Equal(t, []string{"birth_date@2:1"}, places(z.Errors))
			}
		})
	}
}

func TestExpiryDate(t *testing.T) {
	tests := []struct {
		cells, want string
		expired     bool
	}{
		{"260501", "2026-05-01", false}, // valid through its last day
		{"260430", "2026-04-30", true},
		{"360501", "2036-05-01", false},
		{"751231", "2075-12-31", false},
		{"760101", "1976-01-01", true},
		{"950712", "1995-07-12", true},
		{"<<<<<<", "", false},
		{"26<<<<", "2026-XX-XX", false},
		{"2604<<", "2026-04-XX", true},
		{"25<<<<", "2025-XX-XX", true},
		{"<<0101", "XXXX-01-01", false},
	}
	for _, tt := range tests {
		t.Run(tt.cells, func(t *testing.T) {
			z := mrz.Parse(sealed(t, put(icao, 2, 9, tt.cells)), today)
			require.Empty(t, z.Errors)
			require.Equal(t, tt.want, z.Fields.ExpiryDate)
			if tt.expired {
				require.Contains(t, codes(z.Warnings), mrz.CodeExpired)
			} else {
				require.NotContains(t, codes(z.Warnings), mrz.CodeExpired)
			}
		})
	}
}

// Nobody is born after the end of their own document.
func TestBirthIsBeforeTheEnd(t *testing.T) {
	z := mrz.Parse(sealed(t, put(put(icao, 2, 1, "120101"), 2, 9, "950712")), today)
	require.Equal(t, "1912-01-01", z.Fields.BirthDate)
	require.Equal(t, "1995-07-12", z.Fields.ExpiryDate)
}

// The day is that of the place the time is of.
func TestDayOfThePlace(t *testing.T) {
	lines := sealed(t, put(icao, 2, 9, "260501"))
	evening := time.Date(2026, time.May, 1, 20, 0, 0, 0, time.UTC)
	require.NotContains(t, codes(mrz.Parse(lines, evening).Warnings), mrz.CodeExpired)
	bishkek := time.FixedZone("Bishkek", 6*60*60)
	require.Contains(t, codes(mrz.Parse(lines, evening.In(bishkek)).Warnings), mrz.CodeExpired)
}
