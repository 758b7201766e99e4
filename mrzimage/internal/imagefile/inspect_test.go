package imagefile

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/webp"

	"mrzbot/mrzimage/internal/codec"
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
	out = codec.AppendSegment(out, codec.APP0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01"+canary[:3]))
	exif := append([]byte(exifHeader), orientationTIFF(orientation)...)
	out = codec.AppendSegment(out, codec.APP1, append(exif, canary...))
	out = codec.AppendSegment(out, codec.APP1, []byte("http://ns.adobe.com/xap/1.0/\x00"+canary))
	out = codec.AppendSegment(out, 0xE2, []byte("ICC_PROFILE\x00\x01\x01"+canary))
	out = codec.AppendSegment(out, 0xFE, []byte(canary))
	out = codec.AppendSegment(out, 0xED, []byte("Photoshop 3.0\x00"+canary))
	out = append(out, plain[2:]...)
	return append(out, canary...)
}

func ladenPNG(t testing.TB, orientation int) []byte {
	t.Helper()
	plain := encodePNG(t, testPicture())
	const afterHead = 8 + 25
	out := bytes.Clone(plain[:afterHead])
	out = codec.AppendPNGChunk(out, "eXIf", append(orientationTIFF(orientation), canary...))
	out = codec.AppendPNGChunk(out, "tEXt", []byte("Comment\x00"+canary))
	out = codec.AppendPNGChunk(out, "gAMA", []byte(canary))
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
			require.GreaterOrEqual(t, got.Memory(), int64(got.Width*got.Height))
			got.decoder = 0
			got.turn = 0
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

	// A frame of 2 by 3 on a canvas of 9 by 9, and an alpha plane of the canvas.
	askew := []byte("RIFF\x00\x00\x00\x00WEBP")
	askew = appendWebPChunk(askew, "VP8X", []byte{0x10, 0, 0, 0, 8, 0, 0, 8, 0, 0})
	askew = appendWebPChunk(askew, "ALPH", make([]byte, 1+9*9))
	askew = append(askew, encodedWebP(t)[12:]...)
	binary.LittleEndian.PutUint32(askew[4:], uint32(len(askew)-8))

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
		"askew webp":    {askew, ErrRare},
		"huge png":      {huge, ErrTooLarge},
		"webp bomb":     {bomb, ErrTooLarge},
		"cut jpeg":      {encodeJPEG(t, testPicture())[:30], ErrDamaged},
		"cut png":       {huge[:20], ErrDamaged},
		"cut webp":      {encodedWebP(t)[:15], ErrDamaged},
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
