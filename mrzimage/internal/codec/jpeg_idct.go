package codec

// The inverse cosine transform by Loeffler, Ligtenberg and Moschytz (ICASSP 1989), in
// numbers of 13 bits behind the point.
const (
	idctBits = 13
	keptBits = 2 // that the columns keep for the rows

	fix0298631336 = 2446
	fix0390180644 = 3196
	fix0541196100 = 4433
	fix0765366865 = 6270
	fix0899976223 = 7373
	fix1175875602 = 9633
	fix1501321110 = 12299
	fix1847759065 = 15137
	fix1961570560 = 16069
	fix2053119869 = 16819
	fix2562915447 = 20995
	fix3072711026 = 25172
)

// idct writes the 64 samples of a block. lastColumn is the last that holds a
// coefficient.
func idct(b *[64]int32, lastColumn int, out []byte, stride int) {
	for x := 0; x <= lastColumn; x++ {
		c := b[x:]
		_ = c[56]
		if c[8]|c[16]|c[24]|c[32]|c[40]|c[48]|c[56] == 0 {
			v := c[0] << keptBits
			c[0], c[8], c[16], c[24], c[32], c[40], c[48], c[56] = v, v, v, v, v, v, v, v
			continue
		}
		z := (c[16] + c[48]) * fix0541196100
		e2 := z - c[48]*fix1847759065
		e3 := z + c[16]*fix0765366865
		e0 := (c[0] + c[32]) << idctBits
		e1 := (c[0] - c[32]) << idctBits
		const round = 1 << (idctBits - keptBits - 1)
		a0, a3, a1, a2 := e0+e3+round, e0-e3+round, e1+e2+round, e1-e2+round
		o0, o1, o2, o3 := oddPart(c[56], c[40], c[24], c[8])
		const shift = idctBits - keptBits
		c[0], c[56] = (a0+o3)>>shift, (a0-o3)>>shift
		c[8], c[48] = (a1+o2)>>shift, (a1-o2)>>shift
		c[16], c[40] = (a2+o1)>>shift, (a2-o1)>>shift
		c[24], c[32] = (a3+o0)>>shift, (a3-o0)>>shift
	}
	const (
		shift  = idctBits + keptBits + 3
		middle = 128<<shift + 1<<(shift-1)
	)
	for y := range 8 {
		r := b[8*y : 8*y+8 : 8*y+8]
		line := out[y*stride:][:8:8]
		z := (r[2] + r[6]) * fix0541196100
		e2 := z - r[6]*fix1847759065
		e3 := z + r[2]*fix0765366865
		e0 := (r[0]+r[4])<<idctBits + middle
		e1 := (r[0]-r[4])<<idctBits + middle
		a0, a3, a1, a2 := e0+e3, e0-e3, e1+e2, e1-e2
		o0, o1, o2, o3 := oddPart(r[7], r[5], r[3], r[1])
		line[0], line[7] = clamp((a0+o3)>>shift), clamp((a0-o3)>>shift)
		line[1], line[6] = clamp((a1+o2)>>shift), clamp((a1-o2)>>shift)
		line[2], line[5] = clamp((a2+o1)>>shift), clamp((a2-o1)>>shift)
		line[3], line[4] = clamp((a3+o0)>>shift), clamp((a3-o0)>>shift)
	}
}

func oddPart(t0, t1, t2, t3 int32) (int32, int32, int32, int32) {
	z1, z2, z3, z4 := t0+t3, t1+t2, t0+t2, t1+t3
	z5 := (z3 + z4) * fix1175875602
	z1 *= -fix0899976223
	z2 *= -fix2562915447
	z3 = z5 - z3*fix1961570560
	z4 = z5 - z4*fix0390180644
	return t0*fix0298631336 + z1 + z3, t1*fix2053119869 + z2 + z4,
		t2*fix3072711026 + z2 + z3, t3*fix1501321110 + z1 + z4
}

// flat writes a block that is one tone.
func flat(dc int32, out []byte, stride int) {
	v := clamp((dc+4)>>3 + 128)
	for y := range 8 {
		line := out[y*stride:][:8:8]
		for x := range line {
			line[x] = v
		}
	}
}

func clamp(v int32) byte {
	if uint32(v) > 255 {
		return byte(^v >> 31)
	}
	return byte(v)
}
