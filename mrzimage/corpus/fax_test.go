package corpus

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"
)

// A fax is black and white, and as bright as what it was made of.
func TestFaxesKeepTheBrightness(t *testing.T) {
	for _, how := range []dither{diffused, ordered4, ordered8} {
		for _, grey := range []uint8{32, 96, 200} {
			plain := image.NewRGBA(image.Rect(0, 0, 64, 64))
			for i := range plain.Pix {
				plain.Pix[i] = grey
				if i%4 == 3 {
					plain.Pix[i] = 255
				}
			}
			file, err := fax(plain, how)
			require.NoError(t, err)
			img, err := png.Decode(bytes.NewReader(file))
			require.NoError(t, err)
			sum := 0
			for y := range 64 {
				for x := range 64 {
					v := int(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
					require.Contains(t, []int{0, 255}, v)
					sum += v
				}
			}
			require.InDelta(t, float64(grey), float64(sum)/64/64, 10, "%d, %d", how, grey)
		}
	}
}
