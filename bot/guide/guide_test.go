package guide

import (
	"bytes"
	"flag"
	"image"
	"image/jpeg"
	"io"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/guide/draw"
	"mrzbot/bot/text"
)

var update = flag.Bool("update", false, "draw the pictures anew")

// mostBytes of a picture: it is uploaded with every /start and /help.
const mostBytes = 100_000

// TestPictures: each file is what is drawn with the words of its language.
func TestPictures(t *testing.T) {
	catalog, err := text.New()
	require.NoError(t, err)
	for _, lang := range text.Languages() {
		drawn, err := draw.JPEG(catalog.Localizer(lang))
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile("pictures/"+lang+".jpg", drawn, 0o644))
			continue
		}
		file := Picture(lang)
		require.NotNil(t, file, lang)
		body, err := file.Open(t.Context())
		require.NoError(t, err)
		content, err := io.ReadAll(body)
		require.NoError(t, err)
		require.Less(t, len(content), mostBytes)
		require.Less(t, farthest(t, content, drawn), 8.0, "%s: go test ./bot/guide -update draws it anew", lang)
	}
	require.Nil(t, Picture("tlh"))
}

// farthest is how far the brightness of two pictures lies apart in the block of pixels
// where it does most. Processors round in different ways, so a few tones mean nothing.
func farthest(t *testing.T, a, b []byte) (most float64) {
	var sides [2]image.Image
	for i, data := range [][]byte{a, b} {
		img, err := jpeg.Decode(bytes.NewReader(data))
		require.NoError(t, err)
		sides[i] = img
	}
	require.Equal(t, sides[0].Bounds(), sides[1].Bounds())
	x, y := sides[0].(*image.YCbCr), sides[1].(*image.YCbCr)
	const block = 8
	for top := 0; top+block <= x.Rect.Dy(); top += block {
		for left := 0; left+block <= x.Rect.Dx(); left += block {
			sum := 0.0
			for at := range block * block {
				i := x.YOffset(left+at%block, top+at/block)
				sum += math.Abs(float64(x.Y[i]) - float64(y.Y[i]))
			}
			most = max(most, sum/(block*block))
		}
	}
	return most
}
