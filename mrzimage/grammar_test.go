package mrzimage

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/network"
)

// zones with all check digits right; the first four are examples of ICAO 9303.
var zones = map[string]string{
	FormatTD1:    "I<UTOD231458907<<<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<6|ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
	FormatTD2:    "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|D231458907UTO7408122F1204159<<<<<<<6",
	FormatTD3:    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10",
	FormatMRVA:   "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L8988901C4XXX4009078F96121096ZE184226B<<<<<<",
	FormatMRVB:   "VCFRASPECIMEN<<SPECIMEN<<<<<<<<<<<<<|F000000005UTO0311063M1401143<M300703",
	"long":       "IDBEL590335801485120100200<<<<|8512017F0901015BEL<<<<<<<<<<<7|REINARTZ<<ULRIKE<KATIA<E<<<<<<",
	"french":     "IDFRABERTHIER<<<<<<<<<<<<<<<<<<<<<<<|9409923102854CORINNE<<<<<<<6512068F4",
	"kyrgyz":     "IDKGZID1234567320101199012345<|9001011M3101012KGZ<<<<<<<<<<<0|TESTOV<<TEST<<<<<<<<<<<<<<<<<<",
	"no number":  "I<UTO<<<<<<<<<0<<<<<<<<<<<<<<<|7408122F1204159UTO<<<<<<<<<<<0|ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
	"long split": "I<UTOD23145890<7349<<<<<<<<<<<|3407127M9507122UTO<<<<<<<<<<<2|STEVENSON<<PETER<JOHN<<<<<<<<<",
}

// seen gives cells in which each character was seen with probability sure, and
// what others say about it otherwise.
func seen(lines []string, sure float64) [][]logs {
	cells := make([][]logs, len(lines))
	for row, line := range lines {
		cells[row] = make([]logs, len(line))
		for col := range line {
			l := &cells[row][col]
			for i := range l {
				l[i] = float32(math.Log((1 - sure) / float64(network.NotGlyph)))
			}
			l[indexOf(line[col])] = float32(math.Log(sure))
		}
	}
	return cells
}

// doubt makes a cell show another character with probability p, and what it
// showed with most of the rest.
func doubt(l *logs, was, other byte, p float64) {
	l[indexOf(other)] = float32(math.Log(p))
	l[indexOf(was)] = float32(math.Log(0.98 * (1 - p)))
}

func text(lines [][]byte) string {
	var out []string
	for _, l := range lines {
		out = append(out, string(l))
	}
	return strings.Join(out, "|")
}

func TestShapesAreWholeAndCheckTheExamples(t *testing.T) {
	for _, s := range shapes {
		for _, row := range s.cells {
			require.Len(t, row, len(s.cells[0]), s.format)
		}
	}
	for name, zone := range zones {
		t.Run(name, func(t *testing.T) {
			r, ok := decide(seen(strings.Split(zone, "|"), 0.99))
			require.True(t, ok)
			require.Equal(t, zone, text(r.lines))
			require.True(t, r.valid)
			if len(name) == 3 || strings.HasPrefix(name, "MRV") {
				require.Equal(t, name, r.shape.format)
			}
		})
	}
}

func TestDecideReadsLookAlikesByTheirClass(t *testing.T) {
	zone := strings.Split(zones["kyrgyz"], "|")
	cells := seen(zone, 0.99)
	doubt(&cells[0][0], 'I', '1', 0.95)
	doubt(&cells[2][4], 'O', '0', 0.99)
	doubt(&cells[1][1], '0', 'O', 0.97)
	r, _ := decide(cells)
	require.Equal(t, zones["kyrgyz"], text(r.lines))
	require.Equal(t, byte('0'), r.raw[2][4], "raw stays what was seen")
	require.Greater(t, r.mean, -0.05, "a look-alike is no doubt")
}

func TestOnlyACheckDigitDecidesInANumber(t *testing.T) {
	zone := strings.Split("IDKGZID0000001622902200000001<|0002299M3403015KGZ<<<<<<<<<<<6|UULU<ORNEK<<SYNTHETIC<<<<<<<<<", "|")
	cells := seen(zone, 0.99)
	doubt(&cells[0][8], '0', 'O', 0.6)
	r, _ := decide(cells)
	require.Equal(t, strings.Join(zone, "|"), text(r.lines), "the sums ask for the figure")

	zone[0] = "IDKGZIDO0000008622902200000001<"[:30]
	cells = seen(zone, 0.99)
	r, _ = decide(cells)
	require.Equal(t, byte('O'), r.lines[0][7], "a clear letter stays though a figure is usual")
}

func TestRepairNeverBeatsClearEvidence(t *testing.T) {
	zone := strings.Split(zones[FormatTD1], "|")
	wrong := []string{zone[0], "7408123F1204159UTO<<<<<<<<<<<6", zone[2]}
	r, _ := decide(seen(wrong, 0.999))
	require.Equal(t, strings.Join(wrong, "|"), text(r.lines))
	require.False(t, r.valid)
}

func TestRepairTakesTheSecondChoiceThatFits(t *testing.T) {
	zone := strings.Split(zones[FormatTD3], "|")
	cells := seen(zone, 0.999)
	doubt(&cells[1][3], '8', 'B', 0.7)
	doubt(&cells[1][16], '0', '8', 0.8)
	r, _ := decide(cells)
	require.Equal(t, zones[FormatTD3], text(r.lines))
	require.True(t, r.valid)
}

func TestStatesAreKnown(t *testing.T) {
	zone := strings.Split(zones["kyrgyz"], "|")
	cells := seen(zone, 0.999)
	doubt(&cells[0][3], 'G', '6', 0.9)
	doubt(&cells[1][17], 'Z', 'X', 0.8)
	r, _ := decide(cells)
	require.Equal(t, zones["kyrgyz"], text(r.lines))

	for code, known := range map[string]bool{"KGZ": true, "D<<": true, "UTO": true, "KGX": false, " AB": false, "ZWE": true, "<<<": false} {
		require.Equal(t, known, isState([3]byte([]byte(code))), code)
	}
}
