package mrzimage

import (
	"math"
	"slices"

	"mrzbot/mrz"
	"mrzbot/mrzimage/internal/rectify"
)

// measured is what a zone looks like.
type measured struct {
	pitch   float64 // pixels from character to character
	angle   float64 // of the lines, in degrees
	sharp   float64 // see Judgement.Sharpness
	paper   float64 // brightness of the paper, 0 to 255
	erased  float64 // part of the cells that glare has taken from
	outside float64 // part of the lines that lie beyond the picture's edges
	columns int     // characters of a line that are there
}

// columnsOf gives the first and the last cell of a row that any of the rows
// has seen.
func columnsOf(rows []rectify.Row, r rectify.Row) (first, last int) {
	first, last = 0, r.Last
	for _, o := range rows {
		first = min(first, int(math.Round(r.Column(o.Middle(0)))))
		last = max(last, int(math.Round(r.Column(o.Middle(float64(o.Last))))))
	}
	return max(first, -mostColumns), min(last, mostColumns)
}

// mostColumns is beyond any format: rows that are wrongly found may be long.
const mostColumns = 60

func measure(p *rectify.Picture, rows []rectify.Row) measured {
	var cells []rectify.Cell
	for _, r := range rows {
		first, last := columnsOf(rows, r)
		for k := first; k <= last; k++ {
			cells = append(cells, r.Cell(float64(k)))
		}
	}
	middle := rows[0].Right(float64(rows[0].Last) / 2)
	first, last := columnsOf(rows, rows[0])
	lights := lightsOf(p, cells)
	_, lost := erasedBy(lights)
	papers := make([]float64, len(cells))
	for i, l := range lights {
		papers[i] = l.Paper
	}
	slices.Sort(papers)
	return measured{
		pitch:   middle.Len(),
		angle:   math.Atan2(middle.Y, middle.X) * 180 / math.Pi,
		sharp:   sharpnessOf(p, cells, lights),
		paper:   papers[len(papers)*95/100],
		erased:  float64(lost) / float64(len(cells)),
		outside: beyond(p, rows, first, last),
		columns: last - first + 1,
	}
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

// beyond is the part of a zone's lines that the picture's edges cut off. A line
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
		for _, corner := range cornersOf(c) {
			if corner.X < 0 || corner.Y < 0 || corner.X > float64(g.W) || corner.Y > float64(g.H) {
				return true
			}
		}
	}
	return false
}
