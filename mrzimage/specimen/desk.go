package specimen

import (
	"math"
	"math/rand/v2"
)

// wood is what a desk is made of: the colours of its grain, and how much of
// it shows.
type wood struct {
	pale, dark [3]float64
	grain      float64
}

var woods = []wood{
	{[3]float64{205, 166, 120}, [3]float64{158, 112, 70}, 1},    // oak
	{[3]float64{128, 92, 66}, [3]float64{74, 50, 36}, 1},        // walnut
	{[3]float64{226, 214, 196}, [3]float64{196, 178, 154}, 0.8}, // birch
	{[3]float64{186, 140, 96}, [3]float64{132, 88, 54}, 1},      // cherry
	{[3]float64{92, 106, 116}, [3]float64{70, 82, 92}, 0.25},    // a coated board
}

// desk fills the picture with a desk in the plane of the card.
func (c *canvas) desk(v *view, unit float64, r *rand.Rand) {
	kind := woods[r.IntN(len(woods))]
	sn, cs := math.Sincos(r.Float64()*0.8 - 0.4)
	grain, fibre := newNoise(r), newNoise(r)
	const plank = 95 // millimetres
	shift := plank * r.Float64()
	c.each(func(x, y int, px *[3]float32) {
		a, b := v.document(float64(x)+0.5, float64(y)+0.5)
		u, w := (cs*a+sn*b)/unit, (-sn*a+cs*b)/unit
		board := math.Floor((w + shift) / plank)
		bend := 9 * grain.at(u/70+31*board, w/26)
		t := 0.5 + 0.5*math.Sin((w+bend)*0.9+4*grain.at(u/160, w/8+17*board))
		t = 0.6*t + 0.4*fibre.at(u/14, w*2.6)
		t = 0.5 + kind.grain*(t-0.5) + 0.16*(grain.at(13*board, 7)-0.5)
		joint := 0.75 * line(nearest(w+shift, plank), 0.25) * min(kind.grain, 1)
		for i := range px {
			px[i] = float32((kind.pale[i] + t*(kind.dark[i]-kind.pale[i])) * (1 - joint))
		}
	})
}

// faraway fills the picture with a room that is out of focus: a wall, a floor,
// and lights and things of which only the colour is left.
func (c *canvas) faraway(r *rand.Rand) {
	type spot struct{ x, y, wide, strong, red, green, blue float64 }
	var spots [9]spot
	for i := range spots {
		tone := 60 + 150*r.Float64()
		spots[i] = spot{
			r.Float64(), r.Float64(), 0.05 + 0.16*r.Float64(), 0.25 + 0.5*r.Float64(),
			tone * (0.85 + 0.4*r.Float64()), tone * (0.85 + 0.2*r.Float64()), tone * (0.7 + 0.4*r.Float64()),
		}
	}
	wall := [3]float64{150 + 40*r.Float64(), 150 + 34*r.Float64(), 146 + 34*r.Float64()}
	floor := [3]float64{96 + 40*r.Float64(), 84 + 30*r.Float64(), 74 + 24*r.Float64()}
	edge := 0.45 + 0.3*r.Float64()
	// So smooth a picture is as good when it is drawn small and enlarged.
	const coarse = 8
	small := newCanvas(c.w/coarse+2, c.h/coarse+2)
	small.each(func(x, y int, px *[3]float32) {
		u, v := coarse*float64(x)/float64(c.w), coarse*float64(y)/float64(c.h)
		t := 1 / (1 + math.Exp(-(v-edge+0.06*u)/0.05))
		light := [3]float64{wall[0] + t*(floor[0]-wall[0]), wall[1] + t*(floor[1]-wall[1]), wall[2] + t*(floor[2]-wall[2])}
		for _, s := range spots {
			far := math.Hypot((u-s.x)*float64(c.w)/float64(c.h), v-s.y) / s.wide
			part := s.strong / (1 + math.Exp((far-1)/0.09))
			light[0] += part * (s.red - light[0])
			light[1] += part * (s.green - light[1])
			light[2] += part * (s.blue - light[2])
		}
		for i := range px {
			px[i] = float32(light[i])
		}
	})
	c.enlarge(small, coarse)
}

// enlarge fills the picture with one that is so many times smaller.
func (c *canvas) enlarge(small *canvas, times int) {
	c.each(func(x, y int, px *[3]float32) {
		at := y/times*small.w + x/times
		u, v := float32(x%times)/float32(times), float32(y%times)/float32(times)
		for i, from := range small.light {
			top := from[at] + u*(from[at+1]-from[at])
			low := from[at+small.w] + u*(from[at+small.w+1]-from[at+small.w])
			px[i] = top + v*(low-top)
		}
	})
}

// noise is a smooth random surface between 0 and 1.
type noise [256]float64

func newNoise(r *rand.Rand) *noise {
	var n noise
	for i := range n {
		n[i] = r.Float64()
	}
	return &n
}

func (n *noise) at(x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	corner := func(dx, dy int) float64 {
		at := uint32(int(fx)+dx)*374761393 + uint32(int(fy)+dy)*668265263
		return n[(at^at>>13)*1274126177>>24]
	}
	u, v := x-fx, y-fy
	u, v = u*u*(3-2*u), v*v*(3-2*v)
	top := corner(0, 0) + u*(corner(1, 0)-corner(0, 0))
	low := corner(0, 1) + u*(corner(1, 1)-corner(0, 1))
	return top + v*(low-top)
}
