package bot

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/storage"
)

// TestForeignKinds: what a file is, its first bytes say.
func TestForeignKinds(t *testing.T) {
	const rest = "\x00\x00\x00\x00 and so on"
	hints := map[string]outcome.Detail{
		"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic":               outcome.DetailHEIC,
		"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1heicmiaf":           outcome.DetailHEIC,
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1":                   outcome.DetailHEIC,
		"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf":           outcome.DetailNone,
		"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf":           outcome.DetailNone,
		"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom":               outcome.DetailVideo,
		"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ":                   outcome.DetailVideo,
		"\x00\x00\x00\x18ftyp3gp5\x00\x00\x00\x003gp5isom":               outcome.DetailVideo,
		"\x1aE\xdf\xa3\x01\x00\x00\x00":                                  outcome.DetailVideo,
		"RIFF\x00\x00\x10\x00AVI LIST":                                   outcome.DetailVideo,
		"\x00\x00\x00\x20mdat":                                           outcome.DetailVideo,
		"%PDF-1.4\n":                                                     outcome.DetailPDF,
		"\xef\xbb\xbf%PDF-1.7\n":                                         outcome.DetailPDF,
		"HTTP junk before\n%PDF-1.7\n":                                   outcome.DetailPDF,
		"GIF89a":                                                         outcome.DetailNone,
		"BM\x36\x00\x00\x00":                                             outcome.DetailNone,
		"II*\x00\x08\x00\x00\x00":                                        outcome.DetailNone,
		"\x00\x00\x00\x0cjP  \r\n\x87\n":                                 outcome.DetailNone,
		"\x00\x00\x00\x0cJXL \r\n\x87\n\x00\x00\x00\x14ftypjxl \x00\x00": outcome.DetailNone,
		"\xff\x0a\xfa\x1f":                                               outcome.DetailNone,
		"PK\x03\x04":                                                     outcome.DetailNone,
		"":                                                               outcome.DetailNone,
	}
	for head, want := range hints {
		hint, foreign := foreignKind([]byte(head + rest))
		require.True(t, foreign, "%q", head)
		require.Equal(t, want, hint, "%q", head)
		for n := range len(head) {
			_, foreign := foreignKind([]byte(head[:n]))
			require.True(t, foreign, "%q", head[:n])
		}
	}
	for _, head := range []string{"\xff\xd8\xff\xe0", "\xff\xd8\xff\xdb", "\x89PNG\r\n\x1a\n", "RIFF\x00\x00\x10\x00WEBPVP8 "} {
		_, foreign := foreignKind([]byte(head + rest))
		require.False(t, foreign, "%q", head)
	}
}

// TestForeignFilesAreNotFetched: their first bytes are enough, and what they take
// of the room is given back.
func TestForeignFilesAreNotFetched(t *testing.T) {
	desk := setTable(t, func() (Reading, error) { panic("it is read") })
	long := strings.NewReader("%PDF-1.7" + strings.Repeat("x", 10<<20))
	flow := &spring{Reader: long}
	desk.flow = flow
	task := storage.Task{
		ID: "update:1", Kind: storage.KindPhoto, Person: 1, Chat: 1, Message: 7, FileID: "f", Added: noon,
		Payload: desk.Seal.Seal("update:1", chat.SealUpdate, []byte(`{"message":{"document":{"file_id":"f","mime_type":"image/jpeg","file_name":"a.jpg"}}}`)),
	}
	_, err := desk.store.AddTask(t.Context(), task)
	require.NoError(t, err)
	desk.Handle(t.Context(), desk.claimAgain())
	require.NotZero(t, flow.closed)
	require.Greater(t, long.Len(), 9<<20, "the rest was not read")
	require.Contains(t, desk.said[0].Text, "PDF")
	require.Equal(t, share{}, desk.files.used)
}

// TestFilesAreStripped: what came as a file goes on without what the phone wrote
// into it, whatever its update calls it.
func TestFilesAreStripped(t *testing.T) {
	for _, kind := range []string{"document", "video", "animation"} {
		desk := setTable(t, nil)
		var got Picture
		desk.Reader = pictureReader(func(p Picture) { got = p })
		file := "\xff\xd8\xff\xfe\x00\x10GPS 42.8 74.56"
		file += "\xff\xc0\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00" + "\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + "coded" + "\xff\xd9"
		desk.flow = io.NopCloser(strings.NewReader(file))
		_, err := desk.store.AddTask(t.Context(), storage.Task{
			ID: "update:1", Kind: storage.KindPhoto, Person: 1, Chat: 1, Message: 7, FileID: "f", Added: noon,
			Payload: desk.Seal.Seal("update:1", chat.SealUpdate, []byte(`{"message":{"`+kind+`":{"file_id":"f","mime_type":"image/jpeg"}}}`)),
		})
		require.NoError(t, err)
		desk.Handle(t.Context(), desk.claimAgain())
		require.Contains(t, string(got.Data), "coded", kind)
		require.NotContains(t, string(got.Data), "GPS", kind)
		require.Equal(t, "image/jpeg", got.Type)
		require.Equal(t, share{}, desk.files.used, "its room was given back")
	}
}

// pictureReader is told what it is to read.
type pictureReader func(Picture)

func (pictureReader) Paid() bool { return true }

func (f pictureReader) Read(_ context.Context, p Picture) (Reading, error) {
	f(p)
	return Reading{Lines: []string{"I<UTO"}}, nil
}
