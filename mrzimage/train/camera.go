package main

import (
	"math"

	"mrzbot/mrzimage/internal/network"
)

// shade lays a shadow's edge over ink and paper.
func (sh *sheet) shade(light []float32) {
	if !sh.chance(0.2) {
		return
	}
	angle := sh.uniform(0, 2*math.Pi)
	cos, sin := math.Cos(angle), math.Sin(angle)
	edge := sh.uniform(0.01, 0.5) * float64(sh.w) / 4
	aside := sh.uniform(-0.3, 0.3) * float64(sh.w)
	dim := sh.uniform(0.3, 0.85)
	for i := range light {
		x, y := float64(i%sh.w)-float64(sh.w)/2, float64(i/sh.w)-float64(sh.h)/2
		t := (cos*x + sin*y - aside) / edge
		light[i] *= float32(1 - (1-dim)*(0.5+0.5*t/(1+math.Abs(t))))
	}
}

// shine adds a bright spot with a steep or a gentle edge, long or round.
func (sh *sheet) shine(light []float32) {
	if !sh.chance(0.22) {
		return
	}
	cx, cy := sh.uniform(0, float64(sh.w)), sh.uniform(0, float64(sh.h))
	radius := sh.uniform(0.05, 0.4) * float64(sh.w)
	long := sh.uniform(1, 4)
	steep := sh.uniform(1, 3) // 1: as a Gaussian falls
	sin, cos := math.Sincos(sh.uniform(0, math.Pi))
	power := sh.uniform(40, 400)
	for i := range light {
		dx, dy := float64(i%sh.w)-cx, float64(i/sh.w)-cy
		u, v := (cos*dx+sin*dy)/long, -sin*dx+cos*dy
		far := (u*u + v*v) / (radius * radius)
		if far > 6 {
			continue
		}
		light[i] += float32(power * math.Exp(-math.Pow(far, steep)))
	}
}

// What part of a glyph's ink must be seen against the paper for the glyph to be
// known, and below what part it is gone: who takes half a B for a character
// takes it for another. Between them nobody can say, so that nothing is learned
// from such a cell.
const (
	wellShown = 0.8
	gone      = 0.65
	// shownContrast is what a sensor must still tell of ink and paper.
	shownContrast = 14
)

// blind takes the cells that the light has erased for no glyphs. A sensor
// shows nothing above full brightness.
func (sh *sheet) blind(light []float32) {
	kept := sh.cells[:0]
	for _, c := range sh.cells {
		if c.class != network.NotGlyph {
			switch shown := sh.shown(c, light); {
			case shown < gone:
				c.class = network.NotGlyph
			case shown < wellShown:
				continue
			}
		}
		kept = append(kept, c)
	}
	sh.cells = kept
}

// shown is the part of a cell's ink that can be told from the paper.
func (sh *sheet) shown(c labelled, light []float32) float64 {
	f := float64(sh.shrink)
	x, y := c.place.Middle.X*f, c.place.Middle.Y*f
	half, tall := c.place.Right.Len()*f/2, c.place.Down.Len()*f/2
	seen, all := 0, 0
	for py := max(0, int(y-tall)); py < min(sh.h, int(y+tall)); py++ {
		for px := max(0, int(x-half)); px < min(sh.w, int(x+half)); px++ {
			i := py*sh.w + px
			if sh.ink[i] < 0.5 {
				continue
			}
			all++
			if sh.covered != nil && sh.covered[i] {
				continue
			}
			// What the light would be there without the ink.
			lift := light[i] + sh.ink[i]*(sh.paper[i]-float32(sh.black))
			if min(lift, 255)-min(light[i], 255) >= shownContrast {
				seen++
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(seen) / float64(all)
}

// unfocus blurs as a lens does, and as a hand that moves.
func (sh *sheet) unfocus(light []float32) {
	if sh.chance(0.1) {
		return
	}
	// In pixels of the exposed sheet a lens and an enlarged thumbnail reach
	// about one pixel; in cells, a fifth is where characters are lost.
	cell := float64(sh.w) / (columns + 3)
	limit := min(1.3*float64(sh.shrink), 0.19*cell)
	if sh.chance(0.4) {
		limit = 0.19 * cell
	}
	if sh.chance(0.25) {
		sh.shake(light, sh.uniform(0.1, 0.5)*cell)
		limit *= 0.6
	}
	s := sh.uniform(0.1, 1) * limit
	x, y := s, s
	if sh.chance(0.25) {
		x *= sh.uniform(0.3, 1.4)
		y *= sh.uniform(0.3, 1.4)
	}
	blur(light, sh.w, sh.h, x, y)
}

// shake smears along a straight way of the given length.
func (sh *sheet) shake(light []float32, length float64) {
	sin, cos := math.Sincos(sh.uniform(0, math.Pi))
	steps := max(2, int(length))
	sum := make([]float32, len(light))
	for i := range steps {
		t := (float64(i)/float64(steps-1) - 0.5) * length
		dx, dy := int(math.Round(t*cos)), int(math.Round(t*sin))
		for y := range sh.h {
			from := light[min(max(y+dy, 0), sh.h-1)*sh.w:][:sh.w]
			to := sum[y*sh.w:][:sh.w]
			for x := range to {
				to[x] += from[min(max(x+dx, 0), sh.w-1)]
			}
		}
	}
	for i, v := range sum {
		light[i] = v / float32(steps)
	}
}

// sharpen exaggerates edges, as phones do. The strength is that of the
// difference from a blurred copy.
func (sh *sheet) sharpen(plane []float32, w, h int) {
	if !sh.chance(0.25) {
		return
	}
	soft := append([]float32(nil), plane...)
	radius := sh.uniform(0.6, 1.5)
	blur(soft, w, h, radius, radius)
	strength := float32(sh.uniform(0.3, 1.5))
	for i, v := range plane {
		plane[i] = v + strength*(v-soft[i])
	}
}
