package mrzimage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
)

// Size of the drawn pictures: small, so that the tests are quick.
// `go run ./mrzimage/measure` uses larger ones, and more.
const photoWidth, photoHeight = 600, 450

// skipUnderRace passes over what takes long under the race detector and shows
// it nothing: a picture is read by one goroutine.
func skipUnderRace(t testing.TB) {
	t.Helper()
	if mrzimage.RaceEnabled {
		t.Skip("slow under -race, and nothing in it runs side by side")
	}
}

func drawn(t testing.TB, format string, scene specimen.Scene, seed uint64) ([]string, []byte) {
	t.Helper()
	lines := specimen.Invent(format, seed)
	card, err := specimen.Card{Lines: lines, Seed: seed, Pattern: 0.3, PixelsPerCell: 14}.Draw()
	require.NoError(t, err)
	file, err := scene.Photo(photoWidth, photoHeight, seed).JPEG(card)
	require.NoError(t, err)
	return lines, file
}

func TestReaderReadsDrawnDocumentsExactly(t *testing.T) {
	skipUnderRace(t)
	var reader mrzimage.Reader
	cases := []struct {
		format string
		scene  specimen.Scene
	}{
		{"TD1", specimen.Plain},
		{"TD1", specimen.Tilted},
		{"TD1", specimen.Inverted},
		{"TD1", specimen.Quarter},
		{"TD1", specimen.Dark},
		{"TD3", specimen.Plain},
		{"TD2", specimen.Tilted},
		{"MRVA", specimen.Plain},
		{"MRVB", specimen.Inverted},
	}
	for i, c := range cases {
		t.Run(fmt.Sprintf("%s %s", c.format, c.scene), func(t *testing.T) {
			t.Parallel()
			lines, file := drawn(t, c.format, c.scene, uint64(i))
			got, err := reader.Read(t.Context(), file)
			require.NoError(t, err)
			require.Equal(t, lines, got.Lines)
			require.Equal(t, c.format, got.Format)
			require.Equal(t, mrzimage.VerdictOK, got.Verdict)
			requireWellFormed(t, got)
		})
	}
}

func TestOneReaderServesManyAtOnce(t *testing.T) {
	const readers = 2
	lines := specimen.Invent("TD1", 1)
	card, err := specimen.Card{Lines: lines, Seed: 1, PixelsPerCell: 11}.Draw()
	require.NoError(t, err)
	file, err := specimen.Photo{Width: 400, Height: 260, Seed: 1, Fill: 0.95}.JPEG(card)
	require.NoError(t, err)
	var (
		reader mrzimage.Reader
		wait   sync.WaitGroup
		got    [readers]mrzimage.Result
		errs   [readers]error
	)
	for i := range readers {
		wait.Go(func() { got[i], errs[i] = reader.Read(t.Context(), file) })
	}
	wait.Wait()
	for i := range readers {
		require.NoError(t, errs[i])
		require.Equal(t, lines, got[i].Lines)
	}
}

// requireWellFormed holds a result against what its documentation says.
func requireWellFormed(t testing.TB, r mrzimage.Result) {
	t.Helper()
	require.Positive(t, r.Picture.Width)
	require.Positive(t, r.Picture.Height)
	if r.Verdict == mrzimage.VerdictNone {
		require.Empty(t, r.Lines)
		require.Contains(t, r.Picture.Reasons, mrzimage.ReasonNoMRZ)
		return
	}
	require.Len(t, r.Raw, len(r.Lines))
	require.Len(t, r.Cells, len(r.Lines))
	for i, line := range r.Lines {
		require.Len(t, r.Raw[i], len(line))
		require.Len(t, r.Cells[i], len(line))
		for _, p := range r.Cells[i] {
			require.True(t, p >= 0 && p <= 1.0001, "a probability of %v", p)
		}
	}
	require.True(t, r.Confidence > 0 && r.Confidence <= 1.0001)
	for _, c := range r.Repairs {
		require.Equal(t, c.From, string(r.Raw[c.Line-1][c.Column-1]))
		require.Equal(t, c.To, string(r.Lines[c.Line-1][c.Column-1]))
	}
}

