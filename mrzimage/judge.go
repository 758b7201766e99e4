package mrzimage

import (
	"context"
	"slices"

	"mrzbot/mrzimage/internal/rectify"
)

// Judgement says what a picture is like, whether or not a zone was read.
type Judgement struct {
	Width, Height int // pixels of the upright picture

	// Found: a zone is there. What follows is then measured in the zone, and
	// else in the whole picture.
	Found bool

	// PixelsPerCell is the distance of two characters; 0 when no zone was found.
	PixelsPerCell float64

	// Sharpness is between 0 and 1: how much of a printed edge's height lies
	// within one pixel; without a zone, within one pixel of a copy of
	// sceneSide. A blurred picture is near 0; 0 means that no edge is there to
	// be measured.
	Sharpness float64

	// Darkness is between 0 and 1: 1 when nothing is brighter than black.
	Darkness float64

	// Glare is between 0 and 1: the part of the zone that glare has erased.
	Glare float64

	// Angle of the lines in degrees, clockwise, from -180 to 180; 0 when the
	// text is upright or no zone was found.
	Angle float64

	// CutOff is between 0 and 1: the part of the zone that lies beyond the
	// picture's edge.
	CutOff float64

	// Missing is between 0 and 1: the part of the picture that its file, cut
	// short or damaged, does not hold. The rest was looked at.
	Missing float64

	// Print is the number of rows of print, in any type, where no zone was
	// found: a card's other side has a few, a page has many.
	Print int

	// Reasons name what stands in the way of reading, the worst first. Empty
	// for a picture that reads well. They are advice: some pictures read well
	// in spite of them.
	Reasons []string

	// Stop is the reason for which no reader can read this picture, or empty.
	// Only Judge says so, and only when it is all but certain: see the
	// thresholds.
	Stop string
}

