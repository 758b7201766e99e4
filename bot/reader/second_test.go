package reader

import (
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
	"mrzbot/mrzimage/corpus"
)

var photos = flag.Int("photos", 5, "how many photos TestSecondReading draws of each share")

var someDay = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// TestSecondReading: on legible photos a character that the service has wrong in
// the names is flagged, and what it has read right is called alike. With -photos 200
// it measures, and so does the next test.
func TestSecondReading(t *testing.T) {
	legible := []string{"kyrgyz20", "kyrgyz12", "tilt", "turned", "telegram", "sides", "jpeg"}
	local := NewLocal(1<<30, 1)
	r := rand.New(rand.NewPCG(1, 13))
	flagged, alike := 0, 0
	for i := range *photos {
		p, look := seen(t, local, legible[i%len(legible)], i/len(legible))
		wrong, at := misreadName(r, p.Lines)
		second := look.Compare(wrong, someDay)
		if second.Agreement == Differs && slices.ContainsFunc(second.Open, func(set []mrz.Repair) bool {
			return len(set) == 1 && set[0].Line == 3 && set[0].Column == at && set[0].To == p.Lines[2][at-1:at]
		}) {
			flagged++
		} else {
			t.Logf("%s is not flagged: %+v", p.Name, second)
		}
		switch look.Compare(p.Lines, someDay).Agreement {
		case Alike:
			alike++
		case Differs:
			t.Errorf("%s is flagged without a fault", p.Name)
		}
	}
	t.Logf("of %d photos %d were flagged with a character wrong, and %d called alike without", *photos, flagged, alike)
	require.GreaterOrEqual(t, 100*flagged, 99**photos)
	require.GreaterOrEqual(t, 100*alike, 95**photos)
}

// TestSecondReadingOfHardPhotos: nothing is flagged where the service is right, however
// hard a photo is to read.
func TestSecondReadingOfHardPhotos(t *testing.T) {
	hard := []string{"pen", "hair", "scratch", "crease", "stamp", "overprint", "glare", "fingers", "blur", "motion", "softglare"}
	local := NewLocal(1<<30, 1)
	for i := range *photos {
		p, look := seen(t, local, hard[i%len(hard)], i/len(hard))
		if second := look.Compare(p.Lines, someDay); second.Agreement == Differs {
			t.Errorf("%s is flagged without a fault: %+v", p.Name, second)
		}
	}
}

// seen draws the i-th photo of a distortion and looks at it.
func seen(t *testing.T, local *Local, distortion string, i int) (corpus.Picture, Look) {
	all := corpus.Distortions()
	at := slices.IndexFunc(all, func(d corpus.Distortion) bool { return d.Name == distortion })
	require.GreaterOrEqual(t, at, 0, distortion)
	p, err := all[at].Draw(i)
	require.NoError(t, err)
	look, err := local.Look(t.Context(), Picture{Data: p.File})
	if err != nil {
		return p, Look{}
	}
	return p, look
}

// misreadName gives the lines with another letter in a name, and its column.
func misreadName(r *rand.Rand, lines []string) (wrong []string, column int) {
	const alike = "DOOQVUUVITTIFEEFGCCGBEPFRKMNNMHN"
	name := lines[2]
	at := r.IntN(len(strings.TrimRight(name, "<")))
	for name[at] == '<' {
		at = r.IntN(len(strings.TrimRight(name, "<")))
	}
	to := byte('A' + r.IntN(26))
	if i := strings.IndexByte(alike, name[at]); i >= 0 && r.IntN(2) == 0 {
		to = alike[i^1]
	}
	if to == name[at] {
		to = 'A' + (to-'A'+1)%26
	}
	wrong = slices.Clone(lines)
	wrong[2] = name[:at] + string(to) + name[at+1:]
	return wrong, at + 1
}
