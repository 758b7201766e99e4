package corpus

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// dither is a way in which a fax makes black and white of greys.
type dither uint8

const (
	undithered dither = iota
	diffused          // the error of a pixel goes on to its neighbours (Floyd and Steinberg, 1976)
	ordered4          // thresholds in squares of 4 by 4 (Bayer, 1973)
	ordered8          // and of 8 by 8
	dithers
)

// fax gives a picture in black and white, as a file.
func fax(img *image.RGBA, how dither) ([]byte, error) {
	out := image.NewPaletted(img.Rect, color.Palette{color.Black, color.White})
	w, h := img.Rect.Dx(), img.Rect.Dy()
	carried := make([]float64, 2*(w+2)) // of this row and the next, with a pixel at either side
	for y := range h {
		now, next := carried[:w+2], carried[w+2:]
		for x := range w {
			v := float64(color.GrayModel.Convert(img.RGBAAt(x, y)).(color.Gray).Y)
			if how != diffused {
				if v > thresholdAt(x, y, how) {
					out.Pix[y*out.Stride+x] = 1
				}
				continue
			}
			v += now[x+1]
			to := 0.0
			if v > 127.5 {
				to = 255
				out.Pix[y*out.Stride+x] = 1
			}
			left := (v - to) / 16
			now[x+2] += 7 * left
			next[x] += 3 * left
			next[x+1] += 5 * left
			next[x+2] += left
		}
		copy(now, next)
		clear(next)
	}
	var file bytes.Buffer
	err := png.Encode(&file, out)
	return file.Bytes(), err
}

// thresholdAt is what a pixel's brightness must exceed to be white.
func thresholdAt(x, y int, how dither) float64 {
	bits := 2
	if how == ordered8 {
		bits = 3
	}
	// The bits of x xor y and of y, turned around, take turns.
	n := 0
	for i := range bits {
		n = n<<2 | ((x^y)>>i&1)<<1 | y>>i&1
	}
	return (float64(n) + 0.5) / float64(int(1)<<(2*bits)) * 255
}