func TestReaderSaysWhereTheMRZIs(t *testing.T) {
	skipUnderRace(t)
	_, file := drawn(t, "TD1", specimen.Plain, 1)
	var reader mrzimage.Reader
	upright, err := reader.Read(t.Context(), file)
	require.NoError(t, err)
	c := upright.Corners
	require.Less(t, c[0].X, c[1].X)
	require.Less(t, c[1].Y, c[2].Y)
	require.Greater(t, c[2].X, c[3].X)
	require.InDelta(t, 30*upright.Picture.PixelsPerCell, c[1].X-c[0].X, upright.Picture.PixelsPerCell)
	require.InDelta(t, 0, upright.Picture.Angle, 4)

	_, file = drawn(t, "TD1", specimen.Inverted, 1)
	inverted, err := reader.Read(t.Context(), file)
	require.NoError(t, err)
	require.Greater(t, inverted.Corners[0].X, inverted.Corners[1].X)
	require.Greater(t, max(inverted.Picture.Angle, -inverted.Picture.Angle), 170.0)
}

func TestReaderAppliesOrientation(t *testing.T) {
	skipUnderRace(t)
	lines, file := drawn(t, "TD1", specimen.Plain, 1)
	img, err := jpeg.Decode(bytes.NewReader(file))
	require.NoError(t, err)
	turned := image.NewRGBA(image.Rect(0, 0, photoHeight, photoWidth))
	for y := range photoHeight {
		for x := range photoWidth {
			turned.Set(y, photoWidth-1-x, img.At(x, y))
		}
	}
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, turned, nil))
	file = turnedRight(b.Bytes())
	var reader mrzimage.Reader
	got, err := reader.Read(t.Context(), file)
	require.NoError(t, err)
	require.Equal(t, lines, got.Lines)
	require.Equal(t, photoWidth, got.Picture.Width)
	require.InDelta(t, 0, got.Picture.Angle, 4)
}

// turnedRight gives a JPEG an EXIF segment that says "turn a quarter to the
// right".
func turnedRight(file []byte) []byte {
	exif := "\xFF\xE1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	return append([]byte("\xFF\xD8"+exif), file[2:]...)
}

func TestReaderFindsNoMRZWhereThereIsNone(t *testing.T) {
	skipUnderRace(t)
	var reader mrzimage.Reader
	for name, paint := range map[string]func(x, y int, r *rand.Rand) uint8{
		"blank":    func(int, int, *rand.Rand) uint8 { return 230 },
		"black":    func(int, int, *rand.Rand) uint8 { return 0 },
		"gradient": func(x, y int, _ *rand.Rand) uint8 { return uint8((x + y) / 8) },
		"noise":    func(_, _ int, r *rand.Rand) uint8 { return uint8(r.IntN(256)) },
		"bars":     func(x, _ int, _ *rand.Rand) uint8 { return uint8(x / 7 % 2 * 255) },
		"checks":   func(x, y int, _ *rand.Rand) uint8 { return uint8((x/9 + y/9) % 2 * 255) },
		"dots": func(x, y int, _ *rand.Rand) uint8 {
			if (x%14-7)*(x%14-7)+(y%30-15)*(y%30-15) < 30 {
				return 0
			}
			return 240
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			img := image.NewGray(image.Rect(0, 0, 400, 300))
			for y := range 300 {
				for x := range 400 {
					img.SetGray(x, y, color.Gray{Y: paint(x, y, r)})
				}
			}
			var b bytes.Buffer
			require.NoError(t, png.Encode(&b, img))
			got, err := reader.Read(t.Context(), b.Bytes())
			require.NoError(t, err)
			require.Equal(t, mrzimage.VerdictNone, got.Verdict, "%q", got.Lines)
			requireWellFormed(t, got)
		})
	}
}

