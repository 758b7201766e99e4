package rectify

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRanksAreThoseOfSorting: the counting way to a rank gives what sorting does.
func TestRanksAreThoseOfSorting(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for name, value := range map[string]func() float32{
		"any":       func() float32 { return 255 * r.Float32() },
		"few tones": func() float32 { return float32(r.IntN(3)) * 127.5 },
		"alike":     func() float32 { return 100 + r.Float32()/100 },
		"white":     func() float32 { return 255 },
	} {
		var p Patch
		for i := range p {
			p[i] = value()
		}
		sorted := slices.Sorted(slices.Values(p[:]))
		for _, rank := range []int{0, 17, 100, len(p) - 1} {
			low, high := p.ranked(rank, len(p)-1-rank)
			require.Equal(t, [2]float32{sorted[rank], sorted[len(p)-1-rank]}, [2]float32{low, high}, name)
		}
	}
}
