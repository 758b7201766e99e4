package raster

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDithered(t *testing.T) {
	const w, h = 90, 80
	fill := func(of func(x, y int) byte) *Gray {
		g := NewGray(w, h)
		for i := range g.Pix {
			g.Pix[i] = of(i%w, i/w)
		}
		return g
	}
	dots := fill(func(x, y int) byte {
		if x%4 == 1 && y%4 == 2 {
			return 0
		}
		return 255
	})
	require.True(t, dots.Dithered())
	require.False(t, fill(func(x, y int) byte { return byte(40 + x) }).Dithered(), "a photo")
	require.False(t, fill(func(x, y int) byte { return byte(255 * (x / 9 % 2)) }).Dithered(), "strokes in black and white")
	require.False(t, NewGray(2, 2).Dithered())

	dots.Smooth()
	least, most := byte(255), byte(0)
	for y := 8; y < h-8; y++ {
		for _, v := range dots.Pix[y*w+8 : y*w+w-8] {
			least, most = min(least, v), max(most, v)
		}
	}
	require.Less(t, most-least, byte(40))
	require.InDelta(t, 255*15/16.0, float64(most), 20)
	even := fill(func(int, int) byte { return 77 })
	even.Smooth()
	require.Equal(t, byte(77), even.Pix[0])
	require.Less(t, math.Abs(float64(even.Pix[w*h-1])-77), 1.0)
}
