package mrzimage_test

import (
	"image"
	"image/color"
	"image/draw"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
)

// Two documents in one picture: the second is given beside the first.
func TestReaderGivesFurtherMRZs(t *testing.T) {
	skipUnderRace(t)
	table := image.NewRGBA(image.Rect(0, 0, 700, 900))
	draw.Draw(table, table.Rect, image.NewUniform(color.Gray{90}), image.Point{}, draw.Src)
	want := map[string]bool{}
	for i, at := range []image.Point{{60, 40}, {90, 480}} {
		lines := specimen.Invent("TD1", uint64(40+i))
		want[strings.Join(lines, "|")] = true
		card, err := specimen.Card{Lines: lines, Seed: uint64(i), PixelsPerCell: 15}.Draw()
		require.NoError(t, err)
		draw.Draw(table, card.Rect.Add(at), card, image.Point{}, draw.Src)
	}
	var reader mrzimage.Reader
	got, err := reader.Read(t.Context(), encoded(t, table))
	require.NoError(t, err)
	require.Len(t, got.Also, 1)
	require.Equal(t, mrzimage.VerdictOK, got.Also[0].Verdict)
	requireWellFormed(t, got.Also[0])
	for _, r := range []mrzimage.Result{got, got.Also[0]} {
		text := strings.Join(r.Lines, "|")
		require.True(t, want[text], text)
		delete(want, text)
	}
}

func TestReaderGivesNoFurtherMRZOfOneDocument(t *testing.T) {
	skipUnderRace(t)
	_, file := drawn(t, "TD1", specimen.Plain, 3)
	var reader mrzimage.Reader
	got, err := reader.Read(t.Context(), file)
	require.NoError(t, err)
	require.NotEmpty(t, got.Lines)
	require.Empty(t, got.Also)
}