// A bright spot wipes out part of the name, and what is left of the letters
// beside it looks like others.
func TestReaderDoesNotGuessWhatGlareErased(t *testing.T) {
	skipUnderRace(t)
	lines := specimen.Invent("TD1", 5001)
	card, err := specimen.Card{Lines: lines, Seed: 1, PixelsPerCell: 16}.Draw()
	require.NoError(t, err)
	file, err := specimen.Photo{Width: 720, Height: 540, Glare: 0.8, GlareX: 0.3, GlareY: 0.73, Seed: 1}.JPEG(card)
	require.NoError(t, err)
	var reader mrzimage.Reader
	got, err := reader.Read(t.Context(), file)
	require.NoError(t, err)
	require.Equal(t, mrzimage.VerdictDoubtful, got.Verdict)
	require.Contains(t, got.Picture.Reasons, mrzimage.ReasonGlare)
	require.Positive(t, got.Picture.Glare)
	erased := 0
	for i, line := range got.Lines {
		for k := range line {
			if line[k] == mrzimage.Unreadable {
				erased++
				continue
			}
			require.Equal(t, lines[i][k], line[k], "line %d, column %d", i+1, k+1)
		}
	}
	require.Positive(t, erased)
	require.Less(t, erased, 30)
}

func TestReaderErrors(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 200, 150)), nil))
	file := b.Bytes()
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancelLate := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancelLate()
	for name, c := range map[string]struct {
		ctx  context.Context
		data []byte
		want error
	}{
		"not a picture": {t.Context(), []byte("%PDF-1.4"), mrzimage.ErrUnsupported},
		"cut":           {t.Context(), file[:len(file)/2], mrzimage.ErrDamaged},
		"stopped":       {stopped, file, context.Canceled},
		"late":          {late, file, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			var reader mrzimage.Reader
			_, err := reader.Read(c.ctx, c.data)
			require.ErrorIs(t, err, c.want)
		})
	}
}

// cards are published specimens beside the checkout; they are not part of it.
const cards = "../../shared/data/cards"

// cardsFloor is how many of them must be read exactly.
const cardsFloor = 0.8

func TestReaderReadsPublishedSpecimens(t *testing.T) {
	skipUnderRace(t)
	table, err := os.ReadFile(filepath.Join(cards, "truth.tsv"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no published specimens: the folder shared is not beside the checkout")
	}
	require.NoError(t, err)
	var reader mrzimage.Reader
	exact, all := 0, 0
	for _, row := range strings.Split(strings.TrimSpace(string(table)), "\n")[1:] {
		columns := strings.Split(row, "\t")
		data, err := os.ReadFile(filepath.Join(cards, columns[0]))
		require.NoError(t, err)
		got, err := reader.Read(t.Context(), data)
		require.NoError(t, err, columns[0])
		requireWellFormed(t, got)
		all++
		if strings.Join(got.Lines, "|") == columns[3] {
			exact++
		} else {
			require.NotEqual(t, mrzimage.VerdictOK, got.Verdict, "%s is misread", columns[0])
		}
	}
	require.GreaterOrEqual(t, exact, int(cardsFloor*float64(all)), "of %d", all)
}

func FuzzRead(f *testing.F) {
	if !mrzimage.RaceEnabled {
		_, file := drawn(f, "TD1", specimen.Far, 1)
		f.Add(file)
	}
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0e\x00\x00\x00\x2f\x01\x80\x00\x00"))
	var reader mrzimage.Reader
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := mrzimage.Inspect(data)
		if err != nil || info.Width*info.Height > 1_000_000 {
			return
		}
		got, err := reader.Read(t.Context(), data)
		if err != nil {
			require.True(t, err == mrzimage.ErrDamaged || err == mrzimage.ErrRare, "%v", err)
			return
		}
		requireWellFormed(t, got)
	})
}
