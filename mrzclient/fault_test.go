package mrzclient

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNoConnection(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	p, body := closingPicture(t, []byte("x"))
	failure := failing(t, newClient(t, "http://"+listener.Addr().String()), t.Context(), p)
	require.Equal(t, Unavailable, failure.Kind)
	require.False(t, failure.Sent)
	require.True(t, failure.Repeatable())
	require.False(t, failure.MayBeCharged())
	require.NoError(t, failure.Unwrap())
	require.NotContains(t, failure.Error(), "127.0.0.1")
	require.True(t, body.closed)
}

// Where the connection is cut decides whether the picture may have been read.
func TestCut(t *testing.T) {
	whole := func(answer string) func(net.Conn, *bufio.Reader) {
		return func(conn net.Conn, r *bufio.Reader) {
			readRequest(t, r)
			_, _ = io.WriteString(conn, answer)
		}
	}
	tests := map[string]struct {
		talk    func(net.Conn, *bufio.Reader)
		picture func() Picture
		kind    Kind
		status  int
		sent    bool
	}{
		"before the body": {
			talk:    func(conn net.Conn, _ *bufio.Reader) { reset(conn) },
			picture: endless, kind: Unavailable,
		},
		"in the body": {
			talk: func(conn net.Conn, r *bufio.Reader) {
				_, _ = io.CopyN(io.Discard, r, 1<<20)
				reset(conn)
			},
			picture: endless, kind: Unavailable,
		},
		"after the body":      {talk: whole(""), kind: Unknown, sent: true},
		"hard after the body": {talk: func(conn net.Conn, r *bufio.Reader) { readRequest(t, r); reset(conn) }, kind: Unknown, sent: true},
		"in the header":       {talk: whole("HTTP/1.1 200 OK\r\nContent-Le"), kind: Unknown, sent: true},
		"in a good answer":    {talk: whole("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + goodAnswer[:200]), kind: Unknown, status: 200, sent: true},
		"in HTTP/1.0":         {talk: whole("HTTP/1.0 200 OK\r\n\r\n" + goodAnswer[:200]), kind: Unknown, status: 200, sent: true},
		"without a length":    {talk: whole("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + goodAnswer[:40]), kind: Unknown, status: 200, sent: true},
		"no text, no length":  {talk: whole("HTTP/1.1 200 OK\r\n\r\n"), kind: Unknown, status: 200, sent: true},
		"rubbish, no length":  {talk: whole("HTTP/1.0 200 OK\r\n\r\n{\"result\"; true}"), kind: Protocol, status: 200, sent: true},
		"in a chunk":          {talk: whole("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{\"result\""), kind: Unknown, status: 200, sent: true},
		"in a page":           {talk: whole("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<html><p>"), kind: Gateway, status: 200, sent: true},
		"in a refusal":        {talk: whole("HTTP/1.1 400 Bad Request\r\nContent-Length: 5000\r\n\r\nMRZ max attempts exceeded"), kind: MaxAttempts, status: 400, sent: true},
		"in an empty refusal": {talk: whole("HTTP/1.1 503 Down\r\nContent-Length: 5000\r\n\r\n"), kind: Unavailable, status: 503, sent: true},
		"no HTTP":             {talk: whole("SSH-2.0-canary\r\n\r\n"), kind: Unknown, sent: true},
		"a wrong length":      {talk: whole("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n" + goodAnswer), kind: Unknown, sent: true},
		"an endless header":   {talk: whole("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2*maxHeader)), kind: Unknown, sent: true},
		"another protocol":    {talk: whole("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"), kind: Protocol, status: 101, sent: true},
		"a status unheard of": {talk: whole("HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n"), kind: Protocol, status: 999, sent: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := picture(strings.Repeat("x", 100_000))
			if test.picture != nil {
				p = test.picture()
			}
			failure := failing(t, wired(t, test.talk), t.Context(), p)
			require.Equal(t, test.kind, failure.Kind, failure)
			require.Equal(t, test.status, failure.Status)
			require.Equal(t, test.sent, failure.Sent)
			require.NotContains(t, failure.Error(), "canary")
		})
	}
}

// An answer that is all there is read, however it ends.
func TestWholeAnswerOddEnd(t *testing.T) {
	for name, head := range map[string]string{
		"a length that is too long": "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
		"HTTP/1.0":                  "HTTP/1.0 200 OK\r\n\r\n",
		"no length":                 "HTTP/1.1 200 OK\r\n\r\n",
		"chunks without an end":     fmt.Sprintf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n", len(goodAnswer)),
	} {
		t.Run(name, func(t *testing.T) {
			c := wired(t, func(conn net.Conn, r *bufio.Reader) {
				readRequest(t, r)
				_, _ = io.WriteString(conn, head+goodAnswer)
			})
			answer, err := c.Read(t.Context(), picture("x"))
			require.NoError(t, err)
			require.Equal(t, goodLines, answer.Lines)
		})
	}
}

func TestInterimAnswers(t *testing.T) {
	c := wired(t, func(conn net.Conn, r *bufio.Reader) {
		_, _ = r.Peek(1)
		_, _ = io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
		readRequest(t, r)
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(goodAnswer), goodAnswer)
	})
	answer, err := c.Read(t.Context(), picture("x"))
	require.NoError(t, err)
	require.Equal(t, goodLines, answer.Lines)
}

// The service answers before it has the picture, and reads no more of it.
func TestEarlyAnswer(t *testing.T) {
	for status, want := range map[int]Kind{413: PictureRefused, 401: BadKey, 429: Busy, 500: Unavailable, 502: Unavailable, 503: Unavailable, 307: Rejected} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			c := wired(t, func(conn net.Conn, r *bufio.Reader) {
				_, _ = io.CopyN(io.Discard, r, 10_000)
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d Early\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", status)
				untilClosed(r)
			})
			// The second half never comes: without its Close, the body would be
			// waited for until the time is up.
			inside, outside := io.Pipe()
			given := make(chan struct{})
			go func() {
				defer close(given)
				_, _ = io.CopyN(outside, zeros{}, 1<<20)
			}()
			failure := failing(t, c, t.Context(), Picture{Size: 2 << 20, Body: inside})
			<-given
			_, err := outside.Write([]byte("x"))
			require.ErrorIs(t, err, io.ErrClosedPipe)
			require.Equal(t, want, failure.Kind)
			require.Equal(t, status, failure.Status)
			require.False(t, failure.Sent)
			require.False(t, failure.MayBeCharged())
		})
	}
}

func TestPictureOfAnotherSize(t *testing.T) {
	broken := errors.New("canary of the source")
	tests := map[string]struct {
		size int64
		body io.Reader
		want error
	}{
		"shorter":           {101, strings.NewReader(strings.Repeat("x", 100)), ErrSize},
		"longer":            {99, strings.NewReader(strings.Repeat("x", 100)), ErrSize},
		"empty":             {1, strings.NewReader(""), ErrSize},
		"breaks":            {100, io.MultiReader(strings.NewReader("x"), readerFunc(func([]byte) (int, error) { return 0, broken })), broken},
		"breaks at its end": {1, io.MultiReader(strings.NewReader("x"), readerFunc(func([]byte) (int, error) { return 0, broken })), broken},
		"gives and breaks":  {5, readerFunc(func(p []byte) (int, error) { return copy(p, "x"), broken }), broken},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := make(chan error, 1)
			c := wired(t, func(_ net.Conn, r *bufio.Reader) {
				request, err := http.ReadRequest(r)
				if err == nil {
					_, err = io.Copy(io.Discard, request.Body)
				}
				got <- err
			})
			failure := failing(t, c, t.Context(), Picture{Size: test.size, Body: test.body})
			require.Equal(t, BadPicture, failure.Kind)
			require.ErrorIs(t, failure, test.want)
			require.False(t, failure.Sent)
			require.False(t, failure.Repeatable())
			require.NotContains(t, failure.Error(), "canary")
			require.Error(t, <-got, "the service never has a whole request")
		})
	}
}

