package mrzimage

import "mrzbot/mrzimage/internal/rectify"

// Verdict says how far the text of a Result can be relied on.
type Verdict string

const (
	// VerdictOK: every character is well founded, and the zone is valid: its
	// dates exist and every check digit holds.
	VerdictOK Verdict = "ok"
	// VerdictDoubtful: a zone was found, but some of it is unsure.
	VerdictDoubtful Verdict = "doubtful"
	// VerdictNone: the picture holds no zone that can be read.
	VerdictNone Verdict = "none"
)

// Unreadable stands in Result.Lines for a cell whose character is not known.
const Unreadable = '?'

// Formats of a zone, by the names of ICAO 9303.
const (
	FormatTD1  = "TD1"  // three lines of 30: cards
	FormatTD2  = "TD2"  // two lines of 36: larger cards
	FormatTD3  = "TD3"  // two lines of 44: passports
	FormatMRVA = "MRVA" // two lines of 44: visas
	FormatMRVB = "MRVB" // two lines of 36: small visas
)

// Result is what a Reader found in one picture.
type Result struct {
	Verdict Verdict

	// Lines is what the reader believes was printed, Repairs applied. A cell
	// that cannot be read holds Unreadable. Empty when Verdict is none.
	Lines []string

	// Raw is the most likely character of each cell, before any rule.
	Raw []string

	Format string

	// Confidence is between 0 and 1: the mean over the cells of the
	// probability of the characters in Lines (geometric mean).
	Confidence float64

	// Cells holds, for each character of Lines, its probability.
	Cells [][]float64

	// Corners of the zone in pixels of the upright picture, in the order in
	// which the text is read: start of the first line (top left), end of the
	// first line, end of the last line, start of the last line.
	Corners [4]Point

	// Repairs are the cells in which Lines differs from Raw.
	Repairs []Repair

	Picture Judgement

	// Also are further zones in the picture, when more than one document lies
	// in it: those that the search came by, not all that there may be.
	Also []Result

	places [][]rectify.Cell // of the characters of Lines, for Mark
}

// Point is a place in a picture, in pixels from its top left corner.
type Point struct{ X, Y float64 }

// Repair is one character changed by a rule of the format.
type Repair struct {
	Line, Column int // from 1
	From, To     string
}
