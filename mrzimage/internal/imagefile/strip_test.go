package imagefile

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/image/webp"

	"mrzbot/mrzimage/internal/codec"
	"mrzbot/mrzimage/internal/imagefile/filetest"
)

func TestStripMetadataKeepsPixelsAndOrientationOnly(t *testing.T) {
	for name, c := range map[string]struct {
		laden  func(testing.TB, int) []byte
		decode func(io.Reader) (image.Image, error)
	}{
		"jpeg": {ladenJPEG, jpeg.Decode},
		"png":  {ladenPNG, png.Decode},
		"webp": {ladenWebP, webp.Decode},
	} {
		for _, orientation := range []int{1, 6} {
			t.Run(name, func(t *testing.T) {
				data := c.laden(t, orientation)
				require.Contains(t, string(data), canary, "the canary must be there before")
				stripped, err := StripMetadata(data)
				require.NoError(t, err)
				require.NotContains(t, string(stripped), canary[:3])

				before, err := c.decode(bytes.NewReader(data))
				require.NoError(t, err)
				after, err := c.decode(bytes.NewReader(stripped))
				require.NoError(t, err)
				require.Equal(t, before, after)

				info, err := Inspect(stripped)
				require.NoError(t, err)
				require.Equal(t, orientation, info.Orientation)

				again, err := StripMetadata(stripped)
				require.NoError(t, err)
				require.Equal(t, stripped, again)
			})
		}
	}
}

func TestStripMetadataKeepsWhatColoursNeed(t *testing.T) {
	data := encodeJPEG(t, testPicture())
	adobe := codec.AppendSegment([]byte{0xFF, 0xD8}, codec.APP14, []byte("Adobe\x00\x64\x00\x00\x00\x00\x00"+canary))
	stripped, err := StripMetadata(append(adobe, data[2:]...))
	require.NoError(t, err)
	require.Contains(t, string(stripped), "Adobe\x00\x64\x00\x00\x00\x00\x00")
	require.NotContains(t, string(stripped), canary[:3])

	before, err := jpeg.Decode(bytes.NewReader(append(adobe, data[2:]...)))
	require.NoError(t, err)
	after, err := jpeg.Decode(bytes.NewReader(stripped))
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestStripMetadataDropsSegmentsBetweenScans(t *testing.T) {
	data := encodeJPEG(t, testPicture())
	end := len(data) - 2
	laden := codec.AppendSegment(bytes.Clone(data[:end]), 0xFE, []byte(canary))
	laden = append(laden, data[end:]...)
	stripped, err := StripMetadata(laden)
	require.NoError(t, err)
	require.NotContains(t, string(stripped), canary)
}

func TestStripMetadataRefuses(t *testing.T) {
	_, err := StripMetadata([]byte("GIF89a"))
	require.ErrorIs(t, err, ErrUnsupported)
	_, err = StripMetadata([]byte("\xFF\xD8\xFF\xE0\x00\x04JF"))
	require.ErrorIs(t, err, ErrDamaged)
}

func FuzzStripMetadata(f *testing.F) {
	f.Add(ladenJPEG(f, 6))
	f.Add(ladenPNG(f, 3))
	f.Add(ladenWebP(f, 8))
	f.Add(filetest.FlatJPEG{W: 20, H: 20, Components: 4}.Bytes())
	f.Add(filetest.FlatJPEG{W: 20, H: 20, Components: 3, Passes: 2}.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		info, inspectErr := Inspect(data)
		stripped, err := StripMetadata(data)
		if err != nil {
			return
		}
		if inspectErr == ErrTooLarge || inspectErr == ErrRare {
			return
		}
		require.NoError(t, inspectErr)
		after, err := Inspect(stripped)
		require.NoError(t, err)
		require.Equal(t, info.Orientation, after.Orientation)
		require.Equal(t, [2]int{info.Width, info.Height}, [2]int{after.Width, after.Height})
		again, err := StripMetadata(stripped)
		require.NoError(t, err)
		require.Equal(t, stripped, again)
		if info.Width*info.Height > 1<<16 {
			return
		}
		before, err := Decode(t.Context(), data, info)
		if err != nil {
			return
		}
		pixels, err := Decode(t.Context(), stripped, after)
		require.NoError(t, err, "what could be decoded still can")
		require.Equal(t, before.Gray, pixels.Gray)
	})
}
