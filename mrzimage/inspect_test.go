package mrzimage

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/webp"
)

const canary = "GPS-42.8746-74.5698-CANARY"

// smallWebP is a lossless picture of 2 by 3 pixels.
const smallWebP = "UklGRhoAAABXRUJQVlA4TA4AAAAvAYAAAAcQEf0PRET/Aw=="

func testPicture() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 40, 24))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 7)
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255
	}
	return img
}

func encodeJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

func encodePNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

func encodedWebP(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(smallWebP)
	require.NoError(t, err)
	_, err = webp.Decode(bytes.NewReader(b))
	require.NoError(t, err)
	return b
}

// ladenJPEG gives a JPEG with all that phones add: EXIF with a place, a JFIF
// thumbnail, a colour profile, a comment, Adobe's mark, data after the end.
func ladenJPEG(t testing.TB, orientation int) []byte {
	t.Helper()
	plain := encodeJPEG(t, testPicture())
	out := []byte{0xFF, 0xD8}
	out = appendSegment(out, jpegAPP0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01"+canary[:3]))
	exif := append([]byte(exifHeader), orientationTIFF(orientation)...)
	out = appendSegment(out, jpegAPP1, append(exif, canary...))
	out = appendSegment(out, jpegAPP1, []byte("http://ns.adobe.com/xap/1.0/\x00"+canary))
	out = appendSegment(out, 0xE2, []byte("ICC_PROFILE\x00\x01\x01"+canary))
	out = appendSegment(out, 0xFE, []byte(canary))
	out = appendSegment(out, 0xED, []byte("Photoshop 3.0\x00"+canary))
	out = append(out, plain[2:]...)
	return append(out, canary...)
}

func ladenPNG(t testing.TB, orientation int) []byte {
	t.Helper()
	plain := encodePNG(t, testPicture())
	const afterHead = 8 + 25
	out := bytes.Clone(plain[:afterHead])
	out = appendPNGChunk(out, "eXIf", append(orientationTIFF(orientation), canary...))
	out = appendPNGChunk(out, "tEXt", []byte("Comment\x00"+canary))
	out = appendPNGChunk(out, "gAMA", []byte(canary))
	out = append(out, plain[afterHead:]...)
	return append(out, canary...)
}

func ladenWebP(t testing.TB, orientation int) []byte {
	t.Helper()
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	out = appendWebPChunk(out, "VP8X", []byte{0x2C, 0, 0, 0, 1, 0, 0, 2, 0, 0})
	out = appendWebPChunk(out, "ICCP", []byte(canary))
	out = append(out, encodedWebP(t)[12:]...)
	out = appendWebPChunk(out, "EXIF", append(orientationTIFF(orientation), canary...))
	out = appendWebPChunk(out, "XMP ", []byte(canary))
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return append(out, canary...)
}

func TestInspectSaysWhatAFileIs(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want Info
	}{
		"jpeg": {ladenJPEG(t, 6), Info{Kind: KindJPEG, Width: 40, Height: 24, Orientation: 6}},
		"png":  {ladenPNG(t, 3), Info{Kind: KindPNG, Width: 40, Height: 24, Orientation: 3}},
		"webp": {ladenWebP(t, 8), Info{Kind: KindWebP, Width: 2, Height: 3, Orientation: 8}},
		"bare": {encodeJPEG(t, testPicture()), Info{Kind: KindJPEG, Width: 40, Height: 24, Orientation: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Inspect(c.data)
			require.NoError(t, err)
			require.GreaterOrEqual(t, DecodedBytes(got), int64(got.Width*got.Height))
			got.decoder = 0
			require.Equal(t, c.want, got)
		})
	}
}

func TestInspectRefuses(t *testing.T) {
	huge := encodePNG(t, testPicture())
	binary.BigEndian.PutUint32(huge[16:], 1<<15)
	binary.BigEndian.PutUint32(huge[20:], 1<<15)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))

	// The canvas says 2 by 3 and the frame is as large as can be.
	bomb := []byte("RIFF\x00\x00\x00\x00WEBP")
	bomb = appendWebPChunk(bomb, "VP8X", []byte{0, 0, 0, 0, 1, 0, 0, 2, 0, 0})
	bomb = appendWebPChunk(bomb, "VP8L", []byte{0x2F, 0xFF, 0xFF, 0xFF, 0x0F, 0})
	binary.LittleEndian.PutUint32(bomb[4:], uint32(len(bomb)-8))

	animated := []byte("RIFF\x00\x00\x00\x00WEBP")
	animated = appendWebPChunk(animated, "VP8X", []byte{2, 0, 0, 0, 1, 0, 0, 2, 0, 0})
	animated = appendWebPChunk(animated, "ANIM", make([]byte, 6))
	binary.LittleEndian.PutUint32(animated[4:], uint32(len(animated)-8))

	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":       {nil, ErrUnsupported},
		"text":          {[]byte("IDKGZ"), ErrUnsupported},
		"gif":           {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), ErrUnsupported},
		"pdf":           {[]byte("%PDF-1.7\n"), ErrUnsupported},
		"heic":          {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), ErrUnsupported},
		"animated webp": {animated, ErrUnsupported},
		"huge png":      {huge, ErrTooLarge},
		"webp bomb":     {bomb, ErrTooLarge},
		"cut jpeg":      {encodeJPEG(t, testPicture())[:30], ErrDamaged},
		"cut png":       {huge[:20], ErrDamaged},
		"cut webp":      {encodedWebP(t)[:20], ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Inspect(c.data)
			require.ErrorIs(t, err, c.want)
		})
	}
}

