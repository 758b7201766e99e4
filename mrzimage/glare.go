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

// blank finds the cells that glare has erased, wholly or in part, and reads the
// zone again without them: what is left of an E may look like a clear L, and a
// check digit that is made to hold by a guess proves nothing.
func (s *search) blank(c *candidate) {
	lights := make([][]rectify.Light, len(c.rows))
	var inks []float64
	for i, row := range c.rows {
		for k := range c.columns {
			light := s.picture.Light(row.Cell(float64(k)))
			lights[i] = append(lights[i], light)
			inks = append(inks, light.Ink)
		}
	}
	slices.Sort(inks)
	usual := inks[len(inks)/2]
	cells := make([][]logs, len(c.rows))
	c.erased = make([][]bool, len(c.rows))
	for i := range c.rows {
		cells[i] = slices.Clone(c.cells[i])
		c.erased[i] = make([]bool, c.columns)
		for k, light := range lights[i] {
			if light.Paper >= blownOut && light.Ink-usual > mostLift*(255-usual) {
				c.erased[i][k] = true
				c.lost++
				cells[i][k] = unknown()
			}
		}
	}
	if c.lost == 0 {
		return
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
