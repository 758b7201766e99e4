package codec

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/raster"
)

var straight = How{By: 1, Orientation: 1}

// testdata holds one picture, an invented card of 300 by 210 pixels, in kinds
// that image/jpeg cannot write.
func testdata(t testing.TB, name string) []byte {
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return data
}

// ofImage is the plane of a picture by way of its colours.
func ofImage(t *testing.T, img image.Image) *raster.Gray {
	p, err := Image(t.Context(), img, straight)
	require.NoError(t, err)
	return p.Gray
}

// alike demands that two planes show the same, up to how numbers are rounded.
func alike(t *testing.T, want, got *raster.Gray, within int) {
	t.Helper()
	require.Equal(t, [2]int{want.W, want.H}, [2]int{got.W, got.H})
	for i, v := range want.Pix {
		if off := int(v) - int(got.Pix[i]); off > within || off < -within {
			require.Failf(t, "not alike", "pixel %d is %d and should be %d", i, got.Pix[i], v)
		}
	}
}

// TestJPEGAgreesWithTheStandard: what image/jpeg decodes is decoded the same.
func TestJPEGAgreesWithTheStandard(t *testing.T) {
	files := map[string][]byte{}
	for _, name := range []string{"progressive.jpg", "apart.jpg", "restarts.jpg"} {
		files[name] = testdata(t, name)
	}
	for name, img := range map[string]image.Image{"colour": colours(61, 43), "grey": greys(33, 70), "a dot": colours(1, 1)} {
		for _, quality := range []int{5, 75, 100} {
			var b bytes.Buffer
			require.NoError(t, jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}))
			files[name] = b.Bytes()
		}
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			img, err := jpeg.Decode(bytes.NewReader(data))
			require.NoError(t, err)
			got, err := JPEG(t.Context(), data, straight)
			require.NoError(t, err)
			alike(t, ofImage(t, img), got.Gray, 3)
			require.Zero(t, got.Missing)
			require.Equal(t, len(data)-2, got.End, "the end stands behind the coded picture")
		})
	}
}

