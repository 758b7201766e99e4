package raster

import "math"

// Box is a part of a plane; Max is outside.
type Box struct{ MinX, MinY, MaxX, MaxY int }

// Within is the part of a box that lies in a plane, at least one pixel.
func (b Box) Within(g *Gray) Box {
	b.MinX, b.MinY = min(max(b.MinX, 0), g.W-1), min(max(b.MinY, 0), g.H-1)
	b.MaxX, b.MaxY = min(max(b.MaxX, b.MinX+1), g.W), min(max(b.MaxY, b.MinY+1), g.H)
	return b
}

// Tones counts the pixels of each brightness.
type Tones [256]int

// Tones of a part of the plane.
func (g *Gray) Tones(b Box) Tones {
	var t Tones
	for y := b.MinY; y < b.MaxY; y++ {
		for _, v := range g.Pix[y*g.W+b.MinX : y*g.W+b.MaxX] {
			t[v]++
		}
	}
	return t
}

// Quantile is the brightness that the given part of the pixels does not exceed.
func (t *Tones) Quantile(part float64) byte {
	total := 0
	for _, n := range t {
		total += n
	}
	left := int(math.Ceil(part * float64(total)))
	for v, n := range t {
		if left -= n; left <= 0 {
			return byte(v)
		}
	}
	return 255
}

// Sharpness is the part of the whole range of tones that the steepest edges
// cross within one pixel: the difference of neighbours that one in a hundred
// exceeds, over the range from nearly the darkest to nearly the brightest.
func (g *Gray) Sharpness(b Box, tones Tones) float64 {
	var steps Tones
	for y := b.MinY; y < b.MaxY; y++ {
		row := g.Pix[y*g.W+b.MinX : y*g.W+b.MaxX]
		for x := 1; x < len(row); x++ {
			d := int(row[x]) - int(row[x-1])
			steps[max(d, -d)]++
		}
	}
	span := int(tones.Quantile(0.99)) - int(tones.Quantile(0.01))
	if span <= 0 {
		return 0
	}
	return min(1, float64(steps.Quantile(0.99))/float64(span))
}
