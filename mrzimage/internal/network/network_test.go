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
		for _, l := range s.Logs {
			sum += math.Exp(float64(l))
		}
		require.InDelta(t, 1, sum, 1e-4)
	}
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
