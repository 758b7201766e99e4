package telegram

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// dated is a Telegram whose calendar a test sets, some time away.
type dated struct {
	ahead time.Duration // of Telegram's calendar
	trip  time.Duration // of question and answer together
	wait  time.Duration // before the answer is begun
	page  bool          // something else answers
}

func (d *dated) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(d.trip/2 + d.wait)
	res := reply(200, `{"ok":true,"result":[]}`)
	if strings.HasSuffix(r.URL.Path, "getMe") {
		res = reply(200, `{"ok":true,"result":{"id":1,"username":"reader_bot"}}`)
	}
	if d.page {
		res = reply(502, "<html>")
	}
	res.Header.Set("Date", time.Now().Add(d.ahead).UTC().Format(http.TimeFormat))
	time.Sleep(d.trip / 2)
	return res, nil
}

func TestClockIsHeldAgainstTelegrams(t *testing.T) {
	for name, c := range map[string]struct {
		dated
		ahead time.Duration // of ours, to a second and the trip
	}{
		"the same":                    {},
		"the same, over a slow way":   {dated{trip: 8 * time.Second}, 0},
		"some seconds ahead":          {dated{ahead: -4 * time.Second}, 0},
		"some seconds behind":         {dated{ahead: 4 * time.Second}, 0},
		"a minute ahead":              {dated{ahead: -time.Minute}, time.Minute},
		"a minute behind":             {dated{ahead: time.Minute}, -time.Minute},
		"a minute ahead, slowly":      {dated{ahead: -time.Minute, trip: 4 * time.Second}, time.Minute},
		"ten years ahead":             {dated{ahead: -87600 * time.Hour}, 87600 * time.Hour},
		"fifty years behind":          {dated{ahead: 438000 * time.Hour}, -438000 * time.Hour},
		"a page of something between": {dated{ahead: time.Hour, page: true}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := newLogbook(t)
				var told []time.Duration
				client, err := New(Config{Token: canary, Transport: &c.dated, Log: log.logger(), ClockChanged: func(d time.Duration) { told = append(told, d) }})
				require.NoError(t, err)
				for range 20 {
					_, _ = client.Me(t.Context())
					time.Sleep(700 * time.Millisecond)
				}
				ahead, known := client.ClockAhead()
				require.Equal(t, !c.page, known)
				require.InDelta(t, c.ahead.Seconds(), ahead.Seconds(), c.trip.Seconds()+1)
				said := 0
				if c.ahead != 0 {
					said = 1
					require.Equal(t, []time.Duration{ahead}, told)
				}
				require.Equal(t, said, strings.Count(log.String(), "differs from Telegram's"), "said once, not with each call")
			})
		})
	}
}

// TestClockChanges: what begins, changes and ends is said each time; a poll that
// waits is a question whose answer says little, and takes nothing back.
func TestClockChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook(t)
		tg := &dated{}
		var told []time.Duration
		c, err := New(Config{Token: canary, Transport: tg, Log: log.logger(), ClockChanged: func(d time.Duration) { told = append(told, d.Round(time.Minute)) }})
		require.NoError(t, err)
		ask := func(ahead time.Duration) {
			tg.ahead = ahead
			for range 3 {
				_, err := c.Me(t.Context())
				require.NoError(t, err)
			}
		}
		ask(0)
		tg.ahead = -time.Hour
		_, err = c.Me(t.Context()) // as after a sleep of the machine: one alone is not believed
		require.NoError(t, err)
		ask(0)
		require.Empty(t, told)

		ask(-time.Hour)
		tg.wait = 50 * time.Second
		for range 3 {
			_, err = c.updates(t.Context(), 0, pollBatch)
			require.NoError(t, err)
		}
		tg.wait = 0
		ask(-3 * time.Hour)
		ask(10 * time.Minute)
		require.Equal(t, []time.Duration{time.Hour, 3 * time.Hour, -10 * time.Minute}, told)
		tg.ahead, tg.wait = 0, 50*time.Second
		for range 2 { // polls alone show that it was set right
			_, err = c.updates(t.Context(), 0, pollBatch)
			require.NoError(t, err)
		}
		require.Equal(t, []time.Duration{time.Hour, 3 * time.Hour, -10 * time.Minute, 0}, told)
		require.Contains(t, log.String(), "agrees with Telegram's again")
	})
}
