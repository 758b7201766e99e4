package mrzimage

import (
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// flatJPEG is a grey JPEG whose file is as small as the format allows: two bits
// for a block of 64 pixels, and in a progressive one 15 bits for a pass over
// 32,767 blocks.
type flatJPEG struct {
	w, h       int
	components int // 1, 3 or 4 (CMYK)
	passes     int // of a progressive file, besides the first; 0: a baseline one
}

func (f flatJPEG) bytes() []byte {
	out := []byte{0xFF, jpegSOI}
	if f.components == 4 {
		out = appendSegment(out, jpegAPP14, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00")) // the colours are plain CMYK
	}
	out = appendSegment(out, 0xDB, append([]byte{0}, ones(64)...))
	frame := []byte{8, byte(f.h >> 8), byte(f.h), byte(f.w >> 8), byte(f.w), byte(f.components)}
	scan := []byte{byte(f.components)}
	for i := range f.components {
		frame = append(frame, byte(i+1), 0x11, 0)
		scan = append(scan, byte(i+1), 0)
	}
	blocks := (f.w + 7) / 8 * ((f.h + 7) / 8)
	if f.passes == 0 {
		out = appendSegment(out, jpegSOF0, frame)
		out = appendSegment(out, 0xC4, oneCode(0x00, 0)) // no difference to the block before
		out = appendSegment(out, 0xC4, oneCode(0x10, 0)) // end of block
		out = appendSegment(out, jpegSOS, append(scan, 0, 63, 0))
		out = append(out, make([]byte, (2*blocks*f.components+7)/8+1)...)
		return append(out, 0xFF, jpegEOI)
	}
	out = appendSegment(out, jpegSOF2, frame)
	out = appendSegment(out, 0xC4, oneCode(0x00, 0))
	out = appendSegment(out, 0xC4, oneCode(0x10, 0xE0)) // end of band, for 16,384 blocks and those that 14 bits tell
	out = appendSegment(out, jpegSOS, append(scan, 0, 0, 0))
	out = append(out, make([]byte, (blocks*f.components+7)/8+1)...)
	for range f.passes {
		out = appendSegment(out, jpegSOS, []byte{1, 1, 0, 1, 63, 0})
		out = append(out, make([]byte, (15*(blocks/16384+1)+7)/8+1)...)
	}
	return append(out, 0xFF, jpegEOI)
}

func ones(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = 1
	}
	return b
}

// oneCode is a table with one code, of one bit.
func oneCode(class, value byte) []byte {
	return append(append([]byte{class, 1}, make([]byte, 15)...), value)
}

// impatient is a context that is over after it was asked some times.
type impatient struct {
	context.Context
	left int
}

func (i *impatient) Err() error {
	if i.left--; i.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// TestDecodingStopsWithItsContext: the context is asked again while a decoder
// works, however much picture the file's bytes stand for.
func TestDecodingStopsWithItsContext(t *testing.T) {
	noise := image.NewGray(image.Rect(0, 0, 300, 300))
	r := rand.New(rand.NewPCG(1, 1))
	for i := range noise.Pix {
		noise.Pix[i] = byte(r.IntN(256))
	}
	for name, data := range map[string][]byte{
		"jpeg":                  encodeJPEG(t, noise),
		"png":                   encodePNG(t, noise),
		"flat jpeg":             flatJPEG{w: 2000, h: 2000, components: 1}.bytes(),
		"jpeg with many passes": flatJPEG{w: 300, h: 300, components: 1, passes: 90}.bytes(),
	} {
		t.Run(name, func(t *testing.T) {
			info, err := Inspect(data)
			require.NoError(t, err)
			whole := &impatient{t.Context(), 1 << 30}
			_, err = decode(whole, data, info)
			require.NoError(t, err)
			asked := 1<<30 - whole.left
			require.GreaterOrEqual(t, asked, len(data)/sip)
			for _, after := range []int{0, 1, asked / 2, asked - 1} {
				_, err = decode(&impatient{t.Context(), after}, data, info)
				require.ErrorIs(t, err, context.DeadlineExceeded, "after %d of %d", after, asked)
			}
		})
	}
}

func TestHostilePictures(t *testing.T) {
	longPNG := encodePNG(t, image.NewGray(image.Rect(0, 0, 1, 9)))
	binary.BigEndian.PutUint32(longPNG[16:], 0x7FFFFFFF)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"a pass too many":       {flatJPEG{w: 64, h: 64, components: 1, passes: mostScans}.bytes(), ErrDamaged},
		"65,535 by 65,535":      {flatJPEG{w: 65535, h: 65535, components: 1}.bytes()[:2000], ErrTooLarge},
		"wider than numbers":    {longPNG, ErrDamaged},
		"too heavy to decode":   {flatJPEG{w: 7000, h: 7000, components: 3, passes: 1}.bytes()[:2000], ErrTooLarge},
		"a head and no picture": {flatJPEG{w: 5000, h: 5000, components: 3}.bytes()[:500], ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			var reader Reader
			_, err := reader.Read(t.Context(), c.data)
			require.ErrorIs(t, err, c.want)
			_, err = reader.Judge(t.Context(), c.data)
			require.ErrorIs(t, err, c.want)
		})
	}
}

