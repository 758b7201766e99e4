package judge

import (
	"slices"

	"mrzbot/mrzimage/internal/raster"
	"mrzbot/mrzimage/internal/rectify"
)

// Scene is what a picture without an MRZ looks like.
type Scene struct {
	Bright float64 // of its brightest parts, 0 to 255
	Sharp  float64 // see edges; 0 when it shows nothing
}

// sceneSide is the size at which a picture without an MRZ is looked at, in
// pixels of its longer side: small enough to be free of noise. The largest
// MRZ that fits has cells of a thirtieth of this.
const sceneSide = 320

// SceneOf measures a whole picture.
func SceneOf(p *rectify.Picture) Scene {
	full := p.Full()
	g := p.Shrunk((max(full.W, full.H) + sceneSide - 1) / sceneSide)
	tones := g.Tones(raster.Box{MaxX: g.W, MaxY: g.H})
	return Scene{Bright: float64(tones.Quantile(brightPart)), Sharp: edges(g)}
}

// brightPart of a picture's pixels are no brighter than its paper; the rest may
// be lamps, and their reflections.
const brightPart = 0.99

// Squares in which the sharpness is looked for.
const (
	square       = 32 // pixels of a plane of sceneSide: wider than the edges of all but hopeless pictures
	leastInRange = 50 // of tones, for a square that shows an edge at all
)

// edges is the sharpness of the sharpest parts of a plane: the part of an
// edge's height within one pixel, which one in ten of the squares with an edge
// exceeds. Steps to the right and down are taken apart, because a shaking hand
// blurs only one of them; the worse counts.
func edges(g *raster.Gray) float64 {
	var across, down []float64
	for y := 0; y+square < g.H; y += square {
		for x := 0; x+square < g.W; x += square {
			if a, d, ok := edgesIn(g, x, y); ok {
				across, down = append(across, a), append(down, d)
			}
		}
	}
	if len(across) == 0 {
		return 0
	}
	slices.Sort(across)
	slices.Sort(down)
	return min(across[len(across)*9/10], down[len(down)*9/10])
}

func edgesIn(g *raster.Gray, x0, y0 int) (across, down float64, ok bool) {
	least, most, stepX, stepY := 255, 0, 0, 0
	for y := y0; y < y0+square; y++ {
		row, next := g.Pix[y*g.W+x0:][:square+1], g.Pix[(y+1)*g.W+x0:][:square]
		for x := range square {
			v := int(row[x])
			least, most = min(least, v), max(most, v)
			right, below := int(row[x+1])-v, int(next[x])-v
			stepX, stepY = max(stepX, right, -right), max(stepY, below, -below)
		}
	}
	if most-least < leastInRange {
		return 0, 0, false
	}
	span := float64(most - least)
	return float64(stepX) / span, float64(stepY) / span, true
}