func TestPictureIsClosed(t *testing.T) {
	p, body := closingPicture(t, []byte("x"))
	_, err := answering(t, http.StatusOK, goodAnswer).Read(t.Context(), p)
	require.NoError(t, err)
	require.True(t, body.closed)

	p, body = closingPicture(t, make([]byte, 1<<20))
	failing(t, wired(t, func(conn net.Conn, _ *bufio.Reader) { reset(conn) }), t.Context(), p)
	require.True(t, body.closed)
}

// Each call has a connection of its own: what comes late of one is never the
// answer of another, and a connection that the other side closes meanwhile is
// never written to.
func TestConnectionOfItsOwn(t *testing.T) {
	const late = `{"result":true,"mrz_string":"LATE"}`
	for name, transport := range map[string]http.RoundTripper{"own": nil, "the caller's": &http.Transport{}} {
		t.Run(name, func(t *testing.T) {
			var connections atomic.Int32
			c := wired(t, func(conn net.Conn, r *bufio.Reader) {
				connections.Add(1)
				request, err := http.ReadRequest(r)
				if err == nil {
					_, err = io.Copy(io.Discard, request.Body)
				}
				if err != nil || !request.Close {
					t.Errorf("close %v, %v", request.Close, err)
				}
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(goodAnswer), goodAnswer)
				_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(late), late)
				untilClosed(r)
			})
			if transport != nil {
				c.HTTPClient = &http.Client{Transport: transport}
			}
			for range 3 {
				answer, err := c.Read(t.Context(), picture("x"))
				require.NoError(t, err)
				require.Equal(t, goodLines, answer.Lines)
			}
			require.EqualValues(t, 3, connections.Load())
		})
	}
}

