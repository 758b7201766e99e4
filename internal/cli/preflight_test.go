package cli

import (
	"bytes"
	"image"
	"image/jpeg"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
)

// photos are what photoOf has drawn, by name.
var photos sync.Map

// photoOf gives a picture that is looked at before it is sent to the service. A
// number behind the thing makes it another photo of the same.
func photoOf(t *testing.T, thing string) []byte {
	t.Helper()
	photo, ok := photos.Load(thing)
	if !ok {
		photo, _ = photos.LoadOrStore(thing, drawPhoto(t, thing))
	}
	return bytes.Clone(photo.([]byte))
}

func drawPhoto(t *testing.T, thing string) []byte {
	t.Helper()
	thing, number, _ := strings.Cut(thing, " ")
	p := specimen.Plain.Photo(640, 480, 7)
	if number != "" {
		n, err := strconv.ParseUint(number, 10, 8)
		require.NoError(t, err)
		p.Seed += n
	}
	card := specimen.Card{Lines: specimen.Invent("TD1", 7), Seed: 7, PixelsPerCell: 14}
	shown := image.Rect(0, 0, p.Width, p.Height)
	switch thing {
	case "card":
	case "blurred":
		p.Blur = 3.2
	case "hidden":
		p.Glare, p.GlareX, p.GlareY, p.GlareWide = 1, 0.5, 0.75, 0.04
	case "tilted":
		p = specimen.Tilted.Photo(640, 480, 8)
	case "slanted":
		p.Turn = 40
	case "front":
		card.Front = true
	case "night":
		p.Dim = 0.99
	case "fog":
		p.Blur = 13
	case "glare":
		p.Glare, p.GlareX, p.GlareY = 1, 0.3, 0.72
	case "inverted":
		p.Turn += 180
	case "part":
		shown.Max.X = p.Width * 7 / 10
	case "stamp":
		p.Width, p.Height = 100, 75
		shown = image.Rect(0, 0, 100, 75)
	default:
		t.Fatalf("no photo of %q", thing)
	}
	drawn, err := card.Draw()
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, p.Take(drawn).SubImage(shown), &jpeg.Options{Quality: 90}))
	return b.Bytes()
}

// TestPreflight: what may be sent goes out as Telegram keeps it, byte for byte;
// what ends before its MRZ is not sent, unless PREFLIGHT is off.
func TestPreflight(t *testing.T) {
	for setting, sent := range map[string]int{"on": 1, "off": 2} {
		t.Run(setting, func(t *testing.T) {
			b := reading(t, map[string]string{"PREFLIGHT": setting})
			b.mrz.Answer(fakemrz.Lines(card...))
			b.start()
			photo := photoOf(t, "card")
			_, err := b.telegram.SendPhoto(gulnara, photo, "", faketelegram.Unchanged())
			require.NoError(t, err)
			b.answered(gulnara, "1 of 50")
			require.Equal(t, photo, b.mrz.LastPicture())
			_, err = b.telegram.SendPhoto(gulnara, photo[:len(photo)/2], "", faketelegram.Unchanged())
			require.NoError(t, err)
			if setting == "on" {
				require.Contains(t, b.answered(gulnara, "This picture is damaged").Text, "Not counted.")
			} else {
				b.answered(gulnara, "2 of 50")
			}
			require.Equal(t, sent, b.mrz.Counts().Begun)
		})
	}
}

// TestTurnedGoesOutUpright: a card that lies upside down in its photo goes out as it
// reads.
func TestTurnedGoesOutUpright(t *testing.T) {
	b := reading(t, map[string]string{"PREFLIGHT": "on"})
	b.mrz.Answer(fakemrz.Lines(specimen.Invent("TD1", 7)...))
	b.start()
	photo := photoOf(t, "inverted")
	_, err := b.telegram.SendPhoto(gulnara, photo, "", faketelegram.Unchanged())
	require.NoError(t, err)
	b.answered(gulnara, "1 of 50")
	require.NotEqual(t, photo, b.mrz.LastPicture())
	r, err := new(mrzimage.Reader).Read(t.Context(), b.mrz.LastPicture())
	require.NoError(t, err)
	require.Equal(t, specimen.Invent("TD1", 7), r.Lines)
	require.InDelta(t, 0, r.Picture.Angle, 10)
}
