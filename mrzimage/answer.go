package mrzimage

import (
	"math"
	"slices"

	"mrzbot/mrzimage/internal/rectify"
)

// result is what the search found, as the caller sees it.
func (s *search) result(also []*candidate) Result {
	if s.best == nil || !s.best.reading.Plausible() || s.foreign(s.best) {
		return Result{Verdict: VerdictNone, Picture: s.unread()}
	}
	out, ok := s.resultOf(s.best)
	if !ok {
		return Result{Verdict: VerdictNone, Picture: s.unread()}
	}
	for _, c := range also {
		if other, ok := s.resultOf(c); ok {
			out.Also = append(out.Also, other)
		}
	}
	return out
}

// resultOf is what the caller sees of one MRZ; false when its lines are of another
// length than those of any format.
func (s *search) resultOf(c *candidate) (Result, bool) {
	s.blank(c)
	unreadable, open := c.unreadable(), false
	if s.otherLength(c, unreadable) {
		return Result{}, false
	}
	out := Result{
		Verdict: VerdictDoubtful,
		Format:  c.reading.Format(),
		Corners: c.corners(s.by),
		places:  c.places(),
		Picture: s.judge(c),
	}
	steady := s.steadied(c)
	sum, n := 0.0, 0
	for i, line := range c.reading.Lines {
		raw := c.reading.Raw[i]
		text := make([]byte, len(line))
		sure := make([]float64, len(line))
		for k, char := range line {
			log := c.reading.Log(i, k)
			text[k], sure[k] = char, min(math.Exp(log), steady[i][k])
			sum += log
			n++
			if unreadable[i][k] {
				text[k] = Unreadable
				open = true
				continue
			}
			if char != raw[k] {
				out.Repairs = append(out.Repairs, Repair{i + 1, k + 1, string(raw[k]), string(char)})
			}
		}
		out.Lines = append(out.Lines, string(text))
		out.Raw = append(out.Raw, string(raw))
		out.Cells = append(out.Cells, sure)
	}
	out.Confidence = math.Exp(sum / float64(n))
	if c.reading.Sure() && !open && !c.faded && isSteady(steady) {
		out.Verdict = VerdictOK
	}
	if c.faded && !slices.Contains(out.Picture.Reasons, ReasonGlare) {
		out.Picture.Reasons = append(out.Picture.Reasons, ReasonGlare)
	}
	return out, true
}

// corners of the MRZ: half a cell and half a glyph around the middles, in
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

// places of the MRZ's characters.
func (c *candidate) places() [][]rectify.Cell {
	out := make([][]rectify.Cell, len(c.rows))
	for i, r := range c.rows {
		for k := range c.columns {
			out[i] = append(out[i], r.Cell(float64(k)))
		}
	}
	return out
}
