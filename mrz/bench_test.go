package mrz_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		mrz.Parse(kyrgyz, today)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "MRZs/s")
}

func BenchmarkHolds(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		mrz.TD1.Holds(kyrgyz)
	}
}

func BenchmarkPropose(b *testing.B) {
	for _, bb := range []struct {
		name  string
		lines []string
	}{
		{"nothing wrong", kyrgyz},
		{"a letter for a digit", put(kyrgyz, 1, 24, "O")},
		{"a digit for another", put(kyrgyz, 1, 24, "8")},
		{"a character missing", []string{kyrgyz[0][1:], kyrgyz[1], kyrgyz[2]}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mrz.Propose(mrz.Parse(bb.lines, today), today)
			}
		})
	}
}

// The speed of Parse rests on this: the lines, and two dates. Each answer asks Propose,
// which finds nothing wrong most times.
func TestAllocations(t *testing.T) {
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { mrz.Parse(kyrgyz, today) }), 3.0)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { mrz.Propose(mrz.Parse(kyrgyz, today), today) }), 20.0)
	require.Zero(t, testing.AllocsPerRun(100, func() { mrz.TD1.Holds(kyrgyz) }))
}
