package telegram

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// canary is a token that must be found nowhere, and canarySecret the part of
// it that alone would be enough.
const (
	canarySecret = "AAcanary_TOKEN-canary_TOKEN-canary"
	canary       = "123456789:" + canarySecret
)

// clock is a clock that a test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// logbook is a log that a test reads; at its end it is searched for canaries.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func newLogbook(t testing.TB) *logbook {
	l := &logbook{}
	t.Cleanup(func() { requireClean(t, l.String()) })
	return l
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *logbook) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// requireClean searches a text for what must not be in it.
func requireClean(t testing.TB, text string) {
	t.Helper()
	for _, word := range []string{canarySecret, "TESTOVA", "AN1234567"} {
		require.NotContains(t, text, word)
	}
}

// requireError gives the *Error in err, and searches its text for canaries.
func requireError(t testing.TB, err error) *Error {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	requireClean(t, err.Error())
	requireClean(t, e.Description)
	require.Contains(t, ourWords, e.Description, "nobody else's words")
	return e
}

// ourWords are all descriptions that an error may have.
var ourWords = slices.Concat(phrases, []string{
	unknownPhrase, strange, "the request cannot be written as JSON", noAnswer, noConnection, "the answer is not the Bot API's", "the answer is too large",
	"not asked: Telegram wants a pause", "not asked: notices keep a pace", "the file has no path yet",
	"given up by the caller", "the proxy cannot be reached, or does not connect",
	"the name of the server does not exist", "the name of the server cannot be resolved now",
	"the certificate of the server is not accepted", "the server and this program find no TLS that both speak",
	"connection refused", "the connection was cut", "no route to the server", "the connection ended before the answer did",
	"the Bot API server gives a path on its own disk, and TELEGRAM_FILES_DIR is not set",
	"the file is not in the folder of TELEGRAM_FILES_DIR", "what lies in the folder of TELEGRAM_FILES_DIR is no file",
	"the folder of TELEGRAM_FILES_DIR cannot be opened",
})

// asked is a call that the played Telegram was asked.
type asked struct {
	method string
	fields map[string]any
}

// telegram plays what the real one answers. Each request is answered by next,
// in turn; the last one answers all that follow.
type telegram struct {
	*httptest.Server
	mu    sync.Mutex
	next  []http.HandlerFunc
	calls []asked
}

// play starts it, and a client of it with a clock and a log.
func play(t testing.TB, next ...http.HandlerFunc) (*telegram, *Client, *clock) {
	t.Helper()
	tg := &telegram{next: next}
	tg.Server = httptest.NewServer(tg)
	t.Cleanup(tg.Close)
	clock := newClock()
	c, err := New(Config{Token: canary, URL: tg.URL, Now: clock.now, Log: newLogbook(t).logger()})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return tg, c, clock
}

func (tg *telegram) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := asked{method: path.Base(r.URL.Path), fields: fields(r)}
	if strings.HasPrefix(r.URL.Path, "/file/bot"+canary+"/") {
		a.method = "file " + strings.TrimPrefix(r.URL.Path, "/file/bot"+canary+"/")
	} else if r.URL.Path != "/bot"+canary+"/"+a.method {
		a.method = "wrong path"
	}
	tg.mu.Lock()
	tg.calls = append(tg.calls, a)
	answer := tg.next[0]
	if len(tg.next) > 1 {
		tg.next = tg.next[1:]
	}
	tg.mu.Unlock()
	answer(w, r)
}

// asked gives the methods called so far.
func (tg *telegram) asked() []string {
	tg.mu.Lock()
	defer tg.mu.Unlock()
	var methods []string
	for _, a := range tg.calls {
		methods = append(methods, a.method)
	}
	return methods
}

// last gives the fields of the last call.
func (tg *telegram) last() map[string]any {
	tg.mu.Lock()
	defer tg.mu.Unlock()
	return tg.calls[len(tg.calls)-1].fields
}

// fields reads a request as the Bot API does: JSON, or the library's form.
func fields(r *http.Request) map[string]any {
	f := map[string]any{}
	if r.Header.Get("Content-Type") == "application/json" {
		_ = json.NewDecoder(r.Body).Decode(&f)
		return f
	}
	m, err := r.MultipartReader()
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		return f
	}
	for p, err := m.NextPart(); err == nil; p, err = m.NextPart() {
		text, _ := io.ReadAll(p)
		var v any
		if json.Unmarshal(text, &v) != nil {
			v = string(text)
		}
		f[p.FormName()] = v
	}
	return f
}

// says answers with a status and JSON.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// done answers with a result.
func done(result string) http.HandlerFunc { return says(200, `{"ok":true,"result":`+result+`}`) }

// no answers as Telegram does when it refuses.
func no(code int, description string) http.HandlerFunc {
	body, err := json.Marshal(map[string]any{"ok": false, "error_code": code, "description": description})
	if err != nil {
		panic(err)
	}
	return says(code, string(body))
}

// slow answers 429.
func slow(seconds string) http.HandlerFunc {
	return says(429, `{"ok":false,"error_code":429,"description":"Too Many Requests: retry later","parameters":{"retry_after":`+seconds+`}}`)
}

// page is a proxy's error page that echoes the address.
func page(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "<html>cannot reach "+r.URL.Path+" AN1234567</html>")
	}
}

// hangUp ends the connection after what is given to be written.
func hangUp(after string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = buf.WriteString(after)
		_ = buf.Flush()
		_ = conn.Close()
	}
}

// carry is a transport that a test writes as a function.
type carry func(*http.Request) (*http.Response, error)

func (f carry) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// reply makes a transport's answer.
func reply(status int, body string) *http.Response {
	return &http.Response{
		StatusCode:    status,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(body)),
		ContentLength: int64(len(body)),
	}
}
