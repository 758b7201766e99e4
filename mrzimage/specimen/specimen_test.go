package specimen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
)

func TestCardsAndPhotosAreReproducible(t *testing.T) {
	draw := func(seed uint64) []byte {
		card, err := Card{Lines: Invent("TD1", seed), Seed: seed, Pattern: 0.5, PixelsPerCell: 6}.Draw()
		require.NoError(t, err)
		file, err := Glaring.Photo(160, 120, seed).JPEG(card)
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
		card, err := Card{Lines: Invent(format, 1), PixelsPerCell: 6}.Draw()
		require.NoError(t, err)
		require.InDelta(t, ratio, float64(card.Rect.Dx())/float64(card.Rect.Dy()), 0.02, format)
	}
	_, err := Card{Lines: []string{"SHORT"}}.Draw()
	require.ErrorIs(t, err, ErrLines)
}

func TestInventedLinesAreValid(t *testing.T) {
	for name, format := range map[string]mrz.Format{
		"TD1": mrz.TD1, "TD2": mrz.TD2, "TD3": mrz.TD3, "MRVA": mrz.MRVA, "MRVB": mrz.MRVB, "unheard of": mrz.TD1,
	} {
		for seed := range uint64(50) {
			zone := mrz.Parse(Invent(name, seed), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			require.Equal(t, format, zone.Format)
			require.Empty(t, zone.Errors, name)
			for _, w := range zone.Warnings { // a child's birth, without a PIN to tell the century
				require.Equal(t, mrz.CodeBirthCentury, w.Code, name)
			}
		}
	}
}
