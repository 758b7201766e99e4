package specimen

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"

	scale "golang.org/x/image/draw"
)

// Photo says how a picture of a document is taken. The zero value, with a
// width and height, is a sharp, bright one that shows the document straight.
type Photo struct {
	Width, Height int
	Fill          float64 // part of the picture that the document spans; 0 means 0.85
	Turn          float64 // degrees, clockwise
	Lean, Nod     float64 // tilt about the upright and the level axis, degrees
	Blur          float64 // width of the lens's Gaussian, pixels
	Shake         float64 // length of a motion, pixels
	ShakeTurn     float64 // its direction: degrees from the level
	Noise         float64 // deviation of the sensor, of 255
	Dim           float64 // 0 (bright) to 1 (black)
	Uneven        float64 // 0 to 1: how dark one corner is
	Shadow        float64 // 0 to 1: how dark the shadow is that falls across
	Glare         float64 // 0 to 1, strength of a bright spot
	Veil          float64 // 0 to 1, how white a pale spot is in its middle, at the glare's place
	GlareX        float64 // its place, in parts of the picture; 0, 0 is a corner
	GlareY        float64
	GlareWide     float64 // its radius in parts of the width; 0 means 0.11
	Fingers       int     // that hold the document
	FingerDeep    float64 // how far they reach in, in parts of its height
	AsideX        float64 // the document's middle from the picture's, in parts of it
	AsideY        float64
	Ground        Ground
	Quality       int // of the JPEG file; 0 means 85
	Sent          int // longer side that a messenger makes of it; 0: sent as it is
	Seed          uint64
}

// Take gives the picture of a document on a table.
func (p Photo) Take(document image.Image) *image.RGBA {
	r := rand.New(rand.NewPCG(p.Seed, 79))
	c := newCanvas(p.Width, p.Height)
	c.ground(p.Ground, r)
	c.place(document, p)
	// What comes after has a stream of its own: the document must not change
	// where a finger lies or a shadow falls.
	faults := rand.New(rand.NewPCG(p.Seed, 81))
	if p.Fingers > 0 {
		b := document.Bounds()
		c.fingers(p, float64(b.Dx()), float64(b.Dy()), faults)
	}
	if p.Uneven > 0 {
		c.uneven(p, faults)
	}
	if p.Shadow > 0 {
		c.shadow(p, faults)
	}
	if p.Shake > 0 {
		c.shake(p.Shake, p.ShakeTurn)
	}
	if p.Blur > 0 {
		c.blur(p.Blur)
	}
	if p.Glare > 0 {
		c.glare(p)
	}
	if p.Veil > 0 {
		c.veil(p)
	}
	return c.image(p, r)
}

// JPEG takes the picture and gives it as a file.
func (p Photo) JPEG(document image.Image) ([]byte, error) {
	quality := p.Quality
	if quality == 0 {
		quality = 85
	}
	var file bytes.Buffer
	taken := p.Take(document)
	if p.Sent > 0 && p.Sent < max(p.Width, p.Height) {
		if err := jpeg.Encode(&file, taken, &jpeg.Options{Quality: 92}); err != nil {
			return nil, err
		}
		first, err := jpeg.Decode(&file)
		if err != nil {
			return nil, err
		}
		file.Reset()
		taken = scaled(first, p.Sent)
	}
	err := jpeg.Encode(&file, taken, &jpeg.Options{Quality: quality})
	return file.Bytes(), err
}

// scaled is a picture made smaller, as a messenger does it.
func scaled(m image.Image, long int) *image.RGBA {
	b := m.Bounds()
	f := float64(long) / float64(max(b.Dx(), b.Dy()))
	out := image.NewRGBA(image.Rect(0, 0, int(f*float64(b.Dx())+0.5), int(f*float64(b.Dy())+0.5)))
	scale.CatmullRom.Scale(out, out.Rect, m, b, scale.Src, nil)
	return out
}

// canvas is light, in planes of red, green and blue.
type canvas struct {
	w, h  int
	light [3][]float32
}

func newCanvas(w, h int) *canvas {
	c := &canvas{w: w, h: h}
	for i := range c.light {
		c.light[i] = make([]float32, w*h)
	}
	return c
}

// table is a ground of some colour with a soft grain.
func (c *canvas) table(r *rand.Rand) {
	for i := range c.light {
		base := 40 + 110*r.Float32()
		fx, fy := 0.02+0.06*r.Float64(), 0.002+0.02*r.Float64()
		across, along, slant := waves(fx, c.w), waves(fy, c.h), waves(fy, c.w+c.h)
		for y := range c.h {
			// The sine of a sum, for one sine a pixel takes long.
			sn, cs := math.Sincos(3 * along[y].sin)
			for x, v := range across {
				c.light[i][y*c.w+x] = base + 12*float32((v.sin*cs+v.cos*sn)*slant[x+y].sin)
			}
		}
	}
}

type wave struct{ sin, cos float64 }

// waves are the sines of the first n multiples of an angle.
func waves(angle float64, n int) []wave {
	out := make([]wave, n)
	for i := range out {
		out[i].sin, out[i].cos = math.Sincos(angle * float64(i))
	}
	return out
}

