package judge

import (
	"math"
	"slices"

	"mrzbot/mrz"
	"mrzbot/mrzimage/internal/rectify"
)

// Measured is what an MRZ looks like.
type Measured struct {
	Pitch   float64 // pixels from character to character
	Angle   float64 // of the lines, in degrees
	Sharp   float64 // see Judgement.Sharpness
	Paper   float64 // brightness of the paper, 0 to 255
	Erased  float64 // part of the cells that glare has taken from
	Line    int     // see Judgement.GlareLine
	Outside float64 // part of the lines that lie beyond the picture's edges
}

// ColumnsOf gives the first and the last cell of a row that any of the rows
// has seen.
func ColumnsOf(rows []rectify.Row, r rectify.Row) (first, last int) {
	first, last = 0, r.Last
	for _, o := range rows {
		first = min(first, int(math.Round(r.Column(o.Middle(0)))))
		last = max(last, int(math.Round(r.Column(o.Middle(float64(o.Last))))))
	}
	return max(first, -mostColumns), min(last, mostColumns)
}

// mostColumns is beyond any format: rows that are wrongly found may be long.
const mostColumns = 60

// Measure measures the MRZ of these rows.
func Measure(p *rectify.Picture, rows []rectify.Row) Measured {
	var cells []rectify.Cell
	var ends []int // of each row, in cells
	for _, r := range rows {
		first, last := ColumnsOf(rows, r)
		for k := first; k <= last; k++ {
			cells = append(cells, r.Cell(float64(k)))
		}
		ends = append(ends, len(cells))
	}
	middle := rows[0].Right(float64(rows[0].Last) / 2)
	first, last := ColumnsOf(rows, rows[0])
	lights := LightsOf(p, cells)
	erased, lost := ErasedBy(lights)
	papers := make([]float64, len(cells))
	for i, l := range lights {
		papers[i] = l.Paper
	}
	slices.Sort(papers)
	return Measured{
		Pitch:   middle.Len(),
		Angle:   math.Atan2(middle.Y, middle.X) * 180 / math.Pi,
		Sharp:   sharpnessOf(p, cells, lights),
		Paper:   papers[len(papers)*95/100],
		Erased:  float64(lost) / float64(len(cells)),
		Line:    lineOf(erased, ends),
		Outside: beyond(p, rows, first, last),
	}
}

// nearlyAll of what glare has erased, for it to be told by one line.
const nearlyAll = 0.8

// lineOf gives the line of three on which nearly all of the erased cells lie; 0: none.
func lineOf(erased []bool, ends []int) int {
	if len(ends) != 3 {
		return 0 // who knows which ones they are
	}
	var lost [3]int
	for line, from := 0, 0; line < len(ends); line++ {
		for _, gone := range erased[from:ends[line]] {
			if gone {
				lost[line]++
			}
		}
		from = ends[line]
	}
	all := lost[0] + lost[1] + lost[2]
	for line, n := range lost {
		if n > 0 && float64(n) >= nearlyAll*float64(all) {
			return line + 1
		}
	}
	return 0
}

// sharpnessOf is the usual steepest step within one pixel of the cells'
// strokes, as a part of the way from ink to paper. Upright and level strokes
// are taken apart, because a shaking hand blurs only one of them; the worse
// counts.
func sharpnessOf(p *rectify.Picture, cells []rectify.Cell, lights []rectify.Light) float64 {
	var across, down []float64
	for i, c := range cells {
		span := lights[i].Paper - lights[i].Ink
		if span < leastSpan {
			continue
		}
		across = append(across, min(1, steepest(p, c.Middle, c.Right, c.Down)/span))
		down = append(down, min(1, steepest(p, c.Middle, c.Down, c.Right)/span))
	}
	if len(across) == 0 {
		return 0
	}
	slices.Sort(across)
	slices.Sort(down)
	return min(across[len(across)/2], down[len(down)/2])
}

// leastSpan of ink and paper, below which steps are noise.
const leastSpan = 8

// steepest is the largest step within one pixel on three lines through a cell:
// along one of its sides, at three places of the other.
func steepest(p *rectify.Picture, middle, along, other rectify.Vector) float64 {
	most := 0.0
	n := max(2, int(along.Len()+0.5))
	step := along.Times(1 / max(along.Len(), 1e-6))
	for _, off := range [3]float64{-0.25, 0, 0.25} {
		at := middle.Add(other.Times(off)).Sub(step.Times(float64(n) / 2))
		before := p.Full().Bilinear(at.X, at.Y)
		for range n {
			at = at.Add(step)
			now := p.Full().Bilinear(at.X, at.Y)
			most = max(most, math.Abs(now-before))
			before = now
		}
	}
	return most
}

// beyond is the part of an MRZ's lines that the picture's edges cut off. A line
// whose last character seen lies at the edge went on behind it, up to the
// length of its format.
func beyond(p *rectify.Picture, rows []rectify.Row, first, last int) float64 {
	seen, whole := last-first+1, 0
	for _, format := range []mrz.Format{mrz.TD3, mrz.TD2, mrz.TD1} { // the longest first
		// Two lines may be two of a card's three.
		if seen <= format.Length() && (len(rows) == 2 || format == mrz.TD1) {
			whole = format.Length()
		}
	}
	if whole == 0 || !outside(p, rows, float64(first)-1) && !outside(p, rows, float64(last)+1) {
		return 0
	}
	return float64(whole-seen) / float64(whole)
}

// outside reports whether some row's cell is not wholly in the picture.
func outside(p *rectify.Picture, rows []rectify.Row, k float64) bool {
	g := p.Full()
	for _, r := range rows {
		c := r.Cell(r.Column(rows[0].Middle(k)))
		for _, corner := range c.Corners() {
			if corner.X < 0 || corner.Y < 0 || corner.X > float64(g.W) || corner.Y > float64(g.H) {
				return true
			}
		}
	}
	return false
}
