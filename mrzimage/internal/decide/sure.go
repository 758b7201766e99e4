package decide

import (
	"slices"
	"strings"

	"mrzbot/mrzimage/internal/network"
)

// sureMean is the gate: a mean log-probability above it, with all check digits
// right, was exact in 99 of 100 pictures.
const sureMean = -0.05

// sureCharacter is the least log-probability of a character that no check
// digit protects: nine to one.
const sureCharacter = -0.105

// mostUnsure characters under check digits may be poorly seen: with more, the
// digits hold for several readings.
const mostUnsure = 2

// Sure reports whether the text can be relied on.
func (r *Reading) Sure() bool {
	return r.Valid && len(r.Blind) == 0 && r.Mean > sureMean && r.weakest > sureCharacter && r.unsure <= mostUnsure &&
		!r.rivalled && !r.foreign && !r.unusualNumber() && !r.unusualCode()
}

// unusualCode reports whether the document code begins with a letter that its format does
// not allow (ICAO 9303-4, -5, -6 and -7, 4.2.2 of each). No check digit looks at it, and
// hardly any state prints such a code: a fold makes a T of an I.
func (r *Reading) unusualCode() bool {
	letters := "ACI"
	switch r.Format() {
	case FormatTD3:
		letters = "P"
	case FormatMRVA, FormatMRVB:
		letters = "V"
	}
	return strings.IndexByte(letters, r.Lines[0][0]) < 0
}

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
)

// HalfHidden reports whether a cell beside a hidden one is not surely what it
// seems.
func (r *Reading) HalfHidden(row, col int) bool {
	return r.Log(row, col) < logSureBeside || r.Cells[row][col][network.NotGlyph] > logNotBeside
}

// IsBlind reports whether nothing is known of a cell.
func (r *Reading) IsBlind(row, col int) bool { return slices.Contains(r.Blind, [2]int{row, col}) }

// holds reports whether the lines are valid, and not by what was put where
// nothing is known.
func (r *Reading) holds() bool {
	return r.shape.holds(r.Lines) && !r.blindIn(r.shape.steps(r.Lines))
}

// Log is the log-probability of what is believed of a cell.
func (r *Reading) Log(row, col int) float64 {
	return float64(r.Cells[row][col][IndexOf(r.Lines[row][col])])
}

// Lost reports whether a cell's character is not known: it looks like several.
// What a check digit decided is known; one that holds is proof enough of a
// character that its look-alike only just outweighs.
func (r *Reading) Lost(row, col int) bool {
	log := r.Log(row, col)
	proven := r.Valid && r.shape.covered[row][col]
	if r.Lines[row][col] != r.Raw[row][col] {
		return !proven && log < logLeastChanged
	}
	least := logLeastSure
	if proven {
		least = logLeastProven
	}
	return log < least
}
