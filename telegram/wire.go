package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

const (
	// maxAnswer bounds the answer to a call. The longest one expected, a
	// message of 4096 characters with a hundred entities that replies to
	// another such, stays under 100 KB.
	maxAnswer = 1 << 20

	// maxUpdates bounds the answer to getUpdates: a hundred such messages.
	maxUpdates = 16 << 20

	// strange describes an answer with the right status and the wrong content.
	strange = "the answer cannot be understood"
)

// errLongAnswer says that the answer to a call is longer than is read.
var errLongAnswer = errors.New("telegram: the answer is too large")

// wire carries every request of the package. Whatever leaves it, answer or
// error, is bounded and free of the token. It is an http client to the library.
type wire struct {
	client *http.Client
	base   string // https://host, without a slash at its end
	token  string
	now    func() time.Time
	clock  clockCheck
}

// answer is what the Bot API answers to every method.
type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter seconds `json:"retry_after"`
	} `json:"parameters"`
}

// seconds is a length of time as a server writes it: a number, perhaps a
// fraction or in quotes, perhaps absurd. What is none is 0, and spoils nothing
// else of the answer.
type seconds time.Duration

// UnmarshalJSON never fails.
func (s *seconds) UnmarshalJSON(raw []byte) error {
	n, err := strconv.ParseFloat(strings.Trim(string(raw), `" `), 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange), n != n, n <= 0:
		*s = 0
	default:
		*s = seconds(min(n, longestPause.Seconds()) * float64(time.Second))
	}
	return nil
}

// newTransport makes the transport used in production: the standard one, with
// room to keep the connection of each worker, and one for the poll. The
// standard two would make the others shake hands for every call.
func newTransport(workers int, proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = proxy
	t.MaxIdleConnsPerHost = workers + 1
	t.MaxIdleConns = 0
	t.DisableCompression = true // pictures do not shrink, the other answers are small
	// A connection that died without a word is noticed before a call is.
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second}
	return t
}

// post makes one call and gives its raw result.
func (w *wire) post(ctx context.Context, method string, params any, limit int64) (json.RawMessage, error) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false) // an MRZ is full of <
	if err := enc.Encode(params); err != nil {
		return nil, &Error{Method: method, Description: "the request cannot be written as JSON"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.base+"/bot"+w.token+"/"+method, &body)
	if err != nil {
		return nil, &Error{Method: method, Description: "the address cannot be used"}
	}
	req.Header.Set("Content-Type", "application/json")
	_, a, err := w.exchange(req, limit)
	if err != nil {
		return nil, err
	}
	return a.Result, nil
}

// Do carries a request of the library. Its errors are *Error, so that the
// library never sees an answer that it would put into an error text.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	body, _, err := w.exchange(req, maxAnswer)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(body))}, nil
}

// exchange sends a request to the Bot API and gives the answer, as bytes and
// decoded; an answer that is not "ok" is an error.
func (w *wire) exchange(req *http.Request, limit int64) ([]byte, *answer, error) {
	method := path.Base(req.URL.Path)
	asked := time.Now()
	res, err := w.do(req)
	if err != nil {
		return nil, nil, w.lost(method, err)
	}
	arrived, took := w.now(), time.Since(asked)
	defer res.Body.Close()

	body, err := readAll(res, limit)
	var a answer
	if err == nil {
		err = json.Unmarshal(body, &a)
	}
	if err == nil && (a.OK || a.Code != 0) { // a page of something between has a clock of its own
		w.clock.saw(res.Header, arrived, took)
	}
	switch {
	case err == nil && a.OK:
		return body, &a, nil
	case err == nil && a.Code != 0:
		return nil, nil, refused(method, a.Code, a.Description, time.Duration(a.Parameters.RetryAfter))
	case res.StatusCode != http.StatusOK:
		return nil, nil, foreign(method, res.StatusCode, time.Duration(a.Parameters.RetryAfter))
	}
	e := &Error{Method: method, Code: res.StatusCode, Description: strange, After: usualPause}
	switch {
	case errors.Is(err, ErrTooLarge):
		e.Description, e.cause = "the answer is too large", errLongAnswer
	case err == nil: // JSON of another kind
		return nil, nil, e
	}
	// Telegram's status says what its "ok" says: the call was carried out, and
	// the rest of the answer was lost on the way.
	e.taken = strings.HasPrefix(res.Header.Get("Content-Type"), "application/json")
	return nil, nil, e
}

// do sends a request. An answer 101 is turned away: what follows it is no
// answer, and its body is the bare connection, which no deadline ends.
func (w *wire) do(req *http.Request) (*http.Response, error) {
	res, err := w.client.Do(req)
	if err == nil && res.StatusCode == http.StatusSwitchingProtocols {
		_ = res.Body.Close()
		res.Body, res.ContentLength = http.NoBody, 0
	}
	return res, err
}

// lost makes the error of a call that got no answer.
func (w *wire) lost(method string, err error) *Error {
	return &Error{Method: method, Description: network(err), After: usualPause}
}

// fetch starts the download of a file.
func (w *wire) fetch(ctx context.Context, filePath string) (*http.Response, error) {
	const method = "download"
	escaped := (&url.URL{Path: filePath}).EscapedPath()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base+"/file/bot"+w.token+"/"+escaped, nil)
	if err != nil {
		return nil, &Error{Method: method, Description: "the address cannot be used"}
	}
	res, err := w.do(req)
	if err != nil {
		return nil, w.lost(method, err)
	}
	if res.StatusCode == http.StatusOK {
		return res, nil
	}
	defer res.Body.Close()
	var a answer
	body, err := readAll(res, maxAnswer)
	if err != nil || json.Unmarshal(body, &a) != nil || a.Code == 0 {
		return nil, foreign(method, res.StatusCode, time.Duration(a.Parameters.RetryAfter))
	}
	return nil, refused(method, a.Code, a.Description, time.Duration(a.Parameters.RetryAfter))
}

// readAll reads a body of at most limit bytes.
func readAll(res *http.Response, limit int64) ([]byte, error) {
	if res.ContentLength > limit {
		return nil, ErrTooLarge
	}
	var body bytes.Buffer
	if res.ContentLength > 0 {
		body.Grow(int(res.ContentLength) + bytes.MinRead)
	}
	n, err := body.ReadFrom(io.LimitReader(res.Body, limit+1))
	if err == nil && n > limit {
		err = ErrTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("telegram: read the answer: %w", err)
	}
	return body.Bytes(), nil
}
