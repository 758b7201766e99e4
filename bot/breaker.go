package bot

import (
	"context"
	"sync"
	"time"
)

// breaker keeps photos from a service that does not answer: one asks, the
// others wait without a call. What it knows belongs to one process; of several
// with one store, the one that has the lease asks. What a process forgets is
// learned again by one photo: until the service has answered once, those that
// waited before ask one at a time as well.
type breaker struct {
	mu     sync.Mutex
	down   bool // the service did not answer the last time
	proven bool // it has answered once since the program began
	asking bool // one photo is asking for all
	calm   bool // nothing waits any more
	fails  int  // in a row
	lost   int  // photos that were sent and got no answer, with no answer between
	code   Code // what the last failure was
	at     time.Time
	next   time.Time // when it may be asked again
}

// pass lets one photo ask the service. It is given back once, by up, fail or
// leave; what comes after the first of them does nothing.
type pass struct {
	*breaker
	single bool // nobody else asks meanwhile
	back   bool
	alone  *alone // and in no other process either; nil: they were not asked
}

// outageAfter is how many photos without an answer, one after the other, are an
// outage for those that were not sent yet. Each may have been paid for.
const outageAfter = 2

// serviceLease is the name of what one photo does for all.
const serviceLease = "service"

// enter gives a photo leave to ask the service: in this process, and where one
// photo asks for all, in all that share the store. It is asked for directly before
// the call, so that nobody waits for the download of the one that asks.
func (b *Bot) enter(ctx context.Context, waited bool) (p *pass, code Code) {
	p, code = b.breaker.enter(b.Now(), waited)
	if p == nil || !p.single {
		return p, code
	}
	var ok bool
	if p.alone, ok = b.beAlone(ctx, serviceLease, ""); !ok {
		p.yield(b.Now().Add(firstPause))
		return nil, CodeUnavailable
	}
	return p, ""
}

// enter gives a pass, or says what keeps the photo waiting. waited is whether
// it waited for the service before.
func (b *breaker) enter(now time.Time, waited bool) (p *pass, code Code) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch single, code := b.look(now, waited); {
	case code != "":
		return nil, code
	case !single:
		return &pass{breaker: b}, ""
	default:
		b.asking = true
		return &pass{breaker: b, single: true}, ""
	}
}

// closed says what would keep a photo waiting now, before anything is fetched for
// it; "" for nothing.
func (b *breaker) closed(now time.Time, waited bool) Code {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, code := b.look(now, waited)
	return code
}

// look says whether a photo would ask for all, or what keeps it waiting.
func (b *breaker) look(now time.Time, waited bool) (single bool, code Code) {
	if !b.down && (b.proven || !waited) {
		return false, ""
	}
	// A clock that went back must not keep the service from being asked.
	early := b.down && now.Before(b.next) && !now.Before(b.at)
	if !b.asking && !early {
		return true, ""
	}
	if b.code == "" {
		return false, CodeUnavailable
	}
	return false, b.code
}

// failures is how often in a row the service did not answer.
func (b *breaker) failures() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fails
}

// pause is how long nobody may ask.
func (b *breaker) pause(now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.down || now.Before(b.at) {
		return 0
	}
	return b.next.Sub(now)
}

// rested notes that nothing is left to be woken.
func (b *breaker) rested() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calm = true
}

// up notes an answer, and reports whether photos may be waiting for it.
func (p *pass) up() (waiting bool) {
	if !p.giveBack(time.Time{}) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down || !p.proven {
		p.calm = false
	}
	p.down, p.proven, p.fails, p.lost = false, true, 0, 0
	return !p.calm
}

// fail notes that the service did not answer.
func (p *pass) fail(code Code, now time.Time, pause time.Duration) {
	if !p.giveBack(now.Add(pause)) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	// Those that were on their way together have failed once.
	if !p.down || p.single {
		p.fails++
	}
	p.down, p.code, p.at, p.next = true, code, now, now.Add(pause)
}

// lose notes that a photo was sent and nobody knows what became of it, and reports
// whether that is an outage by now.
func (p *pass) lose(now time.Time, pause time.Duration) (outage bool) {
	p.mu.Lock()
	p.lost++
	outage = p.single || p.lost >= outageAfter
	p.mu.Unlock()
	if outage {
		p.fail(CodeUnavailable, now, pause)
	} else {
		p.leave()
	}
	return outage
}

// yield notes that another process asks: nobody here tries to before that time.
func (p *pass) yield(until time.Time) {
	if !p.giveBack(time.Time{}) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down && p.next.Before(until) {
		p.next = until
	}
}

// leave notes that nothing was learned of the service.
func (p *pass) leave() { p.giveBack(time.Time{}) }

// giveBack ends the pass. Other processes ask from that time on.
func (p *pass) giveBack(rest time.Time) bool {
	if p.back {
		return false
	}
	p.back = true
	if p.alone != nil {
		p.alone.end(rest)
	}
	if p.single {
		p.mu.Lock()
		p.asking = false
		p.mu.Unlock()
	}
	return true
}
