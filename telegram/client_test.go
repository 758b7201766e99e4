package telegram

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNew(t *testing.T) {
	for name, token := range map[string]string{
		"none":       "",
		"no id":      canarySecret,
		"short":      "123:AAcanary_TOKEN-canary_TO",
		"two tokens": canary + " " + canary,
		"an address": "https://api.telegram.org/bot" + canary,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(Config{Token: token})
			require.ErrorIs(t, err, ErrToken)
			requireClean(t, err.Error())
		})
	}
	for _, address := range []string{"api.telegram.org", "ftp://x", "http://", "https://a:" + canarySecret + "@host", "https://host/?a=b", "https://host:x"} {
		t.Run(address, func(t *testing.T) {
			_, err := New(Config{Token: canary, URL: address})
			require.Error(t, err)
			requireClean(t, err.Error())
		})
	}
	c, err := New(Config{Token: " " + canary + "\n", URL: "https://host/api/"})
	require.NoError(t, err)
	require.Equal(t, canary, c.wire.token)
	require.Equal(t, "https://host/api", c.wire.base)
}

func TestTransportKeepsAConnectionForEachWorker(t *testing.T) {
	const workers = 8
	var opened atomic.Int32
	var all sync.WaitGroup
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all.Done()
		all.Wait() // so that the calls are really side by side
		done(`{"message_id":1}`)(w, r)
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	c, err := New(Config{Token: canary, URL: s.URL, Workers: workers})
	require.NoError(t, err)
	defer c.Close()
	for range 5 {
		all.Add(workers)
		var sent sync.WaitGroup
		for i := range workers {
			sent.Go(func() {
				_, err := c.Send(t.Context(), Message{Chat: int64(i + 1), Text: "hi"})
				if err != nil {
					t.Error(err)
				}
			})
		}
		sent.Wait()
	}
	require.LessOrEqual(t, opened.Load(), int32(workers+1))
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name    string
		answer  http.HandlerFunc
		code    int
		after   time.Duration
		blocked bool
		asked   int
	}{
		{name: "blocked", answer: no(403, "Forbidden: bot was blocked by the user"), code: 403, blocked: true, asked: 1},
		{name: "gone", answer: no(403, "Forbidden: user is deactivated"), code: 403, blocked: true, asked: 1},
		{name: "never started", answer: no(403, "Forbidden: bot can't initiate conversation with a user"), code: 403, blocked: true, asked: 1},
		{name: "unknown chat", answer: no(400, "Bad Request: chat not found"), code: 400, blocked: true, asked: 1},
		{name: "refused", answer: no(400, "Bad Request: message text is empty"), code: 400, asked: 1},
		{name: "quotes what was sent", answer: no(400, `Bad Request: can't parse entities: unexpected "AN1234567<<" or 'TESTOVA'`), code: 400, asked: 1},
		{name: "quotes the token", answer: no(400, "Bad Request: no method bot"+canary+"/x nor "+canarySecret), code: 400, asked: 1},
		{name: "says too much", answer: no(400, strings.Repeat("Bad Request ", 100)), code: 400, asked: 1},
		{name: "logged out", answer: no(400, "Logged out"), code: 400, after: usualPause, asked: 1},
		{name: "bad token", answer: no(401, "Unauthorized"), code: 401, after: tokenPause, asked: 1},
		{name: "not found", answer: no(404, "Not Found"), code: 404, after: tokenPause, asked: 1},
		{name: "too fast", answer: slow("7"), code: 429, after: 7 * time.Second, asked: 1},
		{name: "too fast, no pause named", answer: no(429, "Too Many Requests"), code: 429, after: time.Second, asked: 1},
		{name: "too fast, absurd pause", answer: slow("9000000000"), code: 429, after: longestPause, asked: 1},
		{name: "too fast, negative pause", answer: slow("-5"), code: 429, after: time.Second, asked: 1},
		{name: "too fast, pause in quotes", answer: slow(`"7"`), code: 429, after: 7 * time.Second, asked: 1},
		{name: "too fast, a part of a second", answer: slow(`1.5`), code: 429, after: 1500 * time.Millisecond, asked: 1},
		{name: "too fast, pause of years", answer: slow("1e300"), code: 429, after: longestPause, asked: 1},
		{name: "too fast, pause of no kind", answer: slow(`{"soon":[true]}`), code: 429, after: time.Second, asked: 1},
		{name: "too fast, pause null", answer: slow(`null`), code: 429, after: time.Second, asked: 1},
		{name: "switches protocols", answer: hangUp("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nAN1234567"), code: 101, after: usualPause, asked: 1},
		{name: "conflict", answer: no(409, "Conflict: terminated by other getUpdates request"), code: 409, after: usualPause, asked: 1},
		{name: "its fault", answer: no(500, "Internal Server Error"), code: 500, after: usualPause, asked: 2},
		{name: "a proxy's page", answer: page(502), code: 502, after: usualPause, asked: 2},
		{name: "a page with 200", answer: page(200), code: 200, after: usualPause, asked: 1},
		{name: "a page with 403", answer: page(403), code: 403, after: usualPause, asked: 1},
		{name: "a page with 400", answer: page(400), code: 400, after: usualPause, asked: 1},
		{name: "not ok, nothing else", answer: says(200, `{"ok":false}`), code: 200, after: usualPause, asked: 1},
		{name: "null", answer: says(200, `null`), code: 200, after: usualPause, asked: 1},
		{name: "a redirect", answer: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.invalid"+r.URL.Path, http.StatusTemporaryRedirect)
		}, code: 307, after: usualPause, asked: 1},
		{name: "cut before the answer", answer: hangUp(""), code: 0, after: usualPause, asked: 2},
		{name: "not HTTP", answer: hangUp("bot" + canary + " AN1234567 \r\n\r\n"), code: 0, after: usualPause, asked: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			tg, client, _ := play(t, c.answer)
			_, err := client.Send(t.Context(), Message{Chat: 7, Text: "hi"})
			e := requireError(t, err)
			require.Equal(t, "sendMessage", e.Method)
			require.Equal(t, c.code, e.Code)
			require.Equal(t, c.blocked, e.Blocked())
			after, later := e.RetryAfter()
			require.Equal(t, c.after, after)
			require.Equal(t, c.after > 0, later)
			require.Equal(t, c.after == 0, e.Final())
			require.NotEmpty(t, e.Description)
			require.Len(t, tg.asked(), c.asked)
		})
	}
}

