package telegram

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestPollOfAServerThatDoesNotWait: an empty answer at once, or again what was
// confirmed, is no reason to ask a thousand times a second.
func TestPollOfAServerThatDoesNotWait(t *testing.T) {
	for name, body := range map[string]string{
		"nothing, at once":           `{"ok":true,"result":[]}`,
		"null, at once":              `{"ok":true,"result":null}`,
		"the same update every time": `{"ok":true,"result":[` + said(10) + `]}`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, d := &pending{}, newDoor(t)
				hasty := func(method string) (*http.Response, error) {
					if method != "getUpdates" {
						return nil, nil
					}
					time.Sleep(50 * time.Millisecond)
					return reply(200, body), nil
				}
				p.failWith(hasty)
				stop, _ := poll(t, p, d)
				pass(10 * time.Minute)
				require.Less(t, len(p.methods()), 60, "the pauses grow")
				require.Greater(t, len(p.methods()), 10, "and it goes on")

				p.failWith(nil) // it waits again, and what comes is taken at once
				pass(lastPause * 2)
				p.add(said(20))
				synctest.Wait()
				require.Contains(t, d.store.ids(), "update:20")
				before := len(p.methods())
				p.failWith(hasty)
				p.add(said(21))
				pass(2 * time.Second)
				require.GreaterOrEqual(t, len(p.methods()), before+2, "the pauses begin anew")
				stop()
				require.NotContains(t, d.log.String(), "level=WARN")
			})
		})
	}
}

// TestPollOfUpdatesThatAreTooLong: a batch that is longer than is read comes in
// smaller ones.
func TestPollOfUpdatesThatAreTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoor(t)
		var limits []string
		c, err := New(Config{Token: canary, Log: d.log.logger(), Transport: carry(func(r *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(r.URL.Path, "getUpdates") {
				return reply(200, `{"ok":true,"result":true}`), nil
			}
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			_, rest, _ := strings.Cut(string(body), `"limit":`)
			limit, _, _ := strings.Cut(rest, ",")
			limits = append(limits, limit)
			switch {
			case len(limits) > 4:
				<-r.Context().Done()
				return nil, r.Context().Err()
			case limit != "1":
				res := reply(200, "")
				res.ContentLength = maxUpdates + 1
				return res, nil
			}
			return reply(200, `{"ok":true,"result":[`+said(10)+`]}`), nil
		})})
		require.NoError(t, err)
		stop, _ := run(t, NewPoller(c, d.Door))
		pass(time.Minute)
		require.Equal(t, []string{"update:10"}, d.store.ids())
		require.Equal(t, []string{"100", "10", "1", "100", "10"}, limits)
		stop()
	})
}

// TestPollTellsItsTrouble: for those who are asked how the bot is.
func TestPollTellsItsTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := &pending{}, newDoor(t)
		p.failWith(func(string) (*http.Response, error) { return reply(502, "<html>"), nil })
		c, err := New(Config{Token: canary, Transport: p, Log: d.log.logger()})
		require.NoError(t, err)
		var told []string
		poller := NewPoller(c, d.Door)
		poller.Trouble = func(what string) { told = append(told, what) }
		stop, _ := run(t, poller)
		pass(time.Minute)
		p.failWith(nil)
		pass(time.Minute)
		stop()
		require.Equal(t, []string{"Telegram gives no updates", ""}, told)
	})
}

// TestPollThroughAProxyThatCuts: one that ends what is silent is no outage, and
// costs no pauses.
func TestPollThroughAProxyThatCuts(t *testing.T) {
	for name, cut := range map[string]func() (*http.Response, error){
		"the connection": func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
		"a page":         func() (*http.Response, error) { return reply(504, "<html>"), nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, d := &pending{}, newDoor(t)
				p.failWith(func(method string) (*http.Response, error) {
					if method != "getUpdates" {
						return nil, nil
					}
					time.Sleep(30 * time.Second)
					return cut()
				})
				stop, _ := poll(t, p, d)
				pass(10*time.Minute + time.Second)
				require.GreaterOrEqual(t, len(p.methods()), 20, "it waits nearly all the time")
				stop()
				require.NotContains(t, d.log.String(), "level=WARN")
			})
		})
	}
}

// TestPollWhenSomebodySetsAWebhook: the settings say that updates are asked for.
func TestPollWhenSomebodySetsAWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := &pending{}, newDoor(t)
		var set atomic.Bool
		p.failWith(func(method string) (*http.Response, error) {
			switch {
			case method == "deleteWebhook":
				set.Store(false)
			case set.Load():
				return reply(409, `{"ok":false,"error_code":409,"description":"Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}`), nil
			}
			return nil, nil
		})
		stop, _ := poll(t, p, d)
		pass(2 * time.Minute)
		set.Store(true)
		pass(2 * time.Minute)
		p.add(said(10))
		synctest.Wait()
		require.Equal(t, []string{"update:10"}, d.store.ids())
		require.Equal(t, 1, strings.Count(d.log.String(), "a webhook was set by another program"))
		stop()
	})
}
