package mrzimage

import (
	"math"
	"slices"

	"mrzbot/mrzimage/internal/decide"
	"mrzbot/mrzimage/internal/judge"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/rectify"
)

// unread judges a picture in which nothing was read: what was likeliest to be an
// MRZ, or else the whole picture, gives the reason.
func (s *search) unread() judge.Judgement {
	foreign := s.best != nil && s.foreign(s.best)
	if o := s.likeliest; o != nil && !foreign {
		rows := o.facing()
		j := s.judgeRows(rows)
		j.Reasons = append([]string{judge.ReasonNoMRZ}, j.Advise()...)
		j.Stop = j.HopelessMRZ(s.gone(rows))
		if j.Stop != "" || s.best != nil && s.best.reading.Found() && s.best.reading.Hopeful() {
			return j // there may be one, or there is one that nobody can read
		}
	}
	if j, cut := s.cutOff(); cut {
		return j
	}
	j := s.nowhere()
	j.Stop = j.HopelessScene()
	return j
}

// cutOff judges what is like an MRZ and has no room in the picture.
func (s *search) cutOff() (j judge.Judgement, cut bool) {
	for _, o := range s.beyond {
		look := s.propose(o.block, o.scale, probedLines{})
		if columnsSeen(look.rows) < leastOfCut || math.IsInf(look.worth, -1) {
			continue
		}
		if j = s.judgeRows(look.facing()); j.CutOff >= judge.HopelessCutOff {
			j.Reasons, j.Stop = append([]string{judge.ReasonNoMRZ}, j.Advise()...), judge.ReasonCutOff
			return j, true
		}
	}
	return j, false
}

// longEnough reports whether rows can be more than a label.
func longEnough(rows []rectify.Row) bool {
	return columnsSeen(rows) >= leastColumns
}

// leastColumns of an MRZ must be seen. Labels, which may be printed in the same
// type, are shorter.
const leastColumns = 22

// leastOfCut columns must be seen of one that the picture's edge cuts off.
const leastOfCut = 18

func columnsSeen(rows []rectify.Row) int {
	first, last := judge.ColumnsOf(rows, rows[0])
	return last - first + 1
}

// nowhere measures a picture in which no MRZ was found.
func (s *search) nowhere() judge.Judgement {
	j := s.judgeRows(nil)
	if max(j.Width, j.Height) >= tiniestSide {
		var glyphs int
		j.Print, glyphs = s.copyOf(workingSide).pieces(0).Rows()
		j.PerRow = float64(glyphs) / float64(max(j.Print, 1))
	}
	j.Reasons = j.Advise()
	return j
}

// judge measures the MRZ that was read.
func (s *search) judge(c *candidate) judge.Judgement {
	j := s.judgeRows(c.rows)
	j.CutOff = 0 // every cell was looked at
	j.Glare = float64(c.lost) / float64(len(c.rows)*c.columns)
	if !c.reading.Sure() || c.lost > 0 {
		j.Reasons = j.Advise()
	}
	return j
}

// judgeRows measures the MRZ of these rows, or the whole picture when there
// are none.
func (s *search) judgeRows(rows []rectify.Row) judge.Judgement {
	p := s.picture
	j := judge.Judgement{Width: s.info.Width, Height: s.info.Height, Missing: s.missing}
	if s.info.Orientation >= 5 {
		j.Width, j.Height = j.Height, j.Width
	}
	if len(rows) == 0 {
		view := judge.SceneOf(p)
		j.Darkness, j.Sharpness = 1-view.Bright/255, view.Sharp
		return j
	}
	m := judge.Measure(p, rows)
	j.Found = true
	j.PixelsPerCell, j.Angle, j.Sharpness = m.Pitch*s.by, m.Angle, m.Sharp/s.by
	j.Darkness, j.Glare, j.GlareLine, j.CutOff = 1-m.Paper/255, m.Erased, m.Line, m.Outside
	return j
}

// What is left of a character that glare has wiped out.
const (
	goneInk  = 240 // the darkest of it is as bright as this
	usualInk = 200 // where the MRZ's characters are at least as dark as this
)

// gone counts the characters of which glare has left nothing. Where they follow
// a filler they may be fillers, which a reader may add by itself; those do not
// count.
func (s *search) gone(rows []rectify.Row) int {
	n := 0
	for _, r := range rows {
		first, last := judge.ColumnsOf(rows, r)
		var cells []rectify.Cell
		for k := first; k <= last; k++ {
			cells = append(cells, r.Cell(float64(k)))
		}
		lights := judge.LightsOf(s.picture, cells)
		dark := 0
		for _, l := range lights {
			if l.Ink < usualInk {
				dark++
			}
		}
		counts := false
		for k, l := range lights {
			if l.Paper < judge.BlownOut || l.Ink < goneInk {
				seen := s.classify(cells[k])
				counts = decide.Likeliest(&seen, decide.AnyCharacter) != '<'
			} else if counts && 2*dark > len(cells) {
				n++
			}
		}
	}
	return n
}

// Receipts, tables of numbers and the like have even rows of digits, too. What
// tells them is their type: where print is sharp, the network is sure of nearly
// every character of an MRZ, whatever lies over the others, and of half of those of
// another type. Of 40 MRZ that were hard to read it was sure of 0.91 and more, of 17
// receipts and tables of 0.54 at most.
const (
	clearCell  = -0.1 // log-probability of a character that it is sure of
	leastClear = 0.75 // of the characters of an MRZ that is sharply printed
	sharpEdge  = 0.15 // of a cell, that an edge is spread over at most
)

// foreign reports whether a candidate is clearly seen to be other print: sharp, of
// another type, and with characters where they cannot be.
func (s *search) foreign(c *candidate) bool {
	r := &c.reading
	if !r.Found() || r.Valid || r.Strange == 0 {
		return false
	}
	seen, sure := 0, 0
	for row, line := range c.cells {
		for col := range line {
			if r.IsBlind(row, col) {
				continue
			}
			seen++
			if slices.Max(line[col][:network.NotGlyph]) > clearCell {
				sure++
			}
		}
	}
	if float64(sure) >= leastClear*float64(seen) {
		return false
	}
	j := s.judgeRows(c.rows)
	return j.Sharpness > 0 && j.Edge() < sharpEdge
}
