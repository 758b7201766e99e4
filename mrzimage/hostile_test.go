package mrzimage_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/internal/imagefile/filetest"
)

func TestHostilePictures(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, image.NewGray(image.Rect(0, 0, 1, 9))))
	longPNG := file.Bytes()
	binary.BigEndian.PutUint32(longPNG[16:], 0x7FFFFFFF)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"passes without end":    {filetest.FlatJPEG{W: 7000, H: 7000, Components: 1, Passes: 40}.Bytes(), mrzimage.ErrTooLarge},
		"65,535 by 65,535":      {filetest.FlatJPEG{W: 65535, H: 65535, Components: 1}.Bytes()[:2000], mrzimage.ErrTooLarge},
		"wider than numbers":    {longPNG, mrzimage.ErrTooLarge},
		"too heavy to decode":   {filetest.FlatJPEG{W: 11000, H: 11000, Components: 3, Passes: 1}.Bytes()[:2000], mrzimage.ErrTooLarge},
		"a head and no picture": {filetest.FlatJPEG{W: 5000, H: 5000, Components: 3}.Bytes()[:150], mrzimage.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			var reader mrzimage.Reader
			_, err := reader.Read(t.Context(), c.data)
			require.ErrorIs(t, err, c.want)
		})
	}
}

// TestRareKindsAreRead: pictures of four colours, and those sent in passes.
func TestRareKindsAreRead(t *testing.T) {
	for name, f := range map[string]filetest.FlatJPEG{
		"cmyk":        {W: 150, H: 90, Components: 4},
		"progressive": {W: 150, H: 90, Components: 3, Passes: 8},
	} {
		t.Run(name, func(t *testing.T) {
			var reader mrzimage.Reader
			got, err := reader.Read(t.Context(), f.Bytes())
			require.NoError(t, err)
			require.Equal(t, mrzimage.VerdictNone, got.Verdict)
			require.Zero(t, got.Picture.Missing)
			require.Equal(t, [2]int{150, 90}, [2]int{got.Picture.Width, got.Picture.Height})
		})
	}
}
