package mrzimage

import (
	"context"
	"image"
	"image/color"

	"mrzbot/mrzimage/internal/raster"
)

// planeOf takes from each pixel the mean of its brightness and of its brightest
// colour, and turns the picture as its EXIF orientation says. Zones are printed
// in black and the patterns behind them in colours: seen so, the patterns are
// paler.
func planeOf(ctx context.Context, img image.Image, orientation int) (*raster.Gray, error) {
	b := img.Bounds()
	t := turnOf(orientation, b.Dx(), b.Dy())
	g := raster.NewGray(t.w, t.h)
	row := rowsOf(img)
	// The rows of a turned picture are laid down pixel by pixel: a second plane
	// would take a byte more for each.
	line := make([]byte, b.Dx())
	for y := range b.Dy() {
		if y%rowsBetween == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		to := t.at + y*t.down
		if t.right == 1 {
			row(b.Min.Y+y, g.Pix[to:][:len(line)])
			continue
		}
		row(b.Min.Y+y, line)
		for _, v := range line {
			g.Pix[to] = v
			to += t.right
		}
	}
	return g, nil
}

// rowsBetween is how many rows are taken before the context is asked again.
const rowsBetween = 64

// rowsOf gives what fills a row of the plane from row y of a picture. The
// kinds of picture that phones and screens make have a quick way of their own.
func rowsOf(img image.Image) func(y int, out []byte) {
	x := img.Bounds().Min.X
	switch img := img.(type) {
	case *image.Gray:
		return func(y int, out []byte) { copy(out, img.Pix[img.PixOffset(x, y):]) }
	case *image.YCbCr:
		return func(y int, out []byte) { rowOfYCbCr(img, x, y, out) }
	case *image.RGBA:
		if img.Opaque() {
			return func(y int, out []byte) { rowOfRGB(img.Pix[img.PixOffset(x, y):], out) }
		}
	case *image.NRGBA:
		if img.Opaque() {
			return func(y int, out []byte) { rowOfRGB(img.Pix[img.PixOffset(x, y):], out) }
		}
	case *image.Paletted:
		return rowsOfPaletted(img, x)
	}
	return func(y int, out []byte) {
		for i := range out {
			out[i] = paperColor(img.At(x+i, y))
		}
	}
}

func rowOfYCbCr(img *image.YCbCr, x, y int, out []byte) {
	luma := img.Y[img.YOffset(x, y):][:len(out)]
	chroma := img.COffset(x, y)
	// How many pixels share a sample of colour.
	shift := 0
	switch img.SubsampleRatio {
	case image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420:
		shift = 1
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		shift = 2
	}
	first := x >> shift
	blue, red := img.Cb[chroma:], img.Cr[chroma:]
	for i, l := range luma {
		c := (x+i)>>shift - first
		out[i] = paleness(l, brightestOf(l, blue[c], red[c]))
	}
}

// brightestOf is the largest of red, green and blue, by the formula of JFIF in
// parts of 65536 (0x10101 spreads 255 over all of them, as image/color does).
func brightestOf(luma, cb, cr byte) byte {
	b, r := int32(cb)-128, int32(cr)-128
	most := max(91881*r, 116130*b, -22554*b-46802*r)
	v := (int32(luma)*0x10101 + most) >> 16
	return byte(min(max(v, 0), 255))
}

func rowOfRGB(pix, out []byte) {
	for i := range out {
		p := pix[4*i : 4*i+3 : 4*i+3]
		out[i] = ofRGB(int(p[0]), int(p[1]), int(p[2]))
	}
}

func rowsOfPaletted(img *image.Paletted, x int) func(y int, out []byte) {
	var paper [256]byte
	for i, c := range img.Palette {
		paper[i] = paperColor(c)
	}
	return func(y int, out []byte) {
		pix := img.Pix[img.PixOffset(x, y):]
		for i := range out {
			out[i] = paper[pix[i]]
		}
	}
}

func paleness(luma, brightest byte) byte {
	return byte((int(luma) + int(brightest) + 1) / 2)
}

func ofRGB(r, g, b int) byte {
	luma := (299*r + 587*g + 114*b + 500) / 1000
	return paleness(byte(luma), byte(max(r, g, b)))
}

// paperColor is the paleness of a pixel laid on white paper.
func paperColor(c color.Color) byte {
	r, g, b, a := c.RGBA()
	white := 0xFFFF - a
	return ofRGB(int((r+white)>>8), int((g+white)>>8), int((b+white)>>8))
}
