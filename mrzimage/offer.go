package mrzimage

import (
	"math"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/rectify"
)

// offer is a zone that the finder gave, after a glimpse at it both ways up.
type offer struct {
	zone     find.Zone
	rows     []rectify.Row
	up, down glimpsed
	worth    float64 // more for what is likelier to be a zone
	silent   bool    // its most telling line surely tells nothing
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

// offer takes a glimpse at a zone, at its telling lines first. What is no zone
// is given up as soon as they say so.
func (s *search) offer(z find.Zone, scale float64, seen glimpsedLines) offer {
	o := offer{zone: z, rows: rectify.Rows(z, scale), worth: math.Inf(-1)}
	telling := 0.0
	for n, i := range tellingFirst[len(o.rows)] {
		both := s.glimpseLine(lineOf{z.Lines[i], z.Eighths}, o.rows[i], seen)
		o.up.add(both[0])
		o.down.add(both[1])
		telling = max(telling, both[0].signed(), both[1].signed())
		if n < tellingLines && telling < leastOfLines[n] {
			o.silent = both[0].silent() && both[1].silent()
			return o
		}
	}
	o.weigh()
	return o
}

// tellingFirst are the lines of a zone by how surely they show figures and
// fillers, whichever way up they are: the dates stand in the middle line of
// three and in the second of two.
var tellingFirst = map[int][]int{2: {1, 0}, 3: {1, 0, 2}}

// tellingLines are looked at before the rest. The part of figures and fillers
// must be so much in the first, and in one of the two. Zones had 0.57 and more
// in both, but for a line of a passport; the tolerance is for fingers and glare.
const tellingLines = 2

var leastOfLines = [tellingLines]float64{0.3, 0.5}

// letters reports whether the line that was looked at first shows clear letters
// only.
func (o *offer) letters() bool {
	return o.silent && (o.up.letters() || o.down.letters())
}

// facing gives the rows so that their text stands upright.
func (o *offer) facing() []rectify.Row {
	if o.down.sure() > o.up.sure() {
		return turned(o.rows)
	}
	return o.rows
}
