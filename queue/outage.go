package queue

import (
	"log/slog"
	"sync"
	"time"
)

// outage is a store that does not answer. It is told once when it begins and
// once when everybody who met it has got an answer: that another call works
// does not end it, as on a disk that is full and can be read.
type outage struct {
	log     *slog.Logger
	mu      sync.Mutex
	waiting int // callers without an answer
}

// caller is one who asks the store until it answers, less and less often.
type caller struct {
	outage *outage
	fails  int
}

// The pauses between two questions to a store that does not answer.
const (
	firstPause = 100 * time.Millisecond
	maxPause   = 5 * time.Second
)

// failed notes a failure and gives the pause before the next question.
func (c *caller) failed(err error) time.Duration {
	if c.fails == 0 {
		c.outage.mu.Lock()
		defer c.outage.mu.Unlock()
		if c.outage.waiting == 0 {
			c.outage.log.Error("the store does not answer", "error", err)
		}
		c.outage.waiting++
	}
	c.fails++
	return min(firstPause<<min(c.fails-1, 10), maxPause)
}

// answered notes an answer.
func (c *caller) answered() {
	if c.fails == 0 {
		return
	}
	c.fails = 0
	c.outage.mu.Lock()
	defer c.outage.mu.Unlock()
	c.outage.waiting--
	if c.outage.waiting == 0 {
		c.outage.log.Info("the store answers again")
	}
}
