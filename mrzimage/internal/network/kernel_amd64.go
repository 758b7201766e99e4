package network

import "golang.org/x/sys/cpu"

// wide tells that the processor adds up eight sums at a time (AVX), as most since
// 2011 do.
var wide = cpu.X86.HasAVX

// add16 adds to 16 sums each of n taps times 16 weights, whose rows lie stride apart.
// It gives what addPlain gives, bit for bit.
//
//go:noescape
func add16(sums, taps *float32, n int, weights *float32, stride int)

// addRows adds to the sums each of the taps times its row of weights. All rows are stride
// long, and begin with what is for these sums.
func addRows(sums, taps, weights []float32, stride int) {
	if len(taps) == 0 {
		return
	}
	if !wide {
		addPlain(sums, taps, weights, stride)
		return
	}
	_ = weights[(len(taps)-1)*stride+len(sums)-1] // the rows are all there
	if rest := len(sums) % 16; rest > 0 && len(sums) > 16 {
		// The last 16 are added up apart, and those of them kept that are left over below.
		var last [16]float32
		from := len(sums) - 16
		copy(last[:], sums[from:])
		add16(&last[0], &taps[0], len(taps), &weights[from], stride)
		copy(sums[len(sums)-rest:], last[16-rest:])
		sums = sums[:len(sums)-rest]
	}
	for len(sums) >= 16 {
		add16(&sums[0], &taps[0], len(taps), &weights[0], stride)
		if sums = sums[16:]; len(sums) == 0 {
			return
		}
		weights = weights[16:]
	}
	addPlain(sums, taps, weights, stride)
}

// add32At is add16 with 32 sums, and with the rows of these numbers, less the first's.
//
//go:noescape
func add32At(sums, taps *float32, rows *uint16, first, n int, weights *float32, stride int)

// addRowsAt is addRows with rows that are numbered, from first on, in rising order.
func addRowsAt(sums, taps []float32, rows []uint16, first int, weights []float32, stride int) {
	n := len(taps)
	if n == 0 {
		return
	}
	_ = weights[(int(rows[0])-first)*stride] // the rows are all there
	_ = weights[(int(rows[n-1])-first)*stride+len(sums)-1]
	for wide && len(sums) >= 32 {
		add32At(&sums[0], &taps[0], &rows[0], first, n, &weights[0], stride)
		if sums = sums[32:]; len(sums) == 0 {
			return
		}
		weights = weights[32:]
	}
	addPlainAt(sums, taps, rows, first, weights, stride)
}

// pool16 is poolPlain for 16 channels.
//
//go:noescape
func pool16(out, above, below *float32, n int)

// poolRow gives the largest of each square of four places in two rows, and of nothing.
func poolRow(out, above, below []float32) {
	const channels = 16
	if !wide || Channels1 != channels || len(out)%channels != 0 || len(out) == 0 {
		poolPlain(out, above, below)
		return
	}
	_, _ = above[2*len(out)-1], below[2*len(out)-1]
	pool16(&out[0], &above[0], &below[0], len(out)/channels)
}
