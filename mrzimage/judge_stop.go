package mrzimage

import "mrzbot/mrzimage/internal/rectify"

// Where no reader can read: a picture that is stopped here is not sent to one
// that costs. Each lies well beyond what was ever read; what lies between is
// advice only, and is sent.
const (
	hopelessPixelsPerCell = 4.0  // strokes of half a pixel
	hopelessCutOff        = 0.1  // three characters of thirty
	hopelessGone          = 3    // characters of which nothing is left: no check digit gives three
	hopelessBright        = 8    // of 255: ink and paper lie fewer than eight tones apart
	hopelessEdge          = 0.15 // of an edge within a pixel of sceneSide: strokes of even the largest zone that fits melt into one

	// A picture shows that it has no zone when it is as bright and sharp as
	// this, and has no trace of one (see traces).
	clearBright = 60
	clearEdge   = 0.45
)

// hopelessZone is the reason for which no reader can read a zone that is
// there, or "".
func (j *Judgement) hopelessZone(gone int) string {
	switch {
	case j.PixelsPerCell < hopelessPixelsPerCell:
		return ReasonTooSmall
	case j.CutOff >= hopelessCutOff:
		return ReasonCutOff
	case gone >= hopelessGone:
		return ReasonGlare
	}
	return ""
}

// hopelessScene is the reason for which no reader can read a picture in which
// no zone was found, or "". maybe says that there are traces of one.
func (j *Judgement) hopelessScene(maybe bool) string {
	bright := 255 * (1 - j.Darkness)
	switch {
	case max(j.Width, j.Height) < shortestLine*hopelessPixelsPerCell:
		return ReasonTooSmall
	case bright <= hopelessBright:
		return ReasonTooDark
	case maybe || bright < clearBright:
		return ""
	case j.Missing > 0:
		return ReasonDamaged // it may have been in what is missing
	case j.Sharpness == 0: // nothing at all is to be seen
		return ReasonNoMRZ
	case j.Sharpness < hopelessEdge:
		return ReasonTooBlurry
	case j.Sharpness < clearEdge:
		return ""
	}
	return ReasonNoMRZ
}

// What is left of a character that glare has wiped out.
const (
	goneInk  = 240 // the darkest of it is as bright as this
	usualInk = 200 // where the zone's characters are at least as dark as this
)

// gone counts the characters of which glare has left nothing. Where they follow
// a filler they may be fillers, which a reader may add by itself; those do not
// count.
func (s *search) gone(rows []rectify.Row) int {
	n := 0
	for _, r := range rows {
		first, last := columnsOf(rows, r)
		var cells []rectify.Cell
		for k := first; k <= last; k++ {
			cells = append(cells, r.Cell(float64(k)))
		}
		lights := lightsOf(s.picture, cells)
		dark := 0
		for _, l := range lights {
			if l.Ink < usualInk {
				dark++
			}
		}
		counts := false
		for k, l := range lights {
			if l.Paper < blownOut || l.Ink < goneInk {
				seen := s.look(cells[k])
				counts = likeliest(&seen, anyCharacter) != '<'
			} else if counts && 2*dark > len(cells) {
				n++
			}
		}
	}
	return n
}
