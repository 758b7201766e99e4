package specimen

import (
	"math"
	"math/rand/v2"
)

// Sizes of a hand that holds a card by its right edge, in millimetres of the
// card. The thumb lies above the MRZ.
const (
	thumbTall  = 17.0 // of the thumb's axis, from the upper edge
	thumbDeep  = 14.0 // how far it reaches in
	thumbThick = 9.0  // half its width
)

// skins are colours of hands.
var skins = [][3]float64{{226, 178, 150}, {210, 160, 130}, {190, 138, 108}}

// limb is a finger with a round end, in pixels of the picture.
type limb struct {
	x, y   float64 // where its round end begins
	ux, uy float64 // the way along it, away from the end
	thick  float64 // half its width
	colour [3]float64
}

// hand is one that holds a card: the thumb lies on it, the rest behind.
type hand struct {
	thumb  limb
	behind []limb
	pores  *noise
}

func newHand(v *view, unit float64, r *rand.Rand) hand {
	colour := skins[r.IntN(len(skins))]
	wide := v.w / unit
	// finger is a limb that ends at a place and comes from another one.
	finger := func(tipX, tipY, fromX, fromY, thick, light float64) limb {
		ax, ay := v.picture(tipX*unit, tipY*unit)
		bx, by := v.picture(fromX*unit, fromY*unit)
		far := math.Hypot(bx-ax, by-ay)
		l := limb{ux: (bx - ax) / far, uy: (by - ay) / far, thick: thick * unit * v.zoom}
		l.x, l.y = ax+l.ux*l.thick, ay+l.uy*l.thick
		for i := range colour {
			l.colour[i] = colour[i] * light
		}
		return l
	}
	return hand{
		thumb: finger(wide-thumbDeep, thumbTall, wide+62, thumbTall+36, thumbThick, 1),
		behind: []limb{
			finger(wide-12, 50, wide+40, 88, 9, 0.74),
			finger(wide-14, 40, wide+44, 78, 9.4, 0.8),
			finger(wide-6, 20, wide+66, 66, 15, 0.9),
		},
		pores: newNoise(r),
	}
}

// drawBehind draws what is seen of the hand behind the card.
func (h hand) drawBehind(c *canvas) {
	for _, l := range h.behind {
		c.limb(l, h.pores, false)
	}
}

// drawThumb draws the thumb on the card.
func (h hand) drawThumb(c *canvas) { c.limb(h.thumb, h.pores, true) }

// limb draws a finger, lit from the upper left, with its shadow; with a nail
// when one sees its back.
func (c *canvas) limb(l limb, pores *noise, nail bool) {
	minX, minY := l.box()
	c.within(minX, minY, func(x, y int, px *[3]float32) {
		dx, dy := float64(x)-l.x, float64(y)-l.y
		along, across := dx*l.ux+dy*l.uy, -dx*l.uy+dy*l.ux
		// A finger swells a little behind its end, and narrows at the joint.
		s := along / l.thick
		thick := l.thick * (1 + 0.07*math.Exp(-(s-0.6)*(s-0.6)) - 0.05*math.Exp(-2*(s-2.6)*(s-2.6)))
		back := min(along, 0)
		off := math.Hypot(back, across) / thick
		if off >= 1 {
			if off < 1.35 && along > -1.3*l.thick { // its shadow on the card
				t := (1.35 - off) / 0.35
				for i := range px {
					px[i] *= float32(1 - 0.42*t*t)
				}
			}
			return
		}
		// The round of it, seen from above: how it turns away, and to what side.
		up := math.Sqrt(1 - off*off)
		nx := (back*l.ux - across*l.uy) / thick
		ny := (back*l.uy + across*l.ux) / thick
		light := 0.5 + 0.5*max(0, 0.82*up-0.38*nx-0.42*ny)
		fold := 0.0
		for i := range 3 { // the folds over the joint
			at := 2.35 + 0.22*float64(i) + 0.05*math.Sin(3*across/thick)
			fold += 0.1 * math.Exp(-700*(s-at)*(s-at)) * up
		}
		light *= 1 - fold
		light += 0.05 * (pores.at(float64(x)/2.3, float64(y)/2.3) - 0.5)
		light += 0.07 * (pores.at(float64(x)/31, float64(y)/31) - 0.5)
		red := 1 - up // blood shines through where the flesh is thin
		colour := l.colour
		if nail {
			light, colour = l.nail(s, across/thick, light, colour)
		}
		px[0] = float32(colour[0] * light)
		px[1] = float32(colour[1] * light * (1 - 0.12*red))
		px[2] = float32(colour[2] * light * (1 - 0.18*red))
	})
}

// nail changes light and colour where the nail is; s and t are along and
// across the finger, in halves of its width.
func (l limb) nail(s, t, light float64, colour [3]float64) (float64, [3]float64) {
	u, v := (s-0.12)/0.78, t/0.66
	inside := math.Pow(math.Abs(u), 2.6) + math.Pow(math.Abs(v), 2.6)
	switch {
	case inside < 1:
		pale := [3]float64{236, 190, 176}
		if u < -0.72 { // the rim at its end
			pale = [3]float64{240, 226, 210}
		}
		if (u-0.95)*(u-0.95)+v*v*0.5 < 0.14 { // the half moon at its root
			pale = [3]float64{240, 208, 196}
		}
		part := min(1, (1-inside)*6)
		for i := range colour {
			colour[i] += part * (0.94*pale[i] - colour[i])
		}
		light = 0.78 + 0.24*light + 0.16*math.Exp(-14*(v+0.3)*(v+0.3)-3*u*u)
	case inside < 1.35: // the wall around it
		light *= 1 - 0.14*(1.35-inside)/0.35
	}
	return light, colour
}

// box holds all of the finger that a picture can show, and its shadow: it goes
// on for ever to the lower right.
func (l limb) box() (minX, minY int) {
	return int(l.x - 1.5*l.thick), int(l.y - 1.5*l.thick)
}

// within gives the light of every pixel right of and below a place to be changed.
func (c *canvas) within(minX, minY int, change func(x, y int, px *[3]float32)) {
	for y := max(0, minY); y < c.h; y++ {
		for x := max(0, minX); x < c.w; x++ {
			at := y*c.w + x
			px := [3]float32{c.light[0][at], c.light[1][at], c.light[2][at]}
			change(x, y, &px)
			for i := range px {
				c.light[i][at] = px[i]
			}
		}
	}
}
