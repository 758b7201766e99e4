package mrzimage_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
)

// view is a way of taking pictures, and what is right to say of them.
type view struct {
	name   string
	take   func(seed uint64) []byte
	stops  []string // reasons that rightly stop it; none: somebody could read it
	advice []string // reasons that are rightly given
	must   bool     // it is so plain that it has to be stopped
}

const (
	judgeWidth  = 640
	judgeHeight = 480
)

// views are what the judge is tuned on and held against.
func views(t testing.TB) []view {
	card := func(seed uint64) image.Image {
		kind := []string{"TD1", "TD1", "TD3", "TD1", "TD2"}[seed%5]
		card, err := specimen.Card{
			Lines: specimen.Invent(kind, seed+7000), Seed: seed, Pattern: float64(seed%5) / 4, PixelsPerCell: 16,
		}.Draw()
		require.NoError(t, err)
		return card
	}
	photo := func(scene specimen.Scene, change func(*specimen.Photo)) func(uint64) []byte {
		return func(seed uint64) []byte {
			p := scene.Photo(judgeWidth, judgeHeight, seed)
			if change != nil {
				change(&p)
			}
			return jpegFile(t, p, card(seed))
		}
	}
	of := func(draw func(*rand.Rand) *image.RGBA, scene specimen.Scene) func(uint64) []byte {
		return func(seed uint64) []byte {
			return jpegFile(t, scene.Photo(judgeWidth, judgeHeight, seed), draw(rand.New(rand.NewPCG(seed, 1))))
		}
	}
	none := []string{mrzimage.ReasonNoMRZ}
	front := []string{mrzimage.ReasonNoMRZ, mrzimage.ReasonFront}
	glare := []string{mrzimage.ReasonGlare}
	dark := []string{mrzimage.ReasonTooDark}
	small := []string{mrzimage.ReasonTooSmall}
	blurry := []string{mrzimage.ReasonTooBlurry}
	cut := []string{mrzimage.ReasonCutOff}
	all := []view{
		{name: "at 35 degrees", take: photo(specimen.Plain, func(p *specimen.Photo) { p.Turn += 35 })},
		{name: "at 60 degrees", take: photo(specimen.Plain, func(p *specimen.Photo) { p.Turn += 60 })},
		{name: "rather dark", take: photo(specimen.Plain, func(p *specimen.Photo) { p.Dim = 0.88 }), advice: dark},
		{name: "nearly black", take: photo(specimen.Plain, func(p *specimen.Photo) { p.Dim = 0.99 }), advice: slices.Concat(none, dark), stops: dark, must: true},
		{name: "8 pixels a cell", take: photo(specimen.Plain, func(p *specimen.Photo) { p.Fill = 0.36 }), advice: small},
		{name: "tiny", take: photo(specimen.Plain, func(p *specimen.Photo) { p.Fill = 0.1 }), advice: slices.Concat(none, small), stops: slices.Concat(none, small)},
		{name: "a stamp", take: func(seed uint64) []byte {
			return jpegFile(t, specimen.Plain.Photo(110, 80, seed), card(seed))
		}, advice: slices.Concat(none, small, blurry), stops: slices.Concat(none, small), must: true},
		{name: "out of focus", take: photo(specimen.Plain, func(p *specimen.Photo) { p.Blur = 13 }), advice: slices.Concat(none, blurry), stops: blurry},
		{name: "rather blurred", take: photo(specimen.Plain, func(p *specimen.Photo) { p.Blur = 3.4 }), advice: slices.Concat(none, blurry), stops: blurry}, // where nothing is read
		{name: "glare on the MRZ", take: photo(specimen.Plain, func(p *specimen.Photo) { p.Glare, p.GlareX, p.GlareY = 1, 0.3, 0.72 }), advice: slices.Concat(none, glare), stops: slices.Concat(none, glare)},
		{name: "right part cut off", take: func(seed uint64) []byte {
			img := specimen.Plain.Photo(judgeWidth, judgeHeight, seed).Take(card(seed))
			return encoded(t, img.SubImage(image.Rect(0, 0, judgeWidth*7/10, judgeHeight)))
		}, advice: slices.Concat(none, cut), stops: slices.Concat(none, cut)},
		{name: "front", take: of(drawFront, specimen.Plain), advice: front, stops: none, must: true},
		{name: "front, tilted", take: of(drawFront, specimen.Tilted), advice: front, stops: none},
		{name: "front, far", take: of(drawFront, specimen.Far), advice: front, stops: none},
		{name: "printed front", take: func(seed uint64) []byte {
			card, err := specimen.Card{
				Lines: specimen.Invent("TD1", seed), Seed: seed, Pattern: float64(seed%5) / 4, PixelsPerCell: 16, Front: true,
			}.Draw()
			require.NoError(t, err)
			return jpegFile(t, specimen.Tilted.Photo(judgeWidth, judgeHeight, seed), card)
		}, advice: front, stops: none},
		{name: "page of text", take: of(drawPage, specimen.Plain), advice: none, stops: none},
		{name: "table", take: of(func(*rand.Rand) *image.RGBA { return image.NewRGBA(image.Rect(0, 0, 9, 2)) }, specimen.Plain), advice: none, stops: none, must: true},
		{name: "white", take: func(uint64) []byte { return encoded(t, whitePaper(judgeWidth, judgeHeight)) }, advice: none, stops: none, must: true},
	}
	for _, scene := range specimen.Scenes() {
		v := view{name: string(scene), take: photo(scene, nil)}
		switch scene {
		case specimen.Dark:
			v.advice = dark
		case specimen.Glaring: // where the spot covers the MRZ, both are right
			v.advice, v.stops = glare, glare
		case specimen.Blurred, specimen.Shaken:
			v.advice = blurry
		}
		all = append(all, v)
	}
	return append(all, published(t)...)
}

