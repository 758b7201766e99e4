package specimen

import (
	"math"
	"math/rand/v2"
)

// fingers lays fingertips over the document's edges, from outside.
func (c *canvas) fingers(p Photo, w, h float64, r *rand.Rand) {
	v := p.view(w, h)
	place := v.picture
	for range p.Fingers {
		// A place on one of the edges, and the way inside.
		at, deep := 0.1+0.8*r.Float64(), p.FingerDeep*h
		var tipX, tipY, outX, outY float64
		switch r.IntN(4) {
		case 0:
			tipX, tipY, outX, outY = at*w, deep, at*w+0.2*w*(r.Float64()-0.5), -0.7*h
		case 1:
			tipX, tipY, outX, outY = at*w, h-deep, at*w+0.2*w*(r.Float64()-0.5), 1.7*h
		case 2:
			tipX, tipY, outX, outY = deep, at*h, -0.7*h, at*h+0.2*h*(r.Float64()-0.5)
		default:
			tipX, tipY, outX, outY = w-deep, at*h, w+0.7*h, at*h+0.2*h*(r.Float64()-0.5)
		}
		thick := (0.11 + 0.05*r.Float64()) * h
		ax, ay := place(tipX, tipY)
		bx, by := place(outX, outY)
		ex, ey := place(tipX+thick, tipY)
		c.finger(ax, ay, bx, by, math.Hypot(ex-ax, ey-ay), r)
	}
}

// finger draws a capsule from a tip to a place far outside, lit from one side.
func (c *canvas) finger(ax, ay, bx, by, thick float64, r *rand.Rand) {
	skin := [3]float32{float32(150 + r.IntN(80)), float32(100 + r.IntN(60)), float32(75 + r.IntN(50))}
	long := math.Hypot(bx-ax, by-ay)
	ux, uy := (bx-ax)/long, (by-ay)/long
	// The tip is round: the axis begins one thickness behind it.
	ax, ay = ax+ux*thick, ay+uy*thick
	c.each(func(x, y int, px *[3]float32) {
		dx, dy := float64(x)-ax, float64(y)-ay
		along := max(0, dx*ux+dy*uy)
		side := (dx*-uy + dy*ux)
		off := math.Hypot(dx-along*ux, dy-along*uy) / thick
		switch {
		case off < 1:
			light := float32(1 - 0.45*off*off + 0.15*side/thick)
			for i := range px {
				px[i] = skin[i] * light
			}
		case off < 1.25: // its shadow
			for i := range px {
				px[i] *= float32(0.6 + 0.4*(off-1)/0.25)
			}
		}
	})
}

// shadow darkens one side of an edge that runs across the document.
func (c *canvas) shadow(p Photo, r *rand.Rand) {
	sn, cs := math.Sincos(r.Float64() * 2 * math.Pi)
	soft := (0.002 + 0.05*r.Float64()) * float64(c.w)
	aside := 0.25 * (r.Float64() - 0.5) * float64(c.h)
	bend := 0.1 * float64(c.h) * r.Float64()
	c.each(func(x, y int, px *[3]float32) {
		dx, dy := float64(x)-float64(c.w)/2, float64(y)-0.6*float64(c.h)
		u, v := cs*dx+sn*dy, -sn*dx+cs*dy
		t := 1 / (1 + math.Exp(-(u-aside+bend*math.Sin(v/(0.2*float64(c.w))))/soft))
		for i := range px {
			px[i] *= float32(1 - p.Shadow*t)
		}
	})
}

// uneven lets the light fall off towards one corner.
func (c *canvas) uneven(p Photo, r *rand.Rand) {
	sn, cs := math.Sincos(r.Float64() * 2 * math.Pi)
	reach := math.Hypot(float64(c.w), float64(c.h))
	c.each(func(x, y int, px *[3]float32) {
		t := 0.5 + (cs*(float64(x)-float64(c.w)/2)+sn*(float64(y)-float64(c.h)/2))/reach
		for i := range px {
			px[i] *= float32(1 - p.Uneven*t)
		}
	})
}
