package main

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/network"
	"mrzbot/mrzimage/internal/ocrb"
)

// What lies under something is learned as no glyph, what lies beside it as it
// was, and nothing of what its edge leaves half of.
func TestCoveredCellsAreNoGlyphs(t *testing.T) {
	faces, err := ocrb.Faces()
	require.NoError(t, err)
	sh := newSource(faces, rand.New(rand.NewPCG(7, 7)), 1).newSheet()
	sh.layPaper()
	light := make([]float32, len(sh.ink))
	for i, ink := range sh.ink {
		light[i] = 220 - 180*ink
		sh.paper[i] = 220
	}
	sh.black = 40
	sh.covered = make([]bool, len(light))
	before := sh.cells
	was := map[any]int{}
	for _, c := range before {
		was[c.place] = c.class
	}
	sh.lay(light, func(x, _ float64) float64 { return x }) // the right half
	sh.blind(light)

	middle := float64(sh.w) / 2 / float64(sh.shrink)
	covered, free := 0, 0
	for _, c := range sh.cells {
		switch cells := (c.place.Middle.X - middle) / c.place.Right.Len(); {
		case cells > 1.5:
			covered++
			require.Equal(t, network.NotGlyph, c.class)
		case cells < -1.5:
			free++
			require.Equal(t, was[c.place], c.class)
		}
	}
	require.Greater(t, covered, 5)
	require.Greater(t, free, 5)
}

// Lumps are of every size from less than a cell to several.
func TestLumpsLieWithinReach(t *testing.T) {
	sh := &sheet{source: newSource(nil, rand.New(rand.NewPCG(3, 3)), 1), w: 300, h: 200}
	small, large := 0, 0
	for range 200 {
		inside, deep := 0, sh.lump()
		for y := -100.0; y < 100; y += 4 {
			for x := -150.0; x < 150; x += 4 {
				if deep(x, y) > 0 {
					inside++
				}
			}
		}
		if inside*16 < 400 {
			small++
		} else if inside*16 > 4000 {
			large++
		}
	}
	require.Greater(t, small, 10)
	require.Greater(t, large, 10)
}