// A connection that dies must not bring the request to another: net/http repeats
// what it takes for safe.
func TestNothingIsRepeated(t *testing.T) {
	deaths := map[string]struct {
		talk func(net.Conn, *bufio.Reader)
		kind Kind
	}{
		"whole request, no answer": {func(_ net.Conn, r *bufio.Reader) { readRequest(t, r) }, Unknown},
		"whole request, reset":     {func(conn net.Conn, r *bufio.Reader) { readRequest(t, r); reset(conn) }, Unknown},
		"first bytes":              {func(conn net.Conn, r *bufio.Reader) { _, _ = r.ReadByte(); reset(conn) }, Unavailable},
	}
	for name, death := range deaths {
		t.Run(name, func(t *testing.T) {
			var connections atomic.Int32
			c := wired(t, func(conn net.Conn, r *bufio.Reader) {
				connections.Add(1)
				death.talk(conn, r)
			})
			p := picture("x")
			if death.kind == Unavailable {
				p = endless()
			}
			failure := failing(t, c, t.Context(), p)
			require.Equal(t, death.kind, failure.Kind, failure)
			require.EqualValues(t, 1, connections.Load())
		})
	}
}

func TestGivenUpByTheCaller(t *testing.T) {
	t.Run("before it began", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		failure := failing(t, answering(t, 200, goodAnswer), ctx, picture("x"))
		require.Equal(t, Canceled, failure.Kind)
		require.ErrorIs(t, failure, context.Canceled)
		require.True(t, failure.Repeatable())
		require.False(t, failure.MayBeCharged())
	})
	t.Run("in the body", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		c := wired(t, func(_ net.Conn, r *bufio.Reader) {
			_, _ = io.CopyN(io.Discard, r, 10_000)
			cancel(errors.New("a cause of one's own"))
			<-ctx.Done()
			untilClosed(r)
		})
		failure := failing(t, c, ctx, endless())
		require.Equal(t, Canceled, failure.Kind)
		require.ErrorIs(t, failure, context.Canceled)
	})
	t.Run("after the body", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c := wired(t, func(_ net.Conn, r *bufio.Reader) {
			readRequest(t, r)
			cancel()
			untilClosed(r)
		})
		failure := failing(t, c, ctx, picture("x"))
		require.Equal(t, Unknown, failure.Kind)
		require.ErrorIs(t, failure, context.Canceled)
		require.True(t, failure.Sent)
		require.True(t, failure.MayBeCharged())
		require.False(t, failure.Repeatable())
	})
}
