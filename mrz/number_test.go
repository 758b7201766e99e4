package mrz_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

func TestDocumentNumber(t *testing.T) {
	tests := []struct {
		name             string
		cells            string // from column 6 of a TD1's first line
		number, optional string
		form             mrz.NumberForm
		check            mrz.Check
	}{
		{"nine characters", "D231458907", "D23145890", "", mrz.NumberPlain, mrz.Holds},
		{"short", "A1234567<6", "A1234567", "", mrz.NumberPlain, mrz.Holds},
		{"a filler inside", "AB<1234567", "AB 123456", "", mrz.NumberPlain, mrz.Failed},
		{"with optional data", "D231458907ABC<DEF", "D23145890", "ABC DEF", mrz.NumberPlain, mrz.Holds},
		{"optional data after fillers", "D231458907<<10<30", "D23145890", "10 30", mrz.NumberPlain, mrz.Holds},
		{"long, ICAO", "D23145890<7349", "D23145890734", "", mrz.NumberLong, mrz.Holds},
		{"long, the filler counted", "592211692<1741", "592211692174", "", mrz.NumberLongFiller, mrz.Holds},
		{"long, both fit", "000000000<00", "0000000000", "", mrz.NumberLong, mrz.Holds},
		{"long, neither fits", "D23145890<7348", "D23145890734", "", mrz.NumberLong, mrz.Failed},
		{"long, a letter for the digit", "D23145890<734J", "D23145890734", "", mrz.NumberLong, mrz.Failed},
		{"long, with data after it", "D23145890<1240<XYZ", "D23145890124", "XYZ", mrz.NumberLongFiller, mrz.Holds},
		{"long, to the end of the line", "D23145890<123456789012340", "D2314589012345678901234", "", mrz.NumberLong, mrz.Failed},
		{"a digit alone is no rest", "D23145890<7", "D23145890", "7", mrz.NumberPlain, mrz.Failed},
		{"no digit", "D23145890<", "D23145890", "", mrz.NumberPlain, mrz.Failed},
		{"a short number does not run on", "D2314589<<7349", "D2314589", "7349", mrz.NumberPlain, mrz.Failed},
		{"no number", "<<<<<<<<<<", "", "", mrz.NumberPlain, mrz.Holds},
		{"no number, digit 0", "<<<<<<<<<0", "", "", mrz.NumberPlain, mrz.Holds},
		{"no number, another digit", "<<<<<<<<<1", "", "", mrz.NumberPlain, mrz.Failed},
		{"Portugal's own layout", "0000414022<ZZ70", "000041402", "ZZ70", mrz.NumberPlain, mrz.Failed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := mrz.Parse(put(put(icao, 1, 6, "<<<<<<<<<<<<<<<<<<<<<<<<<"), 1, 6, tt.cells), today)
			require.Equal(t, tt.number, z.Fields.DocumentNumber)
			require.Equal(t, tt.optional, z.Fields.Optional1)
			require.Equal(t, tt.form, z.Number)
			require.Equal(t, tt.check, z.Checks.DocumentNumber)
		})
	}
}

// Passports and visas have no long numbers: a filler is no digit there.
func TestLongNumberNeedsACard(t *testing.T) {
	z := mrz.Parse(put(specimens[7].lines, 2, 10, "<"), today)
	require.Equal(t, "L898902C3", z.Fields.DocumentNumber)
	require.Equal(t, mrz.Failed, z.Checks.DocumentNumber)
}

func TestCheckDigit(t *testing.T) {
	tests := []struct {
		text  string
		digit byte
		ok    bool
	}{
		{"", '0', true},
		{"<", '0', true},
		{"520727", '3', true},        // ICAO 9303-3, 4.9
		{"AB2134<<<", '5', true},     // the same
		{"D23145890734", '9', true},  // ICAO 9303-5
		{"d23145890", 0, false},      // lower case
		{"D2314589 ", 0, false},      // a space
		{"D2314589\u0410", 0, false}, // Cyrillic
		{"520727520727\x00", 0, false},
	}
	for _, tt := range tests {
		digit, ok := mrz.CheckDigit(tt.text)
		require.Equal(t, tt.ok, ok, tt.text)
		require.Equal(t, tt.digit, digit, tt.text)
	}
}

// Characters of equal value are the same to every weight: the arithmetic
// cannot tell them apart, so an MRZ misread within a group stays valid.
func TestBlindSpots(t *testing.T) {
	groups := []string{"0AKU<", "1BLV", "2CMW", "3DNX", "4EOY", "5FPZ", "6GQ", "7HR", "8IS", "9JT"}
	for _, group := range groups {
		for i := range group {
			a, _ := mrz.CheckDigit(group[:1] + group[:1])
			b, _ := mrz.CheckDigit(group[i:i+1] + group[i:i+1])
			require.Equal(t, a, b, group)
		}
	}
	require.True(t, mrz.Parse(put(icao, 1, 6, "N"), today).Valid())
}
