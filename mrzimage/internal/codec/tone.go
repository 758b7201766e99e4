package codec

import "image/color"

// The tone of a pixel is the mean of its brightness and of its brightest colour.
// Zones are printed in black and the patterns behind them in colours: seen so,
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

// tonesOfYCbCr gives the tones of a row, in which 1<<half pixels share their
// differences of colour.
func tonesOfYCbCr(luma, blue, red []byte, half uint, out []byte) {
	most := int32(0)
	for x, l := range luma[:len(out)] {
		if i := x >> half; x == i<<half {
			b, r := int32(blue[i])-128, int32(red[i])-128
			most = max(redOfCr*r, blueOfCb*b, -greenOfCb*b-greenOfCr*r)
		}
		// 0x10101 spreads 255 over all of them, as image/color does.
		brightest := min((int32(l)*0x10101+most)>>16, 255)
		out[x] = tone(int(l), int(brightest))
	}
}

// ofYCbCr is the tone of a pixel.
func ofYCbCr(luma, cb, cr byte) byte {
	var out [1]byte
	tonesOfYCbCr([]byte{luma}, []byte{cb}, []byte{cr}, 0, out[:])
	return out[0]
}

func rgbOf(luma, cb, cr byte) (r, g, b byte) { return color.YCbCrToRGB(luma, cb, cr) }
