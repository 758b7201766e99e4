package mrz_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

func TestBirthDate(t *testing.T) {
	tests := []struct {
		cells, want string // no want: no date
		guess       bool   // of the century
	}{
		{"740812", "1974-08-12", false},
		{"260501", "2026-05-01", true},  // today
		{"260502", "1926-05-02", false}, // tomorrow
		{"250101", "2025-01-01", true},
		{"050101", "2005-01-01", true},
		{"040101", "2004-01-01", true},
		{"030101", "2003-01-01", false}, // nobody lives 123 years
		{"990101", "1999-01-01", false},
		{"000229", "2000-02-29", false},
		{"960229", "1996-02-29", false},
		{"970229", "", false},
		{"900230", "", false},
		{"900431", "", false},
		{"901301", "", false},
		{"900001", "", false},
		{"900100", "", false},
		{"900132", "", false},
		{"000000", "", false},
		{"9W0101", "", false}, // W counts like 2: the sum does not notice
		{"90O101", "", false},
		{"<<<<<<", "XXXX-XX-XX", false},
		{"90<<<<", "1990-XX-XX", false},
		{"9001<<", "1990-01-XX", false},
		{"90<<31", "1990-XX-31", false},
		{"<<0131", "XXXX-01-31", false},
		{"<<0229", "XXXX-02-29", false},
		{"<<0230", "", false},
		{"<<13<<", "", false},
		{"9<0131", "XXXX-01-31", false},
		{"9001<1", "1990-01-XX", false},
		{"26<<<<", "2026-XX-XX", true},
		{"27<<<<", "1927-XX-XX", false},
	}
	for _, tt := range tests {
		t.Run(tt.cells, func(t *testing.T) {
			lines := sealed(t, put(put(icao, 2, 1, tt.cells), 2, 9, "300101"))
			z := mrz.Parse(lines, today)
			require.Equal(t, tt.want, z.Fields.BirthDate)
			require.Equal(t, tt.guess, slices.Contains(codes(z.Warnings), mrz.CodeBirthCentury))
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
		warning     string
	}{
		{"260501", "2026-05-01", ""}, // valid through its last day
		{"260430", "2026-04-30", mrz.CodeExpired},
		{"360501", "2036-05-01", ""},
		{"751231", "2075-12-31", ""},
		{"010101", "2001-01-01", mrz.CodeExpired},
		{"001231", "XX00-12-31", mrz.CodeExpiryFar},
		{"760101", "XX76-01-01", mrz.CodeExpiryFar},
		{"950712", "XX95-07-12", mrz.CodeExpiryFar},
		{"990101", "XX99-01-01", mrz.CodeExpiryFar},
		{"991231", "XX99-12-31", mrz.CodeExpiryFar},
		{"99<<<<", "XX99-XX-XX", mrz.CodeExpiryFar},
		{"000229", "XX00-02-29", mrz.CodeExpiryFar},
		{"000000", "", mrz.CodeNoExpiry},
		{"999999", "", mrz.CodeNoExpiry},
		{"<<<<<<", "", mrz.CodeNoExpiry},
		{"26<<<<", "2026-XX-XX", mrz.CodeExpiryDateIncomplete},
		{"2604<<", "2026-04-XX", mrz.CodeExpired},
		{"25<<<<", "2025-XX-XX", mrz.CodeExpired},
		{"<<0101", "XXXX-01-01", mrz.CodeExpiryDateIncomplete},
	}
	for _, tt := range tests {
		t.Run(tt.cells, func(t *testing.T) {
			lines := sealed(t, put(icao, 2, 9, tt.cells))
			z := mrz.Parse(lines, today)
			require.Empty(t, z.Errors)
			require.True(t, mrz.TD1.Holds(lines))
			require.Equal(t, tt.want, z.Fields.ExpiryDate)
			if tt.warning == "" {
				require.Empty(t, z.Warnings)
			} else {
				require.Equal(t, tt.warning, z.Warnings[0].Code)
			}
			require.Equal(t, tt.warning == mrz.CodeExpired, slices.Contains(codes(z.Warnings), mrz.CodeExpired))
		})
	}
}

// A visa has an end, and not a far one.
func TestExpiryOfAVisa(t *testing.T) {
	z := mrz.Parse(specimens[9].lines, today)
	require.Equal(t, "1996-12-10", z.Fields.ExpiryDate)
	require.Equal(t, []string{mrz.CodeExpired}, codes(z.Warnings))
}

// From a century that was guessed nothing follows for another date: a card
// without an end, which says 990101, is not that of somebody born in 1905.
func TestDatesDoNotDriveEachOther(t *testing.T) {
	for _, end := range []string{"990101", "991231", "950712", "000000", "<<<<<<", "300101"} {
		z := mrz.Parse(sealed(t, put(put(icao, 2, 1, "050101"), 2, 9, end)), today)
		require.Equal(t, "2005-01-01", z.Fields.BirthDate, end)
		require.NotContains(t, codes(z.Warnings), mrz.CodeExpired)
	}
}

// The PIN of a Kyrgyz card names the century: nothing is guessed.
func TestCenturyOfThePIN(t *testing.T) {
	for year, born := range map[string]string{"2005": "2005-01-01", "1905": "1905-01-01"} {
		z := mrz.Parse(sealed(t, put(put(kyrgyz, 2, 1, "050101"), 1, 17, "0101"+year)), today)
		require.Equal(t, born, z.Fields.BirthDate)
		require.Empty(t, z.Warnings)
	}
	z := mrz.Parse(sealed(t, put(put(kyrgyz, 2, 1, "050101"), 1, 17, "02011905")), today)
	require.Equal(t, "1905-01-01", z.Fields.BirthDate, "it is of another day, but of that year")
	require.Equal(t, []string{mrz.CodePersonalNumberBirthDate}, codes(z.Warnings))
	z = mrz.Parse(sealed(t, put(put(kyrgyz, 2, 1, "050101"), 1, 17, "01012006")), today)
	require.Equal(t, []string{mrz.CodeBirthCentury, mrz.CodePersonalNumberBirthDate}, codes(z.Warnings), "it is of another year")
	z = mrz.Parse(sealed(t, put(put(kyrgyz, 2, 1, "261231"), 1, 17, "01012026")), today)
	require.Equal(t, "1926-12-31", z.Fields.BirthDate, "nobody is born in the future")
}

// The day is that of the place the time is of.
func TestDayOfThePlace(t *testing.T) {
	lines := sealed(t, put(icao, 2, 9, "260501"))
	evening := time.Date(2026, time.May, 1, 20, 0, 0, 0, time.UTC)
	require.NotContains(t, codes(mrz.Parse(lines, evening).Warnings), mrz.CodeExpired)
	bishkek := time.FixedZone("Bishkek", 6*60*60)
	require.Contains(t, codes(mrz.Parse(lines, evening.In(bishkek)).Warnings), mrz.CodeExpired)
}
