package mrzclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheck(t *testing.T) {
	tests := map[int]struct {
		text string
		kind Kind
	}{
		200: {text: "answers without TLS (HTTP 200)"},
		400: {text: "answers without TLS (HTTP 400)"},
		401: {text: "answers without TLS (HTTP 401)"},
		405: {text: "knows the address without TLS (HTTP 405)"},
		301: {kind: Rejected},
		404: {kind: Rejected},
		410: {kind: Rejected},
		500: {kind: Unavailable},
		503: {kind: Unavailable},
	}
	for status, test := range tests {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || len(body) > 0 || r.Method != http.MethodGet || r.ContentLength > 0 {
				t.Errorf("%s with %d bytes, %v", r.Method, len(body), err)
			}
			for name, values := range r.Header {
				for _, value := range values {
					if value == testKey {
						t.Errorf("the key is in %s", name)
					}
				}
			}
			w.WriteHeader(status)
		})
		route, err := c.Check(t.Context())
		require.Equal(t, status, route.Status)
		if test.kind == "" {
			require.NoError(t, err)
			require.Equal(t, test.text, route.String())
			continue
		}
		var failure *Error
		require.ErrorAs(t, err, &failure)
		require.Equal(t, test.kind, failure.Kind)
		require.False(t, failure.MayBeCharged())
	}
}

func TestCheckGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := answering(t, 200, "").Check(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, Canceled, err.(*Error).Kind)
}

// secured serves HTTP/2 with a certificate nobody knows.
func secured(t *testing.T) *httptest.Server {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		if _, err := see(r); err != nil {
			t.Error(err)
		}
		if r.ProtoMajor != 2 {
			t.Error("not HTTP/2")
		}
		if r.URL.Path == "/drop" {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, goodAnswer)
	}))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestTLS(t *testing.T) {
	server := secured(t)
	t.Run("not trusted", func(t *testing.T) {
		c := newClient(t, server.URL)
		failure := failing(t, c, t.Context(), picture("x"))
		require.Equal(t, Unavailable, failure.Kind)
		require.False(t, failure.Sent)
		require.Contains(t, failure.Error(), "not from a known authority")
		_, err := c.Check(t.Context())
		require.ErrorContains(t, err, "not from a known authority")
	})
	t.Run("another host", func(t *testing.T) {
		c := newClient(t, server.URL)
		transport := server.Client().Transport.(*http.Transport).Clone()
		transport.TLSClientConfig.ServerName = "other.test"
		c.HTTPClient = &http.Client{Transport: transport}
		_, err := c.Check(t.Context())
		require.ErrorContains(t, err, "for another host")
	})
	t.Run("plain server", func(t *testing.T) {
		plain := httptest.NewServer(http.NotFoundHandler())
		t.Cleanup(plain.Close)
		failure := failing(t, newClient(t, "https"+plain.URL[len("http"):]), t.Context(), picture("x"))
		require.Equal(t, Unavailable, failure.Kind)
		require.Contains(t, failure.Error(), "does not speak TLS")
	})
	t.Run("trusted, HTTP/2", func(t *testing.T) {
		c := newClient(t, server.URL)
		c.HTTPClient = server.Client()
		answer, err := c.Read(t.Context(), Picture{Size: 1 << 20, Body: io.LimitReader(zeros{}, 1<<20)})
		require.NoError(t, err)
		require.Equal(t, goodLines, answer.Lines)
		route, err := c.Check(t.Context())
		require.NoError(t, err)
		require.Equal(t, Route{Status: 405, TLS: true, Posts: true}, route)
		require.Equal(t, "knows the address (HTTP 405)", route.String())
	})
	t.Run("HTTP/2, no answer", func(t *testing.T) {
		c := newClient(t, server.URL+"/drop")
		c.HTTPClient = server.Client()
		failure := failing(t, c, t.Context(), picture("x"))
		require.Equal(t, Unknown, failure.Kind)
		require.True(t, failure.Sent)
	})
}

func TestCauses(t *testing.T) {
	require.Equal(t, DetailNoTLS, cause(tls.RecordHeaderError{Msg: "canary"}))
	for want, err := range map[string]error{
		"there is no such host":                  &net.DNSError{Err: "canary", IsNotFound: true},
		"the host's address cannot be looked up": &net.DNSError{Err: "canary", IsTimeout: true},
		"the server's certificate has expired, or this machine's clock is wrong": &tls.CertificateVerificationError{
			Err: x509.CertificateInvalidError{Reason: x509.Expired},
		},
		"the server's certificate is not valid": &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}},
		"the server refuses the TLS handshake":  tls.AlertError(40),
		"the connection is refused":             &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)},
		"no answer in time":                     &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded},
		"no connection can be made":             &net.OpError{Op: "dial", Err: errors.New("canary")},
		"the connection was closed":             &net.OpError{Op: "read", Err: syscall.ECONNRESET},
		"the connection failed":                 errors.New("canary"),
	} {
		require.Equal(t, want, details[cause(&url.Error{Op: "Post", URL: "https://canary", Err: err})])
	}
}
