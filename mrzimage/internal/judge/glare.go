package judge

import (
	"math"
	"slices"

	"mrzbot/mrzimage/internal/rectify"
)

// What light takes away from a cell.
const (
	// BlownOut is the brightness of paper that a sensor shows no more of.
	BlownOut = 250
	// mostLift is how far the ink of a cell may have risen from the MRZ's own
	// towards white. Where glare has wiped part of a character away, what is
	// left of it has risen so far; without glare, even in poor prints and small
	// pictures, none rose by more than 0.36.
	mostLift = 0.75
	// From fadingFrom on, the parts of a cell are looked at: where strokes that
	// have risen beyond fading lie beside nothing at all (nothingSeen), some of
	// the character may be gone. The MRZ is doubtful then. From halfFaded on the
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

// LightsOf measures the light of each cell.
func LightsOf(p *rectify.Picture, cells []rectify.Cell) []rectify.Light {
	lights := make([]rectify.Light, len(cells))
	for i, c := range cells {
		lights[i] = p.Light(c)
	}
	return lights
}

// ErasedBy tells the cells that glare has wiped out, wholly or in part, and
// their number.
func ErasedBy(lights []rectify.Light) (erased []bool, lost int) {
	usual := InkOf(lights)
	erased = make([]bool, len(lights))
	for i, l := range lights {
		if l.Paper >= BlownOut && Lift(l, usual) > mostLift {
			erased[i] = true
			lost++
		}
	}
	return erased, lost
}

// InkOf an MRZ is how dark its characters usually are.
func InkOf(lights []rectify.Light) float64 {
	inks := make([]float64, len(lights))
	for i, l := range lights {
		inks[i] = l.Ink
	}
	slices.Sort(inks)
	return inks[len(inks)/2]
}

// Lift is how far ink has risen from the MRZ's own towards white.
func Lift(l rectify.Light, usual float64) float64 { return (l.Ink - usual) / max(255-usual, 1) }

// Fades reports whether the strokes of a character fade towards a part of its
// cell in which nothing is seen: what they do there is not known. In a cell
// that is only bright, strokes end as dark as they began.
func Fades(parts [3][3]rectify.Light, usual float64) bool {
	blind := func(l rectify.Light) bool { return l.Paper >= BlownOut }
	for y := range parts {
		for x := range parts[y] {
			if l := parts[y][x]; !blind(l) || Lift(l, usual) < nothingSeen {
				continue
			}
			for _, n := range [4][2]int{{y - 1, x}, {y + 1, x}, {y, x - 1}, {y, x + 1}} {
				if min(n[0], n[1]) < 0 || max(n[0], n[1]) > 2 {
					continue
				}
				if l := parts[n[0]][n[1]]; blind(l) && Lift(l, usual) > fading && Lift(l, usual) < nothingSeen {
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
		return min(Lift(row[0], usual), Lift(row[1], usual), Lift(row[2], usual))
	}
	return math.Abs(risen(parts[0])-risen(parts[2])) <= mostUneven
}

// brightest is how far ink has risen in a cell and the eight around it, at most.
func brightest(lights []rectify.Light, at, columns int, usual float64) float64 {
	row, col := at/columns, at%columns
	most := 0.0
	for y := max(row-1, 0); y <= min(row+1, len(lights)/columns-1); y++ {
		for x := max(col-1, 0); x <= min(col+1, columns-1); x++ {
			most = max(most, Lift(lights[y*columns+x], usual))
		}
	}
	return most
}

// Fading tells how the light of a cell, one of so many columns, has taken from it: none of
// it, perhaps a part of its character (some), or so much that the character is given up
// unless it is beyond doubt (most). parts are the ninths of the cell.
func Fading(lights []rectify.Light, at, columns int, usual float64, parts func() [3][3]rectify.Light) (some, most bool) {
	l := lights[at]
	if l.Paper < BlownOut || Lift(l, usual) <= fadingFrom {
		return false, false
	}
	ninths := parts()
	soft := brightest(lights, at, columns, usual) <= mostSoft && even(ninths, usual)
	if soft || !Fades(ninths, usual) {
		return false, false
	}
	return true, Lift(l, usual) > halfFaded
}
