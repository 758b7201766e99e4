package find

import (
	"math"
	"slices"
)

// mark is a piece of ink that may be a character, in the frame of reading:
// u along the lines, v down the page.
type mark struct {
	u, v, w, h float64 // middle and size
}

// Line is a row of evenly pitched glyphs. Its cells are counted by k; cell 0 is
// the first glyph that was seen, which need not be the first that was printed.
type Line struct {
	U, V Poly    // middle of cell k in the frame of reading
	Tall float64 // height of a capital letter
	Last int     // k of the last glyph that was seen
	Seen int     // glyphs that lie where they should
}

// Limits of what counts as a row of characters, relative to the glyphs' height
// or the cells' width. They are wide: the network decides in the end.
const (
	nearest, farthest = 0.45, 1.9 // middles of neighbours, in heights
	steepest          = 0.45      // rise over run between neighbours: 24°
	likeHeight        = 0.55      // of the smaller to the taller neighbour
	shortestChain     = 5         // glyphs that begin a line
	shortestLine      = 8         // glyphs that make one
	maxSeeds          = 150       // chains that are looked at
	widestGap         = 4.6       // cells without a glyph inside a line
	offGrid           = 0.28      // error of place, in cells, that still fits
	mostOff           = 0.4       // part of the glyphs that may lie off the grid
)

// linesOf finds the rows of glyphs among marks sorted by u.
func linesOf(marks []mark) []Line {
	chains := chainsOf(marks)
	slices.SortFunc(chains, func(a, b []int) int { return len(b) - len(a) })
	if len(chains) > maxSeeds {
		chains = chains[:maxSeeds]
	}
	used := make([]bool, len(marks))
	var lines []Line
	for _, chain := range chains {
		if countUsed(chain, used)*2 > len(chain) {
			continue
		}
		line, members, ok := growLine(marks, chain)
		if !ok {
			continue
		}
		for _, i := range members {
			used[i] = true
		}
		lines = append(lines, line)
	}
	return lines
}

func countUsed(chain []int, used []bool) int {
	n := 0
	for _, i := range chain {
		if used[i] {
			n++
		}
	}
	return n
}

// chainsOf links each mark with its nearest neighbour to the right when that
// neighbour's nearest to the left is the mark itself.
func chainsOf(marks []mark) [][]int {
	right := make([]int, len(marks))
	left := make([]int, len(marks))
	cost := make([]float64, len(marks)) // of left
	for i := range marks {
		right[i], left[i], cost[i] = -1, -1, math.Inf(1)
	}
	for i, a := range marks {
		best := math.Inf(1)
		reach := a.u + farthest*a.h/likeHeight
		for j := i + 1; j < len(marks) && marks[j].u <= reach; j++ {
			b := &marks[j]
			du := b.u - a.u
			dv := math.Abs(b.v - a.v)
			if dv > steepest*du { // as for most: they lie anywhere on the page
				continue
			}
			tall, small := max(a.h, b.h), min(a.h, b.h)
			if du < nearest*tall || du > farthest*tall || small < likeHeight*tall {
				continue
			}
			c := du + 2*dv + 0.5*(tall-small)
			if c < best {
				best, right[i] = c, j
			}
			if c < cost[j] {
				cost[j], left[j] = c, i
			}
		}
	}
	var chains [][]int
	for i := range marks {
		if left[i] >= 0 && right[left[i]] == i {
			continue // inside a chain
		}
		chain := []int{i}
		for j := right[i]; j >= 0 && left[j] == chain[len(chain)-1]; j = right[j] {
			chain = append(chain, j)
		}
		if len(chain) >= shortestChain {
			chains = append(chains, chain)
		}
	}
	return chains
}

// growLine takes all marks along a chain's direction, and lays a grid of cells
// over them.
func growLine(marks []mark, chain []int) (Line, []int, bool) {
	members := chain
	for range 3 {
		path := pathOf(marks, members)
		grown := along(marks, members, path)
		if slices.Equal(grown, members) {
			break
		}
		members = grown
	}
	if len(members) < shortestLine {
		return Line{}, nil, false
	}
	if run := unbroken(marks, members, chain); len(run) >= longRun {
		members = run
	}
	line, on, ok := gridOf(marks, members)
	if kept := evenPart(on); ok && len(kept) < len(on) && len(kept) >= shortestLine {
		members = members[kept[0] : kept[len(kept)-1]+1]
		line, _, ok = gridOf(marks, members)
	}
	return line, members, ok
}

// path is the straight way of a row: v over u, its typical height and pitch.
type path struct {
	v            Poly
	tall, pitch  float64
	first, final float64 // u of the outermost members
}

func pathOf(marks []mark, members []int) path {
	n := len(members)
	u, v, one := make([]float64, n), make([]float64, n), make([]float64, n)
	heights := make([]float64, n)
	var gaps []float64
	for i, m := range members {
		u[i], v[i], one[i], heights[i] = marks[m].u, marks[m].v, 1, marks[m].h
		if i > 0 {
			gaps = append(gaps, u[i]-u[i-1])
		}
	}
	degree := 1
	if n >= 16 {
		degree = 2
	}
	p := path{v: fit(u, v, one, degree), first: u[0], final: u[n-1]}
	p.tall = quantile(heights, 0.5)
	p.pitch = pitchOf(gaps)
	return p
}

