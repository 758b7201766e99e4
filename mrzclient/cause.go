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
	e := &Error{Kind: Unavailable, Sent: f.sent(), Detail: cause(err), cause: limited.Err()}
	picture := f.failure()
	switch {
	case e.Sent:
		e.Kind = Unknown
	case errors.Is(ctx.Err(), context.Canceled):
		e.Kind = Canceled
	case picture != nil:
		e.Kind, e.cause, e.Detail = BadPicture, picture, detailReaderFailed
		if errors.Is(picture, ErrSize) {
			e.Detail = detailSize
		}
	case e.cause != nil && f.stalled.Load():
		e.Kind, e.Detail = BadPicture, detailReaderLate
	case ofProxy(err):
		e.Kind = Gateway
	}
	if e.Kind != BadPicture {
		e.Detail = contextDetail(e.cause, e.Detail)
	}
	return e
}

// proxyRefusal is a proxy's answer other than yes to CONNECT.
type proxyRefusal int

func (proxyRefusal) Error() string { return details[DetailProxyRefuses] }

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

func contextDetail(err error, otherwise Detail) Detail {
	switch {
	case errors.Is(err, context.Canceled):
		return detailGivenUp
	case errors.Is(err, context.DeadlineExceeded):
		return DetailLate
	}
	return otherwise
}

// cause puts a network's error into one of ours. The error's own text is not
// used: it holds addresses, what a proxy says, and with other transports
// anything at all.
func cause(err error) Detail {
	for _, c := range causes {
		if c.is(err) {
			return c.detail
		}
	}
	return DetailFailed
}

// causes from the particular to the general; the first that holds counts.
var causes = []struct {
	is     func(error) bool
	detail Detail
}{
	{proxyLacksLogin, DetailProxyLogin},
	{as[proxyRefusal], DetailProxyRefuses},
	{proxyUnreachable, DetailProxySilent},
	{noSuchHost, DetailNoHost},
	{as[*net.DNSError], DetailNoLookup},
	{expired, DetailExpired},
	{as[x509.HostnameError], DetailOtherHost},
	{as[x509.UnknownAuthorityError], DetailUnknownAuthority},
	{as[*tls.CertificateVerificationError], DetailBadCertificate},
	{is(http.ErrSchemeMismatch), DetailNoTLS},
	{as[tls.RecordHeaderError], DetailNoTLS},
	{as[tls.AlertError], DetailHandshake},
	{is(syscall.ECONNREFUSED), DetailRefused},
	{timedOut, DetailLate},
	{dialing, DetailNoConnection},
	{is(syscall.ECONNRESET, syscall.EPIPE, io.EOF, io.ErrUnexpectedEOF), DetailClosed},
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
