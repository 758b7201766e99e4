package find

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/raster"
)

// boxes paints rows of dark boxes on light paper: glyphs without a meaning.
// Rows begin at (x, y) and step by (dx, dy); the next row lies square below.
func boxes(w, h, rows, columns int, x, y, dx, dy float64) *raster.Gray {
	g := raster.NewGray(w, h)
	for i := range g.Pix {
		g.Pix[i] = 220
	}
	pitch := math.Hypot(dx, dy)
	for r := range rows {
		for c := range columns {
			cx := x + float64(c)*dx - float64(r)*2*dy
			cy := y + float64(c)*dy + float64(r)*2*dx
			wide, tall := pitch/3, pitch/2
			if dy > dx {
				wide, tall = tall, wide
			}
			for py := int(cy - tall); py < int(cy+tall); py++ {
				for px := int(cx - wide); px < int(cx+wide); px++ {
					if px >= 0 && py >= 0 && px < w && py < h {
						g.Pix[py*w+px] = 40
					}
				}
			}
		}
	}
	return g
}

func piecesOf(g *raster.Gray) *Pieces { return Binarize(g, 16, 0.45, 0.9).Pieces(false) }

func blocksOf(g *raster.Gray, limit int) []Block { return piecesOf(g).Blocks(limit) }

func TestMRZsOfLevelAndTiltedRows(t *testing.T) {
	for name, dy := range map[string]float64{"level": 0, "falling": 2.4, "rising": -2.4} {
		t.Run(name, func(t *testing.T) {
			blocks := blocksOf(boxes(700, 400, 3, 30, 80, 180, 15, dy), 5)
			require.NotEmpty(t, blocks)
			best := blocks[0]
			require.Zero(t, best.Eighths)
			require.Len(t, best.Lines, 3)
			for _, l := range best.Lines {
				require.Equal(t, 29, l.Last)
				require.InDelta(t, 15, l.U.Slope(14), 0.3)
				require.InDelta(t, dy, l.V.Slope(14), 0.3)
			}
			require.InDelta(t, 80, best.Lines[0].U.At(0), 1.5)
			require.InDelta(t, 180, best.Lines[0].V.At(0), 1.5)
		})
	}
}

func TestMRZsOfColumns(t *testing.T) {
	blocks := blocksOf(boxes(400, 700, 2, 36, 250, 60, 0, 15), 5)
	require.NotEmpty(t, blocks)
	require.Equal(t, 2, blocks[0].Eighths)
	require.Len(t, blocks[0].Lines, 2)
	require.Equal(t, 35, blocks[0].Lines[0].Last)
}

func TestMRZsOfDiagonals(t *testing.T) {
	for eighths, step := range map[int][2]float64{1: {11, 10}, 3: {-10, 11}} {
		x, y := 100.0, 60.0
		if step[0] < 0 {
			x = 480
		}
		blocks := blocksOf(boxes(560, 520, 2, 36, x, y, step[0], step[1]), 5)
		require.NotEmpty(t, blocks)
		require.Equal(t, eighths, blocks[0].Eighths)
		require.Equal(t, 35, blocks[0].Lines[0].Last)
		require.InDelta(t, math.Hypot(step[0], step[1]), blocks[0].Lines[0].U.Slope(17), 0.4)
	}
}

func TestNoMRZsInNoise(t *testing.T) {
	g := raster.NewGray(500, 400)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range g.Pix {
		g.Pix[i] = byte(r.IntN(256))
	}
	for _, z := range blocksOf(g, 100) {
		require.Less(t, z.like, 60.0)
	}
	require.Empty(t, blocksOf(raster.NewGray(300, 300), 5))
	require.Empty(t, blocksOf(raster.NewGray(1, 1), 5))
}

func TestBlobsTouchBySidesAndCorners(t *testing.T) {
	const w, h = 12, 7
	picture := "" +
		"#.....#....." +
		"#.....#...#." +
		".#....#..#.." +
		".#..#####..." +
		"..#........." +
		"..#......##." +
		"..#......##."
	y := -1
	found, ok := blobs(func() []byte {
		y++
		row := make([]byte, w)
		for x := range row {
			if picture[y*w+x] == '#' {
				row[x] = 1
			}
		}
		return row
	}, h)
	require.True(t, ok)
	// The dot is smaller than a character and is dropped.
	require.Equal(t, []blob{{0, 0, 2, 6, 0, 0, 8, 4}, {4, 0, 10, 3, 6, -9, 11, -1}}, found)
}

func TestFitFindsTheCurve(t *testing.T) {
	want := Poly{3, -2, 0.25}
	var k, y, weight []float64
	for i := range 9 {
		k, y, weight = append(k, float64(i)), append(y, want.At(float64(i))), append(weight, 1)
	}
	y[4], weight[4] = 1e6, 0
	got := fit(k, y, weight, 2)
	for i := range want {
		require.InDelta(t, want[i], got[i], 1e-6)
	}
	moved := want.Moved(2)
	require.InDelta(t, want.At(5), moved.At(3), 1e-9)
	stretched := want.Stretched(4, 2)
	require.InDelta(t, want.At(4), stretched.At(4), 1e-9)
	require.InDelta(t, want.At(6), stretched.At(5), 1e-9)
	require.Equal(t, Poly{}, fit(nil, nil, nil, 1))
}

