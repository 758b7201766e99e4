// Package judge measures pictures: how sharp, bright, large and whole an MRZ in them is,
// or the whole picture, and says what stands in the way of reading it. It neither finds
// nor reads anything.
package judge

// Judgement says what a picture is like, whether or not an MRZ was read.
type Judgement struct {
	Width, Height int // pixels of the upright picture

	// Found: an MRZ is there. What follows is then measured in the MRZ, and
	// else in the whole picture.
	Found bool

	// PixelsPerCell is the distance of two characters; 0 when no MRZ was found.
	PixelsPerCell float64

	// Sharpness is between 0 and 1: how much of a printed edge's height lies
	// within one pixel; without an MRZ, within one pixel of a copy of
	// sceneSide. A blurred picture is near 0; 0 means that no edge is there to
	// be measured.
	Sharpness float64

	// Darkness is between 0 and 1: 1 when nothing is brighter than black.
	Darkness float64

	// Glare is between 0 and 1: the part of the MRZ that glare has erased.
	Glare float64

	// GlareLine is the line of three, from 1, on which nearly all of it lies; 0:
	// there is none, it lies on several, or not all three lines were found.
	GlareLine int

	// Angle of the lines in degrees, clockwise, from -180 to 180; 0 when the
	// text is upright or no MRZ was found.
	Angle float64

	// CutOff is between 0 and 1: the part of the MRZ that lies beyond the
	// picture's edge.
	CutOff float64

	// Missing is between 0 and 1: the part of the picture that its file, cut
	// short or damaged, does not hold. The rest was looked at.
	Missing float64

	// Print is the number of rows of print, in any type, where no MRZ was
	// found: a card's other side has a few, a page has many.
	Print int

	// PerRow is the number of glyphs in one of these rows, on average.
	PerRow float64

	// Reasons name what stands in the way of reading, the worst first. Empty
	// for a picture that reads well. They are advice: some pictures read well
	// in spite of them.
	Reasons []string

	// Stop is the reason for which no reader can read this picture, or empty. A
	// picture of which something was read has none.
	Stop string
}

// Reasons that a Judgement can give.
const (
	ReasonNoMRZ     = "no_mrz" // none was read
	ReasonFront     = "front"  // with no_mrz: likely the side of the card that has no MRZ
	ReasonTooSmall  = "too_small"
	ReasonTooBlurry = "too_blurry"
	ReasonTooDark   = "too_dark"
	ReasonGlare     = "glare"
	ReasonCutOff    = "cut_off"
	ReasonDamaged   = "damaged" // a part of the picture is not in its file
)

// Reasons lists them.
func Reasons() []string {
	return []string{ReasonNoMRZ, ReasonFront, ReasonTooSmall, ReasonTooBlurry, ReasonTooDark, ReasonGlare, ReasonCutOff, ReasonDamaged}
}

// Where a picture stops being fit for reading: advice. The table of
// TestJudgementTable says how often each is raised rightly and wrongly.
const (
	leastPixelsPerCell = 7.0  // characters of fewer pixels are guessed
	mostEdge           = 0.25 // of a cell, that an edge is spread over: strokes melt
	mostDarkness       = 0.75 // paper no brighter than a quarter
	mostGlare          = 0.0  // one character is enough
	mostCutOff         = 0.02 // two characters of ninety, which a speck at the edge can feign
	// Rows of print on the side of a card that has no MRZ. Pages have more, or
	// longer ones; so have cards with a strong background print.
	fewestRows, mostRows = 3, 10
	mostPerRow           = 11.9 // glyphs: pages have longer ones
	fewRows, mostOfFew   = 4, 15.0
	leastSceneEdge       = 0.35 // of an edge within one pixel of sceneSide, in the sharpest parts of a picture
)

// Advise gives the reasons, the worst first.
func (j *Judgement) Advise() []string {
	var out []string
	say := func(when bool, reason string) {
		if when {
			out = append(out, reason)
		}
	}
	say(j.Missing > 0, ReasonDamaged)
	say(!j.Found, ReasonNoMRZ)
	say(!j.Found && j.Missing == 0 && j.likeFront(), ReasonFront)
	say(j.CutOff > mostCutOff, ReasonCutOff)
	say(j.Darkness > mostDarkness, ReasonTooDark)
	if j.Found {
		say(j.PixelsPerCell < leastPixelsPerCell, ReasonTooSmall)
		say(j.Sharpness > 0 && j.Edge() > mostEdge, ReasonTooBlurry)
	} else {
		say(max(j.Width, j.Height) < ShortestLine*leastPixelsPerCell, ReasonTooSmall)
		say(j.Sharpness > 0 && j.Sharpness < leastSceneEdge, ReasonTooBlurry)
	}
	say(j.Glare > mostGlare, ReasonGlare)
	return out
}

// likeFront reports whether a picture shows as much print as the side of a card that
// has no MRZ.
func (j *Judgement) likeFront() bool {
	most := mostPerRow
	if j.Print <= fewRows {
		most = mostOfFew
	}
	return fewestRows <= j.Print && j.Print <= mostRows && j.PerRow < most
}

// ShortestLine of an MRZ has so many characters.
const ShortestLine = 30

// Edge is how much of a cell an edge is spread over, besides what pixels do.
func (j *Judgement) Edge() float64 {
	const ofPixels = 1.5
	return (1/max(j.Sharpness, 1e-6) - ofPixels) / max(j.PixelsPerCell, 1e-6)
}

// Where no reader can read: a picture that is stopped here is not sent to one
// that costs. Each lies well beyond what was ever read; what lies between is
// advice only, and is sent.
const (
	hopelessPixelsPerCell = 4.0 // strokes of half a pixel
	HopelessCutOff        = 0.1 // three characters of thirty
	hopelessGone          = 3   // characters of which nothing is left: no check digit gives three
	hopelessBright        = 8   // of 255: ink and paper lie fewer than eight tones apart

	// A picture in which nothing is read is called blurred below this sharpness,
	// and its contents are believed above this brightness.
	clearBright = 60
	clearEdge   = 0.45
)

// HopelessMRZ is the reason for which no reader can read an MRZ that is
// there, or "".
func (j *Judgement) HopelessMRZ(gone int) string {
	switch {
	case j.PixelsPerCell < hopelessPixelsPerCell:
		return ReasonTooSmall
	case j.CutOff >= HopelessCutOff:
		return ReasonCutOff
	case gone >= hopelessGone:
		return ReasonGlare
	}
	return ""
}

// HopelessScene is the reason for which no reader can read a picture in which
// nothing is like an MRZ, or "".
func (j *Judgement) HopelessScene() string {
	bright := 255 * (1 - j.Darkness)
	switch {
	case max(j.Width, j.Height) < ShortestLine*hopelessPixelsPerCell:
		return ReasonTooSmall
	case bright <= hopelessBright:
		return ReasonTooDark
	case bright < clearBright:
		return ""
	case j.Missing > 0:
		return ReasonDamaged // it may have been in what is missing
	case j.Sharpness > 0 && j.Sharpness < clearEdge:
		return ReasonTooBlurry
	}
	return ReasonNoMRZ
}
