package bot

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/chat"
	"mrzbot/bot/reader"
	"mrzbot/storage"
)

// TestForeignFilesAreNotFetched: their first bytes are enough.
func TestForeignFilesAreNotFetched(t *testing.T) {
	desk := setTable(t, func() (reader.Reading, error) { panic("it is read") })
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
}

// TestFilesAreStripped: what came as a file goes on without what the phone wrote
// into it, whatever its update calls it.
func TestFilesAreStripped(t *testing.T) {
	for _, kind := range []string{"document", "video", "animation"} {
		desk := setTable(t, nil)
		var got reader.Picture
		desk.Reader = pictureReader(func(p reader.Picture) { got = p })
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
	}
}

// pictureReader is told what it is to read.
type pictureReader func(reader.Picture)

func (pictureReader) Paid() bool { return true }

func (f pictureReader) Read(_ context.Context, p reader.Picture) (reader.Reading, error) {
	f(p)
	return reader.Reading{Lines: []string{"I<UTO"}}, nil
}
