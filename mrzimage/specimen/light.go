package specimen

import (
	"image"
	"math"
	"math/rand/v2"
)

// shake smears the picture along a straight way.
func (c *canvas) shake(length, turn float64) {
	sn, cs := math.Sincos(turn * math.Pi / 180)
	steps := max(2, int(length+0.5))
	for i, plane := range c.light {
		sum := make([]float32, len(plane))
		for k := range steps {
			t := (float64(k)/float64(steps-1) - 0.5) * length
			dx, dy := int(math.Round(t*cs)), int(math.Round(t*sn))
			for y := range c.h {
				from := plane[min(max(y+dy, 0), c.h-1)*c.w:][:c.w]
				to := sum[y*c.w:][:c.w]
				for x := range to {
					to[x] += from[min(max(x+dx, 0), c.w-1)]
				}
			}
		}
		for at := range sum {
			sum[at] /= float32(steps)
		}
		c.light[i] = sum
	}
}

// blur is the Gaussian of a lens out of focus.
func (c *canvas) blur(sigma float64) {
	half := int(math.Ceil(2.5 * sigma))
	kernel := make([]float32, 2*half+1)
	sum := float32(0)
	for i := range kernel {
		d := float64(i-half) / sigma
		kernel[i] = float32(math.Exp(-d * d / 2))
		sum += kernel[i]
	}
	for i := range kernel {
		kernel[i] /= sum
	}
	wide := make([]float32, c.w+2*half)
	for i, plane := range c.light {
		across := make([]float32, len(plane))
		for y := range c.h {
			row := plane[y*c.w:][:c.w]
			copy(wide[half:], row)
			for k := range half {
				wide[k], wide[half+c.w+k] = row[0], row[c.w-1]
			}
			addRows(across[y*c.w:][:c.w], kernel, func(k int) []float32 { return wide[k:] })
		}
		clear(plane)
		for y := range c.h {
			addRows(plane[y*c.w:][:c.w], kernel, func(k int) []float32 {
				return across[min(max(y+k-half, 0), c.h-1)*c.w:]
			})
		}
		c.light[i] = plane
	}
}

// addRows adds rows to out, each with its weight.
func addRows(out, weights []float32, row func(k int) []float32) {
	for k, weight := range weights {
		from := row(k)[:len(out)]
		for x := range out {
			out[x] += weight * from[x]
		}
	}
}

// glare adds a bright spot with a soft edge.
func (c *canvas) glare(p Photo) {
	spot := p.spot()
	c.each(func(x, y int, px *[3]float32) {
		add := 420 * p.Glare * spot(x, y)
		for i := range px {
			px[i] += float32(add)
		}
	})
}

// veil pales a spot with a soft edge: the reflection of something white.
func (c *canvas) veil(p Photo) {
	spot := p.spot()
	c.each(func(x, y int, px *[3]float32) {
		part := float32(p.Veil * spot(x, y))
		for i := range px {
			px[i] += part * (255 - px[i])
		}
	})
}

// spot falls from 1 in the middle of the glare to 0 far from it.
func (p Photo) spot() func(x, y int) float64 {
	cx, cy := p.GlareX*float64(p.Width), p.GlareY*float64(p.Height)
	wide := p.GlareWide
	if wide == 0 {
		wide = 0.11
	}
	radius := wide * float64(p.Width)
	return func(x, y int) float64 {
		dx, dy := float64(x)-cx, (float64(y)-cy)*1.4
		return math.Exp(-(dx*dx + dy*dy) / (radius * radius))
	}
}

// image is what the sensor makes of the light.
func (c *canvas) image(p Photo, r *rand.Rand) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
	gain := float32(1 - p.Dim)
	for at := range c.w * c.h {
		for i := range c.light {
			v := c.light[i][at] * gain
			if p.Noise > 0 {
				v += float32(p.Noise * r.NormFloat64())
			}
			out.Pix[4*at+i] = uint8(min(max(v+0.5, 0), 255))
		}
		out.Pix[4*at+3] = 255
	}
	return out
}
