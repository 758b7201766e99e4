//go:build !amd64

package network

// addRows adds to the sums each of the taps times its row of weights. All rows are stride
// long, and begin with what is for these sums.
func addRows(sums, taps, weights []float32, stride int) { addPlain(sums, taps, weights, stride) }

// addRowsAt is addRows with rows that are numbered, from first on, in rising order.
func addRowsAt(sums, taps []float32, rows []uint16, first int, weights []float32, stride int) {
	addPlainAt(sums, taps, rows, first, weights, stride)
}

// poolRow gives the largest of each square of four places in two rows, and of nothing.
func poolRow(out, above, below []float32) { poolPlain(out, above, below) }
