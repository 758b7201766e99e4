package mrzclient

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testKey = "canaryKeyCanaryKeyCanaryKeyCanaryKeyCanaryKey_-"
	session = "6a1f3c52-7d1b-4c1e-9a55-0d6b8f3f2e11"
	// The vendor's example, whose MRZ is not valid.
	goodAnswer = `{"backend_session": "` + session + `", "status": "RECEIVED", "result": true,
		"mrz_string": "IDKAZ0123456789012345678901<<<\n0123456F0123456KAZ<<<<<<<<<<<0\nJHON<<DOE<<<<<<<<<<<<<<<<<<<<<",
		"failure_reason": null}`
)

var goodLines = []string{
	"IDKAZ0123456789012345678901<<<",
	"0123456F0123456KAZ<<<<<<<<<<<0",
	"JHON<<DOE<<<<<<<<<<<<<<<<<<<<<",
}

func picture(content string) Picture {
	return Picture{Size: int64(len(content)), Body: strings.NewReader(content)}
}

// endless is a picture larger than any socket's buffers.
func endless() Picture {
	const size = 64 << 20
	return Picture{Size: size, Body: io.LimitReader(zeros{}, size)}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func newClient(_ testing.TB, url string) *Client {
	return &Client{URL: url, Key: testKey}
}

// serve starts a server and gives a client of it.
func serve(t testing.TB, handler http.HandlerFunc) *Client {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newClient(t, server.URL+"/mrz/")
}

// answering serves the same answer to whoever sent a whole request.
func answering(t testing.TB, status int, text string) *Client {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	})
}

// wired hands each connection to talk, one after another, and closes it then.
func wired(t testing.TB, talk func(net.Conn, *bufio.Reader)) *Client {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			talk(conn, bufio.NewReader(conn))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return newClient(t, "http://"+listener.Addr().String()+"/mrz/")
}

// readRequest takes a whole request off a connection.
func readRequest(t testing.TB, r *bufio.Reader) {
	request, err := http.ReadRequest(r)
	if err == nil {
		_, err = io.Copy(io.Discard, request.Body)
	}
	if err != nil {
		t.Errorf("no whole request: %v", err)
	}
}

// reset closes a connection the hard way.
func reset(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// untilClosed waits for the other side to hang up.
func untilClosed(r *bufio.Reader) { _, _ = io.Copy(io.Discard, r) }

// failing reads a picture and gives the error, which must be an *Error.
func failing(t testing.TB, c *Client, ctx context.Context, p Picture) *Error {
	t.Helper()
	answer, err := c.Read(ctx, p)
	require.Empty(t, answer.Lines)
	failure, ok := err.(*Error)
	require.True(t, ok, "%T", err)
	return failure
}

// closing is a Body that knows whether it was closed, and that fails the test
// when it is read later.
type closing struct {
	t testing.TB
	io.Reader
	closed bool
}

func (c *closing) Read(p []byte) (int, error) {
	if c.closed {
		c.t.Error("read after it was closed")
	}
	return c.Reader.Read(p)
}

func (c *closing) Close() error {
	c.closed = true
	return nil
}

func closingPicture(t testing.TB, content []byte) (Picture, *closing) {
	body := &closing{t: t, Reader: bytes.NewReader(content)}
	return Picture{Size: int64(len(content)), Body: body}, body
}
