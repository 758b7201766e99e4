package codec

import (
	"context"
	"image"
	"image/color"
)

// Image makes a plane of a picture that something else has decoded.
func Image(ctx context.Context, img image.Image, how How) (Plane, error) {
	b := img.Bounds()
	out := newCanvas(ctx, b.Dx(), b.Dy(), how)
	row := rowsOf(img)
	line := make([]byte, b.Dx())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		row(y, line)
		if err := out.row(line); err != nil {
			return Plane{}, err
		}
	}
	return out.done()
}

// rowsOf gives what fills a row of the plane from row y of a picture. What the
// decoder of WebP makes has ways of its own.
func rowsOf(img image.Image) func(y int, out []byte) {
	x := img.Bounds().Min.X
	switch img := img.(type) {
	case *image.YCbCr:
		return func(y int, out []byte) {
			for i, l := range img.Y[img.YOffset(x, y):][:len(out)] {
				at := img.COffset(x+i, y)
				out[i] = ofYCbCr(l, img.Cb[at], img.Cr[at])
			}
		}
	case *image.NYCbCrA:
		return func(y int, out []byte) {
			for i := range out {
				c := img.NYCbCrAAt(x+i, y)
				r, g, b := rgbOf(c.Y, c.Cb, c.Cr)
				out[i] = overPaper(r, g, b, c.A)
			}
		}
	case *image.NRGBA:
		return func(y int, out []byte) {
			for i := range out {
				c := img.NRGBAAt(x+i, y)
				out[i] = overPaper(c.R, c.G, c.B, c.A)
			}
		}
	}
	return func(y int, out []byte) {
		for i := range out {
			c := color.NRGBAModel.Convert(img.At(x+i, y)).(color.NRGBA)
			out[i] = overPaper(c.R, c.G, c.B, c.A)
		}
	}
}
