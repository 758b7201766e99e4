package mrzimage

import (
	"math"
	"slices"

	"mrzbot/mrzimage/internal/decide"
	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/rectify"
)

// probed is what a look at a few cells of a row, or of several, has shown.
type probed struct {
	sum   float64 // of the log-probabilities of the likeliest characters
	cells int
	signs int // cells that hold a digit or a filler: other text has few
	other int // cells that clearly hold a letter, or no glyph
	blank int // of these, those without a glyph
}

func (g *probed) add(o probed) {
	g.sum += o.sum
	g.cells += o.cells
	g.signs += o.signs
	g.other += o.other
	g.blank += o.blank
}

// sure is how sure the network is of the characters, on average.
func (g probed) sure() float64 { return g.sum / float64(max(g.cells, 1)) }

// digitShare is the part of the cells that hold a digit or a filler.
func (g probed) digitShare() float64 { return float64(g.signs) / float64(max(g.cells, 1)) }

const (
	// probes is how many cells of a row are looked at first.
	probes = 6
	// firstProbes are enough of what is surely no text: the mean of their
	// log-probabilities is below hopelessProbe.
	firstProbes   = 3
	hopelessProbe = -3
	// mostOther cells of a row may hold something else than digits and
	// fillers; then the rest would not make it a line of digits.
	mostOther = 3
	// clearSign is the log-probability of what counts as seen.
	clearSign = -0.7
	// leastProbed is what a cell counts at least: one speck must not outweigh
	// the rest.
	leastProbed = -6
)

// probe looks at a few cells of a row, the given part of a step into it; at
// fewer when the first show that it is no text.
func (s *search) probe(r rectify.Row, into float64) (g probed) {
	step := max(1, r.Last/probes)
	for k := 1 + int(into*float64(step)); k <= r.Last; k += step {
		l := s.classify(r.Cell(float64(k)))
		c := decide.Likeliest(&l, decide.AnyCharacter)
		log := float64(max(l[decide.IndexOf(c)], leastProbed))
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
		if g.cells >= firstProbes && (g.sure() < hopelessProbe || g.other == g.cells) || g.cells-g.signs > mostOther {
			break
		}
	}
	return g
}

func (s *search) probeAll(rows []rectify.Row, into float64) (g probed) {
	for _, r := range rows {
		g.add(s.probe(r, into))
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

// faceUp turns rows so that their text stands upright, after probing them
// both ways up. It gives nil when neither way looks like text.
func (s *search) faceUp(rows []rectify.Row, up, down probed) []rectify.Row {
	a, b := up.sure(), down.sure()
	if max(a, b) < leastProbe {
		return nil
	}
	back := turned(rows)
	if math.Abs(a-b) < clearlyUp {
		// Fillers say little. Other cells may say more.
		a, b = a+s.probeAll(rows, 0.5).sure(), b+s.probeAll(back, 0.5).sure()
	}
	if b > a {
		return back
	}
	return rows
}

const (
	// leastProbe is the mean log-probability of the likeliest characters below
	// which cells are no text. Text on its head gives less than upright text.
	leastProbe = -1.2
	// clearlyUp is the difference of two probes that tells up from down.
	clearlyUp = 0.5
)

// probedLines are those that were looked at, both ways up: MRZs share lines.
type probedLines map[lineOf][2]probed

type lineOf struct {
	find.Line
	eighths int
}

// signed is the share of digits of what may be text.
func (g probed) signed() float64 {
	if g.sure() < leastSigned {
		return 0
	}
	return g.digitShare()
}

// leastSigned is the mean log-probability of what may be a line of text.
const leastSigned = -1.5

// probeLine probes a line, both ways up, if nobody has yet: a line
// that another binarization has shown need not be looked at twice when it
// holds no digits.
func (s *search) probeLine(line lineOf, r rectify.Row, seen probedLines) [2]probed {
	both, ok := seen[line]
	if ok {
		return both
	}
	if slices.ContainsFunc(s.withoutText, r.Along) {
		both = [2]probed{hopeless, hopeless}
	} else {
		both = s.probeBoth(r)
		if both[0].withoutText() && both[1].withoutText() {
			s.withoutText = append(s.withoutText, r)
		}
	}
	seen[line] = both
	return both
}

// letters reports whether a row shows clear letters only.
func (g probed) letters() bool {
	return g.other == g.cells && g.blank == 0 && g.sure() > clearLetters
}

// clearLetters is the mean log-probability of letters in the type of an MRZ:
// those of another give less.
const clearLetters = -0.1

// probeBoth looks at a row both ways up. Where no glyphs are, none are upside
// down: of 680 lines of MRZs on their heads none was taken for that.
func (s *search) probeBoth(r rectify.Row) [2]probed {
	up := s.probe(r, 0)
	if up.blank == up.cells {
		return [2]probed{up, up}
	}
	return [2]probed{up, s.probe(r.Turned(), 0)}
}

// hopeless stands for what was looked at before.
var hopeless = probed{sum: leastProbed, cells: 1}

// withoutText reports whether a row surely shows no text of an MRZ: none, or text of
// another kind.
func (g probed) withoutText() bool {
	return g.sure() < hopelessProbe || g.other >= mostOther && g.digitShare() < leastOfLines[0]
}
