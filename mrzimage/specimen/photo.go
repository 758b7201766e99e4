package specimen

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
)

// Photo says how a picture of a document is taken. The zero value, with a
// width and height, is a sharp, bright one that shows the document straight.
type Photo struct {
	Width, Height int
	Fill          float64 // part of the picture that the document spans; 0 means 0.85
	Turn          float64 // degrees, clockwise
	Lean, Nod     float64 // tilt about the upright and the level axis, degrees
	Blur          float64 // width of the lens's Gaussian, pixels
	Shake         float64 // length of a motion to the right, pixels
	Noise         float64 // deviation of the sensor, of 255
	Dim           float64 // 0 (bright) to 1 (black)
	Glare         float64 // 0 to 1, strength of a bright spot
	GlareX        float64 // its place, in parts of the picture; 0, 0 is a corner
	GlareY        float64
	Quality       int // of the JPEG file; 0 means 85
	Seed          uint64
}

// Take gives the picture of a document on a table.
func (p Photo) Take(document image.Image) *image.RGBA {
	r := rand.New(rand.NewPCG(p.Seed, 79))
	c := newCanvas(p.Width, p.Height)
	c.table(r)
	c.place(document, p)
	if p.Shake > 0 {
		c.shake(p.Shake)
	}
	if p.Blur > 0 {
		c.blur(p.Blur)
	}
	if p.Glare > 0 {
		c.glare(p)
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
	err := jpeg.Encode(&file, p.Take(document), &jpeg.Options{Quality: quality})
	return file.Bytes(), err
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
		for y := range c.h {
			for x := range c.w {
				wave := math.Sin(fx*float64(x)+3*math.Sin(fy*float64(y))) * math.Sin(fy*float64(y+x))
				c.light[i][y*c.w+x] = base + 12*float32(wave)
			}
		}
	}
}

// place lays the document on the table as the camera sees it: each pixel is
// traced back to the document's plane.
func (c *canvas) place(document image.Image, p Photo) {
	doc := rgba(document)
	w, h := float64(doc.Rect.Dx()), float64(doc.Rect.Dy())
	fill := p.Fill
	if fill == 0 {
		fill = 0.85
	}
	sn, cs := math.Sincos(p.Turn * math.Pi / 180)
	spanX, spanY := math.Abs(cs)*w+math.Abs(sn)*h, math.Abs(sn)*w+math.Abs(cs)*h
	zoom := fill * min(float64(c.w)/spanX, float64(c.h)/spanY)
	lean, nod := math.Tan(p.Lean*math.Pi/180), math.Tan(p.Nod*math.Pi/180)
	distance := 2.2 * max(w, h) * zoom // of the eye
	side := 1
	if zoom < 0.75 {
		side = int(math.Ceil(1 / zoom))
	}
	for y := range c.h {
		for x := range c.w {
			var sum [3]float32
			hit := 0
			for sy := range side {
				for sx := range side {
					px := float64(x) + (float64(sx)+0.5)/float64(side) - float64(c.w)/2
					py := float64(y) + (float64(sy)+0.5)/float64(side) - float64(c.h)/2
					// The ray through (px, py) meets a plane whose depth grows
					// with lean and nod.
					t := 1 / (1 - (px*lean+py*nod)/distance)
					dx, dy := px*t*math.Hypot(1, lean), py*t*math.Hypot(1, nod)
					u := (cs*dx+sn*dy)/zoom + w/2
					v := (-sn*dx+cs*dy)/zoom + h/2
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
			part := 1 / float32(side*side)
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
