package mrzimage

import (
	"math"
	"slices"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/rectify"
)

// glimpsed is what a look at a few cells of a row, or of several, has shown.
type glimpsed struct {
	sum   float64 // of the log-probabilities of the likeliest characters
	cells int
	signs int // cells that hold a figure or a filler: other text has few
	other int // cells that clearly hold a letter, or no glyph
	blank int // of these, those without a glyph
}

func (g *glimpsed) add(o glimpsed) {
	g.sum += o.sum
	g.cells += o.cells
	g.signs += o.signs
	g.other += o.other
	g.blank += o.blank
}

// sure is how sure the network is of the characters, on average.
func (g glimpsed) sure() float64 { return g.sum / float64(max(g.cells, 1)) }

// telling is the part of the cells that hold a figure or a filler.
func (g glimpsed) telling() float64 { return float64(g.signs) / float64(max(g.cells, 1)) }

const (
	// glimpses is how many cells of a row are looked at first.
	glimpses = 6
	// firstGlimpses are enough of what is surely no text: the mean of their
	// log-probabilities is below hopelessGlimpse.
	firstGlimpses   = 3
	hopelessGlimpse = -3
	// mostUntelling cells of a row may hold something else than figures and
	// fillers; then the rest would not make it a telling one.
	mostUntelling = 3
	// clearSign is the log-probability of what counts as seen.
	clearSign = -0.7
	// leastGlimpsed is what a cell counts at least: one speck must not outweigh
	// the rest.
	leastGlimpsed = -6
)

// glimpse looks at a few cells of a row, the given part of a step into it; at
// fewer when the first show that it is no text.
func (s *search) glimpse(r rectify.Row, into float64) (g glimpsed) {
	step := max(1, r.Last/glimpses)
	for k := 1 + int(into*float64(step)); k <= r.Last; k += step {
		l := s.look(r.Cell(float64(k)))
		c := likeliest(&l, anyCharacter)
		log := float64(max(l[indexOf(c)], leastGlimpsed))
		g.sum += log
		g.cells++
		switch {
		case l[network.NotGlyph] > clearSign:
			g.other++
			g.blank++
		case log > clearSign && c >= 'A' && c <= 'Z':
			g.other++
		case log > clearSign:
			g.signs++
		}
		if g.cells >= firstGlimpses && (g.sure() < hopelessGlimpse || g.other == g.cells) || g.cells-g.signs > mostUntelling {
			break
		}
	}
	return g
}

func (s *search) glimpseAll(rows []rectify.Row, into float64) (g glimpsed) {
	for _, r := range rows {
		g.add(s.glimpse(r, into))
	}
	return g
}

// turned are the rows read from their other end, upside down.
func turned(rows []rectify.Row) []rectify.Row {
	out := make([]rectify.Row, len(rows))
	for i, r := range rows {
		out[len(rows)-1-i] = r.Turned()
	}
	return out
}

// faceUp turns rows so that their text stands upright, after a glimpse at them
// both ways up. It gives nil when neither way looks like text.
func (s *search) faceUp(rows []rectify.Row, up, down glimpsed) []rectify.Row {
	a, b := up.sure(), down.sure()
	if max(a, b) < leastGlimpse {
		return nil
	}
	back := turned(rows)
	if math.Abs(a-b) < clearlyUp {
		// Fillers say little. Other cells may say more.
		a, b = a+s.glimpseAll(rows, 0.5).sure(), b+s.glimpseAll(back, 0.5).sure()
	}
	if b > a {
		return back
	}
	return rows
}

const (
	// leastGlimpse is the mean log-probability of the likeliest characters below
	// which cells are no text. Text on its head gives less than upright text.
	leastGlimpse = -1.2
	// clearlyUp is the difference of two glimpses that tells up from down.
	clearlyUp = 0.5
)

// glimpsedLines are those that were looked at, both ways up: zones share lines.
type glimpsedLines map[lineOf][2]glimpsed

type lineOf struct {
	find.Line
	eighths int
}

// signed is the part of telling cells of what may be text.
func (g glimpsed) signed() float64 {
	if g.sure() < leastSigned {
		return 0
	}
	return g.telling()
}

// leastSigned is the mean log-probability of what may be a line of text.
const leastSigned = -1.5

// glimpseLine takes a glimpse at a line, both ways up, if nobody has yet: a line
// that another way to tell ink has shown need not be looked at twice when it
// holds no figures.
func (s *search) glimpseLine(line lineOf, r rectify.Row, seen glimpsedLines) [2]glimpsed {
	both, ok := seen[line]
	if ok {
		return both
	}
	if slices.ContainsFunc(s.silent, r.Along) {
		both = [2]glimpsed{hopeless, hopeless}
	} else {
		both = s.glimpseBoth(r)
		if both[0].silent() && both[1].silent() {
			s.silent = append(s.silent, r)
		}
	}
	seen[line] = both
	return both
}

// letters reports whether a row shows clear letters only.
func (g glimpsed) letters() bool {
	return g.other == g.cells && g.blank == 0 && g.sure() > clearLetters
}

// clearLetters is the mean log-probability of letters in the type of a zone:
// those of another give less.
const clearLetters = -0.1

// glimpseBoth looks at a row both ways up. Where no glyphs are, none are upside
// down: of 680 lines of zones on their heads none was taken for that.
func (s *search) glimpseBoth(r rectify.Row) [2]glimpsed {
	up := s.glimpse(r, 0)
	if up.blank == up.cells {
		return [2]glimpsed{up, up}
	}
	return [2]glimpsed{up, s.glimpse(r.Turned(), 0)}
}

// hopeless stands for what was looked at before.
var hopeless = glimpsed{sum: leastGlimpsed, cells: 1}

// silent reports whether a row is surely no telling one: no text, or text of
// another kind.
func (g glimpsed) silent() bool {
	return g.sure() < hopelessGlimpse || g.other >= mostUntelling && g.telling() < leastOfLines[0]
}
