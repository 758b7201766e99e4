package mrzimage

import (
	"mrzbot/mrzimage/internal/decide"
	"mrzbot/mrzimage/internal/judge"
	"mrzbot/mrzimage/internal/rectify"
)

// Verdict says how far the text of a Result can be relied on.
type Verdict string

const (
	// VerdictOK: every character is well founded, and the MRZ is valid: its
	// dates exist and every check digit holds.
	VerdictOK Verdict = "ok"
	// VerdictDoubtful: an MRZ was found, but some of it is unsure.
	VerdictDoubtful Verdict = "doubtful"
	// VerdictNone: the picture holds no MRZ that can be read.
	VerdictNone Verdict = "none"
)

// Unreadable stands in Result.Lines for a cell whose character is not known.
const Unreadable = '?'

// Formats of an MRZ, by the names of ICAO 9303.
const (
	FormatTD1  = decide.FormatTD1  // three lines of 30: cards
	FormatTD2  = decide.FormatTD2  // two lines of 36: larger cards
	FormatTD3  = decide.FormatTD3  // two lines of 44: passports
	FormatMRVA = decide.FormatMRVA // two lines of 44: visas
	FormatMRVB = decide.FormatMRVB // two lines of 36: small visas
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

	// Corners of the MRZ in pixels of the upright picture, in the order in
	// which the text is read: start of the first line (top left), end of the
	// first line, end of the last line, start of the last line.
	Corners [4]Point

	// Repairs are the cells in which Lines differs from Raw.
	Repairs []Repair

	Picture Judgement

	// Also are further MRZs in the picture, when more than one document lies
	// in it: those that the search came by, not all that there may be.
	Also []Result

	places [][]rectify.Cell // of the characters of Lines, for Mark
}

// Judgement says what a picture is like, whether or not an MRZ was read: its size, how
// sharp, bright and whole it is, and what stands in the way of reading it.
type Judgement = judge.Judgement

// Reasons that a Judgement can give.
const (
	ReasonNoMRZ     = judge.ReasonNoMRZ // none was read
	ReasonFront     = judge.ReasonFront // with no_mrz: likely the side of the card that has no MRZ
	ReasonTooSmall  = judge.ReasonTooSmall
	ReasonTooBlurry = judge.ReasonTooBlurry
	ReasonTooDark   = judge.ReasonTooDark
	ReasonGlare     = judge.ReasonGlare
	ReasonCutOff    = judge.ReasonCutOff
	ReasonDamaged   = judge.ReasonDamaged // a part of the picture is not in its file
)

// Reasons lists them.
func Reasons() []string { return judge.Reasons() }

// Point is a place in a picture, in pixels from its top left corner.
type Point struct{ X, Y float64 }

// Repair is one character changed by a rule of the format.
type Repair struct {
	Line, Column int // from 1
	From, To     string
}
