package mrzimage

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/raster"
	"mrzbot/mrzimage/specimen"
)

// What a probe has seen tells an MRZ from what the finder takes for one.
func TestWorthOfOffers(t *testing.T) {
	blocks := find.Binarize(evenBoxes(), 16, 0.45, 0.9).Pieces(false).Blocks(1)
	require.Len(t, blocks, 1)
	worth := func(up, down probed) float64 {
		o := proposal{block: blocks[0], up: up, down: down}
		o.weigh()
		return o.worth
	}
	bad := probed{sum: -60, cells: 20}
	block := worth(probed{sum: -1, cells: 20, signs: 12}, bad)
	require.Greater(t, block, float64(plainProposal))
	require.Equal(t, block, worth(bad, probed{sum: -1, cells: 20, signs: 12}), "on its head")
	require.Less(t, worth(probed{sum: -14, cells: 20, signs: 6}, bad), block, "less sure")
	require.Equal(t, math.Inf(-1), worth(bad, bad), "no text")
	require.Equal(t, math.Inf(-1), worth(probed{sum: -1, cells: 20, signs: 4}, bad), "words in the type of an MRZ")
}

// Boxes where an MRZ has its glyphs are probed and not read, and the search
// ends after the first binarizations.
func TestSearchEndsWithoutHope(t *testing.T) {
	var reader Reader
	rows := evenBoxes()
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, &image.Gray{Pix: rows.Pix, Stride: rows.W, Rect: image.Rect(0, 0, rows.W, rows.H)}))
	s, err := reader.open(t.Context(), file.Bytes())
	require.NoError(t, err)
	require.NoError(t, s.run(t.Context()))
	require.Nil(t, s.best)
	require.Len(t, s.copies, 1)
	for n, found := range s.copies[0].found {
		require.Equal(t, n < firstBinarizations, found != nil, "binarization %d", n)
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

// What a search costs without an MRZ is the cells that the network sees: few on
// the front of a card, some on a page in the type of an MRZ.
func TestLittleIsLookedAtWhereThereIsNoMRZ(t *testing.T) {
	for name, test := range map[string]struct {
		ground specimen.Ground
		most   int // an MRZ takes 90 and more
	}{
		"front of a card": {specimen.Table, 24},
		"front on a page": {specimen.Page, 150},
		"front on checks": {specimen.Checks, 24}, // they are too large
	} {
		t.Run(name, func(t *testing.T) {
			card, err := specimen.Card{Lines: specimen.Invent("TD1", 3), Seed: 3, PixelsPerCell: 16, Front: true}.Draw()
			require.NoError(t, err)
			photo := specimen.Plain.Photo(1280, 960, 3)
			photo.Ground, photo.Fill = test.ground, 0.5
			file, err := photo.JPEG(card)
			require.NoError(t, err)
			var reader Reader
			s, err := reader.open(t.Context(), file)
			require.NoError(t, err)
			require.NoError(t, s.run(t.Context()))
			require.Nil(t, s.best)
			require.LessOrEqual(t, s.classified, test.most)
		})
	}
}

// A line is without text when it surely shows no digits: it is no text, or clear text
// without them. One that is badly seen is not.
func TestLinesWithoutText(t *testing.T) {
	for name, test := range map[string]struct {
		seen        probed
		withoutText bool
	}{
		"no text":          {probed{sum: -15, cells: 3}, true},
		"clear letters":    {probed{sum: -0.1, cells: 3, other: 3}, true},
		"words and spaces": {probed{sum: -12, cells: 5, signs: 1, other: 4}, true},
		"badly seen":       {probed{sum: -6, cells: 4, other: 1}, false},
		"digits":           {probed{sum: -0.1, cells: 6, signs: 3, other: 3}, false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.withoutText, test.seen.withoutText()) })
	}
}

// How many binarizations are tried depends on what the first have shown.
func TestInksByProspect(t *testing.T) {
	for name, test := range map[string]struct {
		shown         prospect
		binarizations int
	}{
		"nothing, or specks in a row":    {prospect{}, 2},
		"rows of something":              {prospect{vague: true}, 2},
		"captions in the type of an MRZ": {prospect{letters: true}, 1},
		"a page in the type of an MRZ":   {prospect{letters: true, vague: true}, 3},
		"what may be an MRZ":             {prospect{vague: true, hope: true}, len(binarizations)},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.binarizations, test.shown.binarizations()) })
	}
}
