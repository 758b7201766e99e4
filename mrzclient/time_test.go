package mrzclient

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// piped gives a client whose connections end in talk, in memory, so that its
// time is synctest's.
func piped(talk func(net.Conn, *bufio.Reader)) *Client {
	return &Client{
		URL: "http://mrz.test/",
		Key: testKey,
		HTTPClient: &http.Client{Transport: &http.Transport{
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				near, far := net.Pipe()
				go func() {
					defer far.Close()
					talk(far, bufio.NewReader(far))
				}()
				return near, nil
			},
		}},
	}
}

// silent takes a request and says nothing.
func silent(t *testing.T) func(net.Conn, *bufio.Reader) {
	return func(_ net.Conn, r *bufio.Reader) { readRequest(t, r); untilClosed(r) }
}

func silentUntilClosed(*testing.T) func(net.Conn, *bufio.Reader) {
	return func(_ net.Conn, r *bufio.Reader) { untilClosed(r) }
}

var timeCases = map[string]struct {
	timeout time.Duration
	talk    func(*testing.T) func(net.Conn, *bufio.Reader)
	picture func() Picture
	kind    Kind
	status  int
	sent    bool
	words   string
}{
	"no answer": {timeout: 7 * time.Second, talk: silent, kind: Unknown, sent: true, words: "no answer in time"},
	"default":   {talk: silent, kind: Unknown, sent: true, words: "no answer in time"},
	"half an answer": {
		talk: func(t *testing.T) func(net.Conn, *bufio.Reader) {
			return func(conn net.Conn, r *bufio.Reader) {
				readRequest(t, r)
				_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
				untilClosed(r)
			}
		},
		kind: Unknown, status: 200, sent: true, words: "no answer in time",
	},
	"half a refusal": {
		talk: func(t *testing.T) func(net.Conn, *bufio.Reader) {
			return func(conn net.Conn, r *bufio.Reader) {
				readRequest(t, r)
				_, _ = io.WriteString(conn, "HTTP/1.1 422 No\r\nContent-Length: 500\r\n\r\n{")
				untilClosed(r)
			}
		},
		kind: Unreadable, status: 422, sent: true,
	},
	"a server that does not read": {
		talk: func(t *testing.T) func(net.Conn, *bufio.Reader) {
			return func(_ net.Conn, _ *bufio.Reader) { <-t.Context().Done() }
		},
		kind: Unavailable, words: "no answer in time",
	},
	"a server that reads half": {
		talk: func(t *testing.T) func(net.Conn, *bufio.Reader) {
			return func(_ net.Conn, r *bufio.Reader) {
				_, _ = io.CopyN(io.Discard, r, 50_000)
				<-t.Context().Done()
			}
		},
		kind: Unavailable, words: "no answer in time",
	},
	"a header in drips":  {talk: dripping("HTTP/1.1 200 OK\r\nX: ", "x"), kind: Unknown, sent: true, words: "no answer in time"},
	"an answer in drips": {talk: dripping("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n{", " "), kind: Unknown, status: 200, sent: true, words: "no answer in time"},
	"chunks in drips": {
		talk: dripping("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", "1\r\n \r\n"),
		kind: Unknown, status: 200, sent: true, words: "no answer in time",
	},
	"interim answers in drips": {talk: dripping("", "HTTP/1.1 102 Processing\r\n\r\n"), kind: Unknown, sent: true, words: "no answer in time"},
	"a page in drips":          {talk: dripping("HTTP/1.1 403 No\r\n\r\n<html>", "x"), kind: Gateway, status: 403, sent: true},
	"a picture that stalls": {
		talk: silentUntilClosed,
		picture: func() Picture {
			inside, outside := io.Pipe()
			go func() { _, _ = outside.Write(make([]byte, 10)) }()
			return Picture{Size: 100, Body: inside}
		},
		kind: BadPicture, words: "its reader took too long",
	},
}

