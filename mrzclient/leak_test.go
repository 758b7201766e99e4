package mrzclient

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// canaries must not be in anything an error shows.
var canaries = []string{testKey, "canaryKey", "IDKGZ", "IBRAIMOVA", "21203199", "canaryPicture", "canaryHost", "canaryProvider"}

func requireClean(t *testing.T, err error) {
	t.Helper()
	for ; err != nil; err = errors.Unwrap(err) {
		text := err.Error()
		for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
			text += fmt.Sprintf(verb, err)
		}
		for _, canary := range canaries {
			require.NotContains(t, text, canary)
		}
	}
}

// A service that repeats all it was given, wherever it can.
func TestErrorsShowNothing(t *testing.T) {
	const said = testKey + ` IDKGZAN123456721203199\u003c IBRAIMOVA canaryProvider`
	texts := []string{
		`{"detail":"` + said + `"}`,
		`{"api_key":["` + said + `"]}`,
		`{"` + said + `":["` + said + `"]}`,
		`{"detail":[{"loc":["body","image"],"msg":"` + said + `","input":"` + said + `"}]}`,
		`{"result":false,"failure_reason":{"type":"` + said + `","detail":"` + said + `"},"backend_session":"` + testKey + `","status":"` + said + `"}`,
		`{"result":true,"mrz_string":["` + strings.Repeat(said, 12) + `"],"backend_session_id":"` + testKey + `"}`,
		`<html>` + said + `</html>`,
		`{"result": ` + said,
	}
	for status := 200; status < 600; status += 1 + status%7 {
		for _, text := range texts {
			failure := &Error{}
			_, err := reply{
				status: status, text: []byte(text), sent: true,
				header: http.Header{"Retry-After": {said}, "Location": {said}},
			}.understand()
			require.ErrorAs(t, err, &failure)
			requireClean(t, err)
		}
	}
	for _, status := range []int{200, 301, 307, 400, 401, 422, 500, 503} {
		for _, text := range texts {
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Location", "/"+testKey+"/%zz")
				w.Header().Set("Retry-After", testKey)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, text)
			})
			p := picture("canaryPicture")
			p.Name = "IBRAIMOVA.jpg"
			requireClean(t, failing(t, c, t.Context(), p))
		}
	}
}

// A transport may put anything into its errors.
func TestTransportsErrorsShowNothing(t *testing.T) {
	c := &Client{URL: "https://canaryHost.test/canaryProvider", Key: testKey, HTTPClient: &http.Client{
		Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			text, err := io.ReadAll(r.Body)
			return nil, errors.Join(err, fmt.Errorf("cannot send %q to %v", text, r.URL))
		}),
	}}
	failure := failing(t, c, t.Context(), picture("canaryPicture"))
	require.Equal(t, Unknown, failure.Kind, "it took the body to its end and told nothing")
	requireClean(t, failure)

	_, err := (&Client{URL: "http://canaryHost.invalid/" + testKey, HTTPClient: &http.Client{
		Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			return nil, errors.New("no way to " + r.URL.String())
		}),
	}}).Check(t.Context())
	require.Error(t, err)
	requireClean(t, err)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The key never follows a redirect, whoever's client is used.
func TestRedirectsAreRefused(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("followed with %s", r.Method)
	}))
	t.Cleanup(elsewhere.Close)
	transport := newTransport(nil)
	t.Cleanup(transport.CloseIdleConnections)
	clients := map[string]*http.Client{
		"own":      nil,
		"caller's": {Transport: transport},
		"willing":  {Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return nil }},
	}
	for name, client := range clients {
		for _, status := range []int{300, 301, 302, 303, 304, 307, 308} {
			t.Run(fmt.Sprintf("%s/%d", name, status), func(t *testing.T) {
				c := serve(t, func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					w.Header().Set("Location", elsewhere.URL)
					w.WriteHeader(status)
				})
				c.HTTPClient = client
				failure := failing(t, c, t.Context(), picture("x"))
				require.Equal(t, Rejected, failure.Kind)
				require.Equal(t, status, failure.Status)
				require.False(t, failure.MayBeCharged())
				require.Contains(t, failure.Error(), "redirects elsewhere")

				_, err := c.Check(t.Context())
				require.ErrorContains(t, err, "redirects elsewhere")
			})
		}
	}
}

func TestErrorText(t *testing.T) {
	for _, test := range []struct {
		err  Error
		want string
	}{
		{Error{Kind: Unreadable, Status: 422}, "mrz service: the picture could not be read (HTTP 422)"},
		{Error{Kind: Unavailable, Detail: DetailRefused}, "mrz service: the service is not available: the connection is refused"},
		{Error{Kind: Protocol, Status: 200, Detail: DetailTooLong}, "mrz service: the answer is not understood (HTTP 200): it is too long"},
	} {
		require.Equal(t, test.want, test.err.Error())
		require.False(t, strings.HasSuffix(test.err.Error(), ":"))
	}
}
