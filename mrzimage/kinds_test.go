package mrzimage_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
)

// scanned is a document laid on a scanner, nearly straight.
func scanned(t testing.TB, card specimen.Card) *image.RGBA {
	t.Helper()
	card.PixelsPerCell = 16
	document, err := card.Draw()
	require.NoError(t, err)
	photo := specimen.Photo{
		Width: document.Rect.Dx() * 21 / 20, Height: document.Rect.Dy() * 21 / 20, Fill: 0.97, Turn: 0.4, Noise: 2, Blur: 0.5, Seed: card.Seed,
	}
	return photo.Take(document)
}

func readPNG(t testing.TB, reader *mrzimage.Reader, img image.Image) mrzimage.Result {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, img))
	got, err := reader.Read(t.Context(), file.Bytes())
	require.NoError(t, err)
	return got
}

// Documents that states print otherwise than the standard has it: their clear
// characters stay as they are, and none is taken for no MRZ.
func TestOddDocumentsAreReadAsPrinted(t *testing.T) {
	skipUnderRace(t)
	var reader mrzimage.Reader
	for _, format := range []string{"C1USA", "132", "DIGITS", "PAIRS", "KGZ-NO-PIN", "KGZ-PIN-BELOW", "RUS"} {
		for seed := range uint64(2) {
			t.Run(fmt.Sprint(format, " ", seed), func(t *testing.T) {
				lines := specimen.Invent(format, seed)
				got := readPNG(t, &reader, scanned(t, specimen.Card{Lines: lines, Seed: seed, Pattern: 0.2}))
				require.Equal(t, lines, got.Lines)
			})
		}
	}
}

// Lines that no format has are no MRZ: nothing is appended to them.
func TestLinesOfOtherLengthsAreNoMRZ(t *testing.T) {
	skipUnderRace(t)
	var reader mrzimage.Reader
	for _, format := range []string{"SVK34", "DEU35", "ESP28", "CHE-DL", "EU-DL"} {
		for seed := range uint64(2) {
			t.Run(fmt.Sprint(format, " ", seed), func(t *testing.T) {
				got := readPNG(t, &reader, scanned(t, specimen.Card{Lines: specimen.Invent(format, seed), Seed: seed, Pattern: 0.2}))
				require.Equal(t, mrzimage.VerdictNone, got.Verdict, got.Lines)
			})
		}
	}
}

// Light that pales the MRZ and erases nothing is no reason for doubt.
func TestSoftGlareLeavesAnMRZSure(t *testing.T) {
	skipUnderRace(t)
	var reader mrzimage.Reader
	for seed := range uint64(4) {
		lines := specimen.Invent("TD1", seed)
		document, err := specimen.Card{Lines: lines, Seed: seed, Pattern: 0.2, PixelsPerCell: 16}.Draw()
		require.NoError(t, err)
		photo := specimen.Photo{Width: 640, Height: 480, Seed: seed, Noise: 2, Veil: 0.6, GlareX: 0.5, GlareY: 0.7, GlareWide: 0.35}
		got := readPNG(t, &reader, photo.Take(document))
		require.Equal(t, lines, got.Lines)
		require.Equal(t, mrzimage.VerdictOK, got.Verdict, "%d", seed)
	}
}

// What crosses the letters of a name is never called sure when it is misread.
func TestMarksOverLettersAreNeverSurelyMisread(t *testing.T) {
	skipUnderRace(t)
	var reader mrzimage.Reader
	for _, mark := range specimen.Marks() {
		for seed := range uint64(4) {
			lines := specimen.Invent("TD1", seed)
			got := readPNG(t, &reader, scanned(t, specimen.Card{Lines: lines, Seed: seed, Pattern: 0.2, Marks: []specimen.Mark{mark}}))
			if got.Verdict == mrzimage.VerdictOK {
				require.Equal(t, lines, got.Lines, "%s %d", mark, seed)
			}
		}
	}
}
