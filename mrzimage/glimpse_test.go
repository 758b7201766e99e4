package mrzimage

import (
	"image"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/find"
	"mrzbot/mrzimage/internal/raster"
	"mrzbot/mrzimage/specimen"
)

// What a glimpse has seen tells a zone from what the finder takes for one.
func TestWorthOfOffers(t *testing.T) {
	zones := find.InkOf(evenBoxes(), 16, 0.45, 0.9).Pieces(false).Zones(1)
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

// What a search costs without a zone is the cells that the network sees: few on
// the front of a card, some on a page in the type of a zone.
func TestLittleIsLookedAtWhereThereIsNoZone(t *testing.T) {
	for name, test := range map[string]struct {
		ground specimen.Ground
		most   int // a zone takes 90 and more
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
			require.LessOrEqual(t, s.looks, test.most)
		})
	}
}

// A line is silent when it surely shows no figures: it is no text, or clear text
// without them. One that is badly seen is not.
func TestSilentLines(t *testing.T) {
	for name, test := range map[string]struct {
		seen   glimpsed
		silent bool
	}{
		"no text":          {glimpsed{sum: -15, cells: 3}, true},
		"clear letters":    {glimpsed{sum: -0.1, cells: 3, other: 3}, true},
		"words and spaces": {glimpsed{sum: -12, cells: 5, signs: 1, other: 4}, true},
		"badly seen":       {glimpsed{sum: -6, cells: 4, other: 1}, false},
		"figures":          {glimpsed{sum: -0.1, cells: 6, signs: 3, other: 3}, false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.silent, test.seen.silent()) })
	}
}

// Letters where figures should stand make words, however clear they are.
func TestWordsAreNoZone(t *testing.T) {
	read := func(lines ...string) *candidate {
		cells := seen(lines, 0.99)
		c := &candidate{columns: len(lines[0]), cells: cells}
		c.reading, _ = decide(cells)
		return c
	}
	require.True(t, read("NOT<A<DOCUMENT<INVENTED<SPECIM", "INVENTED<SPECIMEN<NOT<A<DOCUME", "A<DOCUMENT<INVENTED<SPECIMEN<N").words())
	zone := read(specimen.Invent("TD1", 5)...)
	require.False(t, zone.words())
	require.True(t, zone.hopeful())
	require.False(t, read("NOT<A<DOCUMENT<INVENTED<SPECIM", "INVENTED<SPECIMEN<NOT<A<DOCUME", "A<DOCUMENT<INVENTED<SPECIMEN<N").hopeful())
	zone.reading.mean = leastHope - 0.1
	require.False(t, zone.hopeful(), "dots in rows")
}

// How many ways to tell ink are tried depends on what the first have shown.
func TestInksByProspect(t *testing.T) {
	for name, test := range map[string]struct {
		shown prospect
		inks  int
	}{
		"nothing, or specks in a row":    {prospect{}, 2},
		"rows of something":              {prospect{vague: true}, 2},
		"captions in the type of a zone": {prospect{letters: true}, 1},
		"a page in the type of a zone":   {prospect{letters: true, vague: true}, 3},
		"what may be a zone":             {prospect{vague: true, hope: true}, len(inks)},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.inks, test.shown.inks()) })
	}
}