func TestExifOrientationOfEitherByteOrder(t *testing.T) {
	little := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x05\x00\x00\x00")
	require.Equal(t, 5, exifOrientation(little))
	for o := 1; o <= 8; o++ {
		require.Equal(t, o, exifOrientation(orientationTIFF(o)))
	}
	require.Equal(t, 1, exifOrientation(orientationTIFF(9)))
	require.Equal(t, 1, exifOrientation(little[:15]))
	require.Equal(t, 1, exifOrientation([]byte("MM\x00*\xFF\xFF\xFF\xFF\x00\x01")))
}

func TestUprightAppliesEachOrientation(t *testing.T) {
	// The stored pictures that, by their orientation, all show 1 2 3 / 4 5 6.
	stored := map[int]*image.Gray{
		1: grayOf(3, "123456"), 2: grayOf(3, "321654"), 3: grayOf(3, "654321"), 4: grayOf(3, "456123"),
		5: grayOf(2, "142536"), 6: grayOf(2, "362514"), 7: grayOf(2, "635241"), 8: grayOf(2, "415263"),
	}
	for o, img := range stored {
		got, err := planeOf(t.Context(), img, o)
		require.NoError(t, err)
		require.Equal(t, 3, got.W, "orientation %d", o)
		require.Equal(t, "123456", string(got.Pix), "orientation %d", o)
	}
}

func grayOf(w int, pix string) *image.Gray {
	return &image.Gray{Pix: []byte(pix), Stride: w, Rect: image.Rect(0, 0, w, len(pix)/w)}
}

func TestPaperBehindTransparentPictures(t *testing.T) {
	require.Equal(t, byte(255), paperColor(color.NRGBA{0, 0, 0, 0}))
	require.Equal(t, byte(0), paperColor(color.NRGBA{0, 0, 0, 255}))
}

// TestPlanesAgree: each kind of picture has its own way to the plane, and all
// give what the general one gives.
func TestPlanesAgree(t *testing.T) {
	whole := image.Rect(0, 0, 37, 23)
	part := image.Rect(3, 5, 36, 22) // begins between samples of colour
	r := rand.New(rand.NewPCG(1, 1))
	noise := func(pix []byte) {
		for i := range pix {
			pix[i] = byte(r.IntN(256))
		}
	}
	pictures := map[string]interface {
		image.Image
		SubImage(image.Rectangle) image.Image
	}{}
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
	} {
		img := image.NewYCbCr(whole, ratio)
		noise(img.Y)
		noise(img.Cb)
		noise(img.Cr)
		pictures[ratio.String()] = img
	}
	rgba, nrgba, seeThrough := image.NewRGBA(whole), image.NewNRGBA(whole), image.NewNRGBA(whole)
	gray, paletted := image.NewGray(whole), image.NewPaletted(whole, palette.WebSafe)
	noise(rgba.Pix)
	noise(nrgba.Pix)
	noise(seeThrough.Pix)
	noise(gray.Pix)
	for i := range paletted.Pix {
		paletted.Pix[i] = byte(r.IntN(len(palette.WebSafe)))
	}
	for i := 3; i < len(rgba.Pix); i += 4 {
		rgba.Pix[i], nrgba.Pix[i] = 255, 255
	}
	pictures["RGBA"], pictures["NRGBA"], pictures["see-through"] = rgba, nrgba, seeThrough
	pictures["gray"], pictures["paletted"] = gray, paletted
	for name, whole := range pictures {
		t.Run(name, func(t *testing.T) {
			img := whole.SubImage(part)
			got, err := planeOf(t.Context(), img, 1)
			require.NoError(t, err)
			require.Equal(t, part.Dx(), got.W)
			for i, v := range got.Pix {
				c := img.At(part.Min.X+i%got.W, part.Min.Y+i/got.W)
				want := paperColor(c)
				if c, ok := c.(color.YCbCr); ok {
					r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
					want = paleness(c.Y, max(r, g, b)) // its brightness needs no computing
				}
				require.Equal(t, want, v, "pixel %d", i)
			}
		})
	}
}
