package mrzimage

import (
	"math"
	"slices"

	"mrzbot/mrzimage/internal/decide"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/rectify"
)

// margin is how many cells beyond what was seen are looked at, at least.
const margin = 3

// scanned are the cells of each row from some cell before what was seen to
// some cell after.
type scanned struct {
	rows  []rectify.Row
	from  []int
	cells [][]decide.Logs
	gain  [][]float64 // for each cell, that it holds a glyph
}

func (s *search) scan(rows []rectify.Row) scanned {
	out := scanned{rows: rows}
	for _, r := range rows {
		from, to := reach(rows, r)
		cells := make([]decide.Logs, 0, to-from+1)
		gain := make([]float64, 0, to-from+1)
		for k := from; k <= to; k++ {
			l := s.classify(r.Cell(float64(k)))
			cells = append(cells, l)
			top := float64(l[decide.IndexOf(decide.Likeliest(&l, decide.AnyCharacter))])
			gain = append(gain, min(max(top-max(float64(l[network.NotGlyph]), -2.5), -2.5), 2.5))
		}
		out.from = append(out.from, from)
		out.cells = append(out.cells, cells)
		out.gain = append(out.gain, gain)
	}
	return out
}

// reach is the stretch of cells of a row worth looking at: what any of the
// rows saw, and a margin, which is wide enough for the longest line to begin
// before or to end after it.
func reach(rows []rectify.Row, r rectify.Row) (from, to int) {
	from, to = 0, r.Last
	for _, o := range rows {
		from = min(from, int(math.Floor(r.Column(o.Middle(0)))))
		to = max(to, int(math.Ceil(r.Column(o.Middle(float64(o.Last))))))
	}
	const most = 60 // cells beyond any format
	from, to = max(from, -most), min(to, most)
	around := max(margin, formatColumns[len(rows)][0]-(to-from+1)+1)
	return from - around, to + around
}

// unevenCost is what a cell of difference between the rows' beginnings costs,
// in the measure of gain.
const unevenCost = 4.0

// starts finds the first cell of each row so that the windows hold glyphs,
// what is outside does not, and the rows begin below each other.
func (v scanned) starts(columns int) ([]int, float64) {
	var edges []float64 // as columns of the first row
	for i, r := range v.rows {
		for k := v.from[i]; k+columns <= v.from[i]+len(v.gain[i]); k++ {
			edges = append(edges, v.rows[0].Column(r.Middle(float64(k))))
		}
	}
	var best []int
	bestSum := math.Inf(-1)
	for _, edge := range edges {
		sum := 0.0
		starts := make([]int, len(v.rows))
		for i, r := range v.rows {
			at := r.Column(v.rows[0].Middle(edge))
			start, gain := v.startNear(i, at, columns)
			starts[i] = start
			sum += gain
		}
		if sum > bestSum {
			best, bestSum = starts, sum
		}
	}
	return best, bestSum
}

// near are the beginnings a few cells before and after those of a window, and
// those straight below and above the beginning of each row: where something
// hides the ends of one, it may be taken for longer.
func (v scanned) near(starts []int) [][]int {
	var out [][]int
	for by := -mostSlide; by <= mostSlide; by++ {
		moved := slices.Clone(starts)
		for i := range moved {
			moved[i] += by
		}
		if by != 0 {
			out = append(out, moved)
		}
	}
	for i, r := range v.rows {
		level := slices.Clone(starts)
		for j, o := range v.rows {
			level[j] = int(math.Round(o.Column(r.Middle(float64(starts[i])))))
		}
		if !slices.Equal(level, starts) {
			out = append(out, level)
		}
	}
	return out
}

// candidate takes the cells of a window.
func (v scanned) candidate(starts []int, columns int, likely float64) *candidate {
	c := &candidate{columns: columns, starts: starts, likely: likely}
	for i, start := range starts {
		r := v.rows[i].Moved(start)
		r.Last = columns - 1
		c.rows = append(c.rows, r)
		c.cells = append(c.cells, v.cells[i][start-v.from[i]:][:columns])
	}
	return c
}

// holds reports whether all cells of a window were looked at.
func (v scanned) holds(starts []int, columns int) bool {
	for i, start := range starts {
		if start < v.from[i] || start+columns > v.from[i]+len(v.gain[i]) {
			return false
		}
	}
	return true
}

// likely is how much likelier a window holds glyphs, and nothing beside it
// does, than not.
func (v scanned) likely(starts []int, columns int) float64 {
	sum := 0.0
	for i, start := range starts {
		sum += glyphs(v.gain[i], start-v.from[i], columns)
	}
	return sum
}

// glyphs sums the gain inside a stretch of cells, less that outside.
func glyphs(gain []float64, from, columns int) float64 {
	sum := 0.0
	for j, g := range gain {
		if j >= from && j < from+columns {
			sum += g
		} else {
			sum -= 0.5 * max(g, 0)
		}
	}
	return sum
}

// startNear is the best first cell of a row near a place.
func (v scanned) startNear(row int, at float64, columns int) (int, float64) {
	gain, from := v.gain[row], v.from[row]
	best, bestSum := 0, math.Inf(-1)
	for k := 0; k+columns <= len(gain); k++ {
		off := math.Abs(float64(from+k) - at)
		if off > 2.5 {
			continue
		}
		sum := glyphs(gain, k, columns) - unevenCost*max(off-0.3, 0)
		if sum > bestSum {
			best, bestSum = from+k, sum
		}
	}
	return best, bestSum
}
