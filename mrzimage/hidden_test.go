package mrzimage

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/raster"
	"mrzbot/mrzimage/internal/rectify"
)

// hide makes cells show no glyph.
func hide(cells [][]logs, row, from, to int) {
	for col := from; col < to; col++ {
		l := seen([]string{"<"}, 0.01)[0][0]
		l[network.NotGlyph] = -0.3
		cells[row][col] = l
	}
}

// candidateOf is a zone without a picture.
func candidateOf(t *testing.T, cells [][]logs) *candidate {
	r, ok := decide(cells)
	require.True(t, ok)
	c := &candidate{columns: len(cells[0]), cells: cells, reading: r}
	for range cells {
		c.rows = append(c.rows, rectify.Row{})
		c.fading = append(c.fading, make([]bool, c.columns))
	}
	return c
}

// given is the text with what was given up.
func given(c *candidate) string {
	lines := strings.Split(text(c.reading.lines), "|")
	for row, marks := range c.unreadable() {
		line := []byte(lines[row])
		for col, given := range marks {
			if given {
				line[col] = Unreadable
			}
		}
		lines[row] = string(line)
	}
	return strings.Join(lines, "|")
}

func TestHiddenCellsAreNotFilledByRules(t *testing.T) {
	const zone = "IDKGZID1234567320101199012345<|9001011M3101012KGZ<<<<<<<<<<<0|TESTOV<<TEST<<<<<<<<<<<<<<<<<<"
	for name, c := range map[string]struct {
		row, from, to int
		want          string
	}{
		"a figure of a date, which a check digit would give": {1, 3, 4, strings.Replace(zone, "9001011M", "900?011M", 1)},
		"a check digit": {1, 29, 30, strings.Replace(zone, "<0|", "<?|", 1)},
		"a state":       {1, 15, 18, strings.Replace(zone, "2KGZ", "2???", 1)},
		"letters":       {2, 0, 3, strings.Replace(zone, "TESTOV", "???TOV", 1)},
	} {
		cells := seen(strings.Split(zone, "|"), 0.999)
		hide(cells, c.row, c.from, c.to)
		got := candidateOf(t, cells)
		require.Equal(t, c.want, given(got), name)
		require.False(t, got.sure(), name)
		require.Greater(t, got.reading.mean, clearMean, "%s: what is seen is clear", name)
		require.True(t, got.plausible(), name)
	}
}

// Most of a page in the same type may look like hidden cells.
func TestMostOfAZoneIsSeen(t *testing.T) {
	cells := seen(strings.Split(zones["kyrgyz"], "|"), 0.999)
	hide(cells, 2, 0, 26)
	hide(cells, 1, 10, 29)
	require.False(t, candidateOf(t, cells).plausible())
}

func TestCharactersBesideHiddenOnesMustBeSure(t *testing.T) {
	const zone = "IDKGZID1234567320101199012345<|9001011M3101012KGZ<<<<<<<<<<<0|TESTOV<<TEST<<<<<<<<<<<<<<<<<<"
	cells := seen(strings.Split(zone, "|"), 0.999)
	doubt(&cells[2][2], 'S', 'B', 0.3)
	require.Equal(t, zone, given(candidateOf(t, cells)), "nothing is hidden")

	hide(cells, 2, 3, 4)
	require.Equal(t, strings.Replace(zone, "TESTOV", "TE??OV", 1), given(candidateOf(t, cells)))

	cells = seen(strings.Split(zone, "|"), 0.999)
	cells[2][5][network.NotGlyph] = -1.5
	hide(cells, 2, 4, 5)
	require.Equal(t, strings.Replace(zone, "TESTOV", "TEST??", 1), given(candidateOf(t, cells)), "it may be no glyph")
}

func TestStrokesThatFadeMustBeSure(t *testing.T) {
	cells := seen(strings.Split(zones["kyrgyz"], "|"), 0.999)
	doubt(&cells[2][0], 'T', 'I', 0.04)
	c := candidateOf(t, cells)
	c.fading[2][0], c.fading[2][1] = true, true
	require.Equal(t, strings.Replace(zones["kyrgyz"], "TESTOV", "?ESTOV", 1), given(c))
}

// The rules may choose between what a cell shows; what it hardly shows they
// invent.
func TestWhatTheRulesPutMustBeShown(t *testing.T) {
	cells := seen(strings.Split(zones["kyrgyz"], "|"), 0.999)
	l := &cells[0][0]
	*l = seen([]string{"I"}, 0.05)[0][0]
	l[indexOf('7')] = -0.1
	require.Equal(t, "?", given(candidateOf(t, cells))[:1])
	l[indexOf('7')], l[indexOf('I')] = -0.5, -1
	require.Equal(t, "I", given(candidateOf(t, cells))[:1])
}

