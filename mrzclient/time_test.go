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