// TestRareKindsAreRead: pictures of four colours, and those sent in passes.
func TestRareKindsAreRead(t *testing.T) {
	for name, f := range map[string]flatJPEG{
		"cmyk":        {w: 150, h: 90, components: 4},
		"progressive": {w: 150, h: 90, components: 3, passes: 8},
	} {
		t.Run(name, func(t *testing.T) {
			data := f.bytes()
			info, err := Inspect(data)
			require.NoError(t, err)
			plane, err := decode(t.Context(), data, info)
			require.NoError(t, err)
			require.Equal(t, [2]int{150, 90}, [2]int{plane.W, plane.H})
			var reader Reader
			got, err := reader.Read(t.Context(), data)
			require.NoError(t, err)
			require.Equal(t, VerdictNone, got.Verdict)
		})
	}
}

// TestDecodedBytesCoverTheDecoder: what is reckoned for a picture is at least
// what its decoded form takes.
func TestDecodedBytesCoverTheDecoder(t *testing.T) {
	deep := image.NewNRGBA64(image.Rect(0, 0, 90, 90))
	deep.Set(1, 1, color.NRGBA64{1, 2, 3, 4})
	for name, c := range map[string]struct {
		data     []byte
		perPixel int64
	}{
		"grey jpeg":        {flatJPEG{w: 90, h: 90, components: 1}.bytes(), 1},
		"jpeg":             {flatJPEG{w: 90, h: 90, components: 3}.bytes(), 3},
		"halved colours":   {encodeJPEG(t, image.NewRGBA(image.Rect(0, 0, 90, 90))), 1},
		"progressive jpeg": {flatJPEG{w: 90, h: 90, components: 3, passes: 1}.bytes(), 15},
		"cmyk":             {flatJPEG{w: 90, h: 90, components: 4}.bytes(), 8},
		"grey png":         {encodePNG(t, image.NewGray(image.Rect(0, 0, 90, 90))), 1},
		"deep png":         {encodePNG(t, deep), 8},
	} {
		t.Run(name, func(t *testing.T) {
			info, err := Inspect(c.data)
			require.NoError(t, err)
			pixels := int64(90 * 90)
			require.GreaterOrEqual(t, DecodedBytes(info), pixels*(c.perPixel+planeBytesPerPixel)+workingBytes)
			require.Less(t, DecodedBytes(info), pixels*(c.perPixel+1+planeBytesPerPixel)+workingBytes)
		})
	}
}

func FuzzInspect(f *testing.F) {
	f.Add(ladenJPEG(f, 6))
	f.Add(ladenPNG(f, 3))
	f.Add(ladenWebP(f, 8))
	f.Add(flatJPEG{w: 9, h: 9, components: 4, passes: 3}.bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Inspect(data)
		if err != nil {
			return
		}
		require.Positive(t, info.Width)
		require.Positive(t, info.Height)
		require.LessOrEqual(t, info.Width*info.Height, MaxPixels)
		require.True(t, info.Orientation >= 1 && info.Orientation <= 8)
		require.Greater(t, DecodedBytes(info), int64(workingBytes))
		require.LessOrEqual(t, DecodedBytes(info), int64(MaxDecodedBytes))
	})
}

// FuzzDecode: whatever a decoder makes of a small file has the size that its
// head tells, or is an error of this package.
func FuzzDecode(f *testing.F) {
	f.Add(ladenJPEG(f, 6))
	f.Add(ladenPNG(f, 3))
	f.Add(ladenWebP(f, 8))
	f.Add(flatJPEG{w: 40, h: 30, components: 4}.bytes())
	f.Add(flatJPEG{w: 40, h: 30, components: 3, passes: 3}.bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Inspect(data)
		if err != nil || info.Width*info.Height > 1<<20 {
			return
		}
		plane, err := decode(t.Context(), data, info)
		if err != nil {
			require.True(t, err == ErrDamaged || err == ErrUnsupported, "%v", err)
			return
		}
		require.LessOrEqual(t, plane.W*plane.H, MaxPixels)
		require.Len(t, plane.Pix, plane.W*plane.H)
	})
}
