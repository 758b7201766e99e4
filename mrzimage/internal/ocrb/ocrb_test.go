package ocrb

import (
	"image"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryGlyphHasInkOfItsOwn(t *testing.T) {
	faces, err := Faces()
	require.NoError(t, err)
	require.Len(t, faces, 2)
	for _, f := range faces {
		drawings := map[string]rune{}
		for _, r := range Alphabet {
			cover := image.NewAlpha(image.Rect(0, 0, 40, 60))
			scale := 40 / f.Advance
			f.Paint(cover, r, Affine{A: scale, C: 0, E: scale, F: 50})
			ink := 0
			for _, v := range cover.Pix {
				ink += int(v)
			}
			require.Greater(t, ink, 60*255, "%s %c", f.Name, r)
			require.Less(t, ink, 1200*255, "%s %c", f.Name, r)
			other, seen := drawings[string(cover.Pix)]
			require.False(t, seen, "%s: %c looks like %c", f.Name, r, other)
			drawings[string(cover.Pix)] = r
		}
		require.False(t, f.Has('?'))
	}
}
