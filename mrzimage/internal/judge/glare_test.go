package judge

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/internal/rectify"
)

// parts gives the ninths of a cell on white paper from the ink in each.
func parts(inks [3][3]float64) (out [3][3]rectify.Light) {
	for y := range inks {
		for x := range inks[y] {
			out[y][x] = rectify.Light{Ink: inks[y][x], Paper: 255}
		}
	}
	return out
}

func TestStrokesFadeTowardsGlare(t *testing.T) {
	const usual = 40
	// An F, or an E whose foot the light has taken.
	fading := parts([3][3]float64{{90, 100, 110}, {130, 180, 200}, {250, 255, 255}})
	require.True(t, Fades(fading, usual))
	// An F in bright, even light: its strokes end as dark as they began.
	bright := parts([3][3]float64{{90, 90, 90}, {90, 90, 120}, {90, 255, 255}})
	require.False(t, Fades(bright, usual))
	require.False(t, even(fading, usual))
	require.True(t, even(bright, usual))
	// Paper that is not blown out would show ink.
	grey := fading
	for y := range grey {
		for x := range grey[y] {
			grey[y][x].Paper = BlownOut - 5
		}
	}
	require.False(t, Fades(grey, usual))
}
