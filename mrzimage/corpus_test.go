package mrzimage_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/corpus"
)

// A few pictures of the corpus, each with its floor of one: what is read today
// stays so. `go run ./mrzimage/measure -floors` holds many more.
func TestReaderReadsWhatItRead(t *testing.T) {
	skipUnderRace(t)
	pick := map[string][]int{
		"thumbnail": {1, 2, 3, 4}, "turned": {3}, "guilloche": {1}, "motion": {1}, "kyrgyz12": {1}, "others": {3},
	}
	var reader mrzimage.Reader
	for _, d := range corpus.Distortions() {
		for _, i := range pick[d.Name] {
			p, err := d.Draw(i)
			require.NoError(t, err)
			t.Run(strings.TrimSuffix(p.Name, ".jpg"), func(t *testing.T) {
				got, err := reader.Read(t.Context(), p.File)
				require.NoError(t, err)
				requireWellFormed(t, got)
				require.Equal(t, p.Lines, got.Lines)
			})
		}
	}
}

// What fingers and glare take away is given up or guessed rightly, and never
// called ok when it is wrong.
func TestReaderIsNeverSureOfWhatIsHidden(t *testing.T) {
	skipUnderRace(t)
	var reader mrzimage.Reader
	for _, d := range corpus.Distortions() {
		if d.Name != "glare" && d.Name != "fingers" {
			continue
		}
		p, err := d.Draw(1)
		require.NoError(t, err)
		got, err := reader.Read(t.Context(), p.File)
		require.NoError(t, err)
		if !slices.Equal(p.Lines, got.Lines) {
			require.NotEqual(t, mrzimage.VerdictOK, got.Verdict, p.Name)
		}
	}
}

// Marks that once made a letter a clear other one: the MRZ is doubtful, or right.
func TestReaderIsNeverSureOfWhatMarksHaveChanged(t *testing.T) {
	skipUnderRace(t)
	pick := map[string]int{"pen": 338, "stamp": 288, "overprint": 255}
	var reader mrzimage.Reader
	for _, d := range corpus.Distortions() {
		i, picked := pick[d.Name]
		if !picked {
			continue
		}
		p, err := d.Draw(i)
		require.NoError(t, err)
		got, err := reader.Read(t.Context(), p.File)
		require.NoError(t, err)
		if !slices.Equal(p.Lines, got.Lines) {
			require.Equal(t, mrzimage.VerdictDoubtful, got.Verdict, p.Name)
		}
	}
}
