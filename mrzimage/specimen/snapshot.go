package specimen

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
)

// Snapshot is a picture of a card as somebody takes it with a phone: on a desk
// or in a hand, in the light of a room. It is for people to look at; Photo, of
// which it has the view, the faults and the file, is for readers to be
// measured with.
type Snapshot struct {
	Photo
	Held bool // between fingers, before something far away
}

// Snap gives one picture's conditions: sharp, a little askew, well lit. The
// same arguments give the same conditions.
func Snap(width, height int, seed uint64) Snapshot {
	r := rand.New(rand.NewPCG(seed, 84))
	between := func(a, b float64) float64 { return a + (b-a)*r.Float64() }
	return Snapshot{
		Photo: Photo{
			Width: width, Height: height, Seed: seed, Quality: 86,
			Fill: between(0.8, 0.88), Turn: between(-4, 4), Lean: between(-7, 7), Nod: between(4, 12),
			Blur: 0.55 * float64(width) / 1280, Noise: between(2, 3.2), Uneven: between(0.2, 0.34),
			AsideX: between(-0.02, 0.02), AsideY: between(-0.02, 0.02),
		},
		Held: r.IntN(2) == 0,
	}
}

// JPEG takes the picture and gives it as a file.
func (s Snapshot) JPEG(card *image.RGBA) ([]byte, error) {
	var file bytes.Buffer
	err := jpeg.Encode(&file, s.Take(card), &jpeg.Options{Quality: s.Quality})
	return file.Bytes(), err
}

// Take gives the picture of a card.
func (s Snapshot) Take(card *image.RGBA) *image.RGBA {
	r := rand.New(rand.NewPCG(s.Seed, 85))
	c := newCanvas(s.Width, s.Height)
	w, h := float64(card.Rect.Dx()), float64(card.Rect.Dy())
	v := s.view(w, h)
	unit := w / layouts[0].wide // pixels of the card for a millimetre
	light := r.Float64() * 2 * math.Pi
	if s.Held {
		c.faraway(r)
		fingers := newHand(&v, unit, r)
		fingers.drawBehind(c)
		c.lay(card, &v, unit, light, 0.2)
		fingers.drawThumb(c)
	} else {
		c.desk(&v, unit, r)
		c.lay(card, &v, unit, light, 0.5)
	}
	c.room(s.Uneven, light, r)
	if s.Shake > 0 {
		c.shake(s.Shake, s.ShakeTurn)
	}
	if s.Blur > 0 {
		c.blur(s.Blur)
	}
	if s.Glare > 0 {
		c.glare(s.Photo)
	}
	return c.image(s.Photo, r)
}

// lay puts the card where the camera sees it: with round corners, an edge that
// catches the light, and its shadow, of some strength, on the side away from it.
func (c *canvas) lay(card *image.RGBA, v *view, unit, light, shadow float64) {
	sn, cs := math.Sincos(light)
	// The shadow lies in the plane of the card, turned with it.
	su, sv := (v.cs*cs+v.sn*sn)*2.2*unit, (-v.sn*cs+v.cs*sn)*2.2*unit
	soft := 5 * unit
	side := 1
	if v.zoom < 0.75 {
		side = int(math.Ceil(1 / v.zoom))
	}
	part := 1 / float32(side*side)
	c.each(func(x, y int, px *[3]float32) {
		u, w := v.document(float64(x)+0.5, float64(y)+0.5)
		if off := v.off(u-su, w-sv, unit); off < soft {
			t := min(max(0.5-off/(2*soft), 0), 1)
			near := min(max(0.5-v.off(u, w, unit)/(1.2*unit), 0), 1) // where it touches
			dark := float32(1 - shadow*t*t*(3-2*t) - 0.25*near)
			for i := range px {
				px[i] *= dark
			}
		}
		off := v.off(u, w, unit)
		cover := float32(min(max(0.5-off*v.zoom, 0), 1))
		if cover == 0 {
			return
		}
		var sum [3]float32
		for sy := range side {
			for sx := range side {
				u, w := v.document(float64(x)+(float64(sx)+0.5)/float64(side), float64(y)+(float64(sy)+0.5)/float64(side))
				blend(card, u-0.5, w-0.5, &sum)
			}
		}
		edge := float32(0)
		if off > -0.35*unit { // it is not quite flat there
			edge = float32(-18 * (cs*(u-v.w/2)/v.w + sn*(w-v.h/2)/v.h))
		}
		for i := range px {
			px[i] += cover * (sum[i]*part + edge - px[i])
		}
	})
}

// off is how far a place lies outside of the card, in its pixels; inside it is
// negative.
func (v *view) off(x, y, unit float64) float64 {
	radius := cornerRadius * unit
	dx, dy := math.Abs(x-v.w/2)-v.w/2+radius, math.Abs(y-v.h/2)-v.h/2+radius
	return math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - radius
}

// room is the light of a room: warm or cold, falling off away from where it
// comes from, and a soft sheen.
func (c *canvas) room(uneven, light float64, r *rand.Rand) {
	warm := float32(0.03 * (2*r.Float64() - 0.6))
	tint := [3]float32{1 + warm, 1, 1 - 1.4*warm}
	sn, cs := math.Sincos(light)
	reach := math.Hypot(float64(c.w), float64(c.h))
	c.each(func(x, y int, px *[3]float32) {
		dx, dy := float64(x)/float64(c.w)-0.5, float64(y)/float64(c.h)-0.5
		away := 0.5 + (cs*dx*float64(c.w)+sn*dy*float64(c.h))/reach
		corner := dx*dx + dy*dy
		gain := float32(1.12 - uneven*away - 0.3*corner)
		sheen := float32(16 * math.Exp(-8*(away-0.25)*(away-0.25)))
		for i := range px {
			px[i] = (px[i] + sheen) * gain * tint[i]
		}
	})
}
