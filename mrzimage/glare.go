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
	// From fadingFrom on, the parts of a cell are looked at: where strokes that
	// have risen beyond fading lie beside nothing at all (nothingSeen), some of
	// the character may be gone. The zone is doubtful then. From halfFaded on the
	// character is given up, but where the network has no doubt at all
	// (logSureFaded): most of those can be seen.
	fadingFrom  = 0.25
	halfFaded   = 0.5
	fading      = 0.55
	nothingSeen = 0.9
	// mostSoft is how far ink may rise, in a cell and those around it, in light that
	// erases nothing there.
	mostSoft = 0.65
	// mostUneven is how much further it may rise at a character's head than at its
	// foot, or less far, in such light.
	mostUneven = 0.25
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
	usual := inkOf(lights)
	erased = make([]bool, len(lights))
	for i, l := range lights {
		if l.Paper >= blownOut && lift(l, usual) > mostLift {
			erased[i] = true
			lost++
		}
	}
	return erased, lost
}

// inkOf a zone is how dark its characters usually are.
func inkOf(lights []rectify.Light) float64 {
	inks := make([]float64, len(lights))
	for i, l := range lights {
		inks[i] = l.Ink
	}
	slices.Sort(inks)
	return inks[len(inks)/2]
}

// lift is how far ink has risen from the zone's own towards white.
func lift(l rectify.Light, usual float64) float64 { return (l.Ink - usual) / max(255-usual, 1) }

// fades reports whether the strokes of a character fade towards a part of its
// cell in which nothing is seen: what they do there is not known. In a cell
// that is only bright, strokes end as dark as they began.
func fades(parts [3][3]rectify.Light, usual float64) bool {
	blind := func(l rectify.Light) bool { return l.Paper >= blownOut }
	for y := range parts {
		for x := range parts[y] {
			if l := parts[y][x]; !blind(l) || lift(l, usual) < nothingSeen {
				continue
			}
			for _, n := range [4][2]int{{y - 1, x}, {y + 1, x}, {y, x - 1}, {y, x + 1}} {
				if min(n[0], n[1]) < 0 || max(n[0], n[1]) > 2 {
					continue
				}
				if l := parts[n[0]][n[1]]; blind(l) && lift(l, usual) > fading && lift(l, usual) < nothingSeen {
					return true
				}
			}
		}
	}
	return false
}

// even reports whether ink has risen as far at a character's head as at its foot.
func even(parts [3][3]rectify.Light, usual float64) bool {
	risen := func(row [3]rectify.Light) float64 {
		return min(lift(row[0], usual), lift(row[1], usual), lift(row[2], usual))
	}
	return math.Abs(risen(parts[0])-risen(parts[2])) <= mostUneven
}

// brightest is how far ink has risen in a cell and the eight around it, at most.
func brightest(lights []rectify.Light, at, columns int, usual float64) float64 {
	row, col := at/columns, at%columns
	most := 0.0
	for y := max(row-1, 0); y <= min(row+1, len(lights)/columns-1); y++ {
		for x := max(col-1, 0); x <= min(col+1, columns-1); x++ {
			most = max(most, lift(lights[y*columns+x], usual))
		}
	}
	return most
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
	lights := lightsOf(s.picture, places)
	erased, lost := erasedBy(lights)
	usual := inkOf(lights)
	fading := make([]bool, len(lights))
	for i, l := range lights {
		if erased[i] || l.Paper < blownOut || lift(l, usual) <= fadingFrom {
			continue
		}
		parts := s.picture.Ninths(places[i])
		soft := brightest(lights, i, c.columns, usual) <= mostSoft && even(parts, usual)
		if !soft && fades(parts, usual) {
			c.faded = true
			fading[i] = lift(l, usual) > halfFaded
		}
	}
	c.lost = lost
	c.fading = slices.Collect(slices.Chunk(fading, c.columns))
	if lost == 0 {
		return
	}
	cells := make([][]logs, len(c.rows))
	for i := range cells {
		cells[i] = slices.Clone(c.cells[i])
		for k := range cells[i] {
			if erased[i*c.columns+k] {
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
