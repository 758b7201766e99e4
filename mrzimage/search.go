package mrzimage

import (
	"cmp"
	"context"
	"math"
	"slices"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/judge"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/rectify"
)

// search is the reading of one picture: candidates come in and the best so far
// is kept.
type search struct {
	net         *network.Params
	picture     *rectify.Picture
	info        Info
	by          float64 // pixels of the picture for one of the plane
	missing     float64 // part of the picture that its file does not hold
	copies      []*scaledCopy
	state       network.State
	best        *candidate
	classified  int // cells that the network has seen
	words       int // candidates that were text, and no MRZs
	noText      [][]rectify.Row
	withoutText []rectify.Row // lines without digits
	proposed    []located     // what the finder saw, the best first in each binarization
	// likeliest is what seemed most worth reading, whatever came of it.
	likeliest *proposal
	beyond    []located // what has no room in the picture
}

const (
	// mostClassified bounds the time for one picture. An MRZ that can be read takes a
	// few hundred.
	mostClassified = 5_000
	// mostInVain have shown no MRZ: a page of dots offers candidates without
	// end. Of 700 drawn MRZs three were found after 1,600 to 2,200.
	mostInVain = 2_500
)

const (
	// blocksEach is how many MRZs the finder gives for one binarization. On
	// a page of text, many look more like an MRZ than the MRZ does.
	blocksEach = 16
	// leastLike is the number of glyphs that must stand where an MRZ has them.
	// Captions on cards have some 20.
	leastLike = 24
	// vagueLike is what may be an MRZ though no text is seen in it. MRZs had 40
	// and more by the first binarization, also under fingers and glare.
	vagueLike = 36
	// candidatesEach is how many of them are read, after probing each.
	candidatesEach = 8
	// mostWords are read on a page in the type of an MRZ; then only what is
	// plainly like an MRZ is.
	mostWords = 3
	// firstBinarizations are looked at, unless the first shows clear letters in the type of
	// an MRZ and nothing else: as well it would show an MRZ. Where they have shown
	// nothing that is worth reading, the others do not either.
	firstBinarizations = 2
	// pageBinarizations are looked at on a page in the type of an MRZ: its rows may run
	// into those of a card that lies on it, and the third way keeps them apart.
	pageBinarizations = 3
)

func (s *search) run(ctx context.Context) error {
	full := s.picture.Full()
	long := max(full.W, full.H)
	if long < tiniestSide {
		return nil
	}
	coarse := s.copyOf(workingSide)
	if err := s.through(ctx, coarse); err != nil || s.done() || s.clear() {
		return err
	}
	if fine := s.copyOf(fineSide); fine.scale > coarse.scale {
		return s.through(ctx, fine)
	}
	return nil
}

// through reads what each binarization offers, until one is sure or nothing
// is to be hoped for.
func (s *search) through(ctx context.Context, in *scaledCopy) error {
	var shown prospect
	for n := range binarizations {
		if n >= shown.binarizations() {
			return nil
		}
		blocks := in.pieces(n).Blocks(blocksEach)
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := s.readAny(ctx, blocks, in.scale)
		if err != nil || s.done() {
			return err
		}
		shown.add(p)
		s.refine()
		if s.done() || s.clear() {
			return nil
		}
	}
	return nil
}

// prospect is what the binarizations have shown so far.
type prospect struct {
	letters bool // clear text in the type of an MRZ, which is none
	vague   bool // what may be an MRZ, badly seen
	hope    bool // what was worth reading, and may be one
}

func (p *prospect) add(o prospect) {
	p.vague, p.letters, p.hope = p.vague || o.vague, p.letters || o.letters, p.hope || o.hope
}

// binarizations is how many of them are to be tried.
func (p *prospect) binarizations() int {
	switch {
	case p.hope:
		return len(binarizations)
	case p.letters && p.vague:
		return pageBinarizations
	case p.letters:
		return 1
	}
	return firstBinarizations
}

// readAny reads those of the MRZs that are worth it, the likeliest first. One
// that leaves little doubt is read before the others are looked at.
func (s *search) readAny(ctx context.Context, blocks []find.Block, scale float64) (p prospect, err error) {
	blocks = slices.DeleteFunc(blocks, func(z find.Block) bool {
		fits := s.fits(rectify.Rows(z, scale))
		if !fits && len(s.beyond) < mostBeyondTried {
			s.beyond = append(s.beyond, located{z, scale})
		}
		return !fits
	})
	for _, z := range blocks {
		s.proposed = append(s.proposed, located{z, scale})
	}
	p.vague = len(blocks) > 0 && blocks[0].Like() >= vagueLike
	seen := probedLines{}
	left := candidatesEach
	read := func(o proposal) (enough bool) {
		p.vague = true
		p.hope = s.consider(o) || p.hope
		left--
		return left == 0 || s.done()
	}
	var waiting []proposal
	for _, z := range blocks {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		if z.Like() < leastLike {
			break // and so are the others
		}
		o := s.propose(z, scale, seen)
		if longEnough(o.rows) && !math.IsInf(o.worth, -1) && (s.likeliest == nil || o.worth > s.likeliest.worth) {
			s.likeliest = &o
		}
		p.vague = p.vague || !o.withoutText
		p.letters = p.letters || o.letters()
		switch {
		case o.worth >= plainProposal:
			if read(o) {
				return p, nil
			}
		case o.worth >= leastProposal:
			waiting = append(waiting, o)
		}
	}
	slices.SortStableFunc(waiting, func(a, b proposal) int { return cmp.Compare(b.worth, a.worth) })
	for _, o := range waiting {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		if s.words >= mostWords || read(o) {
			break
		}
	}
	return p, nil
}

// fits reports whether an MRZ of such cells has room in the picture.
func (s *search) fits(rows []rectify.Row) bool {
	right := rows[0].Right(float64(rows[0].Last) / 2)
	full := s.picture.Full()
	steps := min(float64(full.W)/math.Abs(right.X), float64(full.H)/math.Abs(right.Y))
	return steps > judge.ShortestLine-mostBeyond
}

// mostBeyondTried of those that have no room are looked at when nothing is read.
const mostBeyondTried = 4

// mostBeyond cells may lie beyond the picture's edges, or be wider in the
// middle than at the ends.
const mostBeyond = 2

// clear reports whether the best candidate is so well seen that another way to
// tell ink would show the same: what is not right in it was printed so.
func (s *search) clear() bool {
	return s.best != nil && s.best.reading.Mean > clearMean && s.best.reading.Plausible() && s.covered(s.best)
}

// clearMean is the mean log-probability of an MRZ that is well seen.
const clearMean = -0.1

// done reports whether the best candidate leaves nothing to wish, or enough has
// been tried.
func (s *search) done() bool {
	if s.best == nil || !s.best.reading.Plausible() {
		return s.classified > mostInVain
	}
	return s.classified > mostClassified || s.best.reading.Sure()
}
