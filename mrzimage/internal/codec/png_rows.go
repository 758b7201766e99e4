package codec

import (
	"bytes"
	"io"
)

// pngDecoder decodes one picture.
type pngDecoder struct {
	PNGHead
	palette, clear []byte // PLTE and tRNS
	in             io.Reader
	out            *canvas
	tones          [256]byte // of the samples of one byte and less, where they alone say the tone
	row, before    []byte    // with the byte that names the filter
}

// straight decodes rows that come from top to bottom.
func (d *pngDecoder) straight() error {
	d.begin(d.Width)
	line := make([]byte, d.Width)
	for range d.Height {
		if !d.next() {
			return d.out.ctx.Err()
		}
		d.toneRow(line)
		if err := d.out.row(line); err != nil {
			return err
		}
	}
	return nil
}

// pngPass of an interlaced picture: its first column and row, the steps to the
// next, and for how many pixels each of its own stands until later ones come.
type pngPass struct{ x, y, right, down, wide, tall int64 }

// adam7 are the passes (PNG specification, 8.2).
var adam7 = [7]pngPass{
	{0, 0, 8, 8, 8, 8}, {4, 0, 8, 8, 4, 8}, {0, 4, 4, 8, 4, 4}, {2, 0, 4, 4, 2, 4},
	{0, 2, 2, 4, 2, 2}, {1, 0, 2, 2, 1, 2}, {0, 1, 1, 2, 1, 1},
}

// passes decodes an interlaced picture. All of one that was cut is there, if
// coarser.
func (d *pngDecoder) passes() error {
	whole := bytes.Repeat([]byte{255}, int(d.Width*d.Height))
	some := false
	for _, p := range adam7 {
		w, h := (d.Width-p.x+p.right-1)/p.right, (d.Height-p.y+p.down-1)/p.down
		if w <= 0 || h <= 0 {
			continue
		}
		d.begin(w)
		line := make([]byte, w)
		for y := range h {
			if y%rowsBetween == 0 && d.out.ctx.Err() != nil {
				return d.out.ctx.Err()
			}
			if !d.next() {
				if !some {
					return nil
				}
				return d.show(whole)
			}
			some = true
			d.toneRow(line)
			d.place(whole, line, p, p.y+y*p.down)
		}
	}
	return d.show(whole)
}

// place lays the pixels of a row of a pass.
func (d *pngDecoder) place(whole, line []byte, p pngPass, y int64) {
	for ; p.tall > 0 && y < d.Height; p.tall, y = p.tall-1, y+1 {
		to := whole[y*d.Width : (y+1)*d.Width]
		for i, v := range line {
			at := p.x + int64(i)*p.right
			for right := range min(p.wide, d.Width-at) {
				to[at+right] = v
			}
		}
	}
}

func (d *pngDecoder) show(whole []byte) error {
	for y := range d.Height {
		if err := d.out.row(whole[y*d.Width : (y+1)*d.Width]); err != nil {
			return err
		}
	}
	return nil
}

// begin makes ready for rows of so many pixels.
func (d *pngDecoder) begin(w int64) {
	n := 1 + d.rowBytes(w)
	d.row, d.before = make([]byte, n), make([]byte, n)
}

// next reads a row; false when there is no more of them.
func (d *pngDecoder) next() bool {
	d.row, d.before = d.before, d.row
	if _, err := io.ReadFull(d.in, d.row); err != nil {
		return false
	}
	return unfilter(d.row[0], d.row[1:], d.before[1:], int(max(1, d.samples()*int64(d.depth)/8)))
}

// unfilter undoes the filter of a row (PNG specification, 9.2). A pixel takes so
// many bytes. False: there is no such filter.
func unfilter(filter byte, row, above []byte, pixel int) bool {
	switch filter {
	case 0:
	case 1:
		for i := pixel; i < len(row); i++ {
			row[i] += row[i-pixel]
		}
	case 2:
		for i, v := range above[:len(row)] {
			row[i] += v
		}
	case 3:
		for i, v := range above[:len(row)] {
			left := 0
			if i >= pixel {
				left = int(row[i-pixel])
			}
			row[i] += byte((left + int(v)) / 2)
		}
	case 4:
		for i, v := range above[:len(row)] {
			left, corner := 0, 0
			if i >= pixel {
				left, corner = int(row[i-pixel]), int(above[i-pixel])
			}
			row[i] += paeth(left, int(v), corner)
		}
	default:
		return false
	}
	return true
}

// paeth gives the one of its neighbours that a pixel is likely to be like.
func paeth(left, above, corner int) byte {
	dl, da := above-corner, left-corner
	dc := dl + da
	dl, da, dc = max(dl, -dl), max(da, -da), max(dc, -dc)
	switch {
	case dl <= da && dl <= dc:
		return byte(left)
	case da <= dc:
		return byte(above)
	}
	return byte(corner)
}

// prepare finds the tones of the samples that are looked up.
func (d *pngDecoder) prepare() {
	levels := 1 << min(d.depth, 8)
	for i := range levels {
		v := byte(i * 255 / (levels - 1))
		if d.color == pngGrey && d.isClear(uint16(i)) {
			v = 255
		}
		if d.color == pngPalette {
			v = 0
			if 3*i+3 <= len(d.palette) {
				alpha := byte(255)
				if i < len(d.clear) {
					alpha = d.clear[i]
				}
				v = overPaper(d.palette[3*i], d.palette[3*i+1], d.palette[3*i+2], alpha)
			}
		}
		d.tones[i] = v
	}
}

// isClear reports whether tRNS calls a pixel transparent.
func (d *pngDecoder) isClear(samples ...uint16) bool {
	if len(d.clear) < 2*len(samples) {
		return false
	}
	for i, v := range samples {
		if uint16(d.clear[2*i])<<8|uint16(d.clear[2*i+1]) != v {
			return false
		}
	}
	return true
}

// toneRow gives the tones of the row that was read.
func (d *pngDecoder) toneRow(out []byte) {
	p := d.row[1:]
	if d.depth < 8 {
		perByte, mask := 8/int(d.depth), byte(1)<<d.depth-1
		for x := range out {
			shift := 8 - int(d.depth)*(x%perByte+1)
			out[x] = d.tones[p[x/perByte]>>shift&mask]
		}
		return
	}
	wide := int(d.depth / 8) // bytes of a sample: the first says enough
	step := int(d.samples()) * wide
	for x := range out {
		s := p[x*step:][:step:step]
		switch d.color {
		case pngRGB:
			out[x] = ofRGB(s[0], s[wide], s[2*wide])
			if len(d.clear) >= 6 && d.isClear(d.sample(s, 0), d.sample(s, 1), d.sample(s, 2)) {
				out[x] = 255
			}
		case pngRGBA:
			out[x] = overPaper(s[0], s[wide], s[2*wide], s[3*wide])
		case pngGreyAlpha:
			out[x] = overPaper(s[0], s[0], s[0], s[wide])
		default:
			out[x] = d.tones[s[0]]
			if wide == 2 && len(d.clear) >= 2 && d.isClear(d.sample(s, 0)) {
				out[x] = 255
			}
		}
	}
}

// sample is the one of a pixel at a place, as tRNS counts.
func (d *pngDecoder) sample(s []byte, i int) uint16 {
	if d.depth == 16 {
		return uint16(s[2*i])<<8 | uint16(s[2*i+1])
	}
	return uint16(s[i])
}
