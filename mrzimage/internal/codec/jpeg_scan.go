package codec

// run decodes the pass, unit by unit. A pass of one colour goes over that
// colour's blocks, others over units of all of theirs (T.81, A.2).
func (p *pass) run() error {
	f := p.d.frame
	across, down := f.across, f.down
	alone := len(p.of) == 1
	if alone {
		across, down = p.of[0].blocksX, p.of[0].blocksY
	}
	// Where one pass holds everything, each row of units is shown and forgotten.
	stream := p.of[0].coefficients == nil
	if stream {
		p.d.makeRow()
	}
	row, left := 0, p.d.restart
	for unit := 0; unit < across*down; unit++ {
		if p.d.restart > 0 && left == 0 {
			lost, more := p.resume()
			unit += lost * p.d.restart
			if !more || unit >= across*down {
				return p.ended(row, down)
			}
			left = p.d.restart
		}
		left--
		for ; row < unit/across; row++ {
			if err := p.rowDone(row, stream); err != nil {
				return err
			}
		}
		if alone {
			p.one(p.of[0], unit%across, unit/across, stream)
		} else {
			p.unit(unit%across, unit/across, stream)
		}
		if p.in.usedUp() {
			if p.d.restart == 0 || p.in.marker < RST0 || p.in.marker > RST7 {
				return p.ended(row, down)
			}
			unit += left // this stretch is shorter than it should be
			left = 0
		}
	}
	for ; row < down; row++ {
		if err := p.rowDone(row, stream); err != nil {
			return err
		}
	}
	return nil
}

// ended notes that the data did, in the middle of a row.
func (p *pass) ended(row, down int) error {
	p.seen(row, down)
	return p.d.ctx.Err()
}

// seen notes how many rows of units are there of the first colour.
func (p *pass) seen(rows, down int) {
	f := p.d.frame
	if p.of[0] != &f.components[0] || p.from > 0 {
		return
	}
	// Blocks of a colour that comes alone may be less than a unit tall.
	p.d.rows = max(p.d.rows, rows*f.down/down)
}

func (p *pass) rowDone(row int, stream bool) error {
	down := p.d.frame.down
	if len(p.of) == 1 {
		down = p.of[0].blocksY
	}
	p.seen(row+1, down)
	if stream {
		return p.d.showRow(row)
	}
	return p.d.ctx.Err()
}

// resume finds the next restart. It tells how many stretches were lost before
// it, and whether there is more.
func (p *pass) resume() (lost int, more bool) {
	for i := range p.d.frame.components {
		p.d.frame.components[i].last = 0
	}
	p.blocksToEnd = 0
	expected := p.expected
	p.expected = (p.expected + 1) & 7
	for at := p.in.place(); at+1 < len(p.in.data); at++ {
		m := p.in.data[at+1]
		if p.in.data[at] != 0xFF || m < RST0 || m > RST7 {
			continue
		}
		lost = int(m-RST0-expected) & 7
		if lost >= 6 {
			continue // one of before: the stretch behind it is decoded already
		}
		p.expected = (expected + byte(lost) + 1) & 7
		p.in.restart(at + 2)
		return lost, true
	}
	return 0, false
}

// unit decodes the blocks of one unit.
func (p *pass) unit(x, y int, stream bool) {
	for _, c := range p.of {
		for v := range c.v {
			for h := range c.h {
				p.blockAt(c, x*c.h+h, y*c.v+v, v, stream)
			}
		}
	}
}

// one decodes a block of a colour that comes alone.
func (p *pass) one(c *component, x, y int, stream bool) {
	p.blockAt(c, x, y, 0, stream)
}

// blockAt decodes the block at a place of its colour; inUnit is its row in the
// row of units.
func (p *pass) blockAt(c *component, x, y, inUnit int, stream bool) {
	if stream {
		p.show(c, c.samples[8*(inUnit*8*c.stride+x):], 8*c.stride)
		return
	}
	b := (*[64]int16)(c.coefficients[64*(y*c.stride+x):])
	switch {
	case !p.d.frame.progressive:
		p.whole(c, b)
	case p.from == 0 && p.high == 0:
		p.firstDC(c, b)
	case p.from == 0:
		if p.in.bit() {
			b[0] |= 1 << p.low
		}
	case p.high == 0:
		p.firstAC(c, b)
	default:
		p.refineAC(c, b)
	}
}

// dc reads the difference to the block before.
func (p *pass) dc(c *component) int32 {
	size, _ := c.dc.decode(&p.in)
	c.last += p.in.signed(int(size & 15))
	return c.last
}

// show decodes a block and writes its samples.
func (p *pass) show(c *component, out []byte, stride int) {
	q := c.quant
	b := &p.block
	dc := p.dc(c) * q[0]
	last, column := 0, uint8(0)
	in, ac := &p.in, c.ac
	for k := 1; k < 64; {
		in.fill()
		if e := ac.direct[in.acc>>(64-lookBits)]; e != 0 {
			k += int(e >> 8 & 15)
			n := int(e & 15)
			in.acc <<= n
			in.n -= n
			if k > 63 {
				break
			}
			at := natural[k]
			b[at] = e >> 16 * q[k]
			last, column = k, max(column, at&7)
			k++
			continue
		}
		v, _ := ac.decode(in)
		run, size := int(v>>4), int(v&15)
		if size == 0 {
			if run != 15 {
				break
			}
			k += 16
			continue
		}
		k += run
		number := in.signed(size)
		if k > 63 {
			break
		}
		at := natural[k]
		b[at] = number * q[k]
		last, column = k, max(column, at&7)
		k++
	}
	if last == 0 {
		flat(dc, out, stride)
		return
	}
	b[0] = dc
	idct(b, int(column), out, stride)
	clear(b[:])
}

// whole decodes a block that comes in one piece, beside scans of other colours.
func (p *pass) whole(c *component, b *[64]int16) {
	clear(b[:])
	b[0] = int16(p.dc(c))
	for k := 1; k < 64; k++ {
		v, _ := c.ac.decode(&p.in)
		run, size := int(v>>4), int(v&15)
		if size == 0 && run != 15 {
			return
		}
		k += run
		number := p.in.signed(size)
		if k > 63 {
			return
		}
		b[natural[k]] = int16(number)
	}
}
