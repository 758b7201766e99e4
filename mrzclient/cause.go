package mrzclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
)

// explain turns an error of the transport into one that is fit to be shown.
// ctx is the caller's context, limited the same with the call's timeout.
func (f *form) explain(ctx, limited context.Context, err error) *Error {
	e := &Error{Kind: Unavailable, Sent: f.sent(), detail: cause(err), cause: limited.Err()}
	picture := f.failure()
	switch {
	case e.Sent:
		e.Kind = Unknown
	case errors.Is(ctx.Err(), context.Canceled):
		e.Kind = Canceled
	case picture != nil:
		e.Kind, e.cause, e.detail = BadPicture, picture, "its reader failed"
		if errors.Is(picture, ErrSize) {
			e.detail = ErrSize.Error()
		}
	case e.cause != nil && f.stalled.Load():
		e.Kind, e.detail = BadPicture, "its reader took too long"
	case ofProxy(err):
		e.Kind = Gateway
	}
	if e.Kind != BadPicture {
		e.detail = contextWords(e.cause, e.detail)
	}
	return e
}

// proxyRefusal is a proxy's answer other than yes to CONNECT.
type proxyRefusal int

func (proxyRefusal) Error() string { return proxyRefuses }

const proxyRefuses = "the proxy refuses to connect to the service"

// proxyAnswers takes what a proxy says to CONNECT. It says so before anything is
// sent.
func proxyAnswers(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode != http.StatusOK {
		return proxyRefusal(answer.StatusCode)
	}
	return nil
}

// ofProxy reports whether an error came about on the way to a proxy or with it.
func ofProxy(err error) bool {
	return as[proxyRefusal](err) || proxyUnreachable(err)
}

func proxyLacksLogin(err error) bool {
	refusal, ok := errors.AsType[proxyRefusal](err)
	return ok && refusal == http.StatusProxyAuthRequired
}

func proxyUnreachable(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && (op.Op == "proxyconnect" || op.Op == "socks connect" || op.Op == "socks")
}

func contextWords(err error, otherwise string) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "given up by the caller"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	}
	return otherwise
}

// cause puts a network's error into fixed words. The error's own text is not
// used: it holds addresses, what a proxy says, and with other transports
// anything at all.
func cause(err error) string {
	for _, c := range causes {
		if c.is(err) {
			return c.words
		}
	}
	return "the connection failed"
}

// causes from the particular to the general; the first that holds counts.
var causes = []struct {
	is    func(error) bool
	words string
}{
	{proxyLacksLogin, proxyLogin},
	{as[proxyRefusal], proxyRefuses},
	{proxyUnreachable, "the proxy cannot be reached"},
	{noSuchHost, "there is no such host"},
	{as[*net.DNSError], "the host's address cannot be looked up"},
	{expired, "the server's certificate has expired, or this machine's clock is wrong"},
	{as[x509.HostnameError], "the server's certificate is for another host"},
	{as[x509.UnknownAuthorityError], "the server's certificate is not from a known authority"},
	{as[*tls.CertificateVerificationError], "the server's certificate is not valid"},
	{is(http.ErrSchemeMismatch), "the server does not speak TLS"},
	{as[tls.RecordHeaderError], "the server does not speak TLS"},
	{as[tls.AlertError], "the server refuses the TLS handshake"},
	{is(syscall.ECONNREFUSED), "the connection is refused"},
	{timedOut, "no answer in time"},
	{dialing, "no connection can be made"},
	{is(syscall.ECONNRESET, syscall.EPIPE, io.EOF, io.ErrUnexpectedEOF), "the connection was closed"},
}

func as[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func is(targets ...error) func(error) bool {
	return func(err error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
}

func noSuchHost(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}

func expired(err error) bool {
	invalid, ok := errors.AsType[x509.CertificateInvalidError](err)
	return ok && invalid.Reason == x509.Expired
}

func timedOut(err error) bool {
	network, ok := errors.AsType[net.Error](err)
	return ok && network.Timeout() || errors.Is(err, os.ErrDeadlineExceeded)
}

func dialing(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}
