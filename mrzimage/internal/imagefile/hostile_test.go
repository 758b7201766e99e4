package imagefile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/imagefile/filetest"
)

func FuzzInspect(f *testing.F) {
	f.Add(ladenJPEG(f, 6))
	f.Add(ladenPNG(f, 3))
	f.Add(ladenWebP(f, 8))
	f.Add(filetest.FlatJPEG{W: 9, H: 9, Components: 4, Passes: 3}.Bytes())
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
	f.Add(filetest.FlatJPEG{W: 40, H: 30, Components: 4}.Bytes())
	f.Add(filetest.FlatJPEG{W: 40, H: 30, Components: 3, Passes: 3}.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Inspect(data)
		if err != nil || info.Width*info.Height > 1<<20 {
			return
		}
		plane, err := Decode(t.Context(), data, info)
		if err != nil {
			require.True(t, err == ErrDamaged || err == ErrRare, "%v", err)
			return
		}
		require.LessOrEqual(t, plane.W*plane.H, MaxPixels)
		require.Len(t, plane.Pix, plane.W*plane.H)
	})
}
