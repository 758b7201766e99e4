package mrzimage

import (
	"context"

	"mrzbot/mrzimage/internal/rectify"
)

// glances are the looks that Judge takes, the cheapest first: the longer side
// of the copy that is searched, a way to tell ink, and how many candidates.
var glances = []struct{ side, ink, most int }{
	{720, 0, 3},
	{workingSide, 0, 4},
	{workingSide, 1, 4},
}

// sureGlimpse is the mean log-probability of characters that are surely those
// of a zone: of other text the network is less sure.
const sureGlimpse = -0.35

// glance looks for a zone quickly. It gives the rows, and how sure the network
// is of their characters; nil when nothing looks like a zone.
func (s *search) glance(ctx context.Context) (best []rectify.Row, sure float64, err error) {
	full := s.picture.Full()
	sure = leastGlimpse
	if max(full.W, full.H) < tiniestSide {
		return nil, sure, nil
	}
	for i, g := range glances {
		in := s.copyOf(g.side)
		if i == 0 && in.scale > 1 {
			in = s.copyAt(1, 1) // enlarged only when a quick look finds nothing
		}
		seen := glimpsedLines{}
		for _, zone := range in.pieces(g.ink).Zones(g.most) {
			if err := ctx.Err(); err != nil {
				return nil, 0, err
			}
			if !longEnough(rectify.Rows(zone, in.scale)) {
				continue
			}
			o := s.offer(zone, in.scale, seen)
			rows, likely := o.facing()
			if likely > sure {
				best, sure = rows, likely
			}
			if sure > sureGlimpse {
				return best, sure, nil
			}
		}
	}
	return best, sure, nil
}

// longEnough reports whether rows can be more than a label.
func longEnough(rows []rectify.Row) bool {
	first, last := columnsOf(rows, rows[0])
	return last-first+1 >= leastColumns
}

// leastColumns of a zone must be seen. Labels, which may be printed in the same
// type, are shorter.
const leastColumns = 22

// facing gives the rows so that their text stands upright, and says how sure the
// network is of its characters.
func (o *offer) facing() ([]rectify.Row, float64) {
	if o.down.sure() > o.up.sure() {
		return turned(o.rows), o.down.sure()
	}
	return o.rows, o.up.sure()
}
