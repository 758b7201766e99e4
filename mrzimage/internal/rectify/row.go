package rectify

import (
	"math"

	"mrzbot/mrzimage/internal/find"
)

// Row is a line of cells in pixels of the upright picture. Cell k has its
// middle at (X(k), Y(k)).
type Row struct {
	X, Y find.Poly
	Tall float64 // height of a capital letter
	Last int     // k of the last glyph that the finder saw; the first is 0

	// Lean is the way down from the row for each pixel across, at cell 0 and
	// for each cell further: columns of a tilted card do not stand square on
	// its rows.
	Lean, LeanStep float64
}

// Rows takes the lines of a candidate to pixels of the picture, of which the
// plane that was searched is a copy, scale times as large.
func Rows(z find.Block, scale float64) []Row {
	rows := make([]Row, len(z.Lines))
	for i, l := range z.Lines {
		sn, cs := math.Sincos(float64(z.Eighths) * math.Pi / 4)
		rows[i] = Row{
			X:    combined(l.U, cs/scale, l.V, -sn/scale),
			Y:    combined(l.U, sn/scale, l.V, cs/scale),
			Tall: l.Tall / scale, Last: l.Last,
		}
	}
	return rows
}

// combined is a times one curve and b times another.
func combined(p find.Poly, a float64, q find.Poly, b float64) find.Poly {
	return find.Poly{a*p[0] + b*q[0], a*p[1] + b*q[1], a*p[2] + b*q[2]}
}

// Middle is the middle of cell k.
func (r Row) Middle(k float64) Vector { return Vector{r.X.At(k), r.Y.At(k)} }

// Right is the way from cell k to the next.
func (r Row) Right(k float64) Vector { return Vector{r.X.Slope(k), r.Y.Slope(k)} }

// Pitch is the width of a cell in the middle of the row.
func (r Row) Pitch() float64 { return r.Right(float64(r.Last) / 2).Len() }

// Cell is the place of cell k.
func (r Row) Cell(k float64) Cell {
	right := r.Right(k)
	// Where perspective makes cells wider it makes them taller.
	grow := right.Len() / max(r.Pitch(), 1e-6)
	across := right.Times(1 / max(right.Len(), 1e-6))
	down := Vector{-across.Y, across.X}.Add(across.Times(r.Lean + k*r.LeanStep))
	return Cell{Middle: r.Middle(k), Right: right, Down: down.Times(r.Tall * grow)}
}

// Along reports whether another row lies on the cells of this one: neither of
// its ends lies further from this row's course, or from its grid, than a fifth
// of a cell. It may be shorter or longer, and run the other way.
func (r Row) Along(o Row) bool {
	const near = 0.2
	pitch := r.Pitch()
	if math.Abs(pitch-o.Pitch()) > 0.05*pitch {
		return false
	}
	for _, k := range [2]float64{0, float64(o.Last)} {
		at := o.Middle(k)
		column := r.Column(at)
		if at.Sub(r.Middle(column)).Len() > near*pitch || math.Abs(column-math.Round(column)) > near {
			return false
		}
	}
	return true
}

// Parallel is a row that runs as another does, beside it: through the given
// cells of r.
func Parallel(r, o Row, cells []int) Row {
	var off Vector
	for _, k := range cells {
		off = off.Add(r.Middle(float64(k)).Sub(o.Middle(float64(k))))
	}
	r.X, r.Y = o.X, o.Y
	return r.Shifted(off.Times(1 / float64(len(cells))))
}

// Turned is the same row read from its other end, upside down.
func (r Row) Turned() Row {
	last := float64(r.Last)
	back := func(p find.Poly) find.Poly {
		p = p.Moved(last)
		p[1] = -p[1]
		return p
	}
	r.X, r.Y = back(r.X), back(r.Y)
	r.Lean, r.LeanStep = r.Lean+last*r.LeanStep, -r.LeanStep
	return r
}

// Moved is the same row with cell 0 at the place of cell by.
func (r Row) Moved(by int) Row {
	r.X, r.Y = r.X.Moved(float64(by)), r.Y.Moved(float64(by))
	r.Lean += float64(by) * r.LeanStep
	r.Last -= by
	return r
}

// Shifted is the same row moved by a distance.
func (r Row) Shifted(v Vector) Row {
	r.X[0] += v.X
	r.Y[0] += v.Y
	return r
}

// Column is the cell of r (with its fraction) that lies square above or below
// a place.
func (r Row) Column(at Vector) float64 {
	k := float64(r.Last) / 2
	for range 4 {
		right := r.Right(k)
		d := at.Sub(r.Middle(k))
		k += (d.X*right.X + d.Y*right.Y) / max(right.X*right.X+right.Y*right.Y, 1e-9)
	}
	return k
}

// LeanColumns sets the lean of rows whose cells 0 and n-1 stand below each
// other: their columns show the way down. It gives the larger lean of the two
// ends.
func LeanColumns(rows []Row, n int) float64 {
	first, last := rows[0], rows[len(rows)-1]
	lean := func(k float64) float64 {
		way := last.Middle(k).Sub(first.Middle(k))
		right := first.Right(k).Times(1 / max(first.Right(k).Len(), 1e-6))
		along := way.X*right.X + way.Y*right.Y
		square := -way.X*right.Y + way.Y*right.X
		return min(max(along/max(square, 1e-6), -mostLean), mostLean)
	}
	start, end := lean(0), lean(float64(n-1))
	for i := range rows {
		rows[i].Lean, rows[i].LeanStep = start, (end-start)/float64(n-1)
	}
	return max(math.Abs(start), math.Abs(end))
}

// mostLean is that of a card held at a steep angle, about 27 degrees.
const mostLean = 0.5

// Corners of a cell: half a cell and half a glyph around its middle, from the top left
// one on, clockwise as the text is read.
func (c Cell) Corners() [4]Vector {
	corner := func(right, down float64) Vector {
		return c.Middle.Add(c.Right.Times(right)).Add(c.Down.Times(down))
	}
	return [4]Vector{corner(-0.5, -0.5), corner(0.5, -0.5), corner(0.5, 0.5), corner(-0.5, 0.5)}
}