// pitchOf is the usual gap, not counting those that skip cells.
func pitchOf(gaps []float64) float64 {
	base := quantile(gaps, 0.35)
	var single []float64
	for _, g := range gaps {
		if g > 0.7*base && g < 1.4*base {
			single = append(single, g)
		}
	}
	if len(single) == 0 {
		return base
	}
	sum := 0.0
	for _, g := range single {
		sum += g
	}
	return sum / float64(len(single))
}

// along collects the marks near a path, outward from the middle of its members
// to the first wide gap on either side.
func along(marks []mark, members []int, p path) []int {
	middle := members[len(members)/2]
	after := walk(marks, middle, 1, marks[middle].u, p)
	if len(after) == 0 {
		return members
	}
	before := walk(marks, middle-1, -1, marks[after[0]].u, p)
	if n := len(before); n > 0 && math.Abs(marks[before[0]].u-marks[after[0]].u) < nearer*p.pitch {
		// Two pieces of one glyph.
		if marks[before[0]].h > marks[after[0]].h {
			after = after[1:]
		} else {
			before = before[1:]
		}
	}
	slices.Reverse(before)
	return append(before, after...)
}

// nearer than so many cells are only pieces of one broken glyph, of which the
// tallest stays.
const nearer = 0.5

// walk collects the marks near a path from one on, to the right (step 1) or to
// the left (-1), in this order, until none comes for a wide gap after u.
func walk(marks []mark, from, step int, u float64, p path) []int {
	var near []int
	for i := from; i >= 0 && i < len(marks); i += step {
		m := &marks[i]
		if math.Abs(m.u-u) >= widestGap*p.pitch {
			break
		}
		if math.Abs(m.v-p.v.At(m.u)) > 0.4*p.tall || m.h < 0.5*p.tall || m.h > 1.6*p.tall || m.w > 1.35*p.pitch {
			continue
		}
		n := len(near)
		switch {
		case n == 0 || math.Abs(m.u-marks[near[n-1]].u) >= nearer*p.pitch:
			near = append(near, i)
		case m.h > marks[near[n-1]].h:
			near[n-1] = i
		default:
			continue
		}
		u = m.u
	}
	return near
}

// gridOf counts the cells from glyph to glyph and fits an even grid, which may
// widen slowly to one side as perspective makes it.
func gridOf(marks []mark, members []int) (line Line, on []bool, ok bool) {
	n := len(members)
	p := pathOf(marks, members)
	k, u, v, weight := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	pitch := p.pitch
	for i, m := range members {
		u[i], v[i], weight[i] = marks[m].u, marks[m].v, 1
		if i > 0 {
			gap := u[i] - u[i-1]
			steps := max(1, math.Round(gap/pitch))
			k[i] = k[i-1] + steps
			if steps <= 2 {
				pitch += 0.1 * (min(max(gap/steps, 0.85*pitch), 1.15*pitch) - pitch)
			}
		}
	}
	on = make([]bool, n)
	seen := 0
	for round := range 4 {
		degree := 1
		if round > 0 && n >= 14 {
			degree = 2
		}
		line.U = fit(k, u, weight, degree)
		seen = 0
		for i := range k {
			weight[i], on[i] = 0, false
			if math.Abs(u[i]-line.U.At(k[i])) < offGrid*line.U[1] {
				weight[i], on[i] = 1, true
				seen++
			}
		}
		if seen < shortestLine {
			return Line{}, nil, false
		}
	}
	degree := 1
	if seen >= 14 {
		degree = 2
	}
	line.V = fit(k, v, weight, degree)
	line.Last = int(k[n-1])
	line.Seen = seen
	line.Tall = capitalHeight(marks, members, line)
	return line, on, float64(n-seen) <= mostOff*float64(n) && line.U[1] > 0
}

// capitalHeight is the height of the taller glyphs (the filler is lower than a
// letter), without what the box of a tilted glyph adds.
func capitalHeight(marks []mark, members []int, line Line) float64 {
	heights := make([]float64, len(members))
	for i, m := range members {
		heights[i] = marks[m].h
	}
	middle := float64(line.Last) / 2
	tilt := math.Abs(math.Atan2(line.V.Slope(middle), line.U.Slope(middle)))
	const glyphWide = 0.65 // of its height
	tall := quantile(heights, 0.75) / (math.Cos(tilt) + glyphWide*math.Sin(tilt))
	pitch := math.Hypot(line.V.Slope(middle), line.U.Slope(middle))
	return min(max(tall, 0.8*pitch), 1.3*pitch)
}

// quantile is the value that the given part of the values does not exceed.
func quantile(values []float64, part float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[int(part*float64(len(sorted)-1)+0.5)]
}
