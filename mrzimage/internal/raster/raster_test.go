package raster

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShrinkTakesMeans(t *testing.T) {
	g := &Gray{W: 5, H: 4, Pix: []byte{
		0, 10, 100, 110, 9,
		20, 30, 120, 130, 9,
		1, 1, 2, 2, 9,
		1, 1, 2, 2, 9,
	}}
	small := g.Shrink(2)
	require.Equal(t, &Gray{W: 2, H: 2, Pix: []byte{15, 115, 1, 2}}, small)
	require.Equal(t, &Gray{W: 1, H: 1, Pix: []byte{32}}, g.Shrink(3), "284 of 9 pixels; the edges are left")
	require.Same(t, g, g.Shrink(1))
	require.Equal(t, 1, g.Shrink(100).W)
}

func TestEnlargeKeepsPlacesAndTones(t *testing.T) {
	g := &Gray{W: 4, H: 1, Pix: []byte{50, 50, 200, 200}}
	big := g.Enlarge(3)
	require.Equal(t, 12, big.W)
	require.Equal(t, 3, big.H)
	require.Equal(t, byte(50), big.Pix[1])
	require.Equal(t, byte(200), big.Pix[10])
	require.Less(t, big.Pix[5], byte(125))
	require.Greater(t, big.Pix[6], byte(125))
}

func TestBilinear(t *testing.T) {
	g := &Gray{W: 2, H: 2, Pix: []byte{0, 100, 100, 200}}
	require.InDelta(t, 0, g.Bilinear(0.5, 0.5), 1e-9)
	require.InDelta(t, 100, g.Bilinear(1, 1), 1e-9)
	require.InDelta(t, 200, g.Bilinear(9, 9), 1e-9, "outside, the edge goes on")
}

func TestTonesAndSharpness(t *testing.T) {
	g := NewGray(40, 10)
	for i := range g.Pix {
		if i%40 >= 20 {
			g.Pix[i] = 200
		}
	}
	box := Box{MinX: -5, MaxX: 400, MinY: 2, MaxY: 400}.Within(g)
	require.Equal(t, Box{0, 2, 40, 10}, box)
	tones := g.Tones(box)
	require.Equal(t, byte(0), tones.Quantile(0.4))
	require.Equal(t, byte(200), tones.Quantile(0.6))
	require.Equal(t, 1.0, g.Sharpness(box, tones), "a step of one pixel")
	for i := range g.Pix {
		g.Pix[i] = byte(i % 40 * 5)
	}
	require.InDelta(t, 5.0/195, g.Sharpness(box, g.Tones(box)), 0.01, "a slow slope")
	flat := NewGray(3, 3)
	all := Box{MaxX: 3, MaxY: 3}
	require.Zero(t, flat.Sharpness(all, flat.Tones(all)))
}

func TestBilinearIsTheSameInside(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	g := NewGray(20, 10)
	for i := range g.Pix {
		g.Pix[i] = byte(r.IntN(256))
	}
	for range 1000 {
		x, y := 1+18*r.Float64(), 1+8*r.Float64()
		require.Equal(t, g.Bilinear(x, y), g.BilinearInside(x, y), "%f, %f", x, y)
	}
}

func TestHalvesAreMeansOfSquares(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for _, size := range [][2]int{{2, 2}, {3, 5}, {21, 10}, {64, 7}} {
		g := NewGray(size[0], size[1])
		for i := range g.Pix {
			g.Pix[i] = byte(255 - r.IntN(40)*r.IntN(2)*6)
		}
		half := g.Shrink(2)
		require.Equal(t, [2]int{size[0] / 2, size[1] / 2}, [2]int{half.W, half.H})
		for y := range half.H {
			for x := range half.W {
				sum := int(g.At(2*x, 2*y)) + int(g.At(2*x+1, 2*y)) + int(g.At(2*x, 2*y+1)) + int(g.At(2*x+1, 2*y+1))
				require.Equal(t, byte((sum+2)/4), half.At(x, y), "%v: %d, %d", size, x, y)
			}
		}
	}
}
