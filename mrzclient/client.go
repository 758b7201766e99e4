package mrzclient

import (
	"context"
	"errors"
	"io"
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
	// idleFor is how long an unused connection is kept: less than the 5 seconds
	// after which the quickest of common servers hang up. A picture written to
	// a connection that is being closed is sent without an answer.
	idleFor = 4 * time.Second
	// maxIdle is above the number of calls a program has at once.
	maxIdle = 1024
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
	// HTTPClient makes the requests; nil: one of the Client's own, which speaks
	// HTTP/1.1 and uses no proxy, whatever the environment says. Redirects are
	// refused in either case. The caller sees to it that the transport of an
	// HTTPClient keeps enough idle connections (Go's default is 2 per host) and
	// repeats nothing by itself.
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
	text, err := readAnswer(response.Body)
	answer := reply{
		status: response.StatusCode,
		header: response.Header,
		text:   text,
		long:   errors.Is(err, errTooLong),
		sent:   f.sent(),
	}
	if err != nil && !answer.long && answer.accepted() {
		// What was read is lost on the way. A refusal needs no text to be one.
		failure := f.explain(ctx, limited, err)
		failure.Kind, failure.Status = Unknown, answer.status
		return Answer{}, failure
	}
	return answer.understand()
}

// CloseIdleConnections lets go of the connections nobody uses, those of an
// HTTPClient too.
func (c *Client) CloseIdleConnections() { c.httpClient().CloseIdleConnections() }

func (c *Client) form(p Picture) (*form, error) {
	if c.Key == "" {
		return nil, &Error{Kind: BadKey, detail: "no key is set"}
	}
	f, err := newForm(c.Key, p)
	if err != nil {
		return nil, &Error{Kind: BadPicture, detail: ErrPicture.Error(), cause: err}
	}
	return f, nil
}

// request makes a request without GetBody and without an idempotency key: then
// net/http has no way to send a body twice, whatever happens to a connection.
func (c *Client) request(ctx context.Context, method string, f *form) (*http.Request, error) {
	address := c.URL
	if address == "" {
		address = DefaultURL
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, &Error{Kind: Rejected, detail: "the service's address is not an http or https URL"}
	}
	request := (&http.Request{
		Method: method,
		URL:    u,
		Host:   u.Host,
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
		c.once.Do(func() { c.own = newTransport() })
		client.Transport = c.own
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// newTransport speaks HTTP/1.1 only: there a picture has a connection of its
// own, while HTTP/2 would put all of them behind one another's flow control.
func newTransport() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout:    connectTimeout,
		MaxIdleConnsPerHost:    maxIdle,
		IdleConnTimeout:        idleFor,
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

// errTooLong says that an answer went on past maxAnswer.
var errTooLong = errors.New("mrzclient: the answer is too long")

// readAnswer reads to the end, so that the connection can be used again, but
// not past maxAnswer. What it read is good also with an error.
func readAnswer(body io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	if err == nil && len(text) > maxAnswer {
		return text[:maxAnswer], errTooLong
	}
	return text, err
}
