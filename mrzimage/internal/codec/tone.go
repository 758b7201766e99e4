package codec

import (
	"encoding/binary"
	"image/color"
)

// The tone of a pixel is the mean of its brightness and of its brightest colour.
// MRZs are printed in black and the patterns behind them in colours: seen so,
// the patterns are paler.

func tone(luma, brightest int) byte { return byte((luma + brightest + 1) / 2) }

// ofRGB is the tone of a pixel.
func ofRGB(r, g, b byte) byte {
	luma := (299*int(r) + 587*int(g) + 114*int(b) + 500) / 1000
	return tone(luma, int(max(r, g, b)))
}

// overPaper is the tone of a pixel that is laid on white paper.
func overPaper(r, g, b, a byte) byte {
	if a == 255 {
		return ofRGB(r, g, b)
	}
	over := func(v byte) byte { return byte((int(v)*int(a) + 255*(255-int(a)) + 127) / 255) }
	return ofRGB(over(r), over(g), over(b))
}

// What blue and red differences add to a colour, by the formula of JFIF (T.871)
// in parts of 65536.
const (
	redOfCr   = 91881
	blueOfCb  = 116130
	greenOfCb = 22554
	greenOfCr = 46802
)

// tonesOfYCbCr gives the tones of a row, in which 1<<half pixels, one or two, share
// their differences of colour.
func tonesOfYCbCr(luma, blue, red []byte, half uint, out []byte) {
	luma = luma[:len(out)]
	if half == 0 {
		for x, l := range luma {
			out[x] = toneOf(l, mostOf(blue[x], red[x]))
		}
		return
	}
	pairs := len(out) / 2
	blue, red = blue[:(len(out)+1)/2], red[:(len(out)+1)/2]
	for i := range pairs {
		two := binary.LittleEndian.Uint16(luma[2*i:])
		binary.LittleEndian.PutUint16(out[2*i:], tonesOfTwo(two, mostOf(blue[i], red[i])))
	}
	if 2*pairs < len(out) {
		out[2*pairs] = toneOf(luma[2*pairs], mostOf(blue[pairs], red[pairs]))
	}
}

// mostOf is what is added to the luma for the brightest colour, in parts of 65536.
func mostOf(cb, cr byte) uint32 {
	b, r := int32(cb)-128, int32(cr)-128
	return uint32(max(redOfCr*r, blueOfCb*b, -greenOfCb*b-greenOfCr*r)) // never below zero
}

func toneOf(luma byte, most uint32) byte {
	// 0x10101 spreads 255 over all of them, as image/color does.
	brightest := min((uint32(luma)*0x10101+most)>>16, 255)
	return byte((uint32(luma) + brightest + 1) / 2)
}

// tonesOfTwo is toneOf for two pixels at once: each has half of a word of 64 bits.
func tonesOfTwo(luma uint16, most uint32) uint16 {
	const one, all = 1<<32 + 1, 255<<32 + 255
	two := (uint64(luma) | uint64(luma)<<24) & all
	brightest := (two*0x10101 + uint64(most)*one) >> 16 & (1<<48 - 1<<32 + 1<<16 - 1)
	over := brightest >> 8 & one
	brightest = (brightest | over*255) & all
	tones := (two + brightest + one) >> 1 & all
	return uint16(tones | tones>>24)
}

// ofYCbCr is the tone of a pixel.
func ofYCbCr(luma, cb, cr byte) byte { return toneOf(luma, mostOf(cb, cr)) }

func rgbOf(luma, cb, cr byte) (r, g, b byte) { return color.YCbCrToRGB(luma, cb, cr) }
