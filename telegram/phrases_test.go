package telegram

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestDescriptionsAreOurWords: whatever stands in a description, an error says
// it in words of this program's list.
func TestDescriptionsAreOurWords(t *testing.T) {
	for description, want := range map[string]string{
		"Bad Request: message to be replied not found":                                           "message to be replied not found",
		"Bad Request: can't parse entities: Unexpected end tag at AN1234567":                     "can't parse entities",
		"Bad Request: wrong file_id or the file is temporarily unavailable":                      "file is temporarily unavailable",
		"Bad Request: bad webhook: Failed to resolve host: Temporary failure in name resolution": "temporary failure in name resolution",
		"Bad Request: TESTOVA<<ANNA<<<<<<<<<<":                                                   "bad request",
		"IDKGZAN1234567320101199012345< TESTOVA":                                                 unknownPhrase,
		"":                                                                                       unknownPhrase,
		"bot" + canary:                                                                           unknownPhrase,
	} {
		_, c, _ := play(t, no(400, description))
		_, err := c.Send(t.Context(), Message{Chat: 7, Text: "hi"})
		require.Equal(t, want, requireError(t, err).Description)
	}
}

// TestStatesStayKnown: the list keeps apart what the program goes by.
func TestStatesStayKnown(t *testing.T) {
	for _, p := range phrases {
		require.Equal(t, p, phrase("Bad Request: AN1234567 "+strings.ToUpper(p)+" TESTOVA"), "nothing before it in the list hides it")
	}
	for _, words := range slices.Concat(finalWebhook, []string{
		"chat not found", "user not found", "PEER_ID_INVALID", "message is not modified", "query is too old", "query id is invalid",
		"QUERY_ID_INVALID", "message to delete not found", "file is too big", "temporarily unavailable",
	}) {
		e := Error{Description: words}
		require.True(t, slices.ContainsFunc(phrases, func(p string) bool { e.Description = p; return e.says(words) }), words)
	}
}

// TestWebhookInfoInOurWords: Telegram quotes what the server at WEBHOOK_URL said.
func TestWebhookInfoInOurWords(t *testing.T) {
	for says, want := range map[string]string{
		"Wrong response from the webhook: 502 Bad Gateway AN1234567": "wrong response from the webhook: 502",
		"Connection timed out":        "connection timed out",
		"AN1234567 <html>TESTOVA":     unknownPhrase,
		"Wrong response: 418 TESTOVA": unknownPhrase,
	} {
		_, c, _ := play(t, done(fmt.Sprintf(`{"url":"https://bot.example/hook","pending_update_count":3,"last_error_message":%q}`, says)))
		is, err := c.WebhookInfo(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, is.LastErrorMessage)
	}
}

func TestABotWithoutAPlainNameHasNone(t *testing.T) {
	_, c, _ := play(t, done(`{"id":1,"username":"AN1234567\u202e TESTOVA"}`))
	me, err := c.Me(t.Context())
	require.NoError(t, err)
	require.Empty(t, me.Username)
}

// TestNetworkErrorsAreOurWords: texts of network errors hold names, addresses
// and what a proxy or a server wrote.
func TestNetworkErrorsAreOurWords(t *testing.T) {
	for want, err := range map[string]error{
		"the name of the server does not exist":                   &net.DNSError{Err: "no such host", Name: canarySecret, IsNotFound: true},
		"the name of the server cannot be resolved now":           &net.OpError{Op: "dial", Err: &net.DNSError{Err: "server misbehaving", Name: canarySecret, IsTemporary: true}},
		"the proxy cannot be reached, or does not connect":        &net.OpError{Op: "proxyconnect", Net: "tcp", Err: errors.New(canarySecret)},
		"the certificate of the server is not accepted":           &tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: canarySecret}},
		"the server and this program find no TLS that both speak": tls.RecordHeaderError{Msg: canarySecret},
		"connection refused":                                      &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)},
		"the connection was cut":                                  &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)},
		"no route to the server":                                  &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)},
		"the connection ended before the answer did":              fmt.Errorf("%w: %s", io.ErrUnexpectedEOF, canarySecret),
		noAnswer:                 fmt.Errorf("%s: %w", canarySecret, os.ErrDeadlineExceeded),
		"given up by the caller": context.Canceled,
		noConnection:             errors.New(`malformed HTTP response "` + canarySecret),
	} {
		require.Equal(t, want, network(&url.Error{Op: "Post", URL: "https://host/bot" + canary, Err: err}))
	}
}

