package mrzimage

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/rectify"
)

// Reader reads the machine-readable zone of pictures. The zero value works,
// and one Reader may be used by many goroutines.
type Reader struct {
	once sync.Once
	net  *network.Params
	err  error
}

// Read finds and reads the zone of a picture. A picture without a zone is not
// an error: its verdict is VerdictNone. Errors are ErrUnsupported,
// ErrRare, ErrTooLarge, ErrDamaged and the context's own.
func (r *Reader) Read(ctx context.Context, data []byte) (Result, error) {
	s, err := r.open(ctx, data)
	if err != nil {
		return Result{}, err
	}
	if err := s.run(ctx); err != nil {
		return Result{}, err
	}
	also, err := s.further(ctx)
	if err != nil {
		return Result{}, err
	}
	return s.result(also), nil
}

// open decodes a picture and makes it ready to be searched.
func (r *Reader) open(ctx context.Context, data []byte) (*search, error) {
	r.once.Do(func() { r.net, r.err = network.Load() })
	if r.err != nil {
		return nil, r.err
	}
	info, err := Inspect(data)
	if err != nil {
		return nil, err
	}
	plane, err := decode(ctx, data, info)
	if err != nil {
		return nil, err
	}
	if plane.Dithered() {
		plane.Smooth()
	}
	return &search{net: r.net, picture: rectify.NewPicture(plane.Gray), info: info, by: float64(plane.By), missing: plane.Missing}, nil
}

// search is the reading of one picture: candidates come in and the best so far
// is kept.
type search struct {
	net     *network.Params
	picture *rectify.Picture
	info    Info
	by      float64 // pixels of the picture for one of the plane
	missing float64 // part of the picture that its file does not hold
	copies  []*scaledCopy
	state   network.State
	best    *candidate
	looks   int // cells that the network has seen
	words   int // candidates that were text, and no zones
	noText  [][]rectify.Row
	silent  []rectify.Row // lines without figures
	offered []offered     // what the finder saw, the best first in each way to tell ink
	// likeliest is what seemed most worth reading, whatever came of it.
	likeliest *offer
	beyond    []offered // what has no room in the picture
}

const (
	// mostLooks bounds the time for one picture. A zone that can be read takes a
	// few hundred.
	mostLooks = 5_000
	// mostInVain have shown no zone: a page of dots offers candidates without
	// end. Of 700 drawn zones three were found after 1,600 to 2,200.
	mostInVain = 2_500
)

const (
	// zonesEach is how many zones the finder gives for one way to tell ink. On
	// a page of text, many look more like a zone than the zone does.
	zonesEach = 16
	// leastLike is the number of glyphs that must stand where a zone has them.
	// Captions on cards have some 20.
	leastLike = 24
	// vagueLike is what may be a zone though no text is seen in it. Zones had 40
	// and more by the first way to tell ink, also under fingers and glare.
	vagueLike = 36
	// candidatesEach is how many of them are read, after a glimpse at each.
	candidatesEach = 8
	// mostWords are read on a page in the type of a zone; then only what is
	// plainly like a zone is.
	mostWords = 3
	// firstInks are looked at, unless the first shows clear letters in the type of
	// a zone and nothing else: as well it would show a zone. Where they have shown
	// nothing that is worth reading, the others do not either.
	firstInks = 2
	// pageInks are looked at on a page in the type of a zone: its rows may run
	// into those of a card that lies on it, and the third way keeps them apart.
	pageInks = 3
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

// through reads what each way to tell ink offers, until one is sure or nothing
// is to be hoped for.
func (s *search) through(ctx context.Context, in *scaledCopy) error {
	var shown prospect
	for ink := range inks {
		if ink >= shown.inks() {
			return nil
		}
		zones := in.pieces(ink).Zones(zonesEach)
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := s.readAny(ctx, zones, in.scale)
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

// prospect is what the ways to tell ink have shown so far.
type prospect struct {
	letters bool // clear text in the type of a zone, which is none
	vague   bool // what may be a zone, badly seen
	hope    bool // what was worth reading, and may be one
}

func (p *prospect) add(o prospect) {
	p.vague, p.letters, p.hope = p.vague || o.vague, p.letters || o.letters, p.hope || o.hope
}

// inks is how many ways to tell ink are to be tried.
func (p *prospect) inks() int {
	switch {
	case p.hope:
		return len(inks)
	case p.letters && p.vague:
		return pageInks
	case p.letters:
		return 1
	}
	return firstInks
}

// readAny reads those of the zones that are worth it, the likeliest first. One
// that leaves little doubt is read before the others are looked at.
func (s *search) readAny(ctx context.Context, zones []find.Zone, scale float64) (p prospect, err error) {
	zones = slices.DeleteFunc(zones, func(z find.Zone) bool {
		fits := s.fits(rectify.Rows(z, scale))
		if !fits && len(s.beyond) < mostBeyondTried {
			s.beyond = append(s.beyond, offered{z, scale})
		}
		return !fits
	})
	for _, z := range zones {
		s.offered = append(s.offered, offered{z, scale})
	}
	p.vague = len(zones) > 0 && zones[0].Like() >= vagueLike
	seen := glimpsedLines{}
	left := candidatesEach
	read := func(o offer) (enough bool) {
		p.vague = true
		p.hope = s.consider(o) || p.hope
		left--
		return left == 0 || s.done()
	}
	var waiting []offer
	for _, z := range zones {
		if err := ctx.Err(); err != nil {
			return p, err
		}
		if z.Like() < leastLike {
			break // and so are the others
		}
		o := s.offer(z, scale, seen)
		if longEnough(o.rows) && !math.IsInf(o.worth, -1) && (s.likeliest == nil || o.worth > s.likeliest.worth) {
			s.likeliest = &o
		}
		p.vague = p.vague || !o.silent
		p.letters = p.letters || o.letters()
		switch {
		case o.worth >= plainOffer:
			if read(o) {
				return p, nil
			}
		case o.worth >= leastOffer:
			waiting = append(waiting, o)
		}
	}
	slices.SortStableFunc(waiting, func(a, b offer) int { return cmp.Compare(b.worth, a.worth) })
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

// fits reports whether a zone of such cells has room in the picture.
func (s *search) fits(rows []rectify.Row) bool {
	right := rows[0].Right(float64(rows[0].Last) / 2)
	full := s.picture.Full()
	steps := min(float64(full.W)/math.Abs(right.X), float64(full.H)/math.Abs(right.Y))
	return steps > shortestLine-mostBeyond
}

// mostBeyondTried of those that have no room are looked at when nothing is read.
const mostBeyondTried = 4

// mostBeyond cells may lie beyond the picture's edges, or be wider in the
// middle than at the ends.
const mostBeyond = 2

// clear reports whether the best candidate is so well seen that another way to
// tell ink would show the same: what is not right in it was printed so.
func (s *search) clear() bool {
	return s.best != nil && s.best.reading.mean > clearMean && s.best.plausible() && s.covered(s.best)
}

// clearMean is the mean log-probability of a zone that is well seen.
const clearMean = -0.1

// done reports whether the best candidate leaves nothing to wish, or enough has
// been tried.
func (s *search) done() bool {
	if s.best == nil || !s.best.plausible() {
		return s.looks > mostInVain
	}
	return s.looks > mostLooks || s.best.sure()
}