// colours is a picture of smooth colours, with edges.
func colours(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{byte(4 * x), byte(5 * y), byte(x * y), 255}
			if x/9%2 == 0 {
				c = color.NRGBA{20, 30, 40, 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func greys(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 3)
	}
	return img
}

// TestJPEGOfKindsTheStandardRefuses: the same picture, in another sampling.
func TestJPEGOfKindsTheStandardRefuses(t *testing.T) {
	data := testdata(t, "uneven.jpg")
	_, err := jpeg.Decode(bytes.NewReader(data))
	require.Error(t, err, "it can be compared with the standard")
	got, err := JPEG(t.Context(), data, straight)
	require.NoError(t, err)
	want, err := JPEG(t.Context(), testdata(t, "restarts.jpg"), straight)
	require.NoError(t, err)
	apart := 0
	for i, v := range want.Pix {
		apart += max(int(v)-int(got.Pix[i]), int(got.Pix[i])-int(v))
	}
	require.Less(t, float64(apart)/float64(len(want.Pix)), 6.0, "the same picture, coded in other samples")

	_, err = JPEG(t.Context(), testdata(t, "arithmetic.jpg"), straight)
	require.ErrorIs(t, err, ErrRare)
	_, err = JPEG(t.Context(), without(t, testdata(t, "restarts.jpg"), DHT), straight)
	require.ErrorIs(t, err, ErrRare, "others have tables of their own")
}

// TestJPEGRestartsInPasses: image/jpeg counts the restarts of a pass of one colour
// wrongly, and refuses such files.
func TestJPEGRestartsInPasses(t *testing.T) {
	want, err := JPEG(t.Context(), testdata(t, "progressive.jpg"), straight)
	require.NoError(t, err)
	got, err := JPEG(t.Context(), testdata(t, "progressive-restarts.jpg"), straight)
	require.NoError(t, err)
	alike(t, want.Gray, got.Gray, 0)
}

// without is a JPEG that lacks its segments of one kind.
func without(t *testing.T, data []byte, marker byte) []byte {
	var out []byte
	at := 0
	WalkJPEG(data, func(s Segment) bool {
		begin := bytes.Index(data[at:], append([]byte{0xFF, s.Marker}, byte((len(s.Payload)+2)>>8), byte(len(s.Payload)+2))) + at
		end := begin + 4 + len(s.Payload) + len(s.Scan)
		if s.Marker == marker {
			out = append(out, data[at:begin]...)
		} else {
			out = append(out, data[at:end]...)
		}
		at = end
		return true
	})
	return append(out, data[at:]...)
}

// TestJPEGTakesWhatIsThere: of a file that was cut, the rows before the cut are
// the same as of the whole one.
func TestJPEGTakesWhatIsThere(t *testing.T) {
	for name, c := range map[string]struct{ file string }{
		"baseline":   {"restarts.jpg"},
		"uneven":     {"uneven.jpg"},
		"in planes":  {"apart.jpg"},
		"in passes ": {"progressive.jpg"},
	} {
		t.Run(name, func(t *testing.T) {
			data := testdata(t, c.file)
			whole, err := JPEG(t.Context(), data, straight)
			require.NoError(t, err)
			seen := 0
			for cut := len(data); cut > 0; cut -= 97 {
				got, err := JPEG(t.Context(), data[:cut], straight)
				if err != nil {
					require.True(t, err == ErrDamaged || err == ErrRare, "%v", err)
					continue
				}
				seen++
				require.Equal(t, whole.W, got.W)
				require.InDelta(t, 1-float64(got.H)/float64(whole.H), got.Missing, 1e-9)
				require.LessOrEqual(t, got.End, cut)
				if c.file == "restarts.jpg" || c.file == "uneven.jpg" {
					require.True(t, bytes.Equal(whole.Pix[:len(got.Pix)], got.Pix), "cut at %d", cut)
				}
			}
			require.Greater(t, seen, len(data)/97*7/10)
			end := data[:len(data)-2]
			got, err := JPEG(t.Context(), end, straight)
			require.NoError(t, err)
			require.True(t, bytes.Equal(whole.Pix, got.Pix), "only the end marker lacks")
		})
	}
}

// TestJPEGEndsWhereItsPictureDoes: what is appended without a marker is not taken
// for coded picture.
func TestJPEGEndsWhereItsPictureDoes(t *testing.T) {
	for _, file := range []string{"restarts.jpg", "uneven.jpg", "apart.jpg", "progressive.jpg"} {
		data := testdata(t, file)
		end := len(data) - 2
		got, err := JPEG(t.Context(), append(data[:end:end], "SEFT Samsung trailer with a place in it"...), straight)
		require.NoError(t, err)
		require.InDelta(t, end, got.End, 8, file)
		require.LessOrEqual(t, got.End, end+8)
	}
}

// TestJPEGGoesOnAtRestarts: one damaged stretch costs that stretch, and one that is
// lost leaves the others in their places.
func TestJPEGGoesOnAtRestarts(t *testing.T) {
	data := testdata(t, "restarts.jpg")
	whole, err := JPEG(t.Context(), data, straight)
	require.NoError(t, err)
	var marks []int
	for i := 0; i+1 < len(data); i++ {
		if data[i] == 0xFF && data[i+1] >= RST0 && data[i+1] <= RST7 {
			marks = append(marks, i)
		}
	}
	require.Greater(t, len(marks), 20)
	for name, broken := range map[string][]byte{
		"lost":    append(data[:marks[9]:marks[9]], data[marks[10]:]...),
		"noise":   append(append(data[:marks[9]+2:marks[9]+2], bytes.Repeat([]byte{0x55}, 30)...), data[marks[10]:]...),
		"no mark": append(data[:marks[9]:marks[9]], data[marks[9]+2:]...),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := JPEG(t.Context(), broken, straight)
			require.NoError(t, err)
			require.Zero(t, got.Missing)
			differ := 0
			for i, v := range whole.Pix {
				if got.Pix[i] != v {
					differ++
				}
			}
			const stretch = 4 * 16 * 16 // four units of 16 by 16 pixels
			require.LessOrEqual(t, differ, 2*stretch)
		})
	}
}

