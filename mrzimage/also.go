package mrzimage

import (
	"context"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/rectify"
)

// located is a block that the finder saw, in a copy of the picture.
type located struct {
	block find.Block
	scale float64
}

const (
	// mostFurther MRZs are given besides the best: people lay down a card, or a
	// few, while a page of specimens has no end.
	mostFurther = 3
	// mostFurtherClassified bounds the time that they take together. One that can
	// be read at once takes some three hundred.
	mostFurtherClassified = 1_500
)

// further are the MRZs that lie elsewhere than the best: a second document in
// the picture. Only what the finder has proposed already is looked at, so that a
// picture of one document costs little more. What may be other print is left
// out: an MRZ is enough that nobody misses it.
func (s *search) further(ctx context.Context) ([]*candidate, error) {
	if s.best == nil || !s.best.reading.Plausible() {
		return nil, nil
	}
	var found []*candidate
	taken := []*candidate{s.best}
	classified := 0
	for len(found) < mostFurther && classified < mostFurtherClassified {
		next := &search{net: s.net, picture: s.picture, noText: s.noText}
		seen := probedLines{}
		for _, o := range s.proposed {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			rows := rectify.Rows(o.block, o.scale)
			if o.block.Like() < leastLike || !longEnough(rows) || lieOn(rows, taken) {
				continue
			}
			if look := next.propose(o.block, o.scale, seen); look.worth >= leastProposal {
				next.consider(look)
			}
			if next.done() || classified+next.classified > mostFurtherClassified {
				break
			}
		}
		next.refine()
		classified += next.classified
		c := next.best
		if c == nil || !c.reading.Plausible() || !c.reading.Valid && c.reading.Mean < wellRead {
			return found, nil
		}
		found, taken = append(found, c), append(taken, c)
		s.noText = next.noText
	}
	return found, nil
}

// lieOn reports whether one of the rows runs through one of the MRZs.
func lieOn(rows []rectify.Row, blocks []*candidate) bool {
	for _, c := range blocks {
		for _, r := range rows {
			if c.under(r.Middle(float64(r.Last) / 2)) {
				return true
			}
		}
	}
	return false
}

// under reports whether a place lies within the MRZ or a line's distance of
// it.
func (c *candidate) under(at rectify.Vector) bool {
	first, last := c.rows[0], c.rows[len(c.rows)-1]
	k := first.Column(at)
	if k < -margin || k > float64(c.columns-1+margin) {
		return false
	}
	way := last.Middle(last.Column(first.Middle(k))).Sub(first.Middle(k))
	apart := way.Times(1 / float64(max(len(c.rows)-1, 1)))
	off := at.Sub(first.Middle(k))
	lines := (off.X*apart.X + off.Y*apart.Y) / max(apart.X*apart.X+apart.Y*apart.Y, 1e-9)
	return lines > -1 && lines < float64(len(c.rows))
}
