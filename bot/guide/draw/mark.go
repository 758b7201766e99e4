package draw

import (
	"image"
	"image/color"
	"math"
)

// sign is drawn on a mark: strokes between places, in parts of its radius.
type sign [][4]float64

var (
	check = sign{{-0.45, 0.02, -0.12, 0.36}, {-0.12, 0.36, 0.48, -0.34}}
	cross = sign{{-0.36, -0.36, 0.36, 0.36}, {-0.36, 0.36, 0.36, -0.36}}
)

// thick is half of a stroke's width, in parts of the mark's radius.
const thick = 0.11

// mark draws a round mark with a sign over the upper right corner of a frame.
func (p *page) mark(frame image.Rectangle, radius int, c color.RGBA, s sign) {
	r := float64(radius)
	at := image.Pt(frame.Max.X-radius*6/5, frame.Min.Y+radius*6/5)
	for y := -radius - 1; y <= radius+1; y++ {
		for x := -radius - 1; x <= radius+1; x++ {
			u, v := float64(x)/r, float64(y)/r
			blend(p.img, at.X+x, at.Y+y, c, (1-math.Hypot(u, v))*r+0.5)
			near := math.Inf(1)
			for _, stroke := range s {
				near = min(near, distance(u, v, stroke))
			}
			blend(p.img, at.X+x, at.Y+y, color.RGBA{255, 255, 255, 255}, (thick-near)*r+0.5)
		}
	}
}

// distance of a place from a stroke.
func distance(x, y float64, s [4]float64) float64 {
	dx, dy := s[2]-s[0], s[3]-s[1]
	t := min(max(((x-s[0])*dx+(y-s[1])*dy)/(dx*dx+dy*dy), 0), 1)
	return math.Hypot(x-s[0]-t*dx, y-s[1]-t*dy)
}

// blend covers a pixel in part.
func blend(img *image.RGBA, x, y int, c color.RGBA, part float64) {
	part = min(max(part, 0), 1)
	if part == 0 || !image.Pt(x, y).In(img.Rect) {
		return
	}
	was := img.RGBAAt(x, y)
	mix := func(a, b uint8) uint8 { return uint8(float64(a) + part*(float64(b)-float64(a)) + 0.5) }
	img.SetRGBA(x, y, color.RGBA{mix(was.R, c.R), mix(was.G, c.G), mix(was.B, c.B), 255})
}
