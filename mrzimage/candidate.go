package mrzimage

import (
	"slices"

	"mrzbot/mrz"
	"mrzbot/mrzimage/internal/decide"
	"mrzbot/mrzimage/internal/rectify"
)

// candidate is an MRZ with its cells read.
type candidate struct {
	rows    []rectify.Row // cell 0 is the first character
	columns int
	cells   [][]decide.Logs
	reading decide.Reading
	refined bool    // measured as finely as can be
	starts  []int   // of the rows, in the cells that were scanned
	likely  float64 // how much likelier the cells hold glyphs than not

	lights [][]rectify.Light // of the cells, once the rows are settled: see search.lights
	lost   int               // how many cells glare took, once that was looked for
	fading [][]bool          // the cells of which it may have taken a part
	faded  bool              // there are such
}

// better orders candidates by how likely it is that the cells hold glyphs, and
// these.
func (c *candidate) better(o *candidate) bool {
	return o == nil || c.worth() > o.worth()
}

func (c *candidate) worth() float64 {
	worth := c.likely + float64(len(c.rows)*c.columns)*max(c.reading.Text(), -1.5)
	worth -= strangeCost * float64(c.reading.Strange)
	if c.reading.Valid {
		worth += decide.AllHold
	}
	if !c.reading.Plausible() {
		worth -= notMRZ
	}
	return worth
}

// strangeCost is what a clear character weighs that does not belong where it
// stands: an MRZ read from a cell too early has many, also where its other end
// is hidden and nothing else tells. States print one now and then.
const strangeCost = 4.0

// notMRZ puts whatever cannot be an MRZ behind all that can: evenly laid tiles
// may look like very clear Bs.
const notMRZ = 1e6

// formatColumns are the lengths of a line by the number of lines, the longest
// first.
var formatColumns = map[int][]int{
	mrz.TD3.Lines(): {mrz.TD3.Length(), mrz.TD2.Length()},
	mrz.TD1.Lines(): {mrz.TD1.Length()},
}

// consider reads an MRZ in each way it may be meant and keeps the best. It
// reports whether there may be one.
func (s *search) consider(o proposal) (hope bool) {
	if s.known(o.rows) {
		return false
	}
	upright := s.faceUp(o.rows, o.up, o.down)
	if upright == nil {
		s.noText = append(s.noText, o.rows)
		return false
	}
	for _, group := range completed(upright) {
		c := s.window(group)
		if c == nil {
			continue
		}
		if c.reading.Words() {
			s.words++
		}
		hope = hope || c.reading.Hopeful()
		s.keep(c)
	}
	return hope
}

// known reports whether nothing new is to be learned from rows: they were no
// text when another binarization found them, or they are a part of what was
// well read already.
func (s *search) known(rows []rectify.Row) bool {
	if s.best != nil && s.best.reading.Mean > wellRead && len(rows) < len(s.best.rows) && partOf(rows, s.best.rows) {
		return true
	}
	return slices.ContainsFunc(s.noText, func(old []rectify.Row) bool {
		return len(old) == len(rows) && partOf(rows, old)
	})
}

// wellRead is the mean log-probability of a candidate whose rows belong
// together.
const wellRead = -0.3

// partOf reports whether all rows are among others, either way up.
func partOf(rows, others []rectify.Row) bool {
	for _, r := range rows {
		in := func(o rectify.Row) bool { return r.Along(o) }
		if !slices.ContainsFunc(others, in) {
			return false
		}
	}
	return true
}

// keep takes a candidate when it is the best so far.
func (s *search) keep(c *candidate) {
	if c.better(s.best) {
		s.best = c
	}
}

// completed gives the rows, and when two of them look like two of a card's
// three, also with a third at either side.
func completed(rows []rectify.Row) [][]rectify.Row {
	groups := [][]rectify.Row{rows}
	if len(rows) != 2 {
		return groups
	}
	longest := max(rows[0].Last, rows[1].Last) + 1
	if longest < 24 || longest > 32 {
		return groups
	}
	middle := rows[0].Middle(float64(rows[0].Last) / 2)
	step := rows[1].Middle(rows[1].Column(middle)).Sub(middle)
	return append(groups,
		[]rectify.Row{rows[0], rows[1], rows[1].Shifted(step)},
		[]rectify.Row{rows[0].Shifted(step.Times(-1)), rows[0], rows[1]},
	)
}

func (s *search) classify(c rectify.Cell) decide.Logs {
	var patch rectify.Patch
	s.classified++
	s.picture.Cut(c, &patch)
	s.net.Forward(&patch, &s.state)
	return decide.Logs(s.state.Logs)
}

// window finds where the text of each row begins, reads it, and measures it
// again more finely when it is not sure.
func (s *search) window(rows []rectify.Row) *candidate {
	var best *candidate
	seen := s.scan(rows)
	for _, columns := range formatColumns[len(rows)] {
		starts, likely := seen.starts(columns)
		if starts == nil {
			continue
		}
		c := seen.candidate(starts, columns, likely)
		if best == nil || c.likely > best.likely {
			best = c
		}
	}
	if best == nil {
		return nil
	}
	return s.settle(s.slid(seen, best))
}

// mostSlide is how many cells the beginning of an MRZ may be mistaken by: what
// a finger or glare covers looks like no glyph, and print beside the MRZ may
// look like one.
const mostSlide = 4

// slid reads a candidate, and when it is not sure the cells beside it, too:
// where the dates and check digits lie, there is the MRZ.
func (s *search) slid(seen scanned, c *candidate) *candidate {
	if s.decided(c) && c.reading.Sure() {
		return c
	}
	best := c
	for _, starts := range seen.near(c.starts) {
		if !seen.holds(starts, c.columns) {
			continue
		}
		tried := seen.candidate(starts, c.columns, seen.likely(starts, c.columns))
		if s.decided(tried) && (tried.better(best) || !best.reading.Found()) {
			best = tried
		}
	}
	return best
}

// settle reads a candidate under the grammar; when it is not sure, its cells
// are cut again along the lean of its columns.
func (s *search) settle(c *candidate) *candidate {
	if !c.reading.Found() {
		return nil // nothing begins so
	}
	if c.reading.Sure() || c.reading.Words() {
		return c
	}
	leaning := *c
	leaning.rows = slices.Clone(c.rows)
	if rectify.LeanColumns(leaning.rows, c.columns) < leastLean {
		return c
	}
	leaning.cells = s.classifyAll(leaning.rows, c.columns)
	if s.decided(&leaning) && leaning.better(c) {
		c = &leaning
	}
	return c
}

// leastLean is the lean that is worth cutting the cells again.
const leastLean = 0.03

func (s *search) decided(c *candidate) bool {
	r, ok := decide.Decide(c.cells)
	c.reading = r
	return ok
}

func (s *search) classifyAll(rows []rectify.Row, columns int) [][]decide.Logs {
	cells := make([][]decide.Logs, len(rows))
	for i, r := range rows {
		cells[i] = s.classifyRow(r, columns)
	}
	return cells
}

func (s *search) classifyRow(r rectify.Row, columns int) []decide.Logs {
	out := make([]decide.Logs, columns)
	for k := range out {
		out[k] = s.classify(r.Cell(float64(k)))
	}
	return out
}
