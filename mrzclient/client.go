package mrzclient

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

const (
	// DefaultURL is where the API reads pictures. The slash at its end belongs
	// to it.
	DefaultURL = "https://kyc.biometric.kz/api/v1/backend/mrz/retrieve/"
	// DefaultTimeout is how long a call may take; other clients of the API wait
	// 25 to 30 seconds.
	DefaultTimeout = 30 * time.Second
)

// Limits of the client.
const (
	// maxAnswer is how much of an answer is read, in bytes. A good one has
	// about 300, an error page of a proxy a few thousand.
	maxAnswer = 64 << 10
	// maxHeader is how many bytes an answer's header may have. Go's own limit
	// of 10 MB is for browsers.
	maxHeader = 64 << 10
	// connectTimeout bounds the dial and the TLS handshake each, so that a
	// service that is gone is told from a slow one well before the timeout.
	connectTimeout = 10 * time.Second
)

const userAgent = "mrzbot"

// Client calls the API. The zero value works, once Key is set. Its methods may
// be called by any number of goroutines at once; its fields are not to be
// changed after the first call.
type Client struct {
	// URL is the API's address; empty: DefaultURL.
	URL string
	// Key is the organisation's key of the API.
	Key Key
	// Proxy names the proxy of a request, as http.Transport.Proxy does; nil: none,
	// whatever the environment says. HTTPClient brings its own.
	Proxy func(*http.Request) (*url.URL, error)
	// HTTPClient makes the requests; nil: one of the Client's own, which speaks
	// HTTP/1.1. In either case redirects are refused and each call has a
	// connection of its own. The caller sees to it that the transport of an
	// HTTPClient repeats nothing by itself.
	HTTPClient *http.Client
	// Timeout is how long a call may take from first to last; 0: DefaultTimeout.
	Timeout time.Duration

	once sync.Once
	own  *http.Transport
}

// Read sends a picture and gives what the service read. The picture is passed
// on as it is read and never held whole. Any error is an *Error.
func (c *Client) Read(ctx context.Context, p Picture) (Answer, error) {
	f, err := c.form(p)
	if err != nil {
		closePicture(p.Body)
		return Answer{}, err
	}
	defer f.Close()
	limited, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	// The transport waits for the body when it gives up, so somebody has to end
	// the body's waiting.
	defer context.AfterFunc(limited, func() { f.Close() })()

	request, err := c.request(limited, http.MethodPost, f)
	if err != nil {
		return Answer{}, err
	}
	response, err := c.httpClient().Do(request)
	if err != nil {
		return Answer{}, f.explain(ctx, limited, err)
	}
	defer response.Body.Close()
	answer, err := receive(response)
	answer.sent = f.sent()
	read, failure := answer.understand()
	if err == nil || failure == nil || !answer.accepted() || failure.(*Error).Kind == Gateway {
		// A refusal needs no whole text to be one, nor does a page, and what was
		// read is read: only an answer that is not all there is lost.
		return read, failure
	}
	lost := f.explain(ctx, limited, err)
	lost.Kind, lost.Status = Unknown, answer.status
	return Answer{}, lost
}

func (c *Client) form(p Picture) (*form, error) {
	if c.Key == "" {
		return nil, &Error{Kind: BadKey, Detail: DetailNoKey}
	}
	f, err := newForm(c.Key, p)
	if err != nil {
		return nil, &Error{Kind: BadPicture, Detail: detailPicture, cause: err}
	}
	return f, nil
}

// request makes a request without GetBody and without an idempotency key: then
// net/http has no way to send a body twice, whatever happens to a connection.
//
// Its connection is closed after it. On one that is kept, what comes late of a
// call would be the answer of the next, and a picture written while the other
// side hangs up is sent without an answer.
func (c *Client) request(ctx context.Context, method string, f *form) (*http.Request, error) {
	address := c.URL
	if address == "" {
		address = DefaultURL
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, &Error{Kind: Rejected, Detail: DetailNoURL}
	}
	request := (&http.Request{
		Method: method,
		URL:    u,
		Host:   u.Host,
		Close:  true,
		Header: http.Header{
			"Accept": {"application/json"},
			// Answers are small; what is not asked for cannot be a bomb.
			"Accept-Encoding": {"identity"},
			"User-Agent":      {userAgent},
		},
	}).WithContext(ctx)
	if f == nil {
		return request, nil
	}
	request.Header.Set("Content-Type", f.contentType)
	request.ContentLength = f.length
	request.Body = f
	return request.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest: func(info httptrace.WroteRequestInfo) { f.wrote(info.Err) },
	})), nil
}

func (c *Client) httpClient() *http.Client {
	var client http.Client
	if c.HTTPClient != nil {
		client = *c.HTTPClient
	} else {
		c.once.Do(func() { c.own = newTransport(c.Proxy) })
		client.Transport = c.own
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// newTransport speaks HTTP/1.1 only: HTTP/2 offers nothing to a connection with
// one call on it. Sessions of TLS are taken up again, which spares the service
// most of a handshake.
func newTransport(proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  proxy,
		OnProxyConnectResponse: proxyAnswers,
		DialContext:            (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout:    connectTimeout,
		TLSClientConfig:        &tls.Config{ClientSessionCache: tls.NewLRUClientSessionCache(0)},
		DisableKeepAlives:      true,
		DisableCompression:     true, // an answer is unpacked within bounds, by receive
		MaxResponseHeaderBytes: maxHeader,
		Protocols:              protocols,
	}
}

func (c *Client) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return DefaultTimeout
}
