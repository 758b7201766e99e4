package mrzimage

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
}

// Point is a place in a picture, in pixels from its top left corner.
type Point struct{ X, Y float64 }

// Repair is one character changed by a rule of the format.
type Repair struct {
	Line, Column int // from 1
	From, To     string
}

// Judgement says what a picture is like, whether or not a zone was read.
type Judgement struct {
	Width, Height int // pixels of the upright picture

	// PixelsPerCell is the distance of two characters; 0 when no zone was found.
	PixelsPerCell float64

	// Sharpness is between 0 and 1: how much of a printed edge's height lies
	// within one pixel. A blurred picture is near 0.
	Sharpness float64

	// Darkness is between 0 and 1: 1 when nothing in the picture is brighter
	// than black.
	Darkness float64

	// Glare is between 0 and 1: the part of the zone that glare has erased.
	Glare float64

	// Angle of the lines in degrees, clockwise, from -180 to 180; 0 when the
	// text is upright or no zone was found.
	Angle float64

	// Reasons name what stands in the way of reading, the worst first. Empty
	// for a picture that reads well.
	Reasons []string
}

// Reasons that a Judgement can give.
const (
	ReasonNoMRZ     = "no_mrz"
	ReasonTooSmall  = "too_small"
	ReasonTooBlurry = "too_blurry"
	ReasonTooDark   = "too_dark"
	ReasonGlare     = "glare"
)
