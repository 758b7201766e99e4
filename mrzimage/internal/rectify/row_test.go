package rectify

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/raster"
)

// A line found in a turned frame lies where the picture shows it.
func TestRowsOfTurnedFrames(t *testing.T) {
	line := find.Line{U: find.Poly{100, 12}, V: find.Poly{40, 1}, Tall: 11, Last: 29}
	for eighths := range 4 {
		rows := Rows(find.Block{Lines: []find.Line{line}, Eighths: eighths}, 0.5)
		sn, cs := math.Sincos(float64(eighths) * math.Pi / 4)
		for _, k := range []float64{0, 29} {
			u, v := 2*line.U.At(k), 2*line.V.At(k)
			at := rows[0].Middle(k)
			require.InDelta(t, cs*u-sn*v, at.X, 1e-9)
			require.InDelta(t, sn*u+cs*v, at.Y, 1e-9)
		}
		require.InDelta(t, 22, rows[0].Tall, 1e-9)
	}
}

func TestAlong(t *testing.T) {
	row := func(x, y, pitch float64, last int) Row {
		return Row{X: find.Poly{x, pitch}, Y: find.Poly{y, 0}, Tall: pitch, Last: last}
	}
	r := row(100, 50, 20, 29)
	require.True(t, r.Along(r))
	require.True(t, r.Along(row(102, 52, 20.05, 28)))
	require.True(t, r.Along(row(120, 50, 20, 27)), "it may begin at another cell")
	require.False(t, r.Along(row(110, 50, 20, 29)), "half a cell aside")
	require.False(t, r.Along(row(100, 60, 20, 29)), "half a line below")
	require.False(t, r.Along(row(100, 50, 22, 29)), "wider")
	require.True(t, r.Along(r.Turned()))
}

func TestTurnedRowsReadFromTheOtherEnd(t *testing.T) {
	r := Row{X: find.Poly{100, 20, 0.01}, Y: find.Poly{50, 1}, Tall: 20, Last: 29, Lean: 0.1, LeanStep: 0.01}
	back := r.Turned()
	require.InDelta(t, r.Middle(29).X, back.Middle(0).X, 1e-9)
	require.InDelta(t, r.Middle(0).Y, back.Middle(29).Y, 1e-9)
	a, b := r.Cell(3), back.Cell(26)
	require.InDelta(t, a.Middle.X, b.Middle.X, 1e-9)
	require.InDelta(t, a.Down.X, -b.Down.X, 1e-6)
	require.InDelta(t, a.Down.Y, -b.Down.Y, 1e-6)
}

// A copy that halving gives is the same as one made at once, but for rounding.
func TestShrunkIsShrink(t *testing.T) {
	g := raster.NewGray(260, 196)
	for i := range g.Pix {
		g.Pix[i] = byte(i * 31 % 251)
	}
	p := NewPicture(g)
	for _, by := range []int{1, 2, 3, 4, 6} {
		want, got := g.Shrink(by), p.Shrunk(by)
		require.Equal(t, []int{want.W, want.H}, []int{got.W, got.H}, "by %d", by)
		for i := range want.Pix {
			require.InDelta(t, want.Pix[i], got.Pix[i], 2, "by %d", by)
		}
	}
}

// A row that bends away from another behind its first cells runs beside it
// again.
func TestParallelRows(t *testing.T) {
	o := Row{X: find.Poly{100, 20, 0.02}, Y: find.Poly{50, 1, 0.01}, Tall: 20, Last: 29}
	want := o.Shifted(Vector{4, 40})
	bent := want
	bent.Y[2] += 0.05
	bent.Tall, bent.Last = 19, 28
	got := Parallel(bent, o, []int{0, 1, 2, 3})
	for _, k := range []float64{0, 29} {
		require.InDelta(t, want.Middle(k).X, got.Middle(k).X, 1e-6)
		require.InDelta(t, want.Middle(k).Y, got.Middle(k).Y, 0.5)
	}
	require.InDelta(t, 19, got.Tall, 1e-9)
	require.Equal(t, 28, got.Last)
}
