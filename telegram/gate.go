package telegram

import (
	"sync"
	"time"
)

const (
	// maxGates bounds the chats remembered as waiting. One that is not
	// remembered is only asked about again, and answers 429 again.
	maxGates = 10_000

	// manyChats within manyWithin that say 429 mean that the bot as a whole is
	// over its limit (about 30 messages a second). Telegram does not say which
	// limit was hit, and chats seldom reach their own ones together.
	manyChats  = 3
	manyWithin = time.Second
)

// scope is what a pause belongs to: a chat, a method that is about no chat, or
// one method in one chat.
// The zero scope is all chats.
type scope struct {
	chat   int64
	method string
}

// gates remembers how long Telegram wants to be left alone. A call behind a
// shut gate is not made.
type gates struct {
	mu    sync.Mutex
	until map[scope]time.Time
	swept time.Time
	last  []refusal // the newest 429 of each of the last chats, oldest first
}

// refusal is a chat's 429.
type refusal struct {
	chat  int64
	at    time.Time
	until time.Time
}

// wait gives how long a call has to wait; 0: it may be made.
func (g *gates) wait(s scope, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.left(s, now)
	if s.chat != 0 {
		d = max(d, g.left(scope{}, now))
	}
	return d
}

// left gives what is left of one gate's time, and forgets a gate that is open.
func (g *gates) left(s scope, now time.Time) time.Duration {
	until, ok := g.until[s]
	if !ok {
		return 0
	}
	if d := until.Sub(now); d > 0 {
		return d
	}
	delete(g.until, s)
	return 0
}

// shut keeps calls of a scope back until now+pause.
func (g *gates) shut(s scope, now time.Time, pause time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	until := now.Add(pause)
	g.put(s, now, until)
	if s.chat == 0 || s.method != "" {
		return
	}

	kept := g.last[:0]
	for _, r := range g.last {
		if r.chat != s.chat && now.Sub(r.at) < manyWithin {
			kept = append(kept, r)
		}
	}
	g.last = append(kept, refusal{s.chat, now, until})
	if len(g.last) < manyChats {
		return
	}
	// The shortest of the pauses: one of the chats may have a limit of its own.
	for _, r := range g.last {
		if r.until.Before(until) {
			until = r.until
		}
	}
	g.put(scope{}, now, until)
	g.last = g.last[:0]
}

// put sets a gate, never to an earlier time than it has.
func (g *gates) put(s scope, now, until time.Time) {
	if g.until == nil {
		g.until = make(map[scope]time.Time)
	}
	if now.Sub(g.swept) > time.Minute || len(g.until) >= maxGates {
		for k, t := range g.until {
			if !t.After(now) {
				delete(g.until, k)
			}
		}
		g.swept = now
	}
	old, known := g.until[s]
	if until.After(old) && (known || len(g.until) < maxGates) {
		g.until[s] = until
	}
}
