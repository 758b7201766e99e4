package reader

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/bot/outcome"
)

// filesOf gives one file on its way, with a name for the sake of nothing else.
type filesOf struct{ body io.ReadCloser }

func (f filesOf) Download(context.Context, string) ([]byte, error) { panic("it is fetched again") }

func (f filesOf) Open(context.Context, string) (io.ReadCloser, int64, error) {
	return f.body, 1 << 20, nil
}

// TestRoomOfFiles: what a file takes of the room is given back, whether it is read
// or not.
func TestRoomOfFiles(t *testing.T) {
	for file, code := range map[string]outcome.Code{
		"%PDF-1.7": outcome.UnsupportedFile,
		"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00coded\xff\xd9": "",
	} {
		f := NewFetcher(filesOf{io.NopCloser(strings.NewReader(file))}, false)
		picture, err := f.Fetch(t.Context(), File{ID: "f", Person: 1, Whole: true})
		if code != "" {
			require.Equal(t, &outcome.Failure{Code: code, Detail: outcome.DetailPDF}, err)
		} else {
			require.NoError(t, err)
			require.EqualValues(t, 2*MaxFile, f.files.used.memory)
		}
		picture.Close()
		require.Equal(t, share{}, f.files.used)
		require.Equal(t, share{}, f.stripping.used)
	}
}
