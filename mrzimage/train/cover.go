package main

import "math"

// coveredSheets is the part of the sheets on which something lies. Cells at its
// edge are few, and the hardest: an edge that runs through a cell looks like a
// stroke.
const coveredSheets = 0.35

// cover lays things over parts of the sheet.
func (sh *sheet) cover(light []float32) {
	if !sh.chance(coveredSheets) {
		return
	}
	sh.covered = make([]bool, len(light))
	if sh.chance(0.35) {
		sh.lay(light, sh.sheetOver())
		return
	}
	for range 1 + sh.rand.IntN(4) {
		sh.lay(light, sh.lump())
	}
}

// outline is how far inside a thing a place lies, in drawing pixels, and
// negative outside.
type outline func(x, y float64) float64

// sheetOver reaches over a side of the sheet, with a straight or a bent edge.
func (sh *sheet) sheetOver() outline {
	sin, cos := math.Sincos(sh.uniform(0, 2*math.Pi))
	aside := sh.uniform(0, 0.5) * float64(sh.h)
	bend := 1 / (sh.uniform(0.3, 4) * float64(sh.w)) // of the edge
	return func(x, y float64) float64 {
		u, v := cos*x+sin*y, -sin*x+cos*y
		return u - aside - bend*v*v
	}
}

// lump is round or long, from a crumb to something as large as the text.
func (sh *sheet) lump() outline {
	cell := float64(sh.w) / (columns + 3)
	atX, atY := sh.uniform(-0.5, 0.5)*float64(sh.w), sh.uniform(-0.5, 0.5)*float64(sh.h)
	sin, cos := math.Sincos(sh.uniform(0, 2*math.Pi))
	narrow := 0.3 * math.Pow(10, sh.rand.Float64()) * cell
	long := narrow * sh.uniform(1, 4)
	return func(x, y float64) float64 {
		x, y = x-atX, y-atY
		return narrow * (1 - math.Hypot((cos*x+sin*y)/long, (-sin*x+cos*y)/narrow))
	}
}

// lay paints a thing of any brightness, with a sharp or a soft edge. Things are
// thick: some turn away from the light towards their edge, and cast a shadow.
func (sh *sheet) lay(light []float32, deep outline) {
	cell := float64(sh.w) / (columns + 3)
	bright := sh.uniform(10, 230)
	slopeX, slopeY := sh.uniform(-80, 80)/float64(sh.w), sh.uniform(-80, 80)/float64(sh.w)
	soft := sh.uniform(0.5, 4)
	var fall, dark float64
	if sh.chance(0.6) {
		fall = sh.uniform(0, 0.6)
	}
	if sh.chance(0.6) {
		dark = sh.uniform(0, 0.6)
	}
	round, reach := sh.uniform(0.3, 4)*cell, sh.uniform(0.1, 1)*cell
	for i := range light {
		x, y := float64(i%sh.w)-float64(sh.w)/2, float64(i/sh.w)-float64(sh.h)/2
		in := deep(x, y)
		if in < -reach-soft {
			continue
		}
		if in < 0 {
			light[i] *= float32(1 - dark*max(0, 1+in/reach))
		}
		part := min(max(in/soft+0.5, 0), 1)
		if part == 0 {
			continue
		}
		edge := 1 - min(max(in, 0)/round, 1)
		tone := max((bright+slopeX*x+slopeY*y)*(1-fall*edge*edge), 0)
		sh.covered[i] = sh.covered[i] || part > 0.5
		light[i] += float32(part) * (float32(tone) - light[i])
	}
}
