package reader

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
)

// turnedCard is a photo of a card that is turned by so many degrees.
func turnedCard(t *testing.T, turn float64) (picture image.Image, lines []string) {
	lines = specimen.Invent("TD1", 7)
	card, err := specimen.Card{Lines: lines, Seed: 7, PixelsPerCell: 16}.Draw()
	require.NoError(t, err)
	p := specimen.Plain.Photo(960, 960, 7)
	p.Turn += turn
	return p.Take(card), lines
}

// sentTo looks at a picture and gives what would be sent of it, as it is read here.
func sentTo(t *testing.T, l *Local, p Picture) (Picture, mrzimage.Result) {
	seen, err := l.Look(t.Context(), p)
	require.NoError(t, err)
	sent, err := l.Upright(t.Context(), p, seen)
	require.NoError(t, err)
	info, err := mrzimage.Inspect(sent.Data)
	require.NoError(t, err)
	require.Equal(t, 1, info.Orientation)
	require.Equal(t, "image/"+string(info.Kind), sent.Type)
	r, err := l.reader.Read(t.Context(), sent.Data)
	require.NoError(t, err)
	return sent, r
}

// TestTurnedGoesOutUpright: whichever way the card lies, the service gets it level, and
// of no worse quality; what lies level already is not touched.
func TestTurnedGoesOutUpright(t *testing.T) {
	local := NewLocal(400<<20, 1)
	for _, turn := range []float64{0, 90, 180, 270} {
		img, lines := turnedCard(t, turn)
		var file bytes.Buffer
		require.NoError(t, jpeg.Encode(&file, img, &jpeg.Options{Quality: 85}))
		p := Picture{Data: file.Bytes(), Name: "photo.jpg", Type: "image/jpeg", Person: 7}
		sent, r := sentTo(t, local, p)
		require.Equal(t, lines, r.Lines, "turned by %v", turn)
		require.Equal(t, mrzimage.VerdictOK, r.Verdict)
		require.InDelta(t, 0, r.Picture.Angle, 10)
		require.Equal(t, turn == 0, bytes.Equal(p.Data, sent.Data))
	}
	require.Zero(t, local.room.used, "all was given back")
}

// TestTurnedFileGoesOutUpright: so does a file that only says how it is to be turned, or
// that says so wrongly.
func TestTurnedFileGoesOutUpright(t *testing.T) {
	local := NewLocal(400<<20, 1)
	img, lines := turnedCard(t, 0)
	var file, picture bytes.Buffer
	require.NoError(t, jpeg.Encode(&file, img, &jpeg.Options{Quality: 85}))
	require.NoError(t, png.Encode(&picture, img))
	says := func(orientation byte) []byte {
		exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(orientation)) + "\x00\x00\x00\x00\x00\x00"
		return append([]byte("\xff\xd8\xff\xe1\x00"+string(rune(len(exif)+2))+exif), file.Bytes()[2:]...)
	}
	for name, data := range map[string][]byte{"lies": says(6), "is right": says(1), "upside down, wrongly": says(3), "png": picture.Bytes()} {
		stripped, err := mrzimage.StripMetadata(data)
		require.NoError(t, err)
		p, err := inspect(stripped, true)
		require.NoError(t, err)
		p.Data, p.Person = stripped, 7
		sent, r := sentTo(t, local, p)
		require.Equal(t, lines, r.Lines, name)
		require.InDelta(t, 0, r.Picture.Angle, 10, name)
		require.LessOrEqual(t, len(sent.Data), len(stripped), "%s: what lay level is not coded again", name)
	}
}

// TestNoRoomToTurn: a picture that cannot be turned here goes out as it is, and one that
// waits for room can be stopped.
func TestNoRoomToTurn(t *testing.T) {
	img, _ := turnedCard(t, 180)
	var file bytes.Buffer
	require.NoError(t, jpeg.Encode(&file, img, &jpeg.Options{Quality: 85}))
	p := Picture{Data: file.Bytes(), Type: "image/jpeg", Person: 7}
	info, err := mrzimage.Inspect(p.Data)
	require.NoError(t, err)
	upsideDown := Look{Angle: 180}

	sent, err := NewLocal(info.TurnMemory()-1, 1).Upright(t.Context(), p, upsideDown)
	require.NoError(t, err)
	require.Equal(t, p, sent)
	cut := p
	cut.Data = p.Data[:len(p.Data)/2]
	local := NewLocal(info.TurnMemory(), 1)
	sent, err = local.Upright(t.Context(), cut, upsideDown)
	require.NoError(t, err)
	require.Equal(t, cut, sent)
	sent, err = local.Upright(t.Context(), p, upsideDown)
	require.NoError(t, err)
	require.NotEqual(t, p, sent)

	stopped, stop := context.WithCancel(t.Context())
	stop()
	leave, err := local.room.enter(t.Context(), 8, 1)
	require.NoError(t, err)
	defer leave()
	_, err = local.Upright(stopped, p, upsideDown)
	require.ErrorIs(t, err, ErrInterrupted)
}
