// Package outage is about what the bot rests on and what may not answer: the
// service that reads (a breaker, and pauses between tries) and the store. It
// says who may ask and when; it asks nobody itself.
package outage

import (
	"context"
	"sync"
	"time"

	"mrzbot/bot/outcome"
)

// Breaker keeps photos from a service that does not answer: one asks, the
// others wait without a call. What it knows belongs to one process; of several
// with one store, the one that has the lease asks. What a process forgets is
// learned again by one photo: until the service has answered once, those that
// waited before ask one at a time as well.
type Breaker struct {
	mu     sync.Mutex
	down   bool         // the service did not answer the last time
	proven bool         // it has answered once since the program began
	asking bool         // one photo is asking for all
	calm   bool         // nothing waits any more
	fails  int          // in a row
	lost   int          // photos that were sent and got no answer, with no answer between
	out    int          // passes that are not given back
	code   outcome.Code // what the last failure was
	at     time.Time
	next   time.Time     // when it may be asked again
	freed  chan struct{} // closed when a pass is given back; nil: nobody waits for that
}

// Pass lets one photo ask the service. It is given back once, by Up, Fail or
// Leave; what comes after the first of them does nothing.
type Pass struct {
	*Breaker
	single bool // nobody else asks meanwhile
	back   bool
	lease  *Lease // and in no other process either; nil: they were not asked
}

// outageAfter is how many photos without an answer, one after the other, are an
// outage for those that were not sent yet. Each may have been paid for.
const outageAfter = 2

// serviceLease is the name of what one photo does for all.
const serviceLease = "service"

// Gate lets photos through to the service, or keeps them waiting.
type Gate struct {
	Breaker
	leases   *Leases
	stopping <-chan struct{}
}

// NewGate makes a gate that is open. stopping is closed when the program stops; nil:
// it never does.
func NewGate(leases *Leases, stopping <-chan struct{}) *Gate {
	return &Gate{leases: leases, stopping: stopping}
}

// Enter gives a photo leave to ask the service: in this process, and where one
// photo asks for all, in all that share the store. It is asked for directly before
// the call, so that nobody waits for the download of the one that asks. waited is
// whether the photo waited for the service before. When the program stops it gives
// neither a pass nor a code.
func (g *Gate) Enter(ctx context.Context, waited bool) (p *Pass, code outcome.Code) {
	for {
		freed := g.nextFreed()
		p, code = g.Breaker.enter(g.leases.Now(), waited)
		if p != nil || code != "" {
			break
		}
		select {
		case <-freed:
			continue
		case <-g.stopping: // a call that began now might not come to its end
		case <-ctx.Done():
		}
		return nil, ""
	}
	if p == nil || !p.single {
		return p, code
	}
	var ok bool
	if p.lease, ok = g.leases.Acquire(ctx, serviceLease, ""); !ok {
		p.yield(g.leases.Now().Add(firstPause))
		return nil, outcome.Unavailable
	}
	return p, ""
}

// enter gives a pass, or says what keeps the photo waiting. waited is whether
// it waited for the service before. Neither means that it is soon known whether
// there is an outage: after a photo without an answer the next one asks alone, so
// that no more than need be are sent into silence.
func (b *Breaker) enter(now time.Time, waited bool) (p *Pass, code outcome.Code) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch single, code := b.look(now, waited); {
	case code != "":
		return nil, code
	case !single && b.lost > 0 && b.out > 0:
		return nil, ""
	default:
		b.asking = b.asking || single
		b.out++
		return &Pass{Breaker: b, single: single}, ""
	}
}

// nextFreed is closed when the next pass is given back.
func (b *Breaker) nextFreed() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.freed == nil {
		b.freed = make(chan struct{})
	}
	return b.freed
}

// Closed says what would keep a photo waiting now, before anything is fetched for
// it; "" for nothing.
func (b *Breaker) Closed(now time.Time, waited bool) outcome.Code {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, code := b.look(now, waited)
	return code
}

// look says whether a photo would ask for all, or what keeps it waiting.
func (b *Breaker) look(now time.Time, waited bool) (single bool, code outcome.Code) {
	if !b.down && (b.proven || !waited) {
		return false, ""
	}
	// A clock that went back must not keep the service from being asked.
	early := b.down && now.Before(b.next) && !now.Before(b.at)
	if !b.asking && !early {
		return true, ""
	}
	if b.code == "" {
		return false, outcome.Unavailable
	}
	return false, b.code
}

// Down reports whether the service did not answer the last time.
func (b *Breaker) Down() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.down
}

// Answers reports whether the service answered the last time.
func (b *Breaker) Answers() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.proven && !b.down
}

// Failures is how often in a row the service did not answer.
func (b *Breaker) Failures() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fails
}

// Pause is how long nobody may ask.
func (b *Breaker) Pause(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.down || now.Before(b.at) {
		return 0
	}
	return b.next.Sub(now)
}

// Rested notes that nothing is left to be woken.
func (b *Breaker) Rested() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calm = true
}

// Up notes an answer, and reports whether photos may be waiting for it.
func (p *Pass) Up() (waiting bool) {
	p.giveBack(time.Time{}, func() {
		if p.down || !p.proven {
			p.calm = false
		}
		p.down, p.proven, p.fails, p.lost = false, true, 0, 0
		waiting = !p.calm
	})
	return waiting
}

// Fail notes that the service did not answer.
func (p *Pass) Fail(code outcome.Code, now time.Time, pause time.Duration) {
	p.giveBack(now.Add(pause), func() {
		// Those that were on their way together have failed once.
		if !p.down || p.single {
			p.fails++
		}
		p.down, p.code, p.at, p.next = true, code, now, now.Add(pause)
	})
}

// Lose notes that a photo was sent and nobody knows what became of it, and reports
// whether that is an outage by now.
func (p *Pass) Lose(now time.Time, pause time.Duration) (outage bool) {
	p.mu.Lock()
	p.lost++
	outage = p.single || p.lost >= outageAfter
	p.mu.Unlock()
	if outage {
		p.Fail(outcome.Unavailable, now, pause)
	} else {
		p.Leave()
	}
	return outage
}

// yield notes that another process asks: nobody here tries to before that time.
func (p *Pass) yield(until time.Time) {
	p.giveBack(time.Time{}, func() {
		if p.down && p.next.Before(until) {
			p.next = until
		}
	})
}

// Leave notes that nothing was learned of the service.
func (p *Pass) Leave() { p.giveBack(time.Time{}, func() {}) }

// giveBack ends the pass with what was learned, in one step for those who enter
// next. Other processes ask from that time on.
func (p *Pass) giveBack(rest time.Time, learn func()) {
	if p.back {
		return
	}
	p.back = true
	if p.lease != nil {
		p.lease.End(rest)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	learn()
	p.out--
	if p.single {
		p.asking = false
	}
	if p.freed != nil {
		close(p.freed)
		p.freed = nil
	}
}
