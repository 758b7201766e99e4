package mrzimage

import (
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/raster"
)

// What a glimpse has seen tells a zone from what the finder takes for one.
func TestWorthOfOffers(t *testing.T) {
	zones := find.Zones(evenBoxes(), inks[0], 1)
	require.Len(t, zones, 1)
	worth := func(up, down glimpsed) float64 {
		o := offer{zone: zones[0], up: up, down: down}
		o.weigh()
		return o.worth
	}
	bad := glimpsed{sum: -60, cells: 20}
	zone := worth(glimpsed{sum: -1, cells: 20, signs: 12}, bad)
	require.Greater(t, zone, float64(plainOffer))
	require.Equal(t, zone, worth(bad, glimpsed{sum: -1, cells: 20, signs: 12}), "on its head")
	require.Less(t, worth(glimpsed{sum: -14, cells: 20, signs: 6}, bad), zone, "less sure")
	require.Equal(t, math.Inf(-1), worth(bad, bad), "no text")
	require.Equal(t, math.Inf(-1), worth(glimpsed{sum: -1, cells: 20, signs: 4}, bad), "words in the type of a zone")
}

// Boxes where a zone has its glyphs are glimpsed at and not read, and the search
// ends after the first ways to tell ink.
func TestSearchEndsWithoutHope(t *testing.T) {
	var reader Reader
	rows := evenBoxes()
	s, err := reader.open(t.Context(), encodePNG(t, &image.Gray{Pix: rows.Pix, Stride: rows.W, Rect: image.Rect(0, 0, rows.W, rows.H)}))
	require.NoError(t, err)
	require.NoError(t, s.run(t.Context()))
	require.Nil(t, s.best)
	require.Len(t, s.copies, 1)
	for ink, found := range s.copies[0].found {
		require.Equal(t, ink < firstInks, found != nil, "ink %d", ink)
	}
}

// evenBoxes are three rows of boxes, evenly laid on white paper.
func evenBoxes() *raster.Gray {
	g := raster.NewGray(1000, 400)
	for i := range g.Pix {
		g.Pix[i] = 240
	}
	for row := range 3 {
		for column := range 30 {
			for y := range 20 {
				for x := range 12 {
					g.Pix[(100+40*row+y)*g.W+200+20*column+x] = 30
				}
			}
		}
	}
	return g
}
