package mrzimage

import (
	"slices"

	"mrzbot/mrzimage/internal/network"
)

// What a cell must show of its character.
const (
	// logNoGlyph is the log-probability of "not a glyph" from which on a cell
	// shows nothing, and may hold anything: one half. What the format or a check
	// digit would choose there is invented. Of eight thousand characters that
	// could be seen beside fingers, none had more than a sixth.
	logNoGlyph     = -0.7
	logLeastSure   = -0.8 // a probability of nine twentieths
	logLeastProven = -2.5 // under a check digit that holds
	// logLeastChanged is for a character that the rules put in the place of a
	// likelier one and no check digit proves: less is no choice but a guess.
	logLeastChanged = -2.0
)

// What is hidden in part: the edge of a finger runs through the cells beside
// the hidden ones. What it leaves of a B may look like an E, and the edge itself
// like a stroke.
const (
	// logSureBeside is the log-probability that a character beside a cell that
	// cannot be read must have, and logNotBeside the most that "not a glyph" may.
	// Of 87 characters that were wrongly taken there, 84 had less or more, of
	// 1147 that could be seen 11.
	logSureBeside = -0.3
	logNotBeside  = -2.0
	// logSureFaded is the log-probability of a character that fades towards
	// glare and can be seen: nearly all had more, half characters mostly less.
	logSureFaded = -0.05
)

// unreadable are the cells of a zone whose characters are not known.
func (c *candidate) unreadable() [][]bool {
	r := &c.reading
	out := make([][]bool, len(r.lines))
	for row, line := range r.lines {
		out[row] = make([]bool, len(line))
		for col := range line {
			fades := c.fading[row][col] && r.log(row, col) < logSureFaded
			out[row][col] = r.isBlind(row, col) || fades || r.lost(row, col)
		}
	}
	hidden := make([][]bool, len(out))
	for row := range out {
		hidden[row] = slices.Clone(out[row])
	}
	for row := range out {
		for col := range out[row] {
			if beside(hidden, row, col) && r.halfHidden(row, col) {
				out[row][col] = true
			}
		}
	}
	return out
}

// beside reports whether one of the eight cells around another is marked.
func beside(marked [][]bool, row, col int) bool {
	for _, line := range marked[max(row-1, 0):min(row+2, len(marked))] {
		if slices.Contains(line[max(col-1, 0):min(col+2, len(line))], true) {
			return true
		}
	}
	return false
}

// halfHidden reports whether a cell beside a hidden one is not surely what it
// seems.
func (r *reading) halfHidden(row, col int) bool {
	return r.log(row, col) < logSureBeside || r.cells[row][col][network.NotGlyph] > logNotBeside
}

// isBlind reports whether nothing is known of a cell.
func (r *reading) isBlind(row, col int) bool { return slices.Contains(r.blind, [2]int{row, col}) }

// holds reports whether the lines are valid, and not by what was put where
// nothing is known.
func (r *reading) holds() bool {
	return r.shape.holds(r.lines) && !r.blindIn(r.shape.steps(r.lines))
}

// log is the log-probability of what is believed of a cell.
func (r *reading) log(row, col int) float64 {
	return float64(r.cells[row][col][indexOf(r.lines[row][col])])
}

// lost reports whether a cell's character is not known: it looks like several.
// What a check digit decided is known; one that holds is proof enough of a
// character that its look-alike only just outweighs.
func (r *reading) lost(row, col int) bool {
	log := r.log(row, col)
	proven := r.valid && r.shape.covered[row][col]
	if r.lines[row][col] != r.raw[row][col] {
		return !proven && log < logLeastChanged
	}
	least := logLeastSure
	if proven {
		least = logLeastProven
	}
	return log < least
}

// mostOfContrast is the part of the zone's usual contrast that something which
// hides a character leaves of it: in three of four hidden cells less than half.
const mostOfContrast = 0.75

// covered reports whether all cells of which nothing is known have lost their
// contrast: something lies there, and another way to tell ink would show no
// more of them.
func (s *search) covered(c *candidate) bool {
	return !slices.ContainsFunc(s.missed(c), func(cells int) bool { return cells > 0 })
}

// missed counts, for each row, the cells of which nothing is known though they
// have their contrast: they were looked for in a wrong place.
func (s *search) missed(c *candidate) []int {
	out := make([]int, len(c.rows))
	if len(c.reading.blind) == 0 {
		return out
	}
	var all []float64
	for _, row := range c.rows {
		for col := range c.columns {
			l := s.picture.Light(row.Cell(float64(col)))
			all = append(all, (l.Paper-l.Ink)/max(l.Paper, 1))
		}
	}
	sorted := slices.Sorted(slices.Values(all))
	usual := sorted[len(sorted)*3/4]
	for _, at := range c.reading.blind {
		if all[at[0]*c.columns+at[1]] > mostOfContrast*usual {
			out[at[0]]++
		}
	}
	return out
}
