package mrzimage

import (
	"context"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/rectify"
)

// offered is a zone that the finder saw, in a copy of the picture.
type offered struct {
	zone  find.Zone
	scale float64
}

const (
	// mostFurther zones are given besides the best: people lay down a card, or a
	// few, while a page of specimens has no end.
	mostFurther = 3
	// mostFurtherLooks bounds the time that they take together. One that can
	// be read at once takes some three hundred.
	mostFurtherLooks = 1_500
)

// further are the zones that lie elsewhere than the best: a second document in
// the picture. Only what the finder has offered already is looked at, so that a
// picture of one document costs little more. What may be other print is left
// out: a zone is enough that nobody misses it.
func (s *search) further(ctx context.Context) ([]*candidate, error) {
	if s.best == nil || !s.best.plausible() {
		return nil, nil
	}
	var found []*candidate
	taken := []*candidate{s.best}
	looks := 0
	for len(found) < mostFurther && looks < mostFurtherLooks {
		next := &search{net: s.net, picture: s.picture, noText: s.noText}
		seen := glimpsedLines{}
		for _, o := range s.offered {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			rows := rectify.Rows(o.zone, o.scale)
			if o.zone.Like() < leastLike || !longEnough(rows) || lieOn(rows, taken) {
				continue
			}
			if look := next.offer(o.zone, o.scale, seen); look.worth >= leastOffer {
				next.consider(look)
			}
			if next.done() || looks+next.looks > mostFurtherLooks {
				break
			}
		}
		next.refine()
		looks += next.looks
		c := next.best
		if c == nil || !c.plausible() || !c.reading.valid && c.reading.mean < wellRead {
			return found, nil
		}
		found, taken = append(found, c), append(taken, c)
		s.noText = next.noText
	}
	return found, nil
}

// lieOn reports whether one of the rows runs through one of the zones.
func lieOn(rows []rectify.Row, zones []*candidate) bool {
	for _, c := range zones {
		for _, r := range rows {
			if c.under(r.Middle(float64(r.Last) / 2)) {
				return true
			}
		}
	}
	return false
}

// under reports whether a place lies within the zone or a line's distance of
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
