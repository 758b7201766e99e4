package codec

import (
	"context"
	"encoding/binary"
)

// jpegDecoder decodes one picture.
type jpegDecoder struct {
	ctx     context.Context
	data    []byte
	frame   *frame
	quant   [4]*[64]int32
	huff    [2][4]*huffman
	restart int  // units between two restarts; 0: none
	adobe   int  // how the colours are coded, by Adobe's segment; -1: none
	jfif    bool // the colours are coded as JFIF says
	rows    int  // of units that were seen of the first colour
	end     int
	skipped bool // a scan could not be decoded, for want of tables or sense
	out     *canvas
	tones   func(row [][]byte, out []byte)
}

// JPEG decodes a picture of one, three or four colours, coded by Huffman's
// method. What a damaged or unfinished file does not hold is missing from the
// plane; ErrDamaged is for one that holds nothing.
func JPEG(ctx context.Context, data []byte, how How) (Plane, error) {
	d := &jpegDecoder{ctx: ctx, data: data, adobe: -1}
	lines := 0
	WalkJPEG(data, func(s Segment) bool {
		if s.Marker == DNL {
			lines = linesOf(s.Payload)
		}
		return true
	})
	var err error
	WalkJPEG(data, func(s Segment) bool {
		err = d.segment(s, lines, how)
		return err == nil
	})
	if err == nil && d.rows == 0 {
		err = ErrDamaged
		if d.skipped {
			err = ErrRare
		}
	}
	if err == nil && d.frame.components[0].coefficients != nil {
		err = d.showAll()
	}
	if err != nil {
		return Plane{End: d.end}, err
	}
	p, err := d.out.done()
	p.End = d.end
	return p, err
}

// linesOf a frame that did not say how many it has (T.81, B.2.5).
func linesOf(payload []byte) int {
	if len(payload) < 2 {
		return 0
	}
	return int(binary.BigEndian.Uint16(payload))
}

func (d *jpegDecoder) segment(s Segment, lines int, how How) error {
	switch {
	case s.Marker == DQT:
		d.quantizers(s.Payload)
	case s.Marker == DHT:
		d.codes(s.Payload)
	case s.Marker == DRI:
		d.restart = linesOf(s.Payload)
	case s.Marker == APP0 && len(s.Payload) >= 5 && string(s.Payload[:5]) == "JFIF\x00":
		d.jfif = true
	case s.Marker == APP14 && len(s.Payload) >= 12 && string(s.Payload[:5]) == "Adobe":
		d.adobe = int(s.Payload[11])
	case s.Marker == SOS:
		return d.scan(s)
	case s.Frame() && d.frame == nil:
		f, err := parseFrame(s)
		if err != nil {
			return err
		}
		if f.h == 0 {
			f.h = lines
			f.measure()
		}
		if f.w == 0 || f.h == 0 {
			return ErrDamaged
		}
		d.frame = f
		d.out = newCanvas(d.ctx, f.w, f.h, how)
	}
	return nil
}

// quantizers reads tables of divisors (T.81, B.2.4.1).
func (d *jpegDecoder) quantizers(p []byte) {
	for len(p) > 0 {
		wide, table := int(p[0]>>4), p[0]&15
		p = p[1:]
		if size := 64 << min(wide, 1); wide > 1 || table > 3 || len(p) < size {
			return
		}
		q := new([64]int32)
		for i := range q {
			if wide == 0 {
				q[i] = int32(p[i])
			} else {
				q[i] = int32(binary.BigEndian.Uint16(p[2*i:]))
			}
		}
		d.quant[table] = q
		p = p[64<<wide:]
	}
}

// codes reads tables of codes (T.81, B.2.4.2).
func (d *jpegDecoder) codes(p []byte) {
	for len(p) >= 17 {
		class, table := p[0]>>4, p[0]&15
		counts, n := (*[16]byte)(p[1:17]), 0
		for _, c := range counts {
			n += int(c)
		}
		if class > 1 || table > 3 || n > 256 || len(p) < 17+n {
			return
		}
		d.huff[class][table] = newHuffman(counts, p[17:17+n])
		p = p[17+n:]
	}
}

// pass is one scan of a picture (T.81, B.2.3).
type pass struct {
	d           *jpegDecoder
	of          []*component
	from, to    int  // of the coefficients, in the order they are coded
	high, low   uint // places of the bits that were and are coded
	in          bits
	blocksToEnd int32 // blocks that have nothing more in this pass
	block       [64]int32
	expected    byte // the number of the next restart
}

func (d *jpegDecoder) scan(s Segment) error {
	if d.frame == nil {
		return ErrDamaged
	}
	p, ok := d.passOf(s)
	if !ok {
		d.skipped = true // what it would have added is missing
		return nil
	}
	if d.frame.progressive || len(p.of) < len(d.frame.components) {
		d.makeRoom()
	}
	if d.frame.components[0].coefficients == nil && d.rows > 0 {
		return nil // a second scan over everything
	}
	d.chooseTones()
	err := p.run()
	d.end = p.in.place()
	return err
}

func (d *jpegDecoder) passOf(s Segment) (*pass, bool) {
	b := s.Payload
	if len(b) < 1 || len(b) < 4+2*int(b[0]) {
		return nil, false
	}
	n := int(b[0])
	p := &pass{d: d, in: bits{data: d.data[:s.At+len(s.Scan)], at: s.At}}
	for i := range n {
		id, tables := b[1+2*i], b[2+2*i]
		for k := range d.frame.components {
			if c := &d.frame.components[k]; c.id == id {
				if tables>>4 > 3 || tables&15 > 3 {
					return nil, false
				}
				c.dc, c.ac = d.huff[0][tables>>4], d.huff[1][tables&15]
				if c.quant == nil {
					c.quant = d.quant[c.tq]
				}
				p.of = append(p.of, c)
				break
			}
		}
	}
	end := b[1+2*n:]
	p.from, p.to, p.high, p.low = int(end[0]), int(end[1]), uint(end[2]>>4), uint(end[2]&15)
	if !d.frame.progressive {
		p.from, p.to, p.high, p.low = 0, 63, 0, 0
	}
	if len(p.of) != n || n == 0 || p.from > p.to || p.to > 63 || p.high > 13 || p.low > 13 || p.from > 0 && n > 1 {
		return nil, false
	}
	for _, c := range p.of {
		if c.quant == nil || p.from == 0 && p.high == 0 && c.dc == nil || p.to > 0 && c.ac == nil {
			return nil, false
		}
	}
	return p, true
}

// makeRoom for all coefficients, where they come in several scans.
func (d *jpegDecoder) makeRoom() {
	for i := range d.frame.components {
		c := &d.frame.components[i]
		if c.coefficients == nil {
			c.coefficients = make([]int16, 64*c.stride*d.frame.down*c.v)
		}
	}
}
