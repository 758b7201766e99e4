package mrzclient

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// through gives a client of an address that no name server knows, behind the
// proxy at the given address.
func through(address, proxy string) *Client {
	c := newClient(nil, address)
	c.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: proxy, User: url.UserPassword("canary", "canary")})
	return c
}

// TestProxyRefuses: what goes wrong with a proxy is the proxy's, and nothing was
// sent.
func TestProxyRefuses(t *testing.T) {
	for status, words := range map[int]string{
		407: "the proxy wants a name and a password",
		403: "the proxy refuses to connect to the service",
		502: "the proxy refuses to connect to the service",
		302: "the proxy refuses to connect to the service",
	} {
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodConnect {
				t.Error(r.Method)
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<html>canary</html>")
		}))
		c := through("https://mrz.test/", proxy.Listener.Addr().String())
		failure := failing(t, c, t.Context(), picture("x"))
		require.Equal(t, Gateway, failure.Kind, status)
		require.Contains(t, failure.Error(), words)
		require.NotContains(t, failure.Error(), "canary")
		require.False(t, failure.Sent)
		require.False(t, failure.MayBeCharged())
		require.True(t, failure.Repeatable())
		_, err := c.Check(t.Context())
		require.ErrorContains(t, err, words)
		proxy.Close()
		failure = failing(t, c, t.Context(), picture("x"))
		require.Equal(t, Gateway, failure.Kind)
		require.Contains(t, failure.Error(), "the proxy cannot be reached")
	}
	// A proxy of plain http answers the picture's request itself.
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer proxy.Close()
	failure := failing(t, through("http://mrz.test/", proxy.Listener.Addr().String()), t.Context(), picture("x"))
	require.Equal(t, Gateway, failure.Kind)
	require.Contains(t, failure.Error(), "the proxy wants a name and a password")
	require.True(t, failure.Repeatable())
}

// TestProxyCuts: a proxy that hangs up has passed nothing on.
func TestProxyCuts(t *testing.T) {
	c := wired(t, func(_ net.Conn, r *bufio.Reader) { _, _ = http.ReadRequest(r) })
	u, err := url.Parse(c.URL)
	require.NoError(t, err)
	failure := failing(t, through("https://mrz.test/", u.Host), t.Context(), picture("x"))
	require.Equal(t, Unavailable, failure.Kind, failure)
	require.False(t, failure.Sent)
}

// TestProxyPasses: what a proxy passes on is read as ever.
func TestProxyPasses(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.URL.Host != "mrz.test" || r.Header.Get("Proxy-Authorization") == "" {
			t.Error(r.URL.Host)
		}
		_, _ = fmt.Fprint(w, goodAnswer)
	}))
	defer proxy.Close()
	answer, err := through("http://mrz.test/", proxy.Listener.Addr().String()).Read(t.Context(), picture("x"))
	require.NoError(t, err)
	require.Equal(t, goodLines, answer.Lines)
}
