package faults

import (
	"bytes"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
)

// TestDeliveredTwice: every update comes twice, and once more later, also
// after a restart.
func TestDeliveredTwice(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		for _, by := range []how{polling, webhook} {
			t.Run(string(by), func(t *testing.T) {
				t.Parallel()
				c := newCrowd(newStage(t, e, by, nil), 13)
				c.telegram.DeliverTwice(1000)
				c.up()
				for range 30 {
					c.photo(c.busyAgent(), 0)
					c.order()
				}
				c.quiet(patience)
				c.redeliver()
				c.quiet(patience)
				c.stop()
				c.up()
				c.redeliver()
				c.reckon(terms{})
			})
		}
	})
}

// redeliver has every update brought again.
func (c *crowd) redeliver() {
	c.telegram.DeliverTwice(0)
	for _, ph := range c.photos {
		require.True(c.t, c.telegram.Redeliver(c.updateOf(ph.message)))
	}
}

// TestOutOfOrder: what was held up comes in the reverse order, or in a new
// numbering, which may begin below the old one.
func TestOutOfOrder(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		for _, by := range []how{polling, webhook} {
			t.Run(string(by), func(t *testing.T) {
				t.Parallel()
				c := newCrowd(newStage(t, e, by, nil), 13)
				c.up()
				for _, first := range []int64{900_000_000, 400_000_000, 1} {
					c.telegram.Hold()
					for range 20 {
						c.photo(c.busyAgent(), 0)
						c.list()
					}
					c.telegram.ReleaseReversed()
					c.quiet(patience)
					c.telegram.RestartNumbering(first)
				}
				c.reckon(terms{})
			})
		}
	})
}

// TestSameUpdateManyTimes knocks with the same update many times at once,
// before, while and after it is worked.
func TestSameUpdateManyTimes(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		c := newCrowd(newStage(t, e, webhook, nil), 6)
		slow := fakemrz.Lines(card...)
		slow.Delay = 200 * time.Millisecond
		c.mrz.Answer(slow)
		c.up()
		for range 20 {
			c.photo(c.busyAgent(), 0)
		}
		require.NoError(t, c.telegram.Wait(within(t, patience), func() bool { return c.telegram.Pending() == 0 }))
		for range 3 {
			var all sync.WaitGroup
			for _, raw := range c.rawUpdates() {
				for range 20 {
					all.Go(func() {
						if status := c.knock(raw); status != http.StatusOK && status != 0 {
							t.Errorf("answered with %d", status)
						}
					})
				}
			}
			all.Wait()
			c.quiet(patience)
		}
		c.reckon(terms{})
	})
}

// knock brings an update to the door of the running program, as Telegram does,
// and gives the status; 0: no answer.
func (s *stage) knock(raw []byte) int {
	to, err := s.webhook()
	if err != nil {
		return 0
	}
	req, err := http.NewRequest(http.MethodPost, "http://"+to+"/telegram", bytes.NewReader(raw))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	resp, err := s.wire.RoundTrip(req)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
