package faults

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	faketelegram "mrzbot/sandbox/telegram"
)

// seconds is how long the replicas may be without one that leads: the lead of a
// dead one lasts eight, and the others ask for it every two. The rest is for a
// machine that has other things to do.
const seconds = 40 * time.Second

// TestLeaderKilled kills the one of three replicas that polls, or has set the
// webhook, again and again, and takes the webhook away meanwhile: another takes
// over, and people are answered.
func TestLeaderKilled(t *testing.T) {
	t.Parallel()
	ways, kills := []how{polling, webhook}, max(1, formOf(t).kills/10)
	if !formOf(t).waits {
		ways = ways[:1]
	}
	for _, by := range ways {
		t.Run(string(by), func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t, false)
			c := newCrowd(newStage(t, func(t testing.TB) place { return placeBehind(t, n.server, n.url) }, by, nil), 5)
			for range side {
				c.up()
			}
			for range kills {
				c.serve(5)
				until(t, "one leads", seconds, func() bool { return c.leader() != nil })
				leader := c.leader()
				if by == webhook {
					c.takeWebhook()
				}
				struck := time.Now()
				c.strikeOne(leader)
				c.feed()
				until(t, "another leads", seconds, func() bool { return c.leader() != nil })
				t.Logf("another leads after %v", time.Since(struck).Round(100*time.Millisecond))
				until(t, "and asks Telegram", seconds, func() bool { return c.asked(by, struck) })
				c.serve(5)
				c.start()
			}
			c.onlyOne()
			c.reckon(terms{doubles: true, atMost: slow})
		})
	}
}

// leader gives the life that leads; nil when none does.
func (s *stage) leader() *program {
	for _, p := range s.running() {
		if p.log.leading() {
			return p
		}
	}
	return nil
}

// asked reports whether Telegram was asked, since a time, for what only the one
// that leads asks for, and did it.
func (s *stage) asked(by how, since time.Time) bool {
	method := "getUpdates"
	if by == webhook {
		method = "setWebhook"
	}
	return slices.ContainsFunc(s.telegram.CallsOf(method), func(c faketelegram.Call) bool {
		return c.Status == http.StatusOK && c.At.After(since)
	})
}

// takeWebhook has somebody else with the token take the webhook away.
func (s *stage) takeWebhook() {
	s.t.Helper()
	r, err := http.Post(s.environ["TELEGRAM_API_URL"]+"/bot"+token+"/deleteWebhook", "application/json", strings.NewReader("{}"))
	require.NoError(s.t, err)
	require.NoError(s.t, r.Body.Close())
	require.Equal(s.t, http.StatusOK, r.StatusCode)
}