// Reasons that a Judgement can give.
const (
	ReasonNoMRZ     = "no_mrz"
	ReasonFront     = "front" // with no_mrz: likely the side of the card that has no zone
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

// Judge says what a picture is like without reading it, in a small part of the
// time of Read after decoding. Errors are those of Read.
func (r *Reader) Judge(ctx context.Context, data []byte) (Judgement, error) {
	s, err := r.open(ctx, data)
	if err != nil {
		return Judgement{}, err
	}
	rows, sure, err := s.glance(ctx)
	if err != nil {
		return Judgement{}, err
	}
	if sure >= sureGlimpse {
		j := s.judgeRows(rows)
		j.Reasons = j.advice()
		j.Stop = j.hopelessZone(s.gone(rows))
		return j, nil
	}
	j := s.nowhere()
	maybe := rows != nil
	if !maybe {
		if maybe, err = s.traces(ctx); err != nil {
			return Judgement{}, err
		}
	}
	if maybe { // a zone that only a reader can find
		j.Reasons = slices.DeleteFunc(j.Reasons, func(r string) bool { return r == ReasonNoMRZ || r == ReasonFront })
	}
	j.Stop = j.hopelessScene(maybe)
	return j, nil
}

// nowhere measures a picture in which no zone was found.
func (s *search) nowhere() Judgement {
	j := s.judgeRows(nil)
	if max(j.Width, j.Height) >= tiniestSide {
		j.Print = s.copyOf(workingSide).pieces(0).Rows()
	}
	j.Reasons = j.advice()
	return j
}

// judge measures what Read has found; nil when that is no zone.
func (s *search) judge(c *candidate) Judgement {
	if c == nil {
		return s.nowhere()
	}
	j := s.judgeRows(c.rows)
	j.CutOff = 0 // every cell was looked at
	j.Glare = float64(c.lost) / float64(len(c.rows)*c.columns)
	if !c.sure() || c.lost > 0 {
		j.Reasons = j.advice()
	}
	return j
}

// judgeRows measures the zone of these rows, or the whole picture when there
// are none.
func (s *search) judgeRows(rows []rectify.Row) Judgement {
	p := s.picture
	j := Judgement{Width: s.info.Width, Height: s.info.Height, Missing: s.missing}
	if s.info.Orientation >= 5 {
		j.Width, j.Height = j.Height, j.Width
	}
	if len(rows) == 0 {
		view := sceneOf(p)
		j.Darkness, j.Sharpness = 1-view.bright/255, view.sharp
		return j
	}
	m := measure(p, rows)
	j.Found = true
	j.PixelsPerCell, j.Angle, j.Sharpness = m.pitch*s.by, m.angle, m.sharp/s.by
	j.Darkness, j.Glare, j.CutOff = 1-m.paper/255, m.erased, m.outside
	return j
}

// Where a picture stops being fit for reading: advice. The table of
// TestJudgementTable says how often each is raised rightly and wrongly.
const (
	leastPixelsPerCell = 7.0  // characters of fewer pixels are guessed
	mostEdge           = 0.25 // of a cell, that an edge is spread over: strokes melt
	mostDarkness       = 0.75 // paper no brighter than a quarter
	mostGlare          = 0.0  // one character is enough
	mostCutOff         = 0.02 // two characters of ninety, which a speck at the edge can feign
	// Rows of print on the side of a card that has no zone. Pages have more, and
	// so have cards with a strong background print: half of all fronts are told.
	fewestRows, mostRows = 3, 10
	leastSceneEdge       = 0.35 // of an edge within one pixel of sceneSide, in the sharpest parts of a picture
)

// advice gives the reasons, the worst first.
func (j *Judgement) advice() []string {
	var out []string
	say := func(when bool, reason string) {
		if when {
			out = append(out, reason)
		}
	}
	say(j.Missing > 0, ReasonDamaged)
	say(!j.Found, ReasonNoMRZ)
	say(!j.Found && j.Missing == 0 && fewestRows <= j.Print && j.Print <= mostRows, ReasonFront)
	say(j.CutOff > mostCutOff, ReasonCutOff)
	say(j.Darkness > mostDarkness, ReasonTooDark)
	if j.Found {
		say(j.PixelsPerCell < leastPixelsPerCell, ReasonTooSmall)
		say(j.Sharpness > 0 && j.edge() > mostEdge, ReasonTooBlurry)
	} else {
		say(max(j.Width, j.Height) < shortestLine*leastPixelsPerCell, ReasonTooSmall)
		say(j.Sharpness > 0 && j.Sharpness < leastSceneEdge, ReasonTooBlurry)
	}
	say(j.Glare > mostGlare, ReasonGlare)
	return out
}

// shortestLine of a zone has so many characters.
const shortestLine = 30

// edge is how much of a cell an edge is spread over, besides what pixels do.
func (j *Judgement) edge() float64 {
	const ofPixels = 1.5
	return (1/max(j.Sharpness, 1e-6) - ofPixels) / max(j.PixelsPerCell, 1e-6)
}

// corners of the zone: half a cell and half a glyph around the middles, in
// pixels of a picture that has so many to each side for one of the plane.
func (c *candidate) corners(by float64) [4]Point {
	first, last := c.rows[0], c.rows[len(c.rows)-1]
	end := float64(c.columns - 1)
	out := [4]Point{
		cornersOf(first.Cell(0))[0], cornersOf(first.Cell(end))[1],
		cornersOf(last.Cell(end))[2], cornersOf(last.Cell(0))[3],
	}
	for i := range out {
		out[i].X, out[i].Y = out[i].X*by, out[i].Y*by
	}
	return out
}

// places of the zone's characters.
func (c *candidate) places() [][]rectify.Cell {
	out := make([][]rectify.Cell, len(c.rows))
	for i, r := range c.rows {
		for k := range c.columns {
			out[i] = append(out[i], r.Cell(float64(k)))
		}
	}
	return out
}
