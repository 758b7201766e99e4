package telegram

import (
	"slices"
	"sync"
	"time"
)

const (
	// maxGates bounds the chats remembered as waiting. One that is not
	// remembered is only asked about again, and answers 429 again.
	maxGates = 10_000

	// manyChats within manyWithin that say 429 mean that the bot as a whole is
	// over its limit (about 30 messages a second). Telegram does not say which
	// limit was hit, and chats seldom reach their own ones together. The same
	// holds for files and presses.
	manyChats  = 3
	manyWithin = time.Second
)

// scope is what a pause belongs to: a chat, a method that is about no chat, a
// method about one file or press, or one method in one chat. The zero scope is
// all chats.
type scope struct {
	chat   int64
	method string
	about  string
}

// wider is the scope whose gate holds this one up as well.
func (s scope) wider() (w scope, ok bool) {
	switch {
	case s.about != "":
		return scope{method: s.method}, true
	case s.chat != 0 && s.method != "":
		return scope{chat: s.chat}, true
	case s.chat != 0:
		return scope{}, true
	}
	return scope{}, false
}

// gates remembers how long Telegram wants to be left alone. A call behind a
// shut gate is not made.
type gates struct {
	mu    sync.Mutex
	until map[scope]time.Time
	swept time.Time
	last  []refusal // the newest 429 of each of the last chats, files and presses, oldest first
}

// refusal is a 429 of one of many.
type refusal struct {
	scope scope
	at    time.Time
	until time.Time
}

// wait gives how long a call has to wait; 0: it may be made.
func (g *gates) wait(s scope, now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	d := g.left(s, now)
	for w, ok := s.wider(); ok; w, ok = w.wider() {
		d = max(d, g.left(w, now))
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
	w, ok := s.wider()
	if !ok || s.chat != 0 && s.method != "" {
		return
	}

	kept, many := g.last[:0], []refusal{{s, now, until}}
	for _, r := range g.last {
		if r.scope == s || now.Sub(r.at) >= manyWithin {
			continue
		}
		kept = append(kept, r)
		if same, _ := r.scope.wider(); same == w {
			many = append(many, r)
		}
	}
	g.last = append(kept, many[0])
	if len(many) < manyChats {
		return
	}
	// The shortest of the pauses: one of them may have a limit of its own.
	for _, r := range many {
		if r.until.Before(until) {
			until = r.until
		}
	}
	if most := now.Add(longestSharedPause); until.After(most) {
		until = most
	}
	g.put(w, now, until)
	g.last = slices.DeleteFunc(g.last, func(r refusal) bool { return slices.Contains(many, r) })
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
