package corpus

import (
	"bytes"
	"image/jpeg"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/specimen"
)

func named(t *testing.T, name string) Distortion {
	t.Helper()
	for _, d := range Distortions() {
		if d.Name == name {
			return d
		}
	}
	require.Fail(t, "no such distortion", name)
	return Distortion{}
}

func TestTheCorpusIsLarge(t *testing.T) {
	const least = 2000
	count := 0
	for _, d := range Distortions() {
		count += d.Count
	}
	require.GreaterOrEqual(t, count, least)
}

func TestPicturesAreReproducible(t *testing.T) {
	d := named(t, "thumbnail")
	first, err := d.Draw(1)
	require.NoError(t, err)
	again, err := d.Draw(1)
	require.NoError(t, err)
	require.Equal(t, first, again)
	other, err := d.Draw(2)
	require.NoError(t, err)
	require.NotEqual(t, first.File, other.File)
	require.NotEqual(t, first.Lines, other.Lines)
}

func TestEveryDocumentLiesWhollyInThePicture(t *testing.T) {
	for _, d := range Distortions() {
		for i := range 40 {
			s := d.scene(i)
			w, h := s.size()
			box := s.card.Bounds()
			box.Max.X, box.Max.Y = int(w), int(h)
			cell := s.photo.Fill * s.pitch
			require.Positive(t, cell, d.Name)
			for _, corner := range [4][2]float64{{0, 0}, {w, 0}, {0, h}, {w, h}} {
				// Perspective may push a corner a little over the edge: the
				// MRZ lies further inside.
				x, y := s.photo.Place(box, corner[0], corner[1])
				const over = 0.06
				require.Greater(t, x, -over*float64(s.photo.Width), "%s %d", d.Name, i)
				require.Greater(t, y, -over*float64(s.photo.Height), "%s %d", d.Name, i)
				require.Less(t, x, (1+over)*float64(s.photo.Width), "%s %d", d.Name, i)
				require.Less(t, y, (1+over)*float64(s.photo.Height), "%s %d", d.Name, i)
			}
		}
	}
}

// What a finger covers is erased, and nothing else is.
func TestShownTellsWhatIsCovered(t *testing.T) {
	d := Distortion{Name: "covered", hides: true, imagine: func(s *scene) {
		s.photo = specimen.Photo{Width: 400, Height: 300, Seed: 3, Fingers: 2, FingerDeep: 0.2}
		s.pitch = 10
	}}
	for i := range 20 {
		shown, err := d.Shown(i)
		require.NoError(t, err)
		require.Len(t, shown, 3)
		text := strings.Join(shown, "")
		require.Len(t, text, 90)
		if n := strings.Count(text, string(rune(Erased))); n > 0 {
			require.Less(t, n, 60)
			require.Greater(t, strings.Count(text, string(rune(Seen))), 20)
			return
		}
	}
	require.Fail(t, "no finger covered anything")
}

func TestFilesArePictures(t *testing.T) {
	p, err := named(t, "thumbnail").Draw(0)
	require.NoError(t, err)
	img, err := jpeg.Decode(bytes.NewReader(p.File))
	require.NoError(t, err)
	require.Equal(t, 400, img.Bounds().Dx())
}
