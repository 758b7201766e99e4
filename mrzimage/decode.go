package mrzimage

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"mrzbot/mrzimage/internal/raster"
)

// decode gives the upright plane of a picture.
func decode(data []byte, info Info) (*raster.Gray, error) {
	var (
		img image.Image
		err error
	)
	r := bytes.NewReader(data)
	switch info.Kind {
	case KindJPEG:
		img, err = jpeg.Decode(r)
	case KindPNG:
		img, err = png.Decode(r)
	case KindWebP:
		img, err = webp.Decode(r)
	default:
		return nil, ErrUnsupported
	}
	if err != nil {
		return nil, ErrDamaged
	}
	b := img.Bounds()
	if b.Empty() || int64(b.Dx())*int64(b.Dy()) > MaxPixels {
		return nil, ErrDamaged // the decoder found another size than the head names
	}
	return upright(planeOf(img), info.Orientation), nil
}

// planeOf takes from each pixel the mean of its brightness and of its brightest
// colour. Zones are printed in black and the patterns behind them in colours:
// seen so, the patterns are paler.
func planeOf(img image.Image) *raster.Gray {
	b := img.Bounds()
	g := raster.NewGray(b.Dx(), b.Dy())
	switch img := img.(type) {
	case *image.Gray:
		for y := range g.H {
			copy(g.Pix[y*g.W:(y+1)*g.W], img.Pix[img.PixOffset(b.Min.X, b.Min.Y+y):])
		}
	case *image.YCbCr:
		for y := range g.H {
			for x := range g.W {
				yo, co := img.YOffset(b.Min.X+x, b.Min.Y+y), img.COffset(b.Min.X+x, b.Min.Y+y)
				luma := img.Y[yo]
				red, green, blue := color.YCbCrToRGB(luma, img.Cb[co], img.Cr[co])
				g.Pix[y*g.W+x] = paleness(luma, red, green, blue)
			}
		}
	default:
		for y := range g.H {
			for x := range g.W {
				g.Pix[y*g.W+x] = paperColor(img.At(b.Min.X+x, b.Min.Y+y))
			}
		}
	}
	return g
}

func paleness(luma, red, green, blue byte) byte {
	return byte((int(luma) + int(max(red, green, blue)) + 1) / 2)
}

// paperColor is the paleness of a pixel laid on white paper.
func paperColor(c color.Color) byte {
	r, g, b, a := c.RGBA()
	white := 0xFFFF - a
	r, g, b = (r+white)>>8, (g+white)>>8, (b+white)>>8
	luma := (299*r + 587*g + 114*b + 500) / 1000
	return paleness(byte(luma), byte(r), byte(g), byte(b))
}

// upright turns a plane as its EXIF orientation says (EXIF 2.3, table 6).
func upright(g *raster.Gray, orientation int) *raster.Gray {
	if orientation <= 1 || orientation > 8 {
		return g
	}
	w, h := g.W, g.H
	if orientation >= 5 {
		w, h = h, w
	}
	out := raster.NewGray(w, h)
	for y := range g.H {
		for x, v := range g.Pix[y*g.W : (y+1)*g.W] {
			var ox, oy int
			switch orientation {
			case 2:
				ox, oy = w-1-x, y
			case 3:
				ox, oy = w-1-x, h-1-y
			case 4:
				ox, oy = x, h-1-y
			case 5:
				ox, oy = y, x
			case 6:
				ox, oy = w-1-y, x
			case 7:
				ox, oy = w-1-y, h-1-x
			case 8:
				ox, oy = y, h-1-x
			}
			out.Pix[oy*w+ox] = v
		}
	}
	return out
}
