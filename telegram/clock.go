package telegram

import (
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const (
	// clockLimit is by how much the clocks may differ before it is said. Days
	// begin, photos expire and replicas agree by the clock; some seconds do no
	// harm there, and a machine without NTP drifts so much in a week.
	clockLimit = 5 * time.Second

	// longestTrip is how long the head of an answer may be on its way. Telegram
	// stamps it when it begins to answer, which for getUpdates may be long after
	// it was asked.
	longestTrip = 10 * time.Second

	// dateGrain: the stamp has whole seconds.
	dateGrain = time.Second
)

// clockCheck holds this machine's clock against the Date header of Telegram's
// answers. A difference is believed when two answers in a row show it: one may
// have lain in a buffer while the machine slept.
type clockCheck struct {
	log     *slog.Logger
	changed func(ahead time.Duration) // nil: nobody is told

	mu      sync.Mutex
	known   bool
	ahead   time.Duration // as it was told last; 0: they agree
	doubted bool          // the answer before this one showed something else
}

// saw takes the Date header of an answer that came at arrived, by this machine's
// calendar, took after its question was sent.
func (c *clockCheck) saw(header http.Header, arrived time.Time, took time.Duration) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	// The stamp was made at a time that Telegram's clock names to the second and
	// ours only as one between question and answer.
	most := arrived.Round(0).Sub(date)
	least := most - min(took, longestTrip) - dateGrain
	var ahead time.Duration
	switch {
	case least > clockLimit:
		ahead = least
	case most < -clockLimit:
		ahead = most
	}
	if c.learn(least-clockLimit, most+clockLimit, ahead) && c.changed != nil {
		c.changed(ahead)
	}
}

// learn reports whether what was told is no longer so.
func (c *clockCheck) learn(from, to, ahead time.Duration) (changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ahead >= from && c.ahead <= to {
		c.known, c.doubted = true, false
		return false
	}
	if !c.doubted {
		c.doubted = true
		return false
	}
	c.known, c.doubted, c.ahead = true, false, ahead
	if ahead == 0 {
		c.log.Info("the clock of this machine agrees with Telegram's again")
	} else {
		c.log.Warn("the clock of this machine differs from Telegram's: set it (NTP)", "ahead", ahead.Round(time.Second))
	}
	return true
}

// ClockAhead is how far the clock of this machine is ahead of Telegram's,
// negative when it is behind. It is 0 while they agree to some seconds; known is
// false until Telegram has answered.
func (c *Client) ClockAhead() (ahead time.Duration, known bool) {
	c.wire.clock.mu.Lock()
	defer c.wire.clock.mu.Unlock()
	return c.wire.clock.ahead, c.wire.clock.known
}
