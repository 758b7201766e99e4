package mrzimage_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
)

// place is what no file that is sent on may hold.
const place = "GPS 42.8746 N 74.5698 E"

func segment(marker byte, payload string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(payload)+2)), payload...)
}

// cardPhoto is a photo of an invented card, as a JPEG, and its lines.
func cardPhoto(t *testing.T) ([]string, []byte) {
	lines := specimen.Invent("TD1", 9)
	card, err := specimen.Card{Lines: lines, Seed: 9, PixelsPerCell: 20}.Draw()
	require.NoError(t, err)
	return lines, jpegFile(t, specimen.Photo{Width: 800, Height: 560, Fill: 0.9, Turn: 3, Seed: 9}, card)
}

// TestBrokenFilesAreRead: what is there of a picture is read, and can be sent on
// without anything but the picture.
func TestBrokenFilesAreRead(t *testing.T) {
	skipUnderRace(t)
	lines, photo := cardPhoto(t)
	_, other := drawn(t, "TD1", specimen.Plain, 3)
	exif := segment(0xE1, "Exif\x00\x00MM\x00*"+place+string(other[:3000]))
	open := photo[: len(photo)-2 : len(photo)-2]
	for name, file := range map[string][]byte{
		"whole":                    append(append([]byte{0xFF, 0xD8}, exif...), photo[2:]...),
		"no end":                   open,
		"no end, and a trailer":    append(open, "SEFT "+place...),
		"no end, and a picture":    append(append(open, 0xFF, 0xD8), append(exif, other[2:]...)...),
		"a trailer":                append(bytes.Clone(photo), place...),
		"two pictures":             append(append(append(bytes.Clone(photo), 0xFF, 0xD8), exif...), other[2:]...),
		"two beginnings":           append(append([]byte{0xFF, 0xD8}, exif...), photo...),
		"a comment before the end": append(append(open, segment(0xFE, place)...), 0xFF, 0xD9),
		"a place between segments": append([]byte("\xFF\xD8\xFF\xFE\x00\x02"+place), photo[2:]...),
		"200 bytes short":          photo[:len(photo)-200],
	} {
		t.Run(name, func(t *testing.T) { readsAndStrips(t, file, lines) })
	}
}

func readsAndStrips(t *testing.T, file []byte, lines []string) {
	t.Helper()
	var reader mrzimage.Reader
	got, err := reader.Read(t.Context(), file)
	require.NoError(t, err)
	require.Equal(t, lines, got.Lines)
	j, err := reader.Judge(t.Context(), file)
	require.NoError(t, err)
	require.Empty(t, j.Stop)

	stripped, err := mrzimage.StripMetadata(file)
	require.NoError(t, err)
	require.NotContains(t, string(stripped), place[:8])
	again, err := reader.Read(t.Context(), stripped)
	require.NoError(t, err)
	require.Equal(t, got.Lines, again.Lines)
	twice, err := mrzimage.StripMetadata(stripped)
	require.NoError(t, err)
	require.True(t, bytes.Equal(stripped, twice))
}

// TestRareFilesAreRead: kinds that Go's own decoders refuse, of the same card.
func TestRareFilesAreRead(t *testing.T) {
	skipUnderRace(t)
	lines := specimen.Invent("TD1", 5)
	load := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("internal", "codec", "testdata", name))
		require.NoError(t, err)
		return data
	}
	webp := load("lossy.webp")
	for name, file := range map[string][]byte{
		"uneven samples":         load("uneven.jpg"),
		"restarts in passes":     load("progressive-restarts.jpg"),
		"colours one by one":     load("apart.jpg"),
		"passes, cut":            load("progressive.jpg")[:9000],
		"webp":                   webp,
		"webp, 100 bytes short":  webp[:len(webp)-100],
		"webp, and then a place": append(bytes.Clone(webp), place...),
	} {
		t.Run(name, func(t *testing.T) { readsAndStrips(t, file, lines) })
	}

	arithmetic := load("arithmetic.jpg")
	var reader mrzimage.Reader
	_, err := reader.Read(t.Context(), arithmetic)
	require.ErrorIs(t, err, mrzimage.ErrRare)
	stripped, err := mrzimage.StripMetadata(append(append([]byte{0xFF, 0xD8}, segment(0xFE, place)...), append(arithmetic[2:len(arithmetic):len(arithmetic)], place...)...))
	require.NoError(t, err)
	require.NotContains(t, string(stripped), place[:8])
	require.Greater(t, len(stripped), len(arithmetic)-100, "the picture is there")
	_, err = mrzimage.StripMetadata(append(arithmetic[:len(arithmetic)-2:len(arithmetic)-2], place...))
	require.ErrorIs(t, err, mrzimage.ErrDamaged, "nobody here can tell where its picture ends")
}
