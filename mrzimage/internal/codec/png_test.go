package codec

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"
)

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

// interlaced is an RGBA picture in the seven passes.
func interlaced(t testing.TB, img *image.NRGBA) []byte {
	t.Helper()
	var raw bytes.Buffer
	z := zlib.NewWriter(&raw)
	for _, p := range [7][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} {
		for y := p[1]; y < img.Rect.Dy(); y += p[3] {
			if p[0] >= img.Rect.Dx() {
				continue
			}
			row := []byte{0}
			for x := p[0]; x < img.Rect.Dx(); x += p[2] {
				row = append(row, img.Pix[img.PixOffset(x, y):][:4]...)
			}
			_, err := z.Write(row)
			require.NoError(t, err)
		}
	}
	require.NoError(t, z.Close())
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(img.Rect.Dx())), uint32(img.Rect.Dy()))
	out := append([]byte(PNGSignature), chunk("IHDR", append(head, 8, pngRGBA, 0, 0, 1))...)
	return append(append(out, chunk("IDAT", raw.Bytes())...), chunk("IEND", nil)...)
}

func chunk(kind string, payload []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))
	out = append(append(out, kind...), payload...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// TestPNGAgreesWithTheStandard: every kind that image/png decodes is decoded the
// same.
func TestPNGAgreesWithTheStandard(t *testing.T) {
	box := image.Rect(0, 0, 37, 23)
	nrgba, deep := image.NewNRGBA(box), image.NewNRGBA64(box)
	gray, gray16, rgba := image.NewGray(box), image.NewGray16(box), image.NewRGBA64(box)
	for _, pix := range [][]byte{nrgba.Pix, deep.Pix, gray.Pix, gray16.Pix, rgba.Pix} {
		noise(pix)
	}
	for i := 6; i < len(rgba.Pix); i += 8 {
		rgba.Pix[i], rgba.Pix[i+1] = 255, 255
	}
	files := map[string][]byte{
		"colour": pngOf(t, colours(37, 23)), "see-through": pngOf(t, nrgba), "deep see-through": pngOf(t, deep),
		"grey": pngOf(t, gray), "deep grey": pngOf(t, gray16), "deep": pngOf(t, rgba),
		"interlaced": interlaced(t, nrgba), "one interlaced pixel": interlaced(t, colours(1, 1)),
	}
	seeThrough := append(color.Palette{color.NRGBA{9, 99, 199, 50}}, palette.WebSafe...)
	for name, n := range map[string]int{"two colours": 2, "four colours": 4, "16 colours": 16, "many colours": 200} {
		img := image.NewPaletted(box, seeThrough[:n])
		for i := range img.Pix {
			img.Pix[i] = byte(i % n)
		}
		files[name] = pngOf(t, img)
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			img, err := png.Decode(bytes.NewReader(data))
			require.NoError(t, err)
			got, err := PNG(t.Context(), data, straight)
			require.NoError(t, err)
			alike(t, ofImage(t, img), got.Gray, 1)
			require.Zero(t, got.Missing)
		})
	}
}

// TestPNGClearColour: one colour may stand for what shows the paper.
func TestPNGClearColour(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 2, 1))
	img.Pix = []byte{7, 8}
	data := pngOf(t, img)
	const afterHead = 8 + 25
	data = append(append(bytes.Clone(data[:afterHead]), chunk("tRNS", []byte{0, 7})...), data[afterHead:]...)
	got, err := PNG(t.Context(), data, straight)
	require.NoError(t, err)
	require.Equal(t, []byte{255, 8}, got.Pix)
}

// TestPNGTakesWhatIsThere: of a file that was cut or damaged, the rows before are
// the same as of the whole one.
func TestPNGTakesWhatIsThere(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 60, 90))
	noise(img.Pix)
	data := pngOf(t, img)
	whole, err := PNG(t.Context(), data, straight)
	require.NoError(t, err)
	seen := 0
	for cut := len(data); cut > 0; cut -= 501 {
		got, err := PNG(t.Context(), data[:cut], straight)
		if err != nil {
			require.ErrorIs(t, err, ErrDamaged)
			continue
		}
		seen++
		require.True(t, bytes.Equal(whole.Pix[:len(got.Pix)], got.Pix), "cut at %d", cut)
		require.InDelta(t, 1-float64(got.H)/90, got.Missing, 1e-9)
	}
	require.Greater(t, seen, len(data)/501*8/10)

	const afterHead = 8 + 25
	profile := chunk("iCCP", []byte("a colour profile"))
	profile[len(profile)-1]++ // a checksum that image/png insists on
	other, err := PNG(t.Context(), append(append(bytes.Clone(data[:afterHead]), profile...), data[afterHead:]...), straight)
	require.NoError(t, err)
	alike(t, whole.Gray, other.Gray, 0)

	wrong := bytes.Clone(data)
	wrong[len(wrong)-13]++ // the checksum of the rows
	got, err := PNG(t.Context(), append(wrong[:len(wrong)-12], "and no end"...), straight)
	require.NoError(t, err)
	alike(t, whole.Gray, got.Gray, 0)

	coarse, err := PNG(t.Context(), interlaced(t, img)[:3000], straight)
	require.NoError(t, err)
	require.Equal(t, [2]int{60, 90}, [2]int{coarse.W, coarse.H}, "an interlaced one is there as a whole")
}

func FuzzPNG(f *testing.F) {
	f.Add(pngOf(f, colours(30, 20)))
	f.Add(interlaced(f, colours(30, 20)))
	f.Add(pngOf(f, greys(9, 9)))
	f.Fuzz(func(t *testing.T, data []byte) {
		var head PNGHead
		WalkPNG(data, func(c Chunk) bool {
			if c.Kind == "IHDR" {
				head, _ = PNGHeadOf(c.Payload)
			}
			return true
		})
		if head.Width > 1<<10 || head.Height > 1<<10 {
			return
		}
		p, err := PNG(t.Context(), data, straight)
		if err != nil {
			require.ErrorIs(t, err, ErrDamaged)
			return
		}
		require.EqualValues(t, head.Width, p.W)
		require.LessOrEqual(t, int64(p.H), head.Height)
	})
}
