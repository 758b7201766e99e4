package network

// block is how many sums are computed side by side, so that they stay in registers.
const block = 8

// addPlain is addRows in plain Go.
func addPlain(sums, taps, weights []float32, stride int) {
	if len(taps) == 0 {
		return
	}
	for len(sums) >= block {
		o := sums[:block:block]
		s0, s1, s2, s3, s4, s5, s6, s7 := o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7]
		for i, v := range taps {
			w := weights[i*stride:][:block:block]
			s0 += v * w[0]
			s1 += v * w[1]
			s2 += v * w[2]
			s3 += v * w[3]
			s4 += v * w[4]
			s5 += v * w[5]
			s6 += v * w[6]
			s7 += v * w[7]
		}
		o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7] = s0, s1, s2, s3, s4, s5, s6, s7
		if sums = sums[block:]; len(sums) == 0 {
			return
		}
		weights = weights[block:]
	}
	for k := range sums {
		for i, v := range taps {
			sums[k] += v * weights[i*stride+k]
		}
	}
}

// addPlainAt is addRowsAt in plain Go.
func addPlainAt(sums, taps []float32, rows []uint16, first int, weights []float32, stride int) {
	for i, v := range taps {
		w := weights[(int(rows[i])-first)*stride:][:len(sums)]
		for k := range sums {
			sums[k] += v * w[k]
		}
	}
}

// poolPlain is poolRow in plain Go.
func poolPlain(out, above, below []float32) {
	for i := range out {
		at := i/Channels1*2*Channels1 + i%Channels1
		out[i] = max(above[at], above[at+Channels1], below[at], below[at+Channels1], 0)
	}
}

// rectified takes what is negative for nothing.
func rectified(sums []float32) {
	for i, v := range sums {
		sums[i] = max(v, 0)
	}
}
