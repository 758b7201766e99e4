package sandbox

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
)

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(raw)
}

func TestStart(t *testing.T) {
	s, err := Start(t.Context(), Config{PageAddr: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	_, body := get(t, s.TelegramURL+"/bot"+s.Token+"/getMe")
	require.Contains(t, body, `"ok":true`)
	status, _ := get(t, s.MRZURL)
	require.Equal(t, 405, status)
	require.True(t, strings.HasSuffix(s.MRZURL, fakemrz.Path))
	_, body = get(t, s.PageURL)
	require.Contains(t, body, "mrzbot sandbox")
	require.GreaterOrEqual(t, len(s.Key), 47)
	require.Regexp(t, `^[A-Za-z0-9_-]{1,256}$`, s.Secret)
	require.Regexp(t, `^[1-9][0-9]{0,17}:[A-Za-z0-9_-]{30,}$`, s.Token)
	require.Contains(t, func() string { _, body := get(t, s.PageURL+"api/setup"); return body }(), "mrz_sandbox_bot")

	other, err := Start(t.Context(), Config{PageAddr: "127.0.0.1:0"})
	require.NoError(t, err)
	defer other.Close()
	require.NotEqual(t, s.Token, other.Token)
	s.Close()
	s.Close()
	_, err = net.Dial("tcp", strings.TrimPrefix(s.TelegramURL, "http://"))
	require.Error(t, err, "closed means closed")
}

func TestStartTakesTheNextFreePort(t *testing.T) {
	a, err := Start(t.Context(), Config{})
	require.NoError(t, err)
	defer a.Close()
	b, err := Start(t.Context(), Config{})
	require.NoError(t, err)
	defer b.Close()
	require.NotEqual(t, a.PageURL, b.PageURL)
	_, err = Start(t.Context(), Config{PageAddr: strings.TrimSuffix(strings.TrimPrefix(a.PageURL, "http://"), "/")})
	require.Error(t, err, "an address that was asked for and is taken is an error")
}

func TestStartRefuses(t *testing.T) {
	for _, addr := range []string{":8088", "0.0.0.0:8088", "192.0.2.1:80", "example.org:80", "nonsense"} {
		_, err := Start(t.Context(), Config{PageAddr: addr})
		require.ErrorIs(t, err, ErrNotLoopback, addr)
	}
	_, err := Start(t.Context(), Config{Random: strings.NewReader("short")})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestContextEndsStreamsAndPolls(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := Start(ctx, Config{PageAddr: "127.0.0.1:0"})
	require.NoError(t, err)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	events, err := client.Get(s.PageURL + "api/events?person=700001")
	require.NoError(t, err)
	defer events.Body.Close()
	polled := make(chan error, 1)
	go func() {
		resp, err := client.Get(s.TelegramURL + "/bot" + s.Token + "/getUpdates?timeout=50")
		if err == nil {
			err = resp.Body.Close()
		}
		polled <- err
	}()
	require.NoError(t, s.Telegram.Wait(t.Context(), s.Telegram.Polling))
	cancel()
	s.Close()
	_, _ = io.ReadAll(events.Body) // ends because the stream does
	<-polled
}

// TestJournalHidesSecrets: token, secret and key stand nowhere in it.
func TestJournalHidesSecrets(t *testing.T) {
	s, err := Start(t.Context(), Config{PageAddr: "127.0.0.1:0"})
	require.NoError(t, err)
	defer s.Close()
	_, body := get(t, s.TelegramURL+"/bot"+s.Token+"/setWebhook?url=http://127.0.0.1:1/telegram&secret_token="+s.Secret)
	require.Contains(t, body, `"ok":true`)
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	require.NoError(t, w.WriteField("api_key", s.Key))
	file, err := w.CreateFormFile("image", "card.jpg")
	require.NoError(t, err)
	_, err = io.WriteString(file, "\xff\xd8\xff begins like a JPEG file")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Post(s.MRZURL, w.FormDataContentType(), &form)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode, "the key was right; nothing can be read")
	require.NoError(t, s.MRZ.Wait(t.Context(), func() bool { return len(s.MRZ.Calls()) == 1 }))
	s.Close() // which waits until everything is written

	list, _ := s.Journal.Since(0)
	all := fmt.Sprint(list)
	require.Contains(t, all, "setWebhook")
	require.Contains(t, all, "mrz/retrieve")
	for _, secret := range []string{s.Token, s.Secret, s.Key} {
		require.NotContains(t, all, secret)
	}
}
