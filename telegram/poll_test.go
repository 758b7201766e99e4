package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

// poll starts a poller of a played queue; cancel ends it, stop also waits for
// its end.
func poll(t *testing.T, p *pending, d *watched) (stop func(), cancel context.CancelFunc) {
	t.Helper()
	c, err := New(Config{Token: canary, Transport: p, Log: d.log.logger()})
	require.NoError(t, err)
	return run(t, NewPoller(c, d.Door))
}

// run runs a poller, as poll does.
func run(t *testing.T, p *Poller) (stop func(), cancel context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		require.NoError(t, <-ended)
	}, cancel
}

// pass lets time go by, and what is due in it happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// said makes the update of a message.
func said(id int64) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":5,"from":{"id":77},"chat":{"id":77,"type":"private"}}}`, id)
}

func TestPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := &pending{}, newDoor(t)
		p.add(said(10), said(11), `{"update_id":12,"edited_message":{}}`)
		stop, _ := poll(t, p, d)
		synctest.Wait()
		require.Equal(t, []string{"update:10", "update:11"}, d.store.ids())
		require.Equal(t, []string{"deleteWebhook", "getUpdates", "getUpdates"}, p.methods())
		require.Equal(t, []int64{0, 13}, p.from())
		require.Empty(t, p.left(), "confirmed")

		p.add(said(13))
		synctest.Wait()
		require.Equal(t, []string{"update:10", "update:11", "update:13"}, d.store.ids())
		require.Equal(t, 3, d.notifies)
		require.JSONEq(t, said(13), strings.TrimPrefix(string(d.store.tasks[2].Payload), "update:13|update|"))
		stop()
		require.NotContains(t, d.log.String(), "level=WARN")
	})
}

// Telegram may restart the numbering after a quiet week: an offset from before
// would confirm all that comes after it.
func TestPollForgetsTheOffsetWhenAllIsConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := &pending{}, newDoor(t)
		p.add(said(1_000_000))
		stop, _ := poll(t, p, d)
		pass(pollTimeout + time.Second)
		p.add(said(5))
		synctest.Wait()
		require.Equal(t, []string{"update:1000000", "update:5"}, d.store.ids())
		require.Equal(t, []int64{0, 1_000_001, 0, 6}, p.from())
		stop()
	})
}

// A kill between storing and confirming brings the update again, and it is
// stored once.
func TestPollKilledBeforeItConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := &pending{}, newDoor(t)
		p.add(said(10), said(11))
		second := false
		p.failWith(func(method string) (*http.Response, error) {
			if method != "getUpdates" {
				return nil, nil
			}
			if second { // the call that would confirm never gets out
				return nil, errors.New("killed")
			}
			second = true
			return nil, nil
		})
		stop, _ := poll(t, p, d)
		synctest.Wait()
		stop()
		require.Equal(t, []string{"update:10", "update:11"}, d.store.ids())
		require.Len(t, p.left(), 2, "Telegram was told nothing")

		p.failWith(nil)
		p.add(said(12))
		stop, _ = poll(t, p, d) // the next process, with the same store
		synctest.Wait()
		require.Equal(t, []string{"update:10", "update:11", "update:12"}, d.store.ids())
		require.Equal(t, []Event{EventStored, EventStored, EventRepeated, EventRepeated, EventStored}, d.events)
		require.Empty(t, p.left())
		stop()
	})
}

// A kill in the middle of a batch leaves the rest of it with Telegram.
func TestPollStoppedInTheMiddleOfABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := &pending{}, newDoor(t)
		p.add(said(10), said(11))
		inside, goOn := make(chan struct{}), make(chan struct{})
		d.store.fail = func(task storage.Task) error {
			if task.ID != "update:11" {
				return nil
			}
			close(inside)
			<-goOn
			return context.Canceled
		}
		stop, cancel := poll(t, p, d)
		<-inside
		cancel()
		close(goOn)
		stop()
		require.Equal(t, []string{"update:10"}, d.store.ids())
		require.Len(t, p.left(), 2)
		require.NotContains(t, d.log.String(), "level=WARN", "stopping is no outage")
	})
}

func TestPollWhenTheStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := &pending{}, newDoor(t)
		p.add(said(10), said(11), said(12))
		var broken atomic.Bool
		broken.Store(true)
		d.store.fail = func(task storage.Task) error {
			if broken.Load() && task.ID != "update:10" {
				return errStore
			}
			return nil
		}
		stop, _ := poll(t, p, d)
		pass(5 * time.Minute)
		require.Equal(t, []string{"update:10"}, d.store.ids())
		require.Equal(t, []string{said(11), said(12)}, p.left(), "what is not stored is not confirmed")
		require.Less(t, len(p.from()), 40, "the pauses grow")
		require.Equal(t, 1, strings.Count(d.log.String(), "updates cannot be stored"))

		broken.Store(false)
		pass(time.Minute)
		require.Equal(t, []string{"update:10", "update:11", "update:12"}, d.store.ids())
		require.Empty(t, p.left())
		require.Contains(t, d.log.String(), "updates come again")
		stop()
	})
}

