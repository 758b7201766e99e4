package cli

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage/specimen"
	"mrzbot/sandbox"
)

// photoOf draws a picture that is judged before it is sent to the service.
func photoOf(t *testing.T, thing string) []byte {
	t.Helper()
	p := specimen.Plain.Photo(640, 480, 7)
	card := specimen.Card{Lines: specimen.Invent("TD1", 7), Seed: 7, PixelsPerCell: 14}
	shown := image.Rect(0, 0, p.Width, p.Height)
	switch thing {
	case "card":
	case "tilted":
		p = specimen.Tilted.Photo(640, 480, 8)
	case "slanted":
		p.Turn = 40 // nothing here finds it, and the service may
	case "front":
		card.Front = true
	case "night":
		p.Dim = 0.99
	case "fog":
		p.Blur = 13
	case "glare":
		p.Glare, p.GlareX, p.GlareY = 1, 0.3, 0.72
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
			b.mrz.Answer(sandbox.MRZZone(card...))
			b.start()
			photo := photoOf(t, "card")
			_, err := b.telegram.SendPhoto(gulnara, photo, "", sandbox.Unchanged())
			require.NoError(t, err)
			b.answered(gulnara, "Attempt 1 of 50")
			require.Equal(t, photo, b.mrz.LastPicture())
			_, err = b.telegram.SendPhoto(gulnara, photo[:len(photo)/2], "", sandbox.Unchanged())
			require.NoError(t, err)
			if setting == "on" {
				require.Contains(t, b.answered(gulnara, "This picture is damaged").Text, "This did not count.")
			} else {
				b.answered(gulnara, "Attempt 2 of 50")
			}
			require.Equal(t, sent, b.mrz.Counts().Begun)
		})
	}
}
