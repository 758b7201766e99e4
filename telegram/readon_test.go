package telegram

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestRefusedWithAnAnswer: a client that writes its whole request before it
// reads gets the answer, not a connection that was cut.
func TestRefusedWithAnAnswer(t *testing.T) {
	d := newDoor(t)
	mux := http.NewServeMux()
	mux.Handle("/hook", d)
	s := httptest.NewServer(ReadOn(mux))
	defer s.Close()
	large := strings.Repeat("x", 8<<20)
	for name, c := range map[string]struct {
		head string
		want string
	}{
		"too large":            {"POST /hook HTTP/1.1\r\nContent-Type: application/json\r\n" + secretHeader + ": " + hookSecret, "413"},
		"no secret":            {"POST /hook HTTP/1.1\r\nContent-Type: application/json", "401"},
		"a wrong secret":       {"POST /hook HTTP/1.1\r\nContent-Type: application/json\r\n" + secretHeader + ": x", "401"},
		"another method":       {"PUT /hook HTTP/1.1", "405"},
		"another content type": {"POST /hook HTTP/1.1\r\n" + secretHeader + ": " + hookSecret, "415"},
		"another path":         {"POST /other HTTP/1.1", "404"},
	} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " chunked=", chunked), func(t *testing.T) {
				conn, err := net.Dial("tcp", s.Listener.Addr().String())
				require.NoError(t, err)
				defer conn.Close()
				length, body := fmt.Sprint("Content-Length: ", len(large)), large
				if chunked {
					length, body = "Transfer-Encoding: chunked", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(large), large)
				}
				_, err = io.WriteString(conn, c.head+"\r\nHost: bot\r\n"+length+"\r\n\r\n"+body)
				require.NoError(t, err, "all of it can be written")
				res, err := http.ReadResponse(bufio.NewReader(conn), nil)
				require.NoError(t, err)
				require.Contains(t, res.Status, c.want)
				require.NoError(t, res.Body.Close())
			})
		}
	}
	require.Empty(t, d.store.ids())
}

// flood is a body without an end that counts what is taken of it.
type flood struct{ taken int64 }

func (f *flood) Read(p []byte) (int, error) {
	f.taken += int64(len(p))
	return len(p), nil
}

func (*flood) Close() error { return nil }

// deadlined is an answer whose connection notes its deadline.
type deadlined struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (d *deadlined) SetReadDeadline(t time.Time) error { d.until = t; return nil }

// TestReadOnIsBounded: in bytes and in time, and a client that waits to be asked
// is not.
func TestReadOnIsBounded(t *testing.T) {
	d := ReadOn(newDoor(t))
	body := &flood{}
	r := httptest.NewRequest(http.MethodPost, "/hook", nil)
	r.Body, r.ContentLength = body, -1
	w := &deadlined{ResponseRecorder: httptest.NewRecorder()}
	d.ServeHTTP(w, r)
	require.Equal(t, http.StatusUnauthorized, w.Code)
	require.LessOrEqual(t, body.taken, int64(maxRest+64<<10))
	require.LessOrEqual(t, time.Until(w.until), restTimeout)
	require.Positive(t, time.Until(w.until))

	body = &flood{}
	r.Body = body
	r.Header.Set("Expect", "100-continue")
	d.ServeHTTP(w, r)
	require.Zero(t, body.taken)

	w.until = time.Time{}
	d.ServeHTTP(w, knock(text))
	require.Zero(t, w.until, "what was read to its end has no deadline more")
}
