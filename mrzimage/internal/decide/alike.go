package decide

import (
	"math"

	"mrzbot/mrz"
	"mrzbot/mrzimage/internal/network"
)

// under gives a cell's probabilities knowing its class: a character that it may
// not hold gives its part to its look-alike.
func under(l *Logs, class mrz.Class, alike map[byte]byte) Logs {
	out := *l
	for i := range network.NotGlyph {
		c := network.Alphabet[i]
		twin, ok := alike[c]
		if !ok || class.Has(c) || !class.Has(twin) {
			continue
		}
		j := IndexOf(twin)
		out[j] = float32(math.Log(math.Exp(float64(out[j])) + math.Exp(float64(l[i]))))
		out[i] = nothing
	}
	return out
}

// zeroUsual is what it weighs that numbers hold 0 far more often than O (many
// states never use the letter). A clear letter stays one, and a check digit
// outweighs this.
const zeroUsual = 2.0

// preferZero multiplies the odds of 0 against O.
func preferZero(l *Logs) {
	zero, letter := &l[IndexOf('0')], &l[IndexOf('O')]
	both := math.Exp(float64(*zero)) + math.Exp(float64(*letter))
	part := 1 / (1 + math.Exp(float64(*letter-*zero)-zeroUsual))
	*zero = float32(math.Log(max(both*part, 1e-9)))
	*letter = float32(math.Log(max(both*(1-part), 1e-9)))
}

// nothing is the log-probability of what cannot be.
const nothing = -20

// twins are the digits' and letters' look-alikes.
var twins = map[byte]byte{
	'0': 'O', '1': 'I', '2': 'Z', '5': 'S', '6': 'G', '8': 'B',
	'O': '0', 'D': '0', 'Q': '0', 'I': '1', 'Z': '2', 'S': '5', 'G': '6', 'B': '8',
}

// SameDrawing are those that are one drawing in many prints, so that only the
// class tells them apart. All other look-alikes print differently: where no check
// digit looks, the picture decides between them.
var SameDrawing = map[byte]byte{'0': 'O', 'O': '0'}