// TestJPEGLinesComeLater: a frame may leave its height to a segment behind the
// first scan.
func TestJPEGLinesComeLater(t *testing.T) {
	data := testdata(t, "restarts.jpg")
	want, err := JPEG(t.Context(), data, straight)
	require.NoError(t, err)
	at := bytes.Index(data, []byte{0xFF, SOF0})
	later := append(bytes.Clone(data[:len(data)-2]), 0xFF, DNL, 0, 4, data[at+5], data[at+6], 0xFF, EOI)
	later[at+5], later[at+6] = 0, 0
	got, err := JPEG(t.Context(), later, straight)
	require.NoError(t, err)
	alike(t, want.Gray, got.Gray, 0)
}

// TestJPEGBeginsAnew: what follows the picture is another, whether or not the
// first has ended.
func TestJPEGBeginsAnew(t *testing.T) {
	data := testdata(t, "restarts.jpg")
	other := testdata(t, "uneven.jpg")
	want, err := JPEG(t.Context(), data, straight)
	require.NoError(t, err)
	for name, file := range map[string][]byte{
		"two pictures":              append(bytes.Clone(data), other...),
		"two, and no end between":   append(bytes.Clone(data[:len(data)-2]), other...),
		"two beginnings":            append([]byte{0xFF, SOI}, data...),
		"an end before the picture": append([]byte{0xFF, SOI, 0xFF, EOI}, data...),
		"stray bytes":               append(append([]byte{0xFF, SOI}, "stray"...), data[2:]...),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := JPEG(t.Context(), file, straight)
			require.NoError(t, err)
			alike(t, want.Gray, got.Gray, 0)
		})
	}
}

// TestSmallerAndTurned: a smaller plane holds the means of the larger one, and an
// orientation is applied to what is there.
func TestSmallerAndTurned(t *testing.T) {
	data := testdata(t, "restarts.jpg")
	whole, err := JPEG(t.Context(), data, straight)
	require.NoError(t, err)
	for _, by := range []int{2, 3, 7, 400} {
		got, err := JPEG(t.Context(), data, How{By: by, Orientation: 1})
		require.NoError(t, err)
		alike(t, whole.Shrink(by), got.Gray, 0)
	}
	cut := data[:len(data)/2]
	upright, err := JPEG(t.Context(), cut, straight)
	require.NoError(t, err)
	turned, err := JPEG(t.Context(), cut, How{By: 1, Orientation: 6})
	require.NoError(t, err)
	require.Equal(t, [2]int{upright.H, upright.W}, [2]int{turned.W, turned.H})
	require.Equal(t, upright.At(3, 5), turned.At(turned.W-1-5, 3))
}

func TestDecodingStopsWithItsContext(t *testing.T) {
	over, stop := context.WithCancel(t.Context())
	stop()
	for _, file := range []string{"restarts.jpg", "apart.jpg", "progressive.jpg"} {
		_, err := JPEG(over, testdata(t, file), straight)
		require.ErrorIs(t, err, context.Canceled, file)
	}
	_, err := PNG(over, pngOf(t, colours(60, 40)), straight)
	require.ErrorIs(t, err, context.Canceled)
	_, err = PNG(over, interlaced(t, colours(60, 40)), straight)
	require.ErrorIs(t, err, context.Canceled)
	_, err = Image(over, colours(60, 40), straight)
	require.ErrorIs(t, err, context.Canceled)
}

// FuzzJPEG: whatever a file holds, it gives a plane of the size its head tells,
// or less where rows are missing, or an error of this package.
func FuzzJPEG(f *testing.F) {
	for _, name := range []string{"progressive.jpg", "uneven.jpg", "apart.jpg", "restarts.jpg"} {
		f.Add(testdata(f, name))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var frame JPEGFrame
		WalkJPEG(data, func(s Segment) bool {
			if s.Frame() {
				frame, _ = FrameOf(s)
			}
			return !s.Frame()
		})
		if frame.Width*frame.Height > 1<<18 || frame.Height == 0 {
			return
		}
		p, err := JPEG(t.Context(), data, straight)
		if err != nil {
			require.True(t, err == ErrDamaged || err == ErrRare, "%v", err)
			return
		}
		require.Equal(t, frame.Width, p.W)
		require.LessOrEqual(t, p.H, frame.Height)
		require.Len(t, p.Pix, p.W*p.H)
		require.True(t, p.End >= 0 && p.End <= len(data))
	})
}

// noise fills bytes with what has no order.
func noise(pix []byte) {
	r := rand.New(rand.NewPCG(1, 1))
	for i := range pix {
		pix[i] = byte(r.IntN(256))
	}
}
