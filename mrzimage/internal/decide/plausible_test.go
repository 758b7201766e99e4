package decide

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/network"
)

// hide makes cells show no glyph.
func hide(cells [][]Logs, row, from, to int) {
	for col := from; col < to; col++ {
		l := seen([]string{"<"}, 0.01)[0][0]
		l[network.NotGlyph] = -0.3
		cells[row][col] = l
	}
}

func readingOf(t *testing.T, cells [][]Logs) *Reading {
	t.Helper()
	r, ok := Decide(cells)
	require.True(t, ok)
	return &r
}

// Letters where digits should stand make words, however clear they are.
func TestWordsAreNoMRZ(t *testing.T) {
	read := func(lines ...string) *Reading {
		r, _ := Decide(seen(lines, 0.99))
		return &r
	}
	require.True(t, read("NOT<A<DOCUMENT<INVENTED<SPECIM", "INVENTED<SPECIMEN<NOT<A<DOCUME", "A<DOCUMENT<INVENTED<SPECIMEN<N").Words())
	printed := read(strings.Split(specimens["kyrgyz"], "|")...)
	require.False(t, printed.Words())
	require.True(t, printed.Hopeful())
	require.False(t, read("NOT<A<DOCUMENT<INVENTED<SPECIM", "INVENTED<SPECIMEN<NOT<A<DOCUME", "A<DOCUMENT<INVENTED<SPECIMEN<N").Hopeful())
	printed.Mean = leastHope - 0.1
	require.False(t, printed.Hopeful(), "dots in rows")
}

// Most of a page in the same type may look like hidden cells.
func TestMostOfAnMRZIsSeen(t *testing.T) {
	cells := seen(strings.Split(specimens["kyrgyz"], "|"), 0.999)
	hide(cells, 2, 0, 26)
	hide(cells, 1, 10, 29)
	require.False(t, readingOf(t, cells).Plausible())
}

// A line between two others of which nothing is seen was only supposed, and two
// lines of a card are no larger MRZ whose ends are hidden.
func TestEnoughOfEveryLineIsSeen(t *testing.T) {
	for name, test := range map[string]struct {
		printed string
		hidden  [][3]int // row, from, to
		shown   bool
	}{
		"a line with its end":         {"kyrgyz", [][3]int{{1, 0, 25}}, true},
		"a line that is not there":    {"kyrgyz", [][3]int{{1, 0, 30}}, false},
		"the beginning of both lines": {FormatTD2, [][3]int{{0, 0, 4}, {1, 0, 4}}, true},
		"two lines of a card":         {FormatTD2, [][3]int{{0, 0, 5}, {1, 0, 5}, {0, 35, 36}, {1, 35, 36}}, false},
		"one line's beginning":        {FormatTD2, [][3]int{{0, 0, 8}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			cells := seen(strings.Split(specimens[test.printed], "|"), 0.999)
			for _, h := range test.hidden {
				hide(cells, h[0], h[1], h[2])
			}
			require.Equal(t, test.shown, readingOf(t, cells).shown())
		})
	}
}
