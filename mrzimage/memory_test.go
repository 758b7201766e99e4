package mrzimage_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/internal/imagefile/filetest"
	"mrzbot/mrzimage/specimen"
)

// TestMemoryCoversReading: what is reckoned for a picture is at least what
// reading it asks for in all, also what it has given back already.
func TestMemoryCoversReading(t *testing.T) {
	if mrzimage.RaceEnabled {
		t.Skip("slow under -race, and nothing in it runs side by side")
	}
	const w, h = 2600, 1950
	colour := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for name, data := range map[string][]byte{
		"jpeg":                    encoded(t, colour),
		"full colours":            filetest.FlatJPEG{W: w, H: h, Components: 3}.Bytes(),
		"four inks":               filetest.FlatJPEG{W: w, H: h, Components: 4}.Bytes(),
		"progressive":             filetest.FlatJPEG{W: w, H: h, Components: 3, Passes: 4}.Bytes(),
		"progressive, four inks":  filetest.FlatJPEG{W: w, H: h, Components: 4, Passes: 4}.Bytes(),
		"progressive, cut":        filetest.FlatJPEG{W: w, H: h, Components: 3, Passes: 4}.Bytes()[:20000],
		"png":                     filetest.EmptyPNG(t, w, h, 8, 2, 0),
		"png, deep with alpha":    filetest.EmptyPNG(t, w, h, 16, 6, 0),
		"png, deep and in passes": filetest.EmptyPNG(t, w, h, 16, 6, 1),
		"png, palette":            filetest.EmptyPNG(t, w, h, 1, 3, 0),
		"noise":                   encoded(t, speckled(3000, 2250)),
		"little noise":            encoded(t, speckled(1280, 960)),
		"tiny noise":              encoded(t, speckled(200, 150)),
		"png, a long row":         filetest.EmptyPNG(t, 2_000_000, 9, 16, 6, 0),
	} {
		t.Run(name, func(t *testing.T) {
			info, err := mrzimage.Inspect(data)
			require.NoError(t, err)
			var reader mrzimage.Reader
			_, err = reader.Read(t.Context(), encoded(t, whitePaper(200, 200))) // the network is loaded once
			require.NoError(t, err)
			before := allocated()
			_, err = reader.Read(t.Context(), data)
			require.NoError(t, err)
			took := allocated() - before
			t.Logf("%d MB of %d MB", took/1e6, info.Memory()/1e6)
			require.LessOrEqual(t, int64(took), info.Memory())
		})
	}
}

// speckled is a picture full of what may be ink.
func speckled(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 1))
	for i := range img.Pix {
		img.Pix[i] = byte(r.IntN(256))
	}
	return img
}

// TestPicturesOfLargePhones: 50 and 108 megapixels are read, in little memory, and
// 200 would be.
func TestPicturesOfLargePhones(t *testing.T) {
	if mrzimage.RaceEnabled {
		t.Skip("slow under -race, and nothing in it runs side by side")
	}
	largest, err := mrzimage.Inspect(filetest.FlatJPEG{W: 16320, H: 12240, Components: 3}.Bytes())
	require.NoError(t, err)
	require.Less(t, largest.Memory(), int64(120_000_000))
	lines := specimen.Invent("TD1", 4)
	card, err := specimen.Card{Lines: lines, Seed: 4, PixelsPerCell: 20}.Draw()
	require.NoError(t, err)
	small := specimen.Photo{Width: 816, Height: 614, Fill: 0.9, Turn: 2, Seed: 4}.Take(card)
	for name, size := range map[string]image.Point{
		"50": {8160, 6144}, "108": {12000, 9000},
	} {
		t.Run(name, func(t *testing.T) {
			large := image.NewGray(image.Rect(0, 0, size.X, size.Y))
			row, of := make([]byte, size.X), -1 // of which row of the small one
			for y := range size.Y {
				if from := y * 614 / size.Y; from != of {
					of = from
					for x := range size.X {
						row[x] = small.Pix[small.PixOffset(x*816/size.X, of)+1]
					}
				}
				copy(large.Pix[y*large.Stride:], row)
			}
			var file bytes.Buffer
			require.NoError(t, jpeg.Encode(&file, large, &jpeg.Options{Quality: 80}))
			info, err := mrzimage.Inspect(file.Bytes())
			require.NoError(t, err)
			require.Less(t, info.Memory(), int64(120_000_000))
			var reader mrzimage.Reader
			got, err := reader.Read(t.Context(), file.Bytes())
			require.NoError(t, err)
			require.Equal(t, lines, got.Lines)
			require.Equal(t, [2]int{size.X, size.Y}, [2]int{got.Picture.Width, got.Picture.Height})
			require.InEpsilon(t, float64(size.X)*0.9/34, got.Picture.PixelsPerCell, 0.15)
			require.InDelta(t, float64(size.X)/2, (got.Corners[0].X+got.Corners[2].X)/2, float64(size.X)/20)
		})
	}
}