func TestErrorWhenNobodyListens(t *testing.T) {
	tg, c, _ := play(t, done(`true`))
	tg.Close()
	e := requireError(t, c.Typing(t.Context(), 7, 0))
	require.Equal(t, "telegram: sendChatAction: connection refused", e.Error(), "without the address that was asked")
	require.Equal(t, usualPause, e.After)
}

func TestErrorOfATransportThatTellsTooMuch(t *testing.T) {
	c, err := New(Config{Token: canary, URL: "https://host", Transport: carry(func(r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("dump: %s %q bot%s", r.URL, r.URL, strings.ToUpper("x")+canary)
	})})
	require.NoError(t, err)
	_, err = c.Send(t.Context(), Message{Chat: 7, Text: "hi"})
	e := requireError(t, err)
	require.Equal(t, "telegram: sendMessage: the connection failed", e.Error())
	for err := error(e); err != nil; err = errors.Unwrap(err) {
		requireClean(t, fmt.Sprintf("%v %+v %#v", err, err, err))
	}
	_, err = c.Me(t.Context()) // the library's way
	requireError(t, err)
	_, err = c.Download(t.Context(), "f")
	requireError(t, err)
}

func TestAShortFailureIsRepeatedOnce(t *testing.T) {
	for name, first := range map[string]http.HandlerFunc{"cut": hangUp(""), "502": page(502)} {
		t.Run(name, func(t *testing.T) {
			tg, c, _ := play(t, first, done(`{"message_id":2}`))
			sent, err := c.Send(t.Context(), Message{Chat: 7, Text: "hi"})
			require.NoError(t, err)
			require.Equal(t, 2, sent.ID)
			require.Len(t, tg.asked(), 2)
		})
	}
}

func TestACallThatHangsIsLostInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		c, err := New(Config{Token: canary, Transport: carry(func(r *http.Request) (*http.Response, error) {
			asked++
			<-r.Context().Done()
			return nil, r.Context().Err()
		})})
		require.NoError(t, err)

		start := time.Now()
		err = c.Typing(t.Context(), 7, 0)
		require.Equal(t, "telegram: sendChatAction: no answer in time", err.Error())
		require.Equal(t, usualPause, requireError(t, err).After)
		require.NotErrorIs(t, err, context.DeadlineExceeded, "the caller's own time is not over")
		require.Equal(t, callTimeout, time.Since(start))
		require.Equal(t, 1, asked)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, c.Typing(ctx, 7, 0), context.DeadlineExceeded)
		require.Equal(t, 2, asked)
	})
}

// A Telegram that is sometimes too busy, sometimes down: nothing may be lost
// without an error, under the race detector.
func TestSideBySide(t *testing.T) {
	var n, taken atomic.Int32
	tg, c, clock := play(t, func(w http.ResponseWriter, r *http.Request) {
		switch n.Add(1) % 7 {
		case 0:
			slow("1")(w, r)
		case 1:
			page(502)(w, r)
		case 2:
			hangUp("")(w, r)
		default:
			taken.Add(1)
			done(`{"message_id":1}`)(w, r)
		}
	})
	var sent atomic.Int32
	var all sync.WaitGroup
	for worker := range 16 {
		all.Go(func() {
			for i := range 30 {
				_, err := c.Send(t.Context(), Message{Chat: int64(1 + (worker+i)%5), Text: "hi", Notice: i%3 == 0})
				if err == nil {
					sent.Add(1)
					continue
				}
				if e, ok := errors.AsType[*Error](err); !ok || e.Final() {
					t.Error(err)
				}
				clock.move(100 * time.Millisecond)
			}
		})
	}
	all.Wait()
	require.Equal(t, taken.Load(), sent.Load())
	require.Positive(t, sent.Load())
	require.LessOrEqual(t, len(tg.asked()), 16*30*2)
}