// published are the specimens beside the checkout, and their upper parts, which
// mostly have no MRZ.
func published(t testing.TB) []view {
	table, err := os.ReadFile(filepath.Join(cards, "truth.tsv"))
	if err != nil {
		return nil
	}
	rows := strings.Split(strings.TrimSpace(string(table)), "\n")[1:]
	load := func(seed uint64) []byte {
		data, err := os.ReadFile(filepath.Join(cards, strings.Split(rows[seed%uint64(len(rows))], "\t")[0]))
		require.NoError(t, err)
		return data
	}
	return []view{{name: "published", take: load, advice: []string{mrzimage.ReasonTooSmall}}}
}

func jpegFile(t testing.TB, p specimen.Photo, document image.Image) []byte {
	t.Helper()
	file, err := p.JPEG(document)
	require.NoError(t, err)
	return file
}

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

// tally counts what was said of a view.
type tally struct {
	pictures                int
	stopped, wrongly        int
	advised, advisedWrongly int
}

// TestJudgementTable holds the judge against pictures of which it is known what
// is wrong with them, and prints how often it was right. A picture that
// somebody could read must never be stopped. JUDGE_PICTURES=20 takes so many
// of each view, and more time.
func TestJudgementTable(t *testing.T) {
	skipUnderRace(t)
	each := 1
	if n, err := strconv.Atoi(os.Getenv("JUDGE_PICTURES")); err == nil {
		each = n
	}
	var reader mrzimage.Reader
	sums := map[string]*tally{} // by reason
	var page strings.Builder
	w := tabwriter.NewWriter(&page, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "view\tpictures\tstopped\tof these wrongly\tadvised\tof these wrongly")
	for _, v := range views(t) {
		var row tally
		for seed := range uint64(each) {
			got, err := reader.Read(t.Context(), v.take(seed))
			require.NoError(t, err, v.name)
			j := got.Picture
			require.False(t, got.Verdict != mrzimage.VerdictNone && j.Stop != "", "%s, seed %d, is read and stopped: %+v", v.name, seed, j)
			row.add(v, j)
			for _, reason := range mrzimage.Reasons() {
				if sums[reason] == nil {
					sums[reason] = new(tally)
				}
				sums[reason].addReason(v, j, reason)
			}
			require.False(t, j.Stop != "" && !slices.Contains(v.stops, j.Stop), "%s, seed %d, is stopped: %+v", v.name, seed, j)
			told := slices.Contains(j.Reasons, mrzimage.ReasonFront)
			require.False(t, told && !slices.Contains(v.advice, mrzimage.ReasonFront), "%s, seed %d, is called a front: %+v", v.name, seed, j)
			require.False(t, v.name == "front" && !told, "a front, seed %d, is not called one: %+v", seed, j)
			require.False(t, v.must && j.Stop == "", "%s, seed %d, is not stopped: %+v", v.name, seed, j)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\n", v.name, row.pictures, row.stopped, row.wrongly, row.advised, row.advisedWrongly)
	}
	fmt.Fprintln(w, "reason\tpictures\tstops\tof these wrongly\tadvice\tof these wrongly")
	for _, reason := range mrzimage.Reasons() {
		s := sums[reason]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\n", reason, s.pictures, s.stopped, s.wrongly, s.advised, s.advisedWrongly)
	}
	require.NoError(t, w.Flush())
	t.Log("\n" + page.String())
}

func (s *tally) add(v view, j mrzimage.Judgement) {
	s.pictures++
	if j.Stop != "" {
		s.stopped++
		if !slices.Contains(v.stops, j.Stop) {
			s.wrongly++
		}
	}
	if len(j.Reasons) > 0 {
		s.advised++
	}
	for _, r := range j.Reasons {
		if !slices.Contains(v.advice, r) {
			s.advisedWrongly++
			break
		}
	}
}

// addReason counts, of one reason, the pictures of which it may rightly be
// said, and what was said.
func (s *tally) addReason(v view, j mrzimage.Judgement, reason string) {
	if slices.Contains(v.advice, reason) {
		s.pictures++
	}
	if j.Stop == reason {
		s.stopped++
		if !slices.Contains(v.stops, reason) {
			s.wrongly++
		}
	}
	if slices.Contains(j.Reasons, reason) {
		s.advised++
		if !slices.Contains(v.advice, reason) {
			s.advisedWrongly++
		}
	}
}

// FuzzJudge: whatever a small picture shows, what is said of it keeps to its
// bounds.
func FuzzJudge(f *testing.F) {
	f.Add(encoded(f, whitePaper(200, 130)))
	f.Add(encoded(f, drawFront(rand.New(rand.NewPCG(1, 1))).SubImage(image.Rect(100, 20, 400, 200))))
	var reader mrzimage.Reader
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := mrzimage.Inspect(data)
		if err != nil || info.Width*info.Height > 300_000 {
			return
		}
		got, err := reader.Read(t.Context(), data)
		if err != nil {
			require.True(t, err == mrzimage.ErrDamaged || err == mrzimage.ErrRare, "%v", err)
			return
		}
		j := got.Picture
		for name, part := range map[string]float64{
			"sharpness": j.Sharpness, "darkness": j.Darkness, "glare": j.Glare, "cut off": j.CutOff,
		} {
			require.True(t, part >= 0 && part <= 1, "%s %v", name, part)
		}
		require.True(t, j.Angle >= -180 && j.Angle <= 180)
		require.Equal(t, j.Found, j.PixelsPerCell > 0)
		require.Subset(t, mrzimage.Reasons(), j.Reasons)
		require.True(t, j.Stop == "" || slices.Contains(mrzimage.Reasons(), j.Stop))
		require.True(t, j.Stop == "" || got.Verdict == mrzimage.VerdictNone)
	})
}