func TestPieces(t *testing.T) {
	pieces := piecesOf(boxes(500, 120, 2, 20, 30, 30, 20, 0))
	require.False(t, pieces.TooMany())
	require.Len(t, pieces.Boxes(), 40)
	require.InDelta(t, 20, pieces.Boxes()[0].MaxY-pieces.Boxes()[0].MinY, 2)

	pieces = piecesOf(raster.NewGray(50, 50))
	require.False(t, pieces.TooMany(), "nothing is not too much")
	require.Empty(t, pieces.Boxes())
}

// A line ends at a wide gap, and of a broken glyph's pieces the tallest stays.
func TestAlongStopsAtGaps(t *testing.T) {
	var marks []mark
	for _, u := range []float64{0, 10, 100, 110, 112, 120, 130, 200} {
		marks = append(marks, mark{u: u, w: 6, h: 10})
	}
	marks[4].h = 12 // the other piece of a glyph
	path := path{tall: 10, pitch: 10}
	require.Equal(t, []int{2, 4, 5, 6}, along(marks, []int{2, 5, 6}, path))
	require.Equal(t, []int{2, 4, 5, 6}, along(marks, []int{4, 5, 6}, path))
	marks[5].v = 9 // it does not lie on the line
	require.Equal(t, []int{2, 4, 6}, along(marks, []int{2, 4, 6}, path))
}

// Every row of marks is what a plain count of each pixel's surroundings gives.
func TestInkIsDarkerThanItsSurroundings(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	g := raster.NewGray(31, 23)
	for i := range g.Pix {
		g.Pix[i] = byte(r.IntN(256))
	}
	for _, radius := range []int{3, 8, 40} {
		depths := map[bool]float64{false: 0.45, true: 0.9}
		inked := Binarize(g, radius, depths[false], depths[true])
		for deep, depth := range depths {
			next := inked.rows(deep)
			for y := range g.H {
				row := next()
				for x := range g.W {
					require.Equal(t, isInk(g, x, y, radius, depth), row[x] == 1, "%d, %g: %d, %d", radius, depth, x, y)
				}
			}
		}
	}
}

func isInk(g *raster.Gray, x, y, radius int, depth float64) bool {
	n, sum, square := 0.0, 0.0, 0.0
	for sy := max(y-radius, 0); sy <= min(y+radius, g.H-1); sy++ {
		for sx := max(x-radius, 0); sx <= min(x+radius, g.W-1); sx++ {
			v := float64(g.At(sx, sy))
			n, sum, square = n+1, sum+v, square+v*v
		}
	}
	mean := sum / n
	below := mean - float64(g.At(x, y))
	return below >= leastContrast && below > depth*math.Sqrt(square/n-mean*mean)
}

// Small print has more glyphs than an MRZ and looks less like one.
func TestLikeLength(t *testing.T) {
	block := Line{Seen: 28, Last: 29}
	small := Line{Seen: 90, Last: 99}
	require.Greater(t, block.like(), small.like())
	require.Equal(t, 28.0-missing*2, block.likeLength(30))
	require.Equal(t, 44.0-missing*10-tooLong*56, small.likeLength(44))
	words := Line{Seen: 36, Last: 43}
	require.Greater(t, Line{Seen: 42, Last: 43}.like(), words.like(), "words have spaces between them")
}

// A card lies on a page: its rows end where the card does, though the page's go
// on at the same height.
func TestRowsEndWhereAPageBegins(t *testing.T) {
	g := boxes(1100, 260, 3, 30, 120, 80, 15, 0)
	page := boxes(1100, 260, 3, 36, 120+29*15+2.7*15, 82, 14, 0)
	for i, v := range page.Pix {
		g.Pix[i] = min(g.Pix[i], v)
	}
	blocks := blocksOf(g, 5)
	require.NotEmpty(t, blocks)
	found := false
	for _, z := range blocks {
		l := z.Lines[0]
		if len(z.Lines) == 3 && l.Last == 29 && math.Abs(l.U.At(0)-120) < 2 {
			found = true
		}
	}
	require.True(t, found)
}

func TestUnbroken(t *testing.T) {
	var marks []mark
	var members []int
	for _, u := range []float64{0, 10, 20, 45, 55, 65, 75, 100, 110} {
		members = append(members, len(marks))
		marks = append(marks, mark{u: u, v: 50, w: 6, h: 10})
	}
	require.Equal(t, []int{3, 4, 5, 6}, unbroken(marks, members, []int{1, 4, 5}))
	require.Equal(t, []int{7, 8}, unbroken(marks, members, []int{7}))
}

func TestEvenPartLeavesOtherPrintOut(t *testing.T) {
	on := func(s string) []bool {
		var out []bool
		for _, c := range s {
			out = append(out, c == '#')
		}
		return out
	}
	require.Equal(t, []int{0, 1, 2}, evenPart(on("###")))
	require.Equal(t, []int{5, 6, 7, 9}, evenPart(on("#....###.#")))
	require.Equal(t, []int{3, 4, 7}, evenPart(on("...##..#...#")))
	require.Empty(t, evenPart(on("...")))
}
