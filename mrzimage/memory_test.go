package mrzimage

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/codec"
	"mrzbot/mrzimage/specimen"
)

// emptyPNG is a picture of one tone in a file as small as can be.
func emptyPNG(t testing.TB, w, h int, depth, color, interlaced byte) []byte {
	t.Helper()
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	head = append(head, depth, color, 0, 0, interlaced)
	sizes, ok := codec.PNGHeadOf(head)
	require.True(t, ok)
	var rows bytes.Buffer
	z, err := zlib.NewWriterLevel(&rows, zlib.BestSpeed)
	require.NoError(t, err)
	zeros := make([]byte, 1<<20)
	for left := sizes.RawBytes() + 2*int64(h); left > 0; left -= int64(len(zeros)) {
		_, err := z.Write(zeros[:min(left, int64(len(zeros)))])
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	out := appendPNGChunk([]byte(codec.PNGSignature), "IHDR", head)
	if color == 3 {
		out = appendPNGChunk(out, "PLTE", []byte{1, 2, 3})
	}
	return appendPNGChunk(appendPNGChunk(out, "IDAT", rows.Bytes()), "IEND", nil)
}

// TestMemoryCoversReading: what is reckoned for a picture is at least what
// reading it asks for in all, also what it has given back already.
func TestMemoryCoversReading(t *testing.T) {
	if RaceEnabled {
		t.Skip("slow under -race, and nothing in it runs side by side")
	}
	const w, h = 2600, 1950
	colour := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for name, data := range map[string][]byte{
		"jpeg":                    encodeJPEG(t, colour),
		"full colours":            flatJPEG{w: w, h: h, components: 3}.bytes(),
		"four inks":               flatJPEG{w: w, h: h, components: 4}.bytes(),
		"progressive":             flatJPEG{w: w, h: h, components: 3, passes: 4}.bytes(),
		"progressive, four inks":  flatJPEG{w: w, h: h, components: 4, passes: 4}.bytes(),
		"progressive, cut":        flatJPEG{w: w, h: h, components: 3, passes: 4}.bytes()[:20000],
		"png":                     emptyPNG(t, w, h, 8, 2, 0),
		"png, deep with alpha":    emptyPNG(t, w, h, 16, 6, 0),
		"png, deep and in passes": emptyPNG(t, w, h, 16, 6, 1),
		"png, palette":            emptyPNG(t, w, h, 1, 3, 0),
		"noise":                   encodeJPEG(t, speckled(3000, 2250)),
		"little noise":            encodeJPEG(t, speckled(1280, 960)),
		"tiny noise":              encodeJPEG(t, speckled(200, 150)),
		"png, a long row":         emptyPNG(t, 2_000_000, 9, 16, 6, 0),
	} {
		t.Run(name, func(t *testing.T) {
			info, err := Inspect(data)
			require.NoError(t, err)
			var reader Reader
			_, err = reader.open(t.Context(), encodeJPEG(t, testPicture())) // the network is loaded once
			require.NoError(t, err)
			for what, do := range map[string]func() error{
				"read":  func() error { _, err := reader.Read(t.Context(), data); return err },
				"judge": func() error { _, err := reader.Judge(t.Context(), data); return err },
			} {
				before := allocated()
				require.NoError(t, do())
				took := allocated() - before
				t.Logf("%s: %d MB of %d MB", what, took/1e6, info.Memory()/1e6)
				require.LessOrEqual(t, int64(took), info.Memory(), what)
			}
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

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestPicturesOfLargePhones: 50 and 108 megapixels are read, in little memory, and
// 200 would be.
func TestPicturesOfLargePhones(t *testing.T) {
	if RaceEnabled {
		t.Skip("slow under -race, and nothing in it runs side by side")
	}
	largest, err := Inspect(flatJPEG{w: 16320, h: 12240, components: 3}.bytes())
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
			for y := range size.Y {
				for x := range size.X {
					c := small.RGBAAt(x*816/size.X, y*614/size.Y)
					large.Pix[y*large.Stride+x] = c.G
				}
			}
			var file bytes.Buffer
			require.NoError(t, jpeg.Encode(&file, large, &jpeg.Options{Quality: 80}))
			info, err := Inspect(file.Bytes())
			require.NoError(t, err)
			require.Less(t, info.Memory(), int64(120_000_000))
			var reader Reader
			got, err := reader.Read(t.Context(), file.Bytes())
			require.NoError(t, err)
			require.Equal(t, lines, got.Lines)
			require.Equal(t, [2]int{size.X, size.Y}, [2]int{got.Picture.Width, got.Picture.Height})
			require.InEpsilon(t, float64(size.X)*0.9/34, got.Picture.PixelsPerCell, 0.15)
			require.InDelta(t, float64(size.X)/2, (got.Corners[0].X+got.Corners[2].X)/2, float64(size.X)/20)
		})
	}
}
