package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
)

const lies = `{"file_id":"F","file_unique_id":"U","file_size":5,"file_path":"photos/file_1.jpg"}`

// gives answers with a file of a known size.
func gives(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		_, _ = w.Write(data)
	}
}

// trickles answers with a file whose size is not said.
func trickles(data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_ = http.NewResponseController(w).Flush()
		_, _ = w.Write(data)
	}
}

// closing ends the connection after the answer: a request that fails on a kept
// connection is repeated by net/http itself.
func closing(answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		answer(w, r)
	}
}

func TestDownload(t *testing.T) {
	big := bytes.Repeat([]byte("x"), MaxFile)
	for _, c := range []struct {
		name   string
		link   string
		answer http.HandlerFunc
		data   []byte
	}{
		{"as it should be", lies, gives([]byte("hello")), []byte("hello")},
		{"no size in the answer", lies, trickles([]byte("hello")), []byte("hello")},
		{"no size anywhere", `{"file_id":"F","file_path":"a.png"}`, trickles([]byte("hello")), []byte("hello")},
		{"a wrong size in the link", `{"file_id":"F","file_path":"a.png","file_size":3}`, gives([]byte("hello")), []byte("hello")},
		{"empty", `{"file_id":"F","file_path":"a.png"}`, gives(nil), nil},
		{"the largest there is", `{"file_id":"F","file_path":"a.png"}`, gives(big), big},
		{"the largest there is, no size", `{"file_id":"F","file_path":"a.png"}`, trickles(big), big},
	} {
		t.Run(c.name, func(t *testing.T) {
			tg, client, _ := play(t, done(c.link), c.answer)
			f, err := client.Download(t.Context(), "F")
			require.NoError(t, err)
			require.True(t, bytes.Equal(c.data, f.Data))
			require.Equal(t, "getFile", tg.asked()[0])
			require.Equal(t, "file ", tg.asked()[1][:5])
			require.Len(t, tg.asked(), 2)
			require.Contains(t, tg.asked()[1], f.Name)
		})
	}
}

func TestDownloadTooLarge(t *testing.T) {
	over := bytes.Repeat([]byte("x"), MaxFile+1)
	for _, c := range []struct {
		name  string
		next  []http.HandlerFunc
		asked int
	}{
		{"Telegram says so", []http.HandlerFunc{no(400, "Bad Request: file is too big")}, 1},
		{"the link says so", []http.HandlerFunc{done(`{"file_id":"F","file_path":"a","file_size":20971521}`)}, 1},
		{"the answer says so", []http.HandlerFunc{done(lies), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99999999999")
			_ = http.NewResponseController(w).Flush()
		}}, 2},
		{"nobody says so", []http.HandlerFunc{done(lies), trickles(over)}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			tg, client, _ := play(t, c.next...)
			_, err := client.Download(t.Context(), "F")
			require.ErrorIs(t, err, ErrTooLarge)
			require.Len(t, tg.asked(), c.asked)
		})
	}
}

func TestDownloadFails(t *testing.T) {
	for _, c := range []struct {
		name  string
		next  []http.HandlerFunc
		code  int
		after time.Duration
		asked string
	}{
		{"the file id is wrong", []http.HandlerFunc{no(400, "Bad Request: invalid file_id")}, 400, 0, "L"},
		{"the file is away for a while", []http.HandlerFunc{no(400, "Bad Request: wrong file_id or the file is temporarily unavailable")}, 400, usualPause, "L"},
		{"no path", []http.HandlerFunc{done(`{"file_id":"F"}`)}, 200, usualPause, "L"},
		{"the link is not there", []http.HandlerFunc{done(`null`)}, 200, usualPause, "L"},
		{"the link is cut", []http.HandlerFunc{hangUp("")}, 0, usualPause, "LL"},
		{"the link's answer is cut", []http.HandlerFunc{hangUp("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{\"ok\":true")}, 200, usualPause, "L"},
		{"expired again and again", []http.HandlerFunc{done(lies), no(404, "Not Found"), done(lies), no(404, "Not Found")}, 404, tokenPause, "LFLF"},
		{"a page that echoes the link", []http.HandlerFunc{done(lies), page(502)}, 502, usualPause, "LFF"},
		{"too fast", []http.HandlerFunc{done(lies), slow("9")}, 429, 9 * time.Second, "LF"},
		{"no answer", []http.HandlerFunc{closing(done(lies)), hangUp("")}, 0, usualPause, "LFF"},
		{"cut twice", []http.HandlerFunc{done(lies), hangUp("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nAN123"), done(lies), hangUp("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nAN123")}, 0, usualPause, "LFLF"},
		{"shorter than the link says", []http.HandlerFunc{done(lies), trickles([]byte("hi")), done(lies), trickles([]byte("hi"))}, 0, usualPause, "LFLF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tg, client, _ := play(t, c.next...)
			_, err := client.Download(t.Context(), "F")
			e := requireError(t, err)
			require.Equal(t, c.code, e.Code, e.Error())
			require.Equal(t, c.after, e.After)
			var asked strings.Builder
			for _, a := range tg.asked() {
				asked.WriteString(map[bool]string{true: "L", false: "F"}[a == "getFile"])
			}
			require.Equal(t, c.asked, asked.String())
		})
	}
}

