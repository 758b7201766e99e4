package faults

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
)

// everyAnswer is what the service can answer and do, by name, with a zone
// where one belongs.
func everyAnswer(slow bool) (all []fakemrz.Answer) {
	for _, name := range fakemrz.AnswerNames() {
		if (name == "slow" || name == "endless") && !slow {
			continue
		}
		if name == "bad_request_422" {
			continue // about the request, not the picture: the service's log does not tell the two apart
		}
		a := named(name)
		if a.Status == 0 {
			a.Lines = card
		}
		all = append(all, a)
	}
	return all
}

// TestServiceAnswers: one photo after another for every documented answer and
// every fault.
func TestServiceAnswers(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		c := newCrowd(newStage(t, e, polling, nil), 6)
		c.up()
		for _, a := range everyAnswer(formOf(t).waits) {
			// An answer between them: two in a row without one are an outage.
			c.mrz.AnswerNext(a, fakemrz.Lines(card...))
			for range 2 {
				n := c.mrz.Counts().Begun
				c.photo(c.busyAgent(), 0)
				require.NoError(t, c.mrz.Wait(within(t, patience), func() bool { return c.mrz.Counts().Begun > n }))
			}
		}
		c.reckon(terms{})
	})
}

// TestServiceAnswersMixed: the same, many at once and mixed by the dice, with
// pictures of every size.
func TestServiceAnswersMixed(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		form := formOf(t)
		c := newCrowd(newStage(t, e, webhook, nil), 6)
		c.up()
		all := everyAnswer(form.waits)
		for range 40 * form.rounds {
			a := all[c.dice.IntN(len(all))]
			if !form.waits && (a.Status == 424 || a.Status == 429 || a.Status == 503 || a.HTML && a.Status < 500 && a.Status != 413) {
				a = fakemrz.Lines(card...)
			}
			if a.Delay == 0 {
				a.Delay = time.Duration(c.dice.Int64N(int64(200 * time.Millisecond)))
			}
			c.mrz.AnswerNext(a)
			padding := c.dice.IntN(100 << 10)
			if c.dice.IntN(20) == 0 {
				padding = largePicture
			}
			c.photo(c.busyAgent(), padding)
		}
		c.reckon(terms{atMost: 5 * patience})
	})
}

// TestServiceIsDown: it says 503 for longer than photos are kept waiting, and
// after a restart it still does, but is back in time.
func TestServiceIsDown(t *testing.T) {
	onEach(t, func(t *testing.T, e engine) {
		c := newCrowd(newStage(t, e, polling, map[string]string{"RETRY_FOR": "5s"}), 6)
		c.up()
		c.mrz.Answer(named("unavailable"))
		for range 8 {
			c.photo(c.busyAgent(), 0)
		}
		until(t, "their time is over", patience, func() bool { c.look(); return len(c.unanswered()) == 0 })
		for _, ph := range c.photos {
			require.Contains(t, ph.answers[0], "could not be reached all this time")
		}
		c.quiet(patience)
		c.stop()
		c.environ["RETRY_FOR"] = "2m"
		c.up()
		var late []*photo
		for range 8 {
			late = append(late, c.photo(c.busyAgent(), 0))
		}
		until(t, "one waits", patience, func() bool { return c.waiting("photo") > 0 })
		c.mrz.Answer(fakemrz.Lines(card...))
		c.reckon(terms{})
		for _, ph := range late {
			require.Contains(t, ph.answers[0], "All check digits hold.")
		}
		c.promised()
	})
}

// promised looks whether people were told that their photos wait, and none
// more often than they sent some.
func (c *crowd) promised() {
	all := 0
	for _, p := range c.agents {
		told, sent := 0, 0
		for _, m := range c.telegram.Messages(p.ID) {
			if m.FromBot && strings.Contains(m.Text, "I keep your photos in line") {
				told, all = told+1, all+1
			}
			if c.photos[m.ID] != nil {
				sent++
			}
		}
		require.LessOrEqual(c.t, told, sent, "%d", p.ID)
	}
	require.Positive(c.t, all)
}
