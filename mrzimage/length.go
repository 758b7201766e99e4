package mrzimage

import (
	"slices"

	"mrzbot/mrzimage/internal/decide"
	"mrzbot/mrzimage/internal/judge"
	"mrzbot/mrzimage/internal/rectify"
)

// What bare paper is: nothing was printed there. Where something hides a
// character, the paper looks otherwise than beside it.
const (
	bareContrast = 0.45 // at most, in parts of the MRZ's usual contrast
	barePaper    = 0.12 // the brightness differs from that of the cell beside it by at most so much
	leastWhite   = 235  // of paper in a picture whose paper is white all over
	// mostBare cells at an end of a line: more, and the line was printed shorter.
	mostBare = 3
)

// otherLength reports whether the MRZ's lines were printed shorter than those of
// the format: documents of lines of 34 or 35 characters, and licences with a short
// first line, are none that is read. Every cell of an MRZ prints a glyph, the filler
// too.
func (s *search) otherLength(c *candidate, unreadable [][]bool) bool {
	usual := s.usualLight(c)
	var starts, ends []int
	for i, row := range c.rows {
		if len(unreadable[i])-count(unreadable[i]) < decide.LeastOfLine {
			return true // it is no line at all
		}
		places := make([]rectify.Cell, c.columns)
		for k := range places {
			places[k] = row.Cell(float64(k))
		}
		ends = append(ends, s.bareEnd(places, unreadable[i], usual))
		slices.Reverse(places)
		slices.Reverse(unreadable[i])
		starts = append(starts, s.bareEnd(places, unreadable[i], usual))
		slices.Reverse(unreadable[i])
	}
	return slices.Max(starts) > mostBare || slices.Max(ends) > mostBare || slices.Min(starts) > 0 || slices.Min(ends) > 0
}

// bareEnd counts the cells of bare paper behind the last character of a line that
// can be read.
func (s *search) bareEnd(places []rectify.Cell, unreadable []bool, usual rectify.Light) int {
	last := len(places) - 1
	for unreadable[last] {
		last--
	}
	beside, n := s.picture.Light(places[last]), 0
	for _, cell := range places[last+1:] {
		l := s.picture.Light(cell)
		if !s.inside(cell) || !isBare(l, beside, usual) {
			break
		}
		beside = l
		n++
	}
	return n
}

func count(marked []bool) (n int) {
	for _, m := range marked {
		if m {
			n++
		}
	}
	return n
}

// inside reports whether a cell lies wholly in the picture.
func (s *search) inside(cell rectify.Cell) bool {
	full := s.picture.Full()
	for _, p := range cornersOf(cell) {
		if p.X < 0 || p.Y < 0 || p.X >= float64(full.W) || p.Y >= float64(full.H) {
			return false
		}
	}
	return true
}

// isBare reports whether a cell shows nothing but the paper of the cell beside it.
func isBare(l, beside, usual rectify.Light) bool {
	if l.Paper >= judge.BlownOut && usual.Paper < leastWhite {
		return false // glare
	}
	return l.Paper-l.Ink < bareContrast*(usual.Paper-usual.Ink) && abs(l.Paper-beside.Paper) < barePaper*beside.Paper
}

// usualLight is that of most cells of an MRZ.
func (s *search) usualLight(c *candidate) rectify.Light {
	var inks, papers []float64
	for _, row := range s.lights(c) {
		for _, l := range row {
			inks, papers = append(inks, l.Ink), append(papers, l.Paper)
		}
	}
	slices.Sort(inks)
	slices.Sort(papers)
	return rectify.Light{Ink: inks[len(inks)/2], Paper: papers[len(papers)/2]}
}
