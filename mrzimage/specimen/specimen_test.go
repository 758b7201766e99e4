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
			parsed := mrz.Parse(Invent(name, seed), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			require.Equal(t, format, parsed.Format)
			require.Empty(t, parsed.Errors, name)
			for _, w := range parsed.Warnings { // a child's birth, without a PIN to tell the century
				require.Equal(t, mrz.CodeBirthCentury, w.Code, name)
			}
		}
	}
}

// The odd documents have the shapes that they are named after, and right check
// digits where their format is one that is read.
func TestOddDocumentsHaveTheirShapes(t *testing.T) {
	for name, want := range map[string]struct {
		format mrz.Format
		cells  []int
	}{
		"KGZ-NO-PIN": {mrz.TD1, []int{30, 30, 30}}, "KGZ-PIN-BELOW": {mrz.TD1, []int{30, 30, 30}}, "C1USA": {mrz.TD1, []int{30, 30, 30}},
		"132": {mrz.TD1, []int{30, 30, 30}}, "DIGITS": {mrz.TD1, []int{30, 30, 30}}, "PAIRS": {mrz.TD1, []int{30, 30, 30}},
		"RUS": {mrz.TD3, []int{44, 44}}, "SVK34": {0, []int{34, 34}}, "DEU35": {0, []int{35, 35}}, "ESP28": {0, []int{28, 28}},
		"CHE-DL": {0, []int{9, 30, 30}}, "EU-DL": {0, []int{30}},
	} {
		for seed := range uint64(30) {
			lines := Invent(name, seed)
			var cells []int
			for _, line := range lines {
				cells = append(cells, len(line))
			}
			require.Equal(t, want.cells, cells, name)
			if want.format != 0 {
				require.True(t, want.format.Holds(lines), "%s: %s", name, lines)
			}
		}
	}
	require.Len(t, odd, 12)
}

// Marks change the MRZ's part of a drawing, the same for the same seed and with
// or without the text.
func TestMarksAreReproducible(t *testing.T) {
	for _, m := range Marks() {
		card := Card{Lines: Invent("TD1", 4), Seed: 4, PixelsPerCell: 8}
		plain, err := card.Draw()
		require.NoError(t, err)
		card.Marks = []Mark{m}
		first, err := card.Draw()
		require.NoError(t, err)
		again, err := card.Draw()
		require.NoError(t, err)
		require.Equal(t, first, again, m)
		require.NotEqual(t, plain.Pix, first.Pix, m)
	}
}
