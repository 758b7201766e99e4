package mrzimage

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/decide"
	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/raster"
	"mrzbot/mrzimage/internal/rectify"
)

// kyrgyzMRZ is that of an invented card.
const kyrgyzMRZ = "IDKGZID1234567320101199012345<|9001011M3101012KGZ<<<<<<<<<<<0|TESTOV<<TEST<<<<<<<<<<<<<<<<<<"

// seen gives cells in which each character was seen with probability sure, and
// what others say about it otherwise.
func seen(lines []string, sure float64) [][]decide.Logs {
	cells := make([][]decide.Logs, len(lines))
	for row, line := range lines {
		cells[row] = make([]decide.Logs, len(line))
		for col := range line {
			l := &cells[row][col]
			for i := range l {
				l[i] = float32(math.Log((1 - sure) / float64(network.NotGlyph)))
			}
			l[decide.IndexOf(line[col])] = float32(math.Log(sure))
		}
	}
	return cells
}

// doubt makes a cell show another character with probability p, and what it
// showed with most of the rest.
func doubt(l *decide.Logs, was, other byte, p float64) {
	l[decide.IndexOf(other)] = float32(math.Log(p))
	l[decide.IndexOf(was)] = float32(math.Log(0.98 * (1 - p)))
}

func text(lines [][]byte) string {
	var out []string
	for _, l := range lines {
		out = append(out, string(l))
	}
	return strings.Join(out, "|")
}

// hide makes cells show no glyph.
func hide(cells [][]decide.Logs, row, from, to int) {
	for col := from; col < to; col++ {
		l := seen([]string{"<"}, 0.01)[0][0]
		l[network.NotGlyph] = -0.3
		cells[row][col] = l
	}
}

// candidateOf is an MRZ without a picture.
func candidateOf(t *testing.T, cells [][]decide.Logs) *candidate {
	r, ok := decide.Decide(cells)
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
	lines := strings.Split(text(c.reading.Lines), "|")
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
	const printed = kyrgyzMRZ
	for name, c := range map[string]struct {
		row, from, to int
		want          string
	}{
		"a digit of a date, which a check digit would give": {1, 3, 4, strings.Replace(printed, "9001011M", "900?011M", 1)},
		"a check digit": {1, 29, 30, strings.Replace(printed, "<0|", "<?|", 1)},
		"a state":       {1, 15, 18, strings.Replace(printed, "2KGZ", "2???", 1)},
		"letters":       {2, 0, 3, strings.Replace(printed, "TESTOV", "???TOV", 1)},
	} {
		cells := seen(strings.Split(printed, "|"), 0.999)
		hide(cells, c.row, c.from, c.to)
		got := candidateOf(t, cells)
		require.Equal(t, c.want, given(got), name)
		require.False(t, got.reading.Sure(), name)
		require.Greater(t, got.reading.Mean, clearMean, "%s: what is seen is clear", name)
		require.True(t, got.reading.Plausible(), name)
	}
}

func TestCharactersBesideHiddenOnesMustBeSure(t *testing.T) {
	const printed = kyrgyzMRZ
	cells := seen(strings.Split(printed, "|"), 0.999)
	doubt(&cells[2][2], 'S', 'B', 0.3)
	require.Equal(t, printed, given(candidateOf(t, cells)), "nothing is hidden")

	hide(cells, 2, 3, 4)
	require.Equal(t, strings.Replace(printed, "TESTOV", "TE??OV", 1), given(candidateOf(t, cells)))

	cells = seen(strings.Split(printed, "|"), 0.999)
	cells[2][5][network.NotGlyph] = -1.5
	hide(cells, 2, 4, 5)
	require.Equal(t, strings.Replace(printed, "TESTOV", "TEST??", 1), given(candidateOf(t, cells)), "it may be no glyph")
}

func TestStrokesThatFadeMustBeSure(t *testing.T) {
	cells := seen(strings.Split(kyrgyzMRZ, "|"), 0.999)
	doubt(&cells[2][0], 'T', 'I', 0.04)
	c := candidateOf(t, cells)
	c.fading[2][0], c.fading[2][1] = true, true
	require.Equal(t, strings.Replace(kyrgyzMRZ, "TESTOV", "?ESTOV", 1), given(c))
}

// The rules may choose between what a cell shows; what it hardly shows they
// invent.
func TestWhatTheRulesPutMustBeShown(t *testing.T) {
	cells := seen(strings.Split(kyrgyzMRZ, "|"), 0.999)
	l := &cells[0][0]
	*l = seen([]string{"I"}, 0.05)[0][0]
	l[decide.IndexOf('7')] = -0.1
	require.Equal(t, "?", given(candidateOf(t, cells))[:1])
	l[decide.IndexOf('7')], l[decide.IndexOf('I')] = -0.5, -1
	require.Equal(t, "I", given(candidateOf(t, cells))[:1])
}

// An MRZ whose end is hidden may be read from a cell too early; then digits
// and letters stand where they do not belong.
func TestAnMRZReadTooEarlyIsWorthLess(t *testing.T) {
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

// A row that runs on under a finger is scanned to its end, though a speck
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
	c.reading.Blind = [][2]int{{0, 3}}
	require.False(t, s.covered(c), "ink is there")
	for y := range plane.H {
		for x := 120; x < 170; x++ {
			plane.Pix[y*plane.W+x] = 150
		}
	}
	s.picture = rectify.NewPicture(plane)
	require.True(t, s.covered(c))
}

// levelRows are rows of an MRZ that lies level.
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
	v := scanned{rows: levelRows(3)}
	tried := v.near([]int{0, -1, 0})
	require.Contains(t, tried, []int{0, 0, 0})
	require.Contains(t, tried, []int{1, 0, 1}, "a cell later")
	require.NotContains(t, tried, []int{0, -1, 0})
}
