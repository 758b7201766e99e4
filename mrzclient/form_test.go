package mrzclient

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func formOf(t *testing.T, p Picture) *form {
	t.Helper()
	f, err := newForm(testKey, p)
	require.NoError(t, err)
	return f
}

// However it is read, a form is the same bytes, as many as it says.
func TestFormByPieces(t *testing.T) {
	const content = "a picture of some bytes"
	readers := map[string]func(io.Reader) io.Reader{
		"one by one":         iotest.OneByteReader,
		"halves":             iotest.HalfReader,
		"end with the data":  iotest.DataErrReader,
		"as the buffer goes": func(r io.Reader) io.Reader { return r },
	}
	for inner, wrapPicture := range readers {
		for outer, wrapForm := range readers {
			t.Run(inner+"/"+outer, func(t *testing.T) {
				f := formOf(t, Picture{Size: int64(len(content)), Body: wrapPicture(strings.NewReader(content))})
				require.False(t, f.sent())
				text, err := io.ReadAll(wrapForm(f))
				require.NoError(t, err)
				require.Len(t, text, int(f.length))
				require.Equal(t, 1, bytes.Count(text, []byte(content)))
				require.True(t, f.sent())
			})
		}
	}
}

func TestFormsHaveTheirOwnBoundaries(t *testing.T) {
	require.NotEqual(t, formOf(t, picture("x")).contentType, formOf(t, picture("x")).contentType)
}

// The transport may read and close a form in any order once it has all of it.
func TestSentStaysSent(t *testing.T) {
	f := formOf(t, picture("x"))
	_, err := io.ReadAll(f)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	_, err = f.Read(make([]byte, 1))
	require.Equal(t, io.EOF, err)
	f.wrote(nil)
	require.True(t, f.sent())
	f.wrote(errors.New("broken pipe"))
	require.False(t, f.sent(), "the last bytes did not go out")
}

func TestNotSentBeforeTheLastByte(t *testing.T) {
	f := formOf(t, picture("x"))
	_, err := io.CopyN(io.Discard, f, f.length-1)
	require.NoError(t, err)
	require.False(t, f.sent())
	require.NoError(t, f.Close())
	require.NoError(t, f.Close())
	_, err = f.Read(make([]byte, 1))
	require.ErrorIs(t, err, errClosed)
	require.False(t, f.sent())
}

func TestFailureStays(t *testing.T) {
	broken := errors.New("broken")
	f := formOf(t, Picture{Size: 5, Body: iotest.ErrReader(broken)})
	for range 2 {
		_, err := io.ReadAll(f)
		require.ErrorIs(t, err, broken)
	}
	require.ErrorIs(t, f.failure(), broken)
	require.False(t, f.sent())
}