// dripping takes a request, says the one thing and then, each second, the other.
func dripping(first, then string) func(*testing.T) func(net.Conn, *bufio.Reader) {
	return func(t *testing.T) func(net.Conn, *bufio.Reader) {
		return func(conn net.Conn, r *bufio.Reader) {
			readRequest(t, r)
			text := first
			for _, err := io.WriteString(conn, text); err == nil; _, err = io.WriteString(conn, text) {
				text = then
				time.Sleep(time.Second)
			}
		}
	}
}

// TestNothingToWaitFor: an answer that cannot become one ends the call, although
// the connection stays open and more may come.
func TestNothingToWaitFor(t *testing.T) {
	for name, test := range map[string]struct {
		says string
		on   string // said without end
		kind Kind
	}{
		"another protocol":         {says: "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", kind: Protocol},
		"another protocol, unsaid": {says: "HTTP/1.1 101 OK\r\n\r\n", kind: Protocol},
		"interim without end":      {on: "HTTP/1.1 100 Continue\r\n\r\n", kind: Unknown},
		"hints without end":        {on: "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", kind: Unknown},
		"a header without end":     {says: "HTTP/1.1 200 OK\r\n", on: "X: x\r\n", kind: Unknown},
		"a line without end":       {says: "HTTP/1.1 200 OK\r\nX: ", on: "xxxxxxxx", kind: Unknown},
		"a text without end":       {says: "HTTP/1.1 200 OK\r\n\r\n{", on: "        ", kind: Protocol},
		"chunks without end":       {says: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", on: "1\r\n{\r\n", kind: Protocol},
		"a redirect without end":   {says: "HTTP/1.1 307 There\r\nLocation: /x\r\n\r\n", on: " ", kind: Rejected},
		"an answer and no end":     {says: "HTTP/1.1 422 No\r\nContent-Length: 2\r\n\r\n{}", kind: Unreadable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := piped(func(conn net.Conn, r *bufio.Reader) {
					readRequest(t, r)
					_, err := io.WriteString(conn, test.says)
					for test.on != "" && err == nil {
						_, err = io.WriteString(conn, test.on)
					}
					untilClosed(r)
				})
				c.HTTPClient.Transport.(*http.Transport).MaxResponseHeaderBytes = maxHeader
				begin := time.Now()
				require.Equal(t, test.kind, failing(t, c, t.Context(), picture("x")).Kind)
				require.Zero(t, time.Since(begin))
			})
		})
	}
}

func TestTimeIsUp(t *testing.T) {
	for name, test := range timeCases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := piped(test.talk(t))
				c.Timeout = test.timeout
				p := picture(strings.Repeat("x", 100_000))
				if test.picture != nil {
					p = test.picture()
				}
				begin := time.Now()
				failure := failing(t, c, t.Context(), p)
				want := test.timeout
				if want == 0 {
					want = 30 * time.Second
				}
				require.Equal(t, want, time.Since(begin))
				require.Equal(t, test.kind, failure.Kind, failure)
				require.Equal(t, test.status, failure.Status)
				require.Equal(t, test.sent, failure.Sent)
				if test.words != "" {
					require.ErrorIs(t, failure, context.DeadlineExceeded)
					require.Contains(t, failure.Error(), test.words)
				}
				time.Sleep(time.Second) // the other side notices
			})
		})
	}
}

// The caller's deadline counts like the client's own.
func TestCallersDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		failure := failing(t, piped(silentUntilClosed(t)), ctx, picture("x"))
		require.Equal(t, Unknown, failure.Kind)
		require.ErrorIs(t, failure, context.DeadlineExceeded)
	})
}

// A timeout of the caller's http.Client ends a call too, and is told like any
// fault of the network.
func TestCallersClientTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := piped(silentUntilClosed(t))
		c.HTTPClient.Timeout = time.Second
		failure := failing(t, c, t.Context(), picture("x"))
		require.Equal(t, Unknown, failure.Kind)
		require.Contains(t, failure.Error(), "no answer in time")
	})
}

func TestCheckTimeIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := piped(silentUntilClosed(t)).Check(t.Context())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, Unavailable, err.(*Error).Kind)
	})
}
