package specimen

import (
	"image"
	"math"
	"math/rand/v2"
)

// shake smears the picture along its rows.
func (c *canvas) shake(length float64) {
	n := max(1, int(length+0.5))
	kernel := make([]float32, n)
	for i := range kernel {
		kernel[i] = 1 / float32(n)
	}
	for _, plane := range c.light {
		line := make([]float32, c.w)
		for y := range c.h {
			smear(plane[y*c.w:(y+1)*c.w], 1, c.w, kernel, line)
		}
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
	line := make([]float32, max(c.w, c.h))
	for _, plane := range c.light {
		for y := range c.h {
			smear(plane[y*c.w:], 1, c.w, kernel, line)
		}
		for x := range c.w {
			smear(plane[x:], c.w, c.h, kernel, line)
		}
	}
}

func smear(values []float32, stride, n int, kernel, line []float32) {
	for i := range n {
		line[i] = values[i*stride]
	}
	half := len(kernel) / 2
	for i := range n {
		sum := float32(0)
		for k, weight := range kernel {
			sum += weight * line[min(max(i+k-half, 0), n-1)]
		}
		values[i*stride] = sum
	}
}

// glare adds a bright spot with a soft edge.
func (c *canvas) glare(p Photo) {
	cx, cy := p.GlareX*float64(c.w), p.GlareY*float64(c.h)
	radius := 0.11 * float64(c.w)
	for y := range c.h {
		for x := range c.w {
			dx, dy := float64(x)-cx, (float64(y)-cy)*1.4
			add := float32(420 * p.Glare * math.Exp(-(dx*dx+dy*dy)/(radius*radius)))
			for i := range c.light {
				c.light[i][y*c.w+x] += add
			}
		}
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
