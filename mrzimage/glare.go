package mrzimage

import (
	"math"
	"slices"

	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/rectify"
)

// What light takes away from a cell.
const (
	// blownOut is the brightness of paper that a sensor shows no more of.
	blownOut = 250
	// mostLift is how far the ink of a cell may have risen from the zone's own
	// towards white. Where glare has wiped part of a character away, what is
	// left of it has risen so far; without glare, even in poor prints and small
	// pictures, none rose by more than 0.36.
	mostLift = 0.75
)

// lightsOf measures the light of each cell.
func lightsOf(p *rectify.Picture, cells []rectify.Cell) []rectify.Light {
	lights := make([]rectify.Light, len(cells))
	for i, c := range cells {
		lights[i] = p.Light(c)
	}
	return lights
}

// erasedBy tells the cells that glare has wiped out, wholly or in part, and
// their number.
func erasedBy(lights []rectify.Light) (erased []bool, lost int) {
	inks := make([]float64, len(lights))
	for i, l := range lights {
		inks[i] = l.Ink
	}
	slices.Sort(inks)
	usual := inks[len(inks)/2]
	erased = make([]bool, len(lights))
	for i, l := range lights {
		if l.Paper >= blownOut && l.Ink-usual > mostLift*(255-usual) {
			erased[i] = true
			lost++
		}
	}
	return erased, lost
}

// blank finds the cells that glare has erased and reads the zone again without
// them: what is left of an E may look like a clear L, and a check digit that is
// made to hold by a guess proves nothing.
func (s *search) blank(c *candidate) {
	var places []rectify.Cell
	for _, row := range c.rows {
		for k := range c.columns {
			places = append(places, row.Cell(float64(k)))
		}
	}
	erased, lost := erasedBy(lightsOf(s.picture, places))
	c.lost = lost
	c.erased = slices.Collect(slices.Chunk(erased, c.columns))
	if lost == 0 {
		return
	}
	cells := make([][]logs, len(c.rows))
	for i := range cells {
		cells[i] = slices.Clone(c.cells[i])
		for k, gone := range c.erased[i] {
			if gone {
				cells[i][k] = unknown()
			}
		}
	}
	if r, ok := decide(cells); ok {
		r.raw = c.reading.raw
		c.reading = r
	}
}

// unknown is a cell that may hold any character.
func unknown() logs {
	var l logs
	for i := range l {
		l[i] = float32(-math.Log(float64(network.Classes)))
	}
	return l
}
