package mrzimage

import (
	"math"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/rectify"
)

// glimpsed is what a look at a few cells of a row, or of several, has shown.
type glimpsed struct {
	sum   float64 // of the log-probabilities of the likeliest characters
	cells int
	signs int // cells that hold a figure or a filler: other text has few
}

func (g *glimpsed) add(o glimpsed) {
	g.sum += o.sum
	g.cells += o.cells
	g.signs += o.signs
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
	// clearSign is the log-probability of a figure or a filler that counts.
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
		g.add(glimpsed{log, 1, 0})
		if log > clearSign && (c == '<' || c >= '0' && c <= '9') {
			g.signs++
		}
		if g.cells >= firstGlimpses && g.sure() < hopelessGlimpse {
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

// offer is a zone that the finder gave, after a glimpse at it both ways up.
type offer struct {
	zone     find.Zone
	rows     []rectify.Row
	up, down glimpsed
	worth    float64 // more for what is likelier to be a zone
}

const (
	sureWorth  = 40 // of being surer by one, in glyphs
	signsWorth = 80 // of showing figures and fillers only
	// leastOffer is the worth of what is read. Zones had 90 and more, also where
	// fingers lay over them; fronts of cards and pages in other type have up to
	// 45.
	leastOffer = 50
	// plainOffer is the worth of what is read before others are looked at: pages
	// in the type of a zone reach 110.
	plainOffer = 115
	// leastTelling is the part of a zone's cells that hold figures and fillers,
	// at least. On a page in the same type they are a quarter at most.
	leastTelling = 0.25
)

// weigh gives an offer its worth: the finder's opinion, in glyphs, and what was
// seen. What is no zone has none.
func (o *offer) weigh() {
	o.worth = math.Inf(-1)
	for _, g := range [2]glimpsed{o.up, o.down} {
		if g.sure() >= leastGlimpse && g.telling() >= leastTelling {
			o.worth = max(o.worth, o.zone.Like()+sureWorth*g.sure()+signsWorth*g.telling())
		}
	}
}

// glimpsedLines are those that were looked at, both ways up: zones share lines.
type glimpsedLines map[lineOf][2]glimpsed

type lineOf struct {
	find.Line
	eighths int
}

// offer takes a glimpse at a zone.
func (s *search) offer(z find.Zone, scale float64, seen glimpsedLines) offer {
	o := offer{zone: z, rows: rectify.Rows(z, scale)}
	for i, r := range o.rows {
		line := lineOf{z.Lines[i], z.Eighths}
		both, ok := seen[line]
		if !ok {
			both = [2]glimpsed{s.glimpse(r, 0), s.glimpse(r.Turned(), 0)}
			seen[line] = both
		}
		o.up.add(both[0])
		o.down.add(both[1])
	}
	o.weigh()
	return o
}