// view is the way from the picture to the document and back.
type view struct {
	cx, cy                float64 // the document's middle in the picture
	w, h                  float64 // of the document
	sn, cs, zoom          float64
	lean, nod, eye        float64 // tangents of the tilt; distance of the eye
	leanLength, nodLength float64
}

func (p Photo) view(w, h float64) view {
	fill := p.Fill
	if fill == 0 {
		fill = 0.85
	}
	v := view{
		cx: (0.5 + p.AsideX) * float64(p.Width), cy: (0.5 + p.AsideY) * float64(p.Height), w: w, h: h,
		lean: math.Tan(p.Lean * math.Pi / 180), nod: math.Tan(p.Nod * math.Pi / 180),
	}
	v.sn, v.cs = math.Sincos(p.Turn * math.Pi / 180)
	spanX, spanY := math.Abs(v.cs)*w+math.Abs(v.sn)*h, math.Abs(v.sn)*w+math.Abs(v.cs)*h
	v.zoom = fill * min(float64(p.Width)/spanX, float64(p.Height)/spanY)
	v.eye = 2.2 * max(w, h) * v.zoom
	v.leanLength, v.nodLength = math.Hypot(1, v.lean), math.Hypot(1, v.nod)
	return v
}

// document is the place in the document that a place in the picture shows: the
// ray through it meets a plane whose depth grows with lean and nod.
func (v *view) document(x, y float64) (float64, float64) {
	px, py := x-v.cx, y-v.cy
	t := 1 / (1 - (px*v.lean+py*v.nod)/v.eye)
	dx, dy := px*t*v.leanLength, py*t*v.nodLength
	return (v.cs*dx+v.sn*dy)/v.zoom + v.w/2, (-v.sn*dx+v.cs*dy)/v.zoom + v.h/2
}

// picture is the place in the picture where a place of the document appears.
func (v *view) picture(x, y float64) (float64, float64) {
	x, y = (x-v.w/2)*v.zoom, (y-v.h/2)*v.zoom
	px, py := (v.cs*x-v.sn*y)/v.leanLength, (v.sn*x+v.cs*y)/v.nodLength
	t := 1 + (px*v.lean+py*v.nod)/v.eye
	return px/t + v.cx, py/t + v.cy
}

// Place tells where a place of a document of the given size appears in the
// picture, both in pixels, before a messenger makes the picture smaller.
func (p Photo) Place(document image.Rectangle, x, y float64) (float64, float64) {
	v := p.view(float64(document.Dx()), float64(document.Dy()))
	return v.picture(x, y)
}

// place lays the document on the table as the camera sees it: each pixel is
// traced back to the document's plane.
func (c *canvas) place(document image.Image, p Photo) {
	doc := rgba(document)
	w, h := float64(doc.Rect.Dx()), float64(doc.Rect.Dy())
	v := p.view(w, h)
	side := 1
	if v.zoom < 0.75 {
		side = int(math.Ceil(1 / v.zoom))
	}
	part := 1 / float32(side*side)
	for y := range c.h {
		for x := range c.w {
			var sum [3]float32
			hit := 0
			for sy := range side {
				for sx := range side {
					u, v := v.document(float64(x)+(float64(sx)+0.5)/float64(side), float64(y)+(float64(sy)+0.5)/float64(side))
					if u < 0 || v < 0 || u >= w || v >= h {
						continue
					}
					hit++
					blend(doc, u-0.5, v-0.5, &sum)
				}
			}
			if hit == 0 {
				continue
			}
			rest := 1 - float32(hit)*part
			for i := range sum {
				l := &c.light[i][y*c.w+x]
				*l = *l*rest + sum[i]*part
			}
		}
	}
}

// blend adds the colour at a place between pixels.
func blend(doc *image.RGBA, u, v float64, sum *[3]float32) {
	fu, fv := math.Floor(u), math.Floor(v)
	du, dv := float32(u-fu), float32(v-fv)
	clampX := func(x int) int { return min(max(x, 0), doc.Rect.Dx()-1) }
	clampY := func(y int) int { return min(max(y, 0), doc.Rect.Dy()-1) }
	x0, x1 := 4*clampX(int(fu)), 4*clampX(int(fu)+1)
	y0, y1 := doc.Stride*clampY(int(fv)), doc.Stride*clampY(int(fv)+1)
	for i := range sum {
		a, b := float32(doc.Pix[y0+x0+i]), float32(doc.Pix[y0+x1+i])
		e, f := float32(doc.Pix[y1+x0+i]), float32(doc.Pix[y1+x1+i])
		top := a + du*(b-a)
		sum[i] += top + dv*(e+du*(f-e)-top)
	}
}

// rgba gives a picture with its corner at 0, 0.
func rgba(m image.Image) *image.RGBA {
	if r, ok := m.(*image.RGBA); ok && r.Rect.Min == (image.Point{}) {
		return r
	}
	out := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(out, out.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Over)
	return out
}