func TestDownloadTriesAgain(t *testing.T) {
	for name, next := range map[string][]http.HandlerFunc{
		"expired":        {done(lies), no(404, "Not Found"), done(lies), gives([]byte("hello"))},
		"expired (400)":  {done(lies), no(400, "Bad Request"), done(lies), gives([]byte("hello"))},
		"cut":            {done(lies), hangUp("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"), done(lies), gives([]byte("hello"))},
		"busy":           {done(lies), page(503), gives([]byte("hello"))},
		"link was cut":   {hangUp(""), done(lies), gives([]byte("hello"))},
		"link was a 500": {no(500, "Internal Server Error"), done(lies), gives([]byte("hello"))},
	} {
		t.Run(name, func(t *testing.T) {
			_, c, _ := play(t, next...)
			f, err := c.Download(t.Context(), "F")
			require.NoError(t, err)
			require.Equal(t, File{Data: []byte("hello"), Name: "file_1.jpg"}, f)
		})
	}
}

// A path with unusual characters stays a path below the bot's own.
func TestDownloadPathIsEscaped(t *testing.T) {
	tg, c, _ := play(t, done(`{"file_id":"F","file_path":"documents/a b?c#d%2e.jpg"}`), gives([]byte("hello")))
	f, err := c.Download(t.Context(), "F")
	require.NoError(t, err)
	require.Equal(t, "file documents/a b?c#d%2e.jpg", tg.asked()[1])
	require.Equal(t, "a b?c#d%2e.jpg", f.Name)
}

// A file is passed on as it comes where its size can be believed, and read
// into memory where not.
func TestOpen(t *testing.T) {
	for _, c := range []struct {
		name   string
		link   string
		answer http.HandlerFunc
		passed bool
	}{
		{"both sizes agree", lies, gives([]byte("hello")), true},
		{"size from the answer", `{"file_id":"F","file_path":"a"}`, gives([]byte("hello")), true},
		{"another size in the link", `{"file_id":"F","file_path":"a","file_size":3}`, gives([]byte("hello")), false},
		{"size from the link", lies, trickles([]byte("hello")), false},
		{"no size", `{"file_id":"F","file_path":"a"}`, trickles([]byte("hello")), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, client, _ := play(t, done(c.link), c.answer)
			body, size, err := client.Open(t.Context(), "F")
			require.NoError(t, err)
			require.EqualValues(t, 5, size)
			_, passed := body.(*fileBody)
			require.Equal(t, c.passed, passed)
			data, err := io.ReadAll(body)
			require.NoError(t, err)
			require.Equal(t, "hello", string(data))
			require.NoError(t, body.Close())
		})
	}
}

func TestOpenFails(t *testing.T) {
	half := "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"
	for name, next := range map[string][]http.HandlerFunc{
		"no file":                   {done(lies), page(502)},
		"cut, to be read whole":     {done(`{"file_id":"F","file_path":"a","file_size":9}`), hangUp(half)},
		"short, to be read whole":   {done(lies), trickles([]byte("hi"))},
		"too long for its chunking": {done(lies), hangUp("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello")},
	} {
		t.Run(name, func(t *testing.T) {
			_, client, _ := play(t, next...)
			body, _, err := client.Open(t.Context(), "F")
			requireError(t, err)
			require.Nil(t, body)
		})
	}
	t.Run("too large, to be read whole", func(t *testing.T) {
		_, client, _ := play(t, done(lies), trickles(bytes.Repeat([]byte("x"), MaxFile+1)))
		_, _, err := client.Open(t.Context(), "F")
		require.ErrorIs(t, err, ErrTooLarge)
	})
	t.Run("cut on its way", func(t *testing.T) {
		_, client, _ := play(t, done(lies), hangUp(half))
		body, size, err := client.Open(t.Context(), "F")
		require.NoError(t, err)
		require.EqualValues(t, 5, size)
		data, err := io.ReadAll(body)
		require.Equal(t, usualPause, requireError(t, err).After)
		require.Equal(t, "he", string(data))
		require.NoError(t, body.Close())
	})
}

// Whoever waits for the rest of a file is let go by Close.
func TestCloseEndsARead(t *testing.T) {
	_, client, _ := play(t, done(lies), func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "5")
		_, _ = w.Write([]byte("he"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	body, _, err := client.Open(t.Context(), "F")
	require.NoError(t, err)
	_, err = io.ReadFull(body, make([]byte, 2))
	require.NoError(t, err)
	read := make(chan error)
	go func() {
		_, err := body.Read(make([]byte, 1))
		read <- err
	}()
	require.NoError(t, body.Close())
	requireError(t, <-read)
}

// endless is a body that stops giving bytes, and breaks with the request.
type endless struct{ ctx context.Context }

func (e endless) Read([]byte) (int, error) {
	<-e.ctx.Done()
	return 0, fmt.Errorf("read https://host/file/bot%s/x: %w", canary, e.ctx.Err())
}

func (e endless) Close() error { return errors.New("close " + canary) }

func TestADownloadThatStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Config{Token: canary, Transport: carry(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/getFile") {
				return reply(200, `{"ok":true,"result":`+lies+`}`), nil
			}
			return &http.Response{StatusCode: 200, Body: endless{r.Context()}, ContentLength: -1}, nil
		})})
		require.NoError(t, err)

		start := time.Now()
		_, err = c.Download(t.Context(), "F")
		require.Equal(t, "telegram: download: no answer in time", err.Error())
		require.Equal(t, usualPause, requireError(t, err).After)
		require.Equal(t, fileTimeout, time.Since(start))

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = c.Download(ctx, "F")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		requireError(t, err)

		_, _, err = c.Open(t.Context(), "F")
		require.Equal(t, "telegram: download: no answer in time", requireError(t, err).Error())

		body, _, err := c.open(t.Context(), "F")
		require.NoError(t, err)
		requireError(t, body.Close())
	})
}

func linkOf(path string) models.File { return models.File{FileID: "F", FilePath: path} }