// A zone whose end is hidden may be read from a cell too early; then figures
// and letters stand where they do not belong.
func TestAZoneReadTooEarlyIsWorthLess(t *testing.T) {
	right := []string{"IDKGZID12345673201011990123", "9001011M3101012KGZ<<<<<<<<<", "TESTOV<<TEST<<<<<<<<<<<<<<<"}
	var early, late []string
	for _, line := range right {
		early, late = append(early, "<<<"+line), append(late, line+"<<<")
	}
	a, b := seen(early, 0.999), seen(late, 0.999)
	for row := range right {
		hide(a, row, 0, 3)
		hide(b, row, 27, 30)
	}
	a[0][0] = seen([]string{"I"}, 0.999)[0][0]
	tooEarly, asPrinted := candidateOf(t, a), candidateOf(t, b)
	require.Greater(t, asPrinted.worth(), tooEarly.worth())
}

// A row that runs on under a finger is surveyed to its end, though a speck
// stands before it.
func TestReachHoldsTheLongestLineBehindASpeck(t *testing.T) {
	rows := levelRows(3)
	for i := range rows {
		rows[i].Last = 25
	}
	_, to := reach(rows, rows[0])
	require.GreaterOrEqual(t, to, 30)
}

func TestCoveredCellsHaveNoContrast(t *testing.T) {
	plane := raster.NewGray(400, 60)
	for i := range plane.Pix {
		plane.Pix[i] = 200
		if i%plane.W%40 < 8 && i/plane.W > 20 && i/plane.W < 40 {
			plane.Pix[i] = 40
		}
	}
	row := rectify.Row{X: find.Poly{24, 40, 0}, Y: find.Poly{30, 0, 0}, Tall: 28, Last: 8}
	s := &search{picture: rectify.NewPicture(plane)}
	c := &candidate{rows: []rectify.Row{row}, columns: 9}
	require.True(t, s.covered(c), "nothing is hidden")
	c.reading.blind = [][2]int{{0, 3}}
	require.False(t, s.covered(c), "ink is there")
	for y := range plane.H {
		for x := 120; x < 170; x++ {
			plane.Pix[y*plane.W+x] = 150
		}
	}
	s.picture = rectify.NewPicture(plane)
	require.True(t, s.covered(c))
}

// levelRows are rows of a zone that lies level.
func levelRows(n int) []rectify.Row {
	rows := make([]rectify.Row, n)
	for i := range rows {
		rows[i] = rectify.Row{X: find.Poly{float64(100 + 3*i), 20, 0}, Y: find.Poly{float64(40 * i), 0, 0}, Tall: 20, Last: 29}
	}
	return rows
}

// Where something hides the ends, a row may be taken to begin a cell too early;
// the others show where.
func TestBeginningsBelowEachOtherAreTried(t *testing.T) {
	v := surveyed{rows: levelRows(3)}
	tried := v.near([]int{0, -1, 0})
	require.Contains(t, tried, []int{0, 0, 0})
	require.Contains(t, tried, []int{1, 0, 1}, "a cell later")
	require.NotContains(t, tried, []int{0, -1, 0})
}

// A line between two others of which nothing is seen was only supposed, and two
// lines of a card are no larger zone whose ends are hidden.
func TestEnoughOfEveryLineIsSeen(t *testing.T) {
	for name, test := range map[string]struct {
		zone   string
		hidden [][3]int // row, from, to
		shown  bool
	}{
		"a line with its end":         {"kyrgyz", [][3]int{{1, 0, 25}}, true},
		"a line that is not there":    {"kyrgyz", [][3]int{{1, 0, 30}}, false},
		"the beginning of both lines": {FormatTD2, [][3]int{{0, 0, 4}, {1, 0, 4}}, true},
		"two lines of a card":         {FormatTD2, [][3]int{{0, 0, 5}, {1, 0, 5}, {0, 35, 36}, {1, 35, 36}}, false},
		"one line's beginning":        {FormatTD2, [][3]int{{0, 0, 8}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			cells := seen(strings.Split(zones[test.zone], "|"), 0.999)
			for _, h := range test.hidden {
				hide(cells, h[0], h[1], h[2])
			}
			require.Equal(t, test.shown, candidateOf(t, cells).reading.shown())
		})
	}
}
