package specimen

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCardsAndPhotosAreReproducible(t *testing.T) {
	draw := func(seed uint64) []byte {
		card, err := Card{Lines: Invent("TD1", seed), Seed: seed, Pattern: 0.5, PixelsPerCell: 10}.Draw()
		require.NoError(t, err)
		file, err := Glaring.Photo(320, 240, seed).JPEG(card)
		require.NoError(t, err)
		return file
	}
	require.Equal(t, draw(1), draw(1))
	require.NotEqual(t, draw(1), draw(2))
}

func TestCardsHaveTheSizeOfTheirFormat(t *testing.T) {
	for format, ratio := range map[string]float64{
		"TD1": 85.6 / 54, "TD2": 105.0 / 74, "TD3": 125.0 / 88, "MRVA": 125.0 / 88, "MRVB": 105.0 / 74,
	} {
		card, err := Card{Lines: Invent(format, 1), PixelsPerCell: 12}.Draw()
		require.NoError(t, err)
		require.InDelta(t, ratio, float64(card.Rect.Dx())/float64(card.Rect.Dy()), 0.02, format)
	}
	_, err := Card{Lines: []string{"SHORT"}}.Draw()
	require.ErrorIs(t, err, ErrLines)
}

// The lines of the examples that ICAO 9303 prints (parts 4 and 5).
func TestDigitAgreesWithTheStandard(t *testing.T) {
	require.Equal(t, "3", digit("520727"))
	require.Equal(t, "6", digit("L898902C3"))
	require.Equal(t, "7", digit("D23145890"))
	require.Equal(t, "6", digit("D23145890"+"7"+"<<<<<<<<<<<<<<<"+"7408122"+"1204159"+"<<<<<<<<<<<"))
}

func TestInventedLinesFitTheirFormat(t *testing.T) {
	for seed := range uint64(50) {
		for format, want := range map[string][2]int{"TD1": {3, 30}, "TD2": {2, 36}, "TD3": {2, 44}, "MRVA": {2, 44}, "MRVB": {2, 36}} {
			lines := Invent(format, seed)
			require.Len(t, lines, want[0])
			for _, line := range lines {
				require.Len(t, line, want[1])
				require.Regexp(t, `^[0-9A-Z<]+$`, line)
			}
		}
		card := Invent("TD1", seed)
		require.Equal(t, digit(card[0][5:14]), card[0][14:15])
		require.Equal(t, digit(card[0][5:30]+card[1][:7]+card[1][8:15]+card[1][18:29]), card[1][29:])
	}
}
