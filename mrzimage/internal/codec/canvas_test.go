package codec

import (
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUprightAppliesEachOrientation(t *testing.T) {
	// The stored pictures that, by their orientation, all show 1 2 3 / 4 5 6.
	stored := map[int]*image.Gray{
		1: grayOf(3, "123456"), 2: grayOf(3, "321654"), 3: grayOf(3, "654321"), 4: grayOf(3, "456123"),
		5: grayOf(2, "142536"), 6: grayOf(2, "362514"), 7: grayOf(2, "635241"), 8: grayOf(2, "415263"),
	}
	for o, img := range stored {
		got, err := Image(t.Context(), img, How{By: 1, Orientation: o})
		require.NoError(t, err)
		require.Equal(t, 3, got.W, "orientation %d", o)
		require.Equal(t, "123456", string(got.Pix), "orientation %d", o)
	}
}

func grayOf(w int, pix string) *image.Gray {
	return &image.Gray{Pix: []byte(pix), Stride: w, Rect: image.Rect(0, 0, w, len(pix)/w)}
}

func TestPaperBehindTransparentPictures(t *testing.T) {
	require.Equal(t, byte(255), overPaper(0, 0, 0, 0))
	require.Equal(t, byte(0), overPaper(0, 0, 0, 255))
}

// TestImagesAgree: what the decoder of WebP makes has ways of its own, which give
// what the general one gives.
func TestImagesAgree(t *testing.T) {
	box := image.Rect(0, 0, 37, 23)
	lossy := image.NewYCbCr(box, image.YCbCrSubsampleRatio420)
	noise(lossy.Y)
	noise(lossy.Cb)
	noise(lossy.Cr)
	for i := range lossy.Y { // colours that exist
		lossy.Y[i] = 70 + lossy.Y[i]%110
	}
	for i := range lossy.Cb {
		lossy.Cb[i], lossy.Cr[i] = 118+lossy.Cb[i]%20, 118+lossy.Cr[i]%20
	}
	veiled := &image.NYCbCrA{YCbCr: *lossy, A: make([]byte, 37*23), AStride: 37}
	lossless := image.NewNRGBA(box)
	noise(veiled.A)
	noise(lossless.Pix)
	for name, img := range map[string]image.Image{"lossy": lossy, "with alpha": veiled, "lossless": lossless} {
		t.Run(name, func(t *testing.T) {
			got, err := Image(t.Context(), img, straight)
			require.NoError(t, err)
			for i, v := range got.Pix {
				c := color.NRGBAModel.Convert(img.At(i%got.W, i/got.W)).(color.NRGBA)
				require.InDelta(t, int(overPaper(c.R, c.G, c.B, c.A)), int(v), 2, "pixel %d", i)
			}
		})
	}
}
