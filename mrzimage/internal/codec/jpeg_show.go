package codec

// makeRow makes room for the samples of a row of units.
func (d *jpegDecoder) makeRow() {
	for i := range d.frame.components {
		c := &d.frame.components[i]
		if c.samples == nil {
			c.samples = make([]byte, 64*c.stride*c.v)
		}
	}
	d.greyRow()
}

// greyRow is what is seen of units that are lost.
func (d *jpegDecoder) greyRow() {
	for _, c := range d.frame.components {
		for i := range c.samples {
			c.samples[i] = 128
		}
	}
}

// showAll shows a picture whose coefficients came in several scans.
func (d *jpegDecoder) showAll() error {
	d.makeRow()
	var block [64]int32
	for row := range d.rows {
		for i := range d.frame.components {
			c := &d.frame.components[i]
			if c.quant == nil {
				continue // no scan had it
			}
			for v := range c.v {
				for x := range c.stride {
					b := (*[64]int16)(c.coefficients[64*((row*c.v+v)*c.stride+x):])
					column := 0
					for k, q := range c.quant {
						at := natural[k]
						if n := b[at]; n != 0 {
							block[at] = int32(n) * q
							column = max(column, int(at&7))
						}
					}
					idct(&block, column, c.samples[8*(v*8*c.stride+x):], 8*c.stride)
					clear(block[:])
				}
			}
		}
		if err := d.showRow(row); err != nil {
			return err
		}
	}
	return nil
}

// showRow gives the rows of pixels of a row of units to the canvas.
func (d *jpegDecoder) showRow(row int) error {
	f := d.frame
	lines := make([][]byte, len(f.components))
	out := make([]byte, f.w)
	for y := range min(8*f.vMax, f.h-row*8*f.vMax) {
		for i := range f.components {
			c := &f.components[i]
			lines[i] = c.samples[y*c.v/f.vMax*8*c.stride:][:8*c.stride]
		}
		d.tones(lines, out)
		if err := d.out.row(out); err != nil {
			return err
		}
	}
	if d.out.rows < f.h {
		d.greyRow()
	}
	return nil
}

// chooseTones finds how the colours are coded (T.871 and Adobe's note 5116).
func (d *jpegDecoder) chooseTones() {
	if d.tones != nil {
		return
	}
	f := d.frame
	at := make([][]uint16, len(f.components)) // the sample of each pixel
	for i := range f.components {
		c := &f.components[i]
		if c.h == f.hMax {
			continue
		}
		at[i] = make([]uint16, f.w)
		for x := range at[i] {
			at[i][x] = uint16(x * c.h / f.hMax)
		}
	}
	switch n := len(f.components); {
	case n == 1:
		d.tones = func(row [][]byte, out []byte) { copy(out, row[0]) }
	case n == 3 && d.rgb():
		d.tones = func(row [][]byte, out []byte) {
			row = spread(row, at)
			for x := range out {
				out[x] = ofRGB(row[0][x], row[1][x], row[2][x])
			}
		}
	case n == 3 && f.components[0].h == f.hMax && f.components[1].h == f.components[2].h && f.hMax <= 2:
		half := uint(f.hMax / f.components[1].h / 2)
		d.tones = func(row [][]byte, out []byte) { tonesOfYCbCr(row[0], row[1], row[2], half, out) }
	case n == 3:
		d.tones = func(row [][]byte, out []byte) {
			row = spread(row, at)
			tonesOfYCbCr(row[0], row[1], row[2], 0, out)
		}
	default:
		d.tones = d.tonesOfFour(at)
	}
}

// rgb reports whether the colours are red, green and blue.
func (d *jpegDecoder) rgb() bool {
	c := d.frame.components
	return !d.jfif && (d.adobe == 0 || c[0].id == 'R' && c[1].id == 'G' && c[2].id == 'B')
}

// tonesOfFour are those of a picture of four inks. Adobe's programs, which are
// those that write them, store how little ink there is.
func (d *jpegDecoder) tonesOfFour(at [][]uint16) func(row [][]byte, out []byte) {
	return func(row [][]byte, out []byte) {
		row = spread(row, at)
		for x := range out {
			c, m, y, k := row[0][x], row[1][x], row[2][x], int(row[3][x])
			if d.adobe == 2 {
				c, m, y = rgbOf(c, m, y)
			}
			if d.adobe < 0 {
				c, m, y, k = 255-c, 255-m, 255-y, 255-k
			}
			out[x] = ofRGB(byte(int(c)*k/255), byte(int(m)*k/255), byte(int(y)*k/255))
		}
	}
}

// spread gives each colour a sample for every pixel.
func spread(row [][]byte, at [][]uint16) [][]byte {
	for i := range row {
		if at[i] == nil {
			continue
		}
		wide := make([]byte, len(at[i]))
		for x, from := range at[i] {
			wide[x] = row[i][from]
		}
		row[i] = wide
	}
	return row
}
