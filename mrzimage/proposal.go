package mrzimage

import (
	"math"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/rectify"
)

// proposal is an MRZ that the finder gave, after probing it both ways up.
type proposal struct {
	block       find.Block
	rows        []rectify.Row
	up, down    probed
	worth       float64 // more for what is likelier to be an MRZ
	withoutText bool    // its line of most digits surely shows none
}

const (
	sureWorth  = 40 // of being surer by one, in glyphs
	signsWorth = 80 // of showing digits and fillers only
	// leastProposal is the worth of what is read. MRZs had 90 and more, also where
	// fingers lay over them; fronts of cards and pages in other type have up to
	// 45.
	leastProposal = 50
	// plainProposal is the worth of what is read before others are looked at: pages
	// in the type of an MRZ reach 110.
	plainProposal = 115
	// leastDigitShare is the part of an MRZ's cells that hold digits and fillers,
	// at least. On a page in the same type they are a quarter at most.
	leastDigitShare = 0.25
)

// weigh gives a proposal its worth: the finder's opinion, in glyphs, and what was
// seen. What is no MRZ has none.
func (o *proposal) weigh() {
	o.worth = math.Inf(-1)
	for _, g := range [2]probed{o.up, o.down} {
		if g.sure() >= leastProbe && g.digitShare() >= leastDigitShare {
			o.worth = max(o.worth, o.block.Like()+sureWorth*g.sure()+signsWorth*g.digitShare())
		}
	}
}

// propose probes an MRZ, its lines of most digits first. What is no MRZ
// is given up as soon as they say so.
func (s *search) propose(z find.Block, scale float64, seen probedLines) proposal {
	o := proposal{block: z, rows: rectify.Rows(z, scale), worth: math.Inf(-1)}
	share := 0.0
	for n, i := range digitsFirst[len(o.rows)] {
		both := s.probeLine(lineOf{z.Lines[i], z.Eighths}, o.rows[i], seen)
		o.up.add(both[0])
		o.down.add(both[1])
		share = max(share, both[0].signed(), both[1].signed())
		if n < digitLines && share < leastOfLines[n] {
			o.withoutText = both[0].withoutText() && both[1].withoutText()
			return o
		}
	}
	o.weigh()
	return o
}

// digitsFirst are the lines of an MRZ by how surely they show digits and
// fillers, whichever way up they are: the dates stand in the middle line of
// three and in the second of two.
var digitsFirst = map[int][]int{2: {1, 0}, 3: {1, 0, 2}}

// digitLines are looked at before the rest. The part of digits and fillers
// must be so much in the first, and in one of the two. MRZs had 0.57 and more
// in both, but for a line of a passport; the tolerance is for fingers and glare.
const digitLines = 2

var leastOfLines = [digitLines]float64{0.3, 0.5}

// letters reports whether the line that was looked at first shows clear letters
// only.
func (o *proposal) letters() bool {
	return o.withoutText && (o.up.letters() || o.down.letters())
}

// facing gives the rows so that their text stands upright.
func (o *proposal) facing() []rectify.Row {
	if o.down.sure() > o.up.sure() {
		return turned(o.rows)
	}
	return o.rows
}
