package mrzimage_test

import (
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
)

// TestMarkShowsDoubt: what glare has erased is red, what was read is green,
// whatever way the picture was held.
func TestMarkShowsDoubt(t *testing.T) {
	skipUnderRace(t)
	lines := specimen.Invent("TD1", 5001)
	card, err := specimen.Card{Lines: lines, Seed: 1, PixelsPerCell: 16}.Draw()
	require.NoError(t, err)
	file, err := specimen.Photo{Width: 720, Height: 540, Glare: 0.8, GlareX: 0.3, GlareY: 0.73, Seed: 1}.JPEG(card)
	require.NoError(t, err)
	var reader mrzimage.Reader
	got, err := reader.Read(t.Context(), file)
	require.NoError(t, err)
	marked, err := mrzimage.Mark(t.Context(), file, got)
	require.NoError(t, err)
	b := marked.Bounds()
	require.GreaterOrEqual(t, b.Dx(), 720)
	table := image.Rect(0, 540, b.Dx(), b.Dy())
	require.Positive(t, pixelsOf(marked, table, color.RGBA{210, 20, 40, 255}), "red in the table")
	require.Positive(t, pixelsOf(marked, table, color.RGBA{20, 130, 60, 255}), "green in the table")
	require.Positive(t, pixelsOf(marked, image.Rect(0, 0, 720, 540), color.RGBA{210, 20, 40, 255}), "red in the picture")

	sure := got
	sure.Verdict, sure.Lines = mrzimage.VerdictNone, nil
	_, err = mrzimage.Mark(t.Context(), file[:300], sure)
	require.ErrorIs(t, err, mrzimage.ErrDamaged)
}

func TestMarkWithoutAnMRZ(t *testing.T) {
	var reader mrzimage.Reader
	file := encoded(t, whitePaper(300, 200))
	got, err := reader.Read(t.Context(), file)
	require.NoError(t, err)
	marked, err := mrzimage.Mark(t.Context(), file, got)
	require.NoError(t, err)
	require.Greater(t, marked.Bounds().Dy(), 200, "the reasons stand below")
}

func pixelsOf(img image.Image, in image.Rectangle, c color.RGBA) int {
	n := 0
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			if img.At(x, y) == color.Color(c) {
				n++
			}
		}
	}
	return n
}
