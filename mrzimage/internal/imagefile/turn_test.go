package imagefile

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/codec"
)

// patches is a picture whose corners are told from each other.
func patches(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{uint8(40 + 180*x/w), uint8(40 + 180*y/h), uint8(60 + 60*(x/(w/2))), 255})
		}
	}
	return img
}

// withExif is a JPEG that says an orientation.
func withExif(file []byte, orientation int) []byte {
	out := codec.AppendSegment([]byte{0xFF, codec.SOI}, codec.APP1, append([]byte(exifHeader), orientationTIFF(orientation)...))
	return append(out, file[2:]...)
}

// TestTurnsAsFilesSay: a turned picture shows without a word in its file what its file
// had said, for each orientation, with colours, and of odd sizes.
func TestTurnsAsFilesSay(t *testing.T) {
	var grey bytes.Buffer
	flat := image.NewGray(image.Rect(0, 0, 160, 97))
	for i := range flat.Pix {
		flat.Pix[i] = uint8(i%160 + i/1600)
	}
	require.NoError(t, jpeg.Encode(&grey, flat, &jpeg.Options{Quality: 95}))
	for _, size := range []image.Point{{160, 96}, {161, 97}} {
		var colours bytes.Buffer
		require.NoError(t, jpeg.Encode(&colours, patches(size.X, size.Y), &jpeg.Options{Quality: 95}))
		for orientation := 1; orientation <= 8; orientation++ {
			for kind, file := range map[string][]byte{"colour": withExif(colours.Bytes(), orientation), "grey": withExif(grey.Bytes(), orientation)} {
				name := fmt.Sprint(kind, size, orientation)
				info, err := Inspect(file)
				require.NoError(t, err)
				require.Equal(t, orientation, info.Orientation)
				want, err := Decode(t.Context(), file, info)
				require.NoError(t, err)

				turned, err := Turn(file, info, TurnedBy(info.Orientation, 0))
				require.NoError(t, err)
				about, err := Inspect(turned)
				require.NoError(t, err)
				require.Equal(t, 1, about.Orientation, name)
				got, err := Decode(t.Context(), turned, about)
				require.NoError(t, err)
				require.Equal(t, [2]int{want.W, want.H}, [2]int{got.W, got.H}, name)
				off := 0.0
				for i := range want.Pix {
					off = max(off, math.Abs(float64(want.Pix[i])-float64(got.Pix[i])))
				}
				require.Less(t, off, 8.0, name)
			}
		}
	}
}

// TestTurnKeepsColours: the colours turn with the picture, however they are coded.
func TestTurnKeepsColours(t *testing.T) {
	img := patches(160, 96)
	var transparent bytes.Buffer
	require.NoError(t, png.Encode(&transparent, img))
	var file bytes.Buffer
	require.NoError(t, jpeg.Encode(&file, img, &jpeg.Options{Quality: 95}))
	for _, data := range [][]byte{file.Bytes(), transparent.Bytes()} {
		info, err := Inspect(data)
		require.NoError(t, err)
		turned, err := Turn(data, info, 6) // a quarter clockwise: what was left is above
		require.NoError(t, err)
		got, err := jpeg.Decode(bytes.NewReader(turned))
		require.NoError(t, err)
		require.Equal(t, image.Pt(96, 160), got.Bounds().Size())
		for _, at := range []image.Point{{10, 10}, {150, 10}, {10, 90}, {150, 90}} {
			r, g, b, _ := img.At(at.X, at.Y).RGBA()
			r2, g2, b2, _ := got.At(95-at.Y, at.X).RGBA()
			for i, pair := range [][2]uint32{{r, r2}, {g, g2}, {b, b2}} {
				require.InDelta(t, pair[0]>>8, pair[1]>>8, 12, "%v, colour %d", at, i)
			}
		}
	}
}

// TestNotTurned: what is not whole stays as it is, and what lies as it should but says
// otherwise is not coded again.
func TestNotTurned(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, jpeg.Encode(&file, patches(160, 96), &jpeg.Options{Quality: 95}))
	lies := withExif(file.Bytes(), 6)
	info, err := Inspect(lies)
	require.NoError(t, err)
	require.Equal(t, 1, TurnedBy(info.Orientation, 90), "its text runs down when it is shown as it says")
	bare, err := Turn(lies, info, 1)
	require.NoError(t, err)
	about, err := Inspect(bare)
	require.NoError(t, err)
	require.Equal(t, 1, about.Orientation)
	a, err := jpeg.Decode(bytes.NewReader(file.Bytes()))
	require.NoError(t, err)
	b, err := jpeg.Decode(bytes.NewReader(bare))
	require.NoError(t, err)
	require.Equal(t, a, b)

	cut := lies[:len(lies)*2/3]
	info, err = Inspect(cut)
	require.NoError(t, err)
	_, err = Turn(cut, info, 3)
	require.ErrorIs(t, err, ErrDamaged)
	_, err = Turn([]byte("GIF89a"), Info{}, 3)
	require.ErrorIs(t, err, ErrUnsupported)
}

// TestTurnedBy: quarters of the text are added to what the file says.
func TestTurnedBy(t *testing.T) {
	for _, c := range []struct {
		orientation int
		angle       float64
		want        int
	}{
		{1, 0, 1}, {1, 44, 1}, {1, 46, 8}, {1, 90, 8}, {1, -90, 6}, {1, 180, 3}, {1, -179, 3}, {6, 0, 6}, {6, 90, 1}, {6, -90, 3}, {3, 180, 1},
		{8, -90, 1}, {2, 0, 2}, {2, -90, 7}, {5, 0, 5}, {4, 180, 2},
	} {
		require.Equal(t, c.want, TurnedBy(c.orientation, c.angle), "%+v", c)
	}
}

// TestTurnMemory says what it takes.
func TestTurnMemory(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, jpeg.Encode(&file, patches(640, 480), nil))
	info, err := Inspect(file.Bytes())
	require.NoError(t, err)
	require.Equal(t, int64(640*480*3/2+640*480*9), info.TurnMemory())
	progressive := bytes.Replace(file.Bytes(), []byte{0xFF, 0xC0}, []byte{0xFF, 0xC2}, 1)
	info, err = Inspect(progressive)
	require.NoError(t, err)
	require.Equal(t, int64(640*480*3/2*5+640*480*9), info.TurnMemory())
}

// BenchmarkTurn turns a picture of twelve megapixels, as phones make them.
func BenchmarkTurn(b *testing.B) {
	for _, size := range []image.Point{{1280, 960}, {4000, 3000}} {
		var file bytes.Buffer
		require.NoError(b, jpeg.Encode(&file, patches(size.X, size.Y), nil))
		info, err := Inspect(file.Bytes())
		require.NoError(b, err)
		for _, orientation := range []int{3, 6} {
			b.Run(fmt.Sprint(size, orientation), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_, err := Turn(file.Bytes(), info, orientation)
					require.NoError(b, err)
				}
			})
		}
	}
}
