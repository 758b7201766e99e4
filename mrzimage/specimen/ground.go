package specimen

import (
	"image"
	"math"
	"math/rand/v2"

	"mrzbot/mrzimage/internal/ocrb"
)

// Ground is what a document lies on.
type Ground string

// The grounds.
const (
	Table  Ground = ""       // one colour, a soft grain
	Planks Ground = "planks" // wood with dark joints
	Checks Ground = "checks" // a checked cloth
	Page   Ground = "page"   // a printed page
	Keys   Ground = "keys"   // dark squares in rows
	Litter Ground = "litter" // papers of all colours
)

// Grounds are all of them.
func Grounds() []Ground { return []Ground{Table, Planks, Checks, Page, Keys, Litter} }

// ground fills the picture with what lies under the document.
func (c *canvas) ground(kind Ground, r *rand.Rand) {
	c.table(r)
	size := float64(max(c.w, c.h)) / 1280
	switch kind {
	case Planks:
		c.planks(r, size)
	case Checks:
		c.checks(r, size)
	case Page:
		c.page(r, size)
	case Keys:
		c.keys(r, size)
	case Litter:
		for range 40 {
			c.sheet(r, size)
		}
	}
}

func (c *canvas) planks(r *rand.Rand, size float64) {
	wide := (60 + 90*r.Float64()) * size
	sn, cs := math.Sincos(r.Float64() * math.Pi)
	grain := (2 + 5*r.Float64()) * size
	c.each(func(x, y int, px *[3]float32) {
		u, v := cs*float64(x)+sn*float64(y), -sn*float64(x)+cs*float64(y)
		fibre := math.Sin(v/grain+2*math.Sin(u/(60*size))+math.Sin(v/(23*size))) * 14
		joint := 70 * line(nearest(v, wide), 2*size)
		for i := range px {
			px[i] += float32(fibre - joint)
		}
	})
}

func (c *canvas) checks(r *rand.Rand, size float64) {
	wide := (18 + 40*r.Float64()) * size
	sn, cs := math.Sincos(r.Float64() * math.Pi)
	var shade [3]float32
	for i := range shade {
		shade[i] = 200 * r.Float32()
	}
	c.each(func(x, y int, px *[3]float32) {
		u, v := (cs*float64(x)+sn*float64(y))/wide, (-sn*float64(x)+cs*float64(y))/wide
		part := float32(0)
		if int(math.Floor(u))%2 != 0 {
			part += 0.45
		}
		if int(math.Floor(v))%2 != 0 {
			part += 0.45
		}
		for i := range px {
			px[i] += part * (shade[i] - px[i])
		}
	})
}

// page is a sheet full of text in rows: words of random letters.
func (c *canvas) page(r *rand.Rand, size float64) {
	c.written(r, (7+9*r.Float64())*size, 1.9+r.Float64(), 235, func() rune {
		if r.IntN(6) == 0 {
			return ' '
		}
		return rune(letters[r.IntN(len(letters))])
	})
}

func (c *canvas) keys(r *rand.Rand, size float64) {
	wide := (34 + 30*r.Float64()) * size
	c.each(func(x, y int, px *[3]float32) {
		gap := max(line(nearest(float64(x), wide), 2*size), line(nearest(float64(y), wide), 2*size))
		for i := range px {
			px[i] = 25 + float32(60*gap)
		}
	})
}

// written covers the picture with rows of text on paper of some brightness.
func (c *canvas) written(r *rand.Rand, cell, apart float64, white float32, next func() rune) {
	faces, err := ocrb.Faces()
	if err != nil {
		panic("specimen: the embedded type is damaged: " + err.Error())
	}
	face := faces[r.IntN(len(faces))]
	cover := image.NewAlpha(image.Rect(0, 0, c.w, c.h))
	scale := cell / face.Advance
	turn := 0.12 * (r.Float64() - 0.5)
	sn, cs := math.Sincos(turn)
	for row := -2.0; row*cell*apart < 1.2*float64(c.h); row++ {
		for col := 0.0; col*cell < 1.1*float64(c.w); col++ {
			x, y := col*cell, row*cell*apart
			face.Paint(cover, next(), ocrb.Affine{
				A: scale * cs, B: -scale * sn, C: cs*x - sn*y,
				D: scale * sn, E: scale * cs, F: sn*x + cs*y,
			})
		}
	}
	c.each(func(x, y int, px *[3]float32) {
		ink := float32(cover.Pix[y*cover.Stride+x]) / 255
		for i := range px {
			px[i] = white + ink*(40-white)
		}
	})
}

// sheet throws a paper of some colour on the ground.
func (c *canvas) sheet(r *rand.Rand, size float64) {
	mx, my := r.Float64()*float64(c.w), r.Float64()*float64(c.h)
	w, h := (20+160*r.Float64())*size, (10+120*r.Float64())*size
	sn, cs := math.Sincos(r.Float64() * math.Pi)
	var shade [3]float32
	for i := range shade {
		shade[i] = 255 * r.Float32()
	}
	reach := int(math.Hypot(w, h)) + 1
	for y := max(0, int(my)-reach); y < min(c.h, int(my)+reach); y++ {
		for x := max(0, int(mx)-reach); x < min(c.w, int(mx)+reach); x++ {
			dx, dy := float64(x)-mx, float64(y)-my
			if math.Abs(cs*dx+sn*dy) < w && math.Abs(-sn*dx+cs*dy) < h {
				for i := range shade {
					c.light[i][y*c.w+x] = shade[i]
				}
			}
		}
	}
}

// each gives every pixel's light to be changed.
func (c *canvas) each(change func(x, y int, px *[3]float32)) {
	var px [3]float32
	for y := range c.h {
		for x := range c.w {
			at := y*c.w + x
			px = [3]float32{c.light[0][at], c.light[1][at], c.light[2][at]}
			change(x, y, &px)
			for i := range px {
				c.light[i][at] = px[i]
			}
		}
	}
}