func TestPollThroughOutages(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault func() (*http.Response, error)
		log   string
		least int // calls in ten minutes
		most  int
	}{
		{"another program", func() (*http.Response, error) {
			return reply(409, `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}`), nil
		}, "another program uses this token", 15, 60},
		{"no network", func() (*http.Response, error) { return nil, errors.New("dial bot" + canary) }, "Telegram gives no updates", 15, 60},
		{"a page", func() (*http.Response, error) { return reply(502, "<html>"+canary), nil }, "Telegram gives no updates", 15, 60},
		{"not a list", func() (*http.Response, error) { return reply(200, `{"ok":true,"result":{}}`), nil }, "Telegram gives no updates", 15, 60},
		{"too fast", func() (*http.Response, error) {
			return reply(429, `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":120}}`), nil
		}, "Telegram gives no updates", 9, 12},
		{"the token is gone", func() (*http.Response, error) {
			return reply(401, `{"ok":false,"error_code":401,"description":"Unauthorized"}`), nil
		}, "Telegram does not know the token any more", 8, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, d := &pending{}, newDoor(t)
				p.add(said(10))
				p.failWith(func(method string) (*http.Response, error) {
					if method == "getUpdates" {
						return c.fault()
					}
					return nil, nil
				})
				stop, _ := poll(t, p, d)
				pass(10 * time.Minute)
				require.GreaterOrEqual(t, len(p.methods()), c.least)
				require.LessOrEqual(t, len(p.methods()), c.most)
				p.failWith(nil)
				require.Equal(t, 1, strings.Count(d.log.String(), c.log), "said once")

				pass(2 * time.Minute)
				require.Equal(t, []string{"update:10"}, d.store.ids())
				require.Equal(t, 1, strings.Count(d.log.String(), "updates come again"))
				stop()
			})
		})
	}
}

// The pauses of an outage that is over do not make the next one longer.
func TestPollIsSoonBackAfterAShortOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := &pending{}, newDoor(t)
		down := func(string) (*http.Response, error) { return reply(502, "<html>"), nil }
		p.failWith(down)
		stop, _ := poll(t, p, d)
		pass(10 * time.Minute)
		p.failWith(nil)
		pass(2 * time.Minute)
		var once atomic.Bool
		p.failWith(func(m string) (*http.Response, error) {
			if once.CompareAndSwap(false, true) {
				return down(m)
			}
			return nil, nil
		})
		pass(pollTimeout) // the call that was held open ends, the next one fails
		require.True(t, once.Load())
		p.add(said(10))
		pass(2 * firstPause)
		require.Equal(t, []string{"update:10"}, d.store.ids())
		stop()
	})
}

func TestPollWaitsForTheEndOfTheWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := &pending{}, newDoor(t)
		p.add(said(10))
		tries := 0
		p.failWith(func(method string) (*http.Response, error) {
			if method != "deleteWebhook" {
				return nil, nil
			}
			if tries++; tries <= 4 {
				return reply(502, "<html>"), nil
			}
			return nil, nil
		})
		stop, _ := poll(t, p, d)
		pass(time.Minute)
		require.Equal(t, []string{"deleteWebhook", "deleteWebhook", "deleteWebhook", "deleteWebhook", "deleteWebhook", "getUpdates", "getUpdates"}, p.methods()[:7])
		require.Equal(t, []string{"update:10"}, d.store.ids())
		stop()
	})
}

// An update without an id cannot be confirmed by itself. It is stored, the
// loop slows down, and it is confirmed with the next one.
func TestPollPassesAnUpdateWithoutAnID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := &pending{}, newDoor(t)
		strange := `{"update_id":"?","message":7}`
		p.add(said(10), strange)
		stop, _ := poll(t, p, d)
		pass(10 * time.Minute)
		require.Len(t, d.store.ids(), 2)
		require.Equal(t, []string{strange}, p.left())
		require.Less(t, len(p.from()), 60)
		require.Equal(t, 1, strings.Count(d.log.String(), "cannot be confirmed"))

		p.add(said(11))
		pass(time.Minute)
		require.Len(t, d.store.ids(), 3)
		require.Empty(t, p.left())
		stop()
	})
}

func TestPollDropsAnUpdateThatIsTooLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, d := &pending{}, newDoor(t)
		p.add(strings.Replace(said(10), `"message_id"`, `"text":"`+strings.Repeat("x", maxUpdate)+`","message_id"`, 1), said(11))
		stop, _ := poll(t, p, d)
		synctest.Wait()
		require.Equal(t, []string{"update:11"}, d.store.ids())
		require.Empty(t, p.left())
		require.Equal(t, []Event{EventBadRequest, EventStored}, d.events)
		stop()
	})
}

// Stopping ends the wait for an answer, and the wait between tries.
func TestPollStopsAtOnce(t *testing.T) {
	for name, fault := range map[string]func(string) (*http.Response, error){
		"while it waits for updates": nil,
		"while it waits to try":      func(string) (*http.Response, error) { return reply(502, "<html>"), nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, d := &pending{fault: fault}, newDoor(t)
				stop, _ := poll(t, p, d)
				pass(10 * time.Second)
				start := time.Now()
				stop()
				require.Zero(t, time.Since(start))
			})
		})
	}
}
