package codec

// The passes of a progressive picture (T.81, annex G).

func (p *pass) firstDC(c *component, b *[64]int16) {
	b[0] = int16(p.dc(c) << p.low)
}

func (p *pass) firstAC(c *component, b *[64]int16) {
	if p.blocksToEnd > 0 {
		p.blocksToEnd--
		return
	}
	for k := p.from; k <= p.to; k++ {
		v, _ := c.ac.decode(&p.in)
		run, size := int(v>>4), int(v&15)
		switch {
		case size > 0:
			k += run
			number := p.in.signed(size)
			if k > 63 {
				return
			}
			b[natural[k]] = int16(number << p.low)
		case run == 15:
			k += 15
		default:
			p.blocksToEnd = p.runOfBlocks(run) - 1
			return
		}
	}
}

// runOfBlocks reads how many blocks, this one included, have nothing more.
func (p *pass) runOfBlocks(size int) int32 {
	if size == 0 {
		return 1
	}
	p.in.fill()
	return 1<<size + p.in.take(size)
}

// refineAC adds a bit to the coefficients that are there, and brings new ones.
func (p *pass) refineAC(c *component, b *[64]int16) {
	k := p.from
	bit := int16(1) << p.low
	for p.blocksToEnd == 0 && k <= p.to {
		v, _ := c.ac.decode(&p.in)
		run, size := int(v>>4), v&15
		fresh := int16(0)
		if size > 0 {
			if fresh = -bit; p.in.bit() {
				fresh = bit
			}
		} else if run < 15 {
			p.blocksToEnd = p.runOfBlocks(run)
			break
		}
		if k = p.refine(b, k, run, bit); k > p.to {
			break
		}
		if fresh != 0 {
			b[natural[k]] = fresh
		}
		k++
	}
	if p.blocksToEnd > 0 {
		p.blocksToEnd--
		p.refine(b, k, -1, bit)
	}
}

// refine adds a bit to each coefficient that is there, from k on, and stops
// behind so many that are not; -1 stops nowhere.
func (p *pass) refine(b *[64]int16, k, zeros int, bit int16) int {
	for ; k <= p.to; k++ {
		at := &b[natural[k]]
		if *at == 0 {
			if zeros == 0 {
				break
			}
			zeros--
			continue
		}
		if !p.in.bit() {
			continue
		}
		if *at > 0 {
			*at += bit
		} else {
			*at -= bit
		}
	}
	return k
}
