package raster

// What makes a plane a dithered one, as faxes are: nearly all of it is black or
// white, and a good part of its pixels stand alone.
const (
	nearlyBlack   = 48
	nearlyWhite   = 207
	leastTwoToned = 0.9  // of the pixels
	leastAlone    = 0.02 // of the pixels: other than three of their four neighbours
)

// Dithered reports whether greys are made of black and white dots.
func (g *Gray) Dithered() bool {
	if g.W < 3 || g.H < 3 {
		return false
	}
	twoToned, alone, n := 0, 0, 0
	// Every third row tells as much as all of them, but for regular patterns: 3
	// is prime to their size.
	for y := 1; y < g.H-1; y += 3 {
		above, row, below := g.Pix[(y-1)*g.W:][:g.W], g.Pix[y*g.W:][:g.W], g.Pix[(y+1)*g.W:][:g.W]
		for x := 1; x < g.W-1; x++ {
			v := row[x]
			if v < nearlyBlack || v > nearlyWhite {
				twoToned++
			}
			other := 0
			for _, o := range [4]byte{above[x], below[x], row[x-1], row[x+1]} {
				if (o < 128) != (v < 128) {
					other++
				}
			}
			if other >= 3 {
				alone++
			}
			n++
		}
		if y > 64 && float64(twoToned) < leastTwoToned/2*float64(n) {
			return false // a photo
		}
	}
	return float64(twoToned) >= leastTwoToned*float64(n) && float64(alone) >= leastAlone*float64(n)
}

// Smooth makes greys of dots, in place: each pixel becomes the mean of itself and
// its neighbours, weighed 1, 4, 6, 4, 1 in both directions.
func (g *Gray) Smooth() {
	line := make([]byte, max(g.W, g.H))
	for y := range g.H {
		smooth(g.Pix[y*g.W:], 1, line[:g.W])
	}
	for x := range g.W {
		smooth(g.Pix[x:], g.W, line[:g.H])
	}
}

// smooth is one row or column of Smooth; line is room for a copy of it.
func smooth(pix []byte, stride int, line []byte) {
	for i := range line {
		line[i] = pix[i*stride]
	}
	at := func(i int) int { return int(line[min(max(i, 0), len(line)-1)]) }
	for i := range line {
		pix[i*stride] = byte((at(i-2) + 4*at(i-1) + 6*at(i) + 4*at(i+1) + at(i+2) + 8) / 16)
	}
}
