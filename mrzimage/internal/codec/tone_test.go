package codec

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTwoTonesAtOnce: pixels that share their colour get the tones they would get alone.
func TestTwoTonesAtOnce(t *testing.T) {
	for colour := range 256 {
		for _, other := range []int{0, 1, 64, 127, 128, 129, 200, 255} {
			most := mostOf(byte(colour), byte(other))
			for luma := range 256 {
				beside := byte(255 - luma*7)
				got := tonesOfTwo(uint16(luma)|uint16(beside)<<8, most)
				if byte(got) != toneOf(byte(luma), most) || byte(got>>8) != toneOf(beside, most) {
					require.Fail(t, "other tones", "luma %d and %d, colour %d and %d: %#x", luma, beside, colour, other, got)
				}
			}
		}
	}
}