// TestAProxyThatSaysTooMuch: a CONNECT that is refused comes with a text of the
// proxy's choice.
func TestAProxyThatSaysTooMuch(t *testing.T) {
	proxy := httptest.NewServer(hangUp("HTTP/1.1 407 TESTOVA AN1234567\r\nContent-Length: 0\r\n\r\n"))
	defer proxy.Close()
	address, err := url.Parse(proxy.URL)
	require.NoError(t, err)
	transport := &http.Transport{Proxy: http.ProxyURL(address)}
	c, err := New(Config{Token: canary, Transport: transport, Log: newLogbook(t).logger()})
	require.NoError(t, err)
	defer c.Close()
	requireError(t, c.Typing(t.Context(), 7, 0))
}

// TestAnswersThatNeverEnd: each ends by the call's own deadline, or by the bound
// of what is read.
func TestAnswersThatNeverEnd(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	for name, first := range map[string]string{
		"no head":            "",
		"half a head":        head,
		"no body":            head + "Content-Length: 20\r\n\r\n",
		"half a body":        head + "Content-Length: 20\r\n\r\n{\"ok\"",
		"a chunk":            head + "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"o\r\n",
		"switched protocols": "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
		"early hints":        "HTTP/1.1 103 Early Hints\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			said, gone := make(chan struct{}, 1), make(chan struct{})
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				conn, buf, err := http.NewResponseController(w).Hijack()
				if err != nil {
					panic(err)
				}
				_, _ = buf.WriteString(first)
				_ = buf.Flush()
				said <- struct{}{}
				_, _ = io.Copy(io.Discard, conn) // until the client hangs up
				_ = conn.Close()
				gone <- struct{}{}
			}))
			defer s.Close()
			c, err := New(Config{Token: canary, URL: s.URL, Log: newLogbook(t).logger()})
			require.NoError(t, err)
			defer c.Close()
			_, _ = c.Send(endsAfter(t, said), Message{Chat: 7, Text: "hi"}) // where the head says that it was taken, that is no error
			<-gone
			_, err = c.Me(endsAfter(t, said)) // the library's way
			requireError(t, err)
			<-gone
			_, err = c.updates(endsAfter(t, said), 0, pollBatch)
			requireError(t, err)
			<-gone
			if strings.Contains(name, "protocols") { // which is over at once, for a file too
				_, err = c.follow(t.Context(), linkOf("photos/file_1.jpg"))
				require.Equal(t, 101, requireError(t, err).Code)
				<-gone
			}
		})
	}
}

// endsAfter is a context whose deadline comes a moment after the server has had its say,
// and so never before the call has reached it.
func endsAfter(t *testing.T, said chan struct{}) context.Context {
	over := make(chan struct{})
	go func() {
		<-said
		time.AfterFunc(100*time.Millisecond, func() { close(over) })
	}()
	return cutOff{t.Context(), over}
}

type cutOff struct {
	context.Context
	over chan struct{}
}

func (c cutOff) Done() <-chan struct{} { return c.over }

func (c cutOff) Err() error {
	select {
	case <-c.over:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// TestAHandshakeThatNeverEnds: a server that takes the connection and says nothing.
func TestAHandshakeThatNeverEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	c, err := New(Config{Token: canary, URL: "https://" + l.Addr().String(), Log: newLogbook(t).logger()})
	require.NoError(t, err)
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	e := requireError(t, c.Typing(ctx, 7, 0))
	require.Equal(t, noAnswer, e.Description)
	require.ErrorIs(t, e, context.DeadlineExceeded)
	require.Less(t, c.wire.client.Transport.(*http.Transport).TLSHandshakeTimeout, callTimeout)
}
