package mrzimage_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
)

// What a picture may take of memory, whatever it shows: so many bytes for each
// pixel, and so many besides.
const (
	mostBytesPerPixel = 6
	mostBytesBesides  = 30 << 20
)

// sizes are the pictures that reading is measured on.
func sizes(t testing.TB) map[string][]byte {
	photo := func(w, h int, front bool) []byte {
		card, err := specimen.Card{
			Lines: specimen.Invent("TD1", 1), Seed: 1, Pattern: 0.5, PixelsPerCell: 16 * float64(w) / 640, Front: front,
		}.Draw()
		require.NoError(t, err)
		return jpegFile(t, specimen.Tilted.Photo(w, h, 1), card)
	}
	return map[string][]byte{
		"1280":           photo(1280, 960, false),
		"12 MP":          photo(4000, 3000, false),
		"1280, front":    photo(1280, 960, true),
		"12 MP, front":   photo(4000, 3000, true),
		"1280, page":     encoded(t, larger(drawPage(rand.New(rand.NewPCG(1, 1))), 960, 1280)),
		"1280, noise":    encoded(t, noise(1280, 960)),
		"1280, nothing":  encoded(t, whitePaper(1280, 960)),
		"12 MP, nothing": encoded(t, whitePaper(4000, 3000)),
	}
}

// larger lays a picture on paper of a size.
func larger(img *image.RGBA, w, h int) *image.RGBA {
	paper := whitePaper(w, h)
	for y := range min(h, img.Rect.Dy()) {
		copy(paper.Pix[y*paper.Stride:(y+1)*paper.Stride], img.Pix[y*img.Stride:(y+1)*img.Stride])
	}
	return paper
}

func noise(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 1))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.IntN(256))
	}
	return img
}

// BenchmarkReadAgainstDecode tells how many times as long a look takes, all of it, as
// image/jpeg takes to decode the same picture: they take turns, so that whatever else the
// machine does slows both, and the middle one of all turns counts.
func BenchmarkReadAgainstDecode(b *testing.B) {
	var reader mrzimage.Reader
	file := sizes(b)["1280"]
	var read, decode time.Duration
	var times []float64
	for b.Loop() {
		start := time.Now()
		_, err := reader.Read(b.Context(), file)
		require.NoError(b, err)
		between := time.Now()
		_, err = jpeg.Decode(bytes.NewReader(file))
		require.NoError(b, err)
		r, d := between.Sub(start), time.Since(between)
		read, decode, times = read+r, decode+d, append(times, float64(r)/float64(d))
	}
	slices.Sort(times)
	b.ReportMetric(float64(read.Nanoseconds())/float64(b.N), "ns/read")
	b.ReportMetric(float64(decode.Nanoseconds())/float64(b.N), "ns/decode")
	b.ReportMetric(times[len(times)/2], "read/decode")
}

// BenchmarkRead tells what reading costs, decoding included; BenchmarkDecode what
// image/jpeg takes to decode. With -benchmem, and by bytes/pixel,
// they tell the memory that was asked for in all, of which no more is held at
// one time.
func BenchmarkRead(b *testing.B) {
	var reader mrzimage.Reader
	measured(b, func(file []byte) error {
		_, err := reader.Read(b.Context(), file)
		return err
	})
}

func BenchmarkDecode(b *testing.B) {
	measured(b, func(file []byte) error {
		_, err := jpeg.Decode(bytes.NewReader(file))
		return err
	})
}

func measured(b *testing.B, do func([]byte) error) {
	for name, file := range sizes(b) {
		b.Run(name, func(b *testing.B) {
			info, err := mrzimage.Inspect(file)
			require.NoError(b, err)
			before := allocated()
			for b.Loop() {
				require.NoError(b, do(file))
			}
			pixels := float64(info.Width) * float64(info.Height) * float64(b.N)
			b.ReportMetric(float64(allocated()-before)/pixels, "bytes/pixel")
		})
	}
}

// allocated is all memory that was asked for since the program began.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestReadingKeepsToItsMemory: everything that reading asks for, also what it
// has given back already, is within the bounds.
func TestReadingKeepsToItsMemory(t *testing.T) {
	skipUnderRace(t)
	var reader mrzimage.Reader
	_, err := reader.Read(t.Context(), encoded(t, whitePaper(200, 200))) // the network is loaded once
	require.NoError(t, err)
	var inColour bytes.Buffer
	require.NoError(t, png.Encode(&inColour, whitePaper(3000, 2000)))
	files := map[string][]byte{
		"png":    inColour.Bytes(),
		"noise":  encoded(t, noise(3000, 2000)),
		"white":  encoded(t, whitePaper(3000, 2000)),
		"page":   encoded(t, larger(drawPage(rand.New(rand.NewPCG(1, 1))), 3000, 2000)),
		"turned": turnedRight(encoded(t, whitePaper(3000, 2000))),
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			most := uint64(3000*2000*mostBytesPerPixel + mostBytesBesides)
			before := allocated()
			_, err := reader.Read(t.Context(), file)
			require.NoError(t, err)
			require.Less(t, allocated()-before, most)
		})
	}
}
