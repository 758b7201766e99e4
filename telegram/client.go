package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/go-telegram/bot"
)

const (
	// DefaultURL is Telegram's own Bot API server.
	DefaultURL = "https://api.telegram.org"

	// callTimeout is the wait for an answer. Telegram answers in well under a
	// second; a call that hangs longer than this is lost.
	callTimeout = 30 * time.Second

	// defaultWorkers is the number of connections kept when Config says none.
	defaultWorkers = 16
)

// tokenForm is a bot token: the bot's id and a secret of 35 characters.
var tokenForm = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]{30,}$`)

// Config is what a Client needs. Only Token is required.
type Config struct {
	Token string
	URL   string // of the Bot API server; "": DefaultURL

	// Proxy names the proxy of a request, as http.Transport.Proxy does; nil: none.
	Proxy func(*http.Request) (*url.URL, error)

	// Workers is how many calls are made side by side: so many connections are
	// kept open. 0: 16.
	Workers int
	// Transport replaces the HTTP transport; Proxy and Workers have no meaning then.
	Transport http.RoundTripper

	// FilesDir is the folder in which a Bot API server of one's own keeps files,
	// as this machine sees it: see openLocal. "": files are fetched only.
	FilesDir string

	// ClockChanged is called when this machine's clock begins to differ from
	// Telegram's, differs by another time, or agrees again (0). nil: nobody is
	// told. It must not make a call.
	ClockChanged func(ahead time.Duration)

	// Observe is told of each try of a call how long it took and what came of it:
	// the HTTP status, or 0 for none. nil: nobody is told.
	Observe func(method string, status int, took time.Duration)

	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: nothing is logged
}

// Client makes calls to Telegram. It may be used by any number of goroutines.
//
// What is called once, at start, goes through the library's methods. What is
// called for each message is posted as JSON with the library's types: its
// methods write forms by reflection, a third more CPU for a sendMessage, and
// tell a refused call from one whose answer could not be decoded by the text
// alone. Both ways go through the same wire.
type Client struct {
	api   *bot.Bot
	wire  *wire
	gates gates
	pace  pace
	now   func() time.Time
	log   *slog.Logger

	filesDir string
	observe  func(method string, status int, took time.Duration)
}

// New makes a client. It asks Telegram nothing: see AwaitMe. A token that
// cannot be one is ErrToken.
func New(c Config) (*Client, error) {
	token := strings.TrimSpace(c.Token)
	if !tokenForm.MatchString(token) {
		return nil, ErrToken
	}
	base, err := baseURL(c.URL)
	if err != nil {
		return nil, err
	}
	if c.Workers <= 0 {
		c.Workers = defaultWorkers
	}
	if c.Transport == nil {
		c.Transport = newTransport(c.Workers, c.Proxy)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Observe == nil {
		c.Observe = func(string, int, time.Duration) {}
	}

	w := &wire{
		client: &http.Client{
			Transport: c.Transport,
			// A redirect would carry the token to another address.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		base:  base,
		token: token,
		now:   c.Now,
		clock: clockCheck{log: c.Log, changed: c.ClockChanged},
	}
	api, err := bot.New(token,
		bot.WithSkipGetMe(),
		bot.WithServerURL(base),
		bot.WithHTTPClient(callTimeout, w),
		bot.WithErrorsHandler(func(error) {}), // it is told only what is returned anyway
	)
	if err != nil {
		return nil, ErrToken
	}
	return &Client{api: api, wire: w, now: c.Now, log: c.Log, filesDir: c.FilesDir, observe: c.Observe}, nil
}

// Close gives up the connections that are kept open.
func (c *Client) Close() { c.wire.client.CloseIdleConnections() }

// baseURL checks the address of the server, and gives it without the slash at
// its end.
func baseURL(s string) (string, error) {
	if s == "" {
		return DefaultURL, nil
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("telegram: the address of the Bot API is not like https://api.telegram.org")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// call says what run needs to know of a call.
type call struct {
	method string
	chat   int64  // the chat it is about; 0: none
	about  string // what else it is about, of which there are many: a file, a press; "": nothing
	notice bool   // nobody asked for it, so it keeps the pace
	upload bool   // it brings a file along, and may take longer
	apart  bool   // its 429 shuts a gate of its own: it must not hold up messages
}

// scope is what a pause that Telegram wants of the call belongs to.
func (c call) scope() scope {
	s := scope{chat: c.chat, about: c.about}
	if c.chat == 0 || c.apart {
		s.method = c.method
	}
	return s
}

// run makes a call, if it may be made now, and repeats it once at once when it
// found no answer: a kept connection that has gone stale, a server that
// restarts. All calls of this package may be repeated; a message that comes
// twice is better than none.
func (c *Client) run(ctx context.Context, what call, ask func(context.Context) error) error {
	s := what.scope()
	if d := c.gates.wait(s, c.now()); d > 0 {
		return &Error{Method: what.method, Code: http.StatusTooManyRequests, Description: "not asked: Telegram wants a pause", After: d}
	}
	if what.notice {
		if d := c.pace.wait(what.chat, c.now()); d > 0 {
			return &Error{Method: what.method, Code: http.StatusTooManyRequests, Description: "not asked: notices keep a pace", After: d}
		}
	}

	most := callTimeout
	if what.upload {
		most = uploadTimeout
	}
	err, again := c.once(ctx, what.method, most, ask)
	if again {
		err, _ = c.once(ctx, what.method, most, ask)
	}
	if err == nil {
		return nil
	}
	if err.Code == http.StatusTooManyRequests {
		if what.chat == 0 {
			err.After = min(err.After, longestSharedPause)
		}
		c.gates.shut(s, c.now(), err.After)
	}
	return err
}

// once makes one try, which may take so long, and says whether another one at once
// makes sense.
func (c *Client) once(ctx context.Context, method string, most time.Duration, ask func(context.Context) error) (_ *Error, again bool) {
	limited, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	began := time.Now()
	err := ask(limited)
	took := time.Since(began)
	if err == nil {
		c.observe(method, http.StatusOK, took)
		return nil, false
	}
	e, ok := errors.AsType[*Error](err)
	if !ok { // the library's own: it could not decode the result
		e = &Error{Method: method, Code: http.StatusOK, Description: strange, After: usualPause}
	}
	if ctx.Err() != nil {
		e.cause = ctx.Err()
	} else {
		c.observe(method, e.Code, took)
	}
	unanswered := e.Code == 0 || e.Code >= http.StatusInternalServerError
	return e, unanswered && !e.Final() && limited.Err() == nil
}

// traffic makes a call of the daily business. The result is decoded into dest
// unless that is nil; see outcome for a result that was lost.
func (c *Client) traffic(ctx context.Context, what call, params, dest any) error {
	return c.run(ctx, what, func(ctx context.Context) error {
		result, err := c.wire.post(ctx, what.method, params, maxAnswer)
		if err != nil || dest == nil {
			return err
		}
		if err := json.Unmarshal(result, dest); err != nil {
			return &Error{Method: what.method, Code: http.StatusOK, Description: strange, After: usualPause, taken: true}
		}
		return nil
	})
}
