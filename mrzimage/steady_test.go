package mrzimage

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/judge"
	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/ocrb"
	"mrzbot/mrzimage/internal/raster"
	"mrzbot/mrzimage/internal/rectify"
)

const plainMRZ = "IDKGZAN2280829021406199777827<|8001014F3001019KGZ<<<<<<<<<<<2|USUPOV<<FATIMA<<<<<<<<<<<<<<<<"

// printed lays an MRZ on white paper, 18 pixels a cell, and something over it.
func printed(t *testing.T, over func(g *raster.Gray, foot func(line, column int) (x, y int))) *search {
	t.Helper()
	faces, err := ocrb.Faces()
	require.NoError(t, err)
	const cell, left, top, apart = 18.0, 40, 60, 34
	cover := image.NewAlpha(image.Rect(0, 0, 640, 180))
	scale := cell / faces[0].Advance
	for row, line := range strings.Split(plainMRZ, "|") {
		for col, c := range line {
			faces[0].Paint(cover, c, ocrb.Affine{A: scale, C: left + cell*float64(col), E: scale, F: float64(top + apart*row)})
		}
	}
	g := raster.NewGray(640, 180)
	for i, a := range cover.Pix {
		g.Pix[i] = 230 - byte(int(a)*200/255)
	}
	if over != nil {
		over(g, func(line, column int) (x, y int) { return int(left + cell*float64(column)), top + apart*line })
	}
	params, err := network.Load()
	require.NoError(t, err)
	s := &search{net: params, picture: rectify.NewPicture(g)}
	require.NoError(t, s.run(t.Context()))
	require.NotNil(t, s.best)
	return s
}

func fill(g *raster.Gray, x0, y0, x1, y1 int, c color.Gray) {
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			g.Pix[y*g.W+x] = c.Y
		}
	}
}

func TestAPlainMRZIsSteady(t *testing.T) {
	s := printed(t, nil)
	require.Equal(t, plainMRZ, text(s.best.reading.Lines))
	require.True(t, s.best.reading.Sure())
	require.True(t, isSteady(s.steadied(s.best)))
}

// A pen runs along the feet of a name, from before the F on: it looks like an E.
func TestInkBesideALetterMakesItUnsure(t *testing.T) {
	s := printed(t, func(g *raster.Gray, foot func(line, column int) (x, y int)) {
		x, y := foot(2, 7)
		fill(g, x, y-3, x+2*18+6, y, color.Gray{70})
	})
	got, ok := s.resultOf(s.best)
	require.True(t, ok)
	if got.Lines[2] != "USUPOV<<FATIMA<<<<<<<<<<<<<<<<" {
		require.NotEqual(t, VerdictOK, got.Verdict)
	}
	gaps := s.gaps(s.best, 2, judge.LightsOf(s.picture, cellsOf(s.best, 2)))
	require.Greater(t, gaps[8], mostBeside)
	require.Less(t, gaps[12], mostBeside)
}

// A scratch has taken the foot of the I: what is left looks like a T.
func TestALetterThatEndsAboveTheOthersIsUnsure(t *testing.T) {
	s := printed(t, func(g *raster.Gray, foot func(line, column int) (x, y int)) {
		x, y := foot(2, 11)
		fill(g, x, y-3, x+18, y+2, color.Gray{235})
	})
	short := s.short(s.best, 2, judge.LightsOf(s.picture, cellsOf(s.best, 2)))
	require.True(t, short[11])
	for _, other := range []int{0, 2, 8, 9, 10, 12, 13} {
		require.False(t, short[other], "%d", other)
	}
	got, ok := s.resultOf(s.best)
	require.True(t, ok)
	require.Equal(t, VerdictDoubtful, got.Verdict)
	require.LessOrEqual(t, got.Cells[2][11], doubted)
}

// A thin scratch through the foot of the I leaves a T that ends only a little above the
// others.
func TestAnIWithoutItsFootIsNoT(t *testing.T) {
	for _, deep := range []int{2, 3, 4} {
		s := printed(t, func(g *raster.Gray, foot func(line, column int) (x, y int)) {
			x, y := foot(2, 11)
			fill(g, x, y-deep, x+18, y+2, color.Gray{235})
		})
		got, ok := s.resultOf(s.best)
		require.True(t, ok)
		if got.Lines[2] != "USUPOV<<FATIMA<<<<<<<<<<<<<<<<" {
			require.Equal(t, VerdictDoubtful, got.Verdict, "%d", deep)
		}
	}
}

// Strokes along the foot of a name, of any tone and thickness.
func TestAFootUnderAnFMakesNoSureE(t *testing.T) {
	for _, tone := range []uint8{30, 70, 110} {
		for _, thick := range []int{2, 3, 4} {
			s := printed(t, func(g *raster.Gray, foot func(line, column int) (x, y int)) {
				x, y := foot(2, 7)
				fill(g, x, y-thick, x+2*18+6, y, color.Gray{tone})
			})
			got, ok := s.resultOf(s.best)
			require.True(t, ok)
			if got.Lines[2] != "USUPOV<<FATIMA<<<<<<<<<<<<<<<<" {
				require.Equal(t, VerdictDoubtful, got.Verdict, "tone %d, thickness %d", tone, thick)
			}
		}
	}
}

func cellsOf(c *candidate, row int) []rectify.Cell {
	var cells []rectify.Cell
	for k := range c.columns {
		cells = append(cells, c.rows[row].Cell(float64(k)))
	}
	return cells
}
