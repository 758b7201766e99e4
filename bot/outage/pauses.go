package outage

import (
	"math/rand/v2"
	"sync"
	"time"
)

// The pauses between two tries at a service that is down: growing, so that a
// service that comes back is not run over, and never so long that the first
// photo is read much later than that. The others are woken.
const (
	firstPause = 3 * time.Second
	maxPause   = 15 * time.Second

	// longestWish bounds what the service can ask for.
	longestWish = 10 * time.Minute
)

// Pauses makes them, with jitter, so that many photos do not come back at once.
type Pauses struct {
	mu     sync.Mutex
	random *rand.Rand
}

// NewPauses makes pauses with jitter from that source, which is used under a lock.
func NewPauses(random *rand.Rand) *Pauses { return &Pauses{random: random} }

// Next gives the pause before try n+1 (n from 0); the service's own wish, when
// it is longer, goes first.
func (p *Pauses) Next(n int, wish time.Duration) time.Duration {
	d := min(firstPause<<min(n, 10), maxPause)
	p.mu.Lock()
	d += time.Duration(p.random.Int64N(int64(d)/2 + 1))
	p.mu.Unlock()
	return max(d, min(wish, longestWish))
}
