package mrzimage

import (
	"encoding/binary"
	"image"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/codec"
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
	out := []byte{0xFF, codec.SOI}
	if f.components == 4 {
		out = appendSegment(out, codec.APP14, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00")) // the colours are plain CMYK
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
		out = appendSegment(out, codec.SOF0, frame)
		out = appendSegment(out, 0xC4, oneCode(0x00, 0)) // no difference to the block before
		out = appendSegment(out, 0xC4, oneCode(0x10, 0)) // end of block
		out = appendSegment(out, codec.SOS, append(scan, 0, 63, 0))
		out = append(out, make([]byte, (2*blocks*f.components+7)/8+1)...)
		return append(out, 0xFF, codec.EOI)
	}
	out = appendSegment(out, codec.SOF2, frame)
	out = appendSegment(out, 0xC4, oneCode(0x00, 0))
	out = appendSegment(out, 0xC4, oneCode(0x10, 0xE0)) // end of band, for 16,384 blocks and those that 14 bits tell
	out = appendSegment(out, codec.SOS, append(scan, 0, 0, 0))
	out = append(out, make([]byte, (blocks*f.components+7)/8+1)...)
	for range f.passes {
		out = appendSegment(out, codec.SOS, []byte{1, 1, 0, 1, 63, 0})
		out = append(out, make([]byte, (15*(blocks/16384+1)+7)/8+1)...)
	}
	return append(out, 0xFF, codec.EOI)
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

func TestHostilePictures(t *testing.T) {
	longPNG := encodePNG(t, image.NewGray(image.Rect(0, 0, 1, 9)))
	binary.BigEndian.PutUint32(longPNG[16:], 0x7FFFFFFF)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"passes without end":    {flatJPEG{w: 7000, h: 7000, components: 1, passes: 40}.bytes(), ErrTooLarge},
		"65,535 by 65,535":      {flatJPEG{w: 65535, h: 65535, components: 1}.bytes()[:2000], ErrTooLarge},
		"wider than numbers":    {longPNG, ErrTooLarge},
		"too heavy to decode":   {flatJPEG{w: 11000, h: 11000, components: 3, passes: 1}.bytes()[:2000], ErrTooLarge},
		"a head and no picture": {flatJPEG{w: 5000, h: 5000, components: 3}.bytes()[:150], ErrDamaged},
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
			require.Zero(t, plane.Missing)
			require.Equal(t, [2]int{150, 90}, [2]int{plane.W, plane.H})
			var reader Reader
			got, err := reader.Read(t.Context(), data)
			require.NoError(t, err)
			require.Equal(t, VerdictNone, got.Verdict)
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
		require.Greater(t, info.Memory(), int64(otherBytes))
		require.LessOrEqual(t, info.Memory(), int64(MaxMemory))
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
			require.True(t, err == ErrDamaged || err == ErrRare, "%v", err)
			return
		}
		require.LessOrEqual(t, plane.W*plane.H, MaxPixels)
		require.Len(t, plane.Pix, plane.W*plane.H)
	})
}
