package outage

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestPauses: they grow, stay bounded, scatter, and follow the service's wish.
func TestPauses(t *testing.T) {
	p := NewPauses(rand.New(rand.NewPCG(1, 2)))
	for n := range 100 {
		d := p.Next(n, 0)
		low := min(firstPause<<min(n, 10), maxPause)
		require.GreaterOrEqual(t, d, low)
		require.LessOrEqual(t, d, low+low/2)
	}
	require.Equal(t, 5*time.Minute, p.Next(0, 5*time.Minute))
	require.LessOrEqual(t, p.Next(0, 24*time.Hour), longestWish)
	require.NotEqual(t, p.Next(3, 0), p.Next(3, 0))
}
