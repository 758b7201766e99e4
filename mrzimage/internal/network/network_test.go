package network

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/rectify"
)

func TestEmbeddedWeightsLoad(t *testing.T) {
	p, err := Load()
	require.NoError(t, err)
	require.Less(t, len(weights), 200_000)
	require.Equal(t, weights, p.Encode(LoadedStart()), "coding again changes nothing")
}

func TestDecodeRefusesOtherShapes(t *testing.T) {
	for _, data := range [][]byte{nil, []byte(magic), weights[:len(weights)-1], append([]byte("x"), weights...), append(weights[:len(weights):len(weights)], 0)} {
		_, err := Decode(data)
		require.ErrorIs(t, err, errWeights)
	}
}

func TestForwardGivesProbabilities(t *testing.T) {
	p, err := Load()
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(1, 1))
	var (
		in rectify.Patch
		s  State
	)
	for range 20 {
		for i := range in {
			in[i] = float32(r.NormFloat64())
		}
		p.Forward(&in, &s)
		sum := 0.0
		for _, l := range s.Logs[:Classes] {
			sum += math.Exp(float64(l))
		}
		require.InDelta(t, 1, sum, 1e-4)
		require.LessOrEqual(t, s.Logs[Marked], float32(0))
	}
}

// TestRowsAddAsInPlainGo: whatever the processor offers gives the same bits.
func TestRowsAddAsInPlainGo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	some := func(n int) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = float32(r.NormFloat64())
		}
		return out
	}
	for _, sums := range []int{1, 8, 16, 31, 32, 39, 48, 96, 100} {
		for _, taps := range []int{0, 1, 9, 48} {
			stride := sums + 3
			got, in, weights := some(sums), some(taps), some(taps*stride)
			want := append([]float32(nil), got...)
			addRows(got, in, weights, stride)
			addPlain(want, in, weights, stride)
			require.Equal(t, want, got, "%d sums, %d taps", sums, taps)
			rows := make([]uint16, taps)
			for i := range rows {
				rows[i] = uint16(7 + i - i%2)
			}
			addRowsAt(got, in, rows, 7, weights, stride)
			addPlainAt(want, in, rows, 7, weights, stride)
			require.Equal(t, want, got, "%d sums, %d taps", sums, taps)
		}
	}
	require.Panics(t, func() { addRows(some(32), some(2), some(63), 32) }, "a row is missing")
	require.Panics(t, func() { addRowsAt(some(32), some(1), []uint16{1}, 0, some(63), 32) }, "a row is missing")
	require.Panics(t, func() { addRowsAt(some(32), some(1), []uint16{1}, 2, some(99), 32) }, "a row before the first")
	above, below := some(2*WideP*Channels1), some(2*WideP*Channels1)
	got, want := some(WideP*Channels1), some(WideP*Channels1)
	poolRow(got, above, below)
	poolPlain(want, above, below)
	require.Equal(t, want, got)
}

func BenchmarkForward(b *testing.B) {
	p, err := Load()
	require.NoError(b, err)
	r := rand.New(rand.NewPCG(1, 1))
	var (
		in rectify.Patch
		s  State
	)
	for i := range in {
		in[i] = float32(r.NormFloat64())
	}
	for b.Loop() {
		p.Forward(&in, &s)
	}
}
