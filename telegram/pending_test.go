package telegram

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// pending plays Telegram's queue of updates: what is asked for with an offset
// above it is confirmed, and gone.
type pending struct {
	mu    sync.Mutex
	queue []queued
	last  int64
	more  chan struct{} // closed when something is added
	// fault is asked before each answer; nil: none.
	fault   func(method string) (*http.Response, error)
	asked   []string
	offsets []int64
}

// queued is an update and the id that Telegram knows it by, readable or not.
type queued struct {
	id  int64
	raw string
}

// add lets updates come in.
func (p *pending) add(updates ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, raw := range updates {
		var u struct {
			ID int64 `json:"update_id"`
		}
		if json.Unmarshal([]byte(raw), &u) != nil {
			u.ID = p.last + 1
		}
		p.last = u.ID
		p.queue = append(p.queue, queued{u.ID, raw})
	}
	if p.more != nil {
		close(p.more)
		p.more = nil
	}
}

// left gives what is not confirmed.
func (p *pending) left() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.raw()
}

// methods gives the calls so far.
func (p *pending) methods() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// from gives the offsets of the polls among them.
func (p *pending) from() []int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.offsets)
}

// failWith sets the fault from now on.
func (p *pending) failWith(fault func(method string) (*http.Response, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
}

func (p *pending) raw() []string {
	var raw []string
	for _, q := range p.queue {
		raw = append(raw, q.raw)
	}
	return raw
}

func (p *pending) RoundTrip(r *http.Request) (*http.Response, error) {
	method := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	p.mu.Lock()
	p.asked = append(p.asked, method)
	fault := p.fault
	p.mu.Unlock()
	if fault != nil {
		if res, err := fault(method); res != nil || err != nil {
			return res, err
		}
	}
	if method != "getUpdates" {
		return reply(200, `{"ok":true,"result":true}`), nil
	}
	var query struct {
		Offset, Limit, Timeout int64
		Allowed                []string `json:"allowed_updates"`
	}
	if err := json.NewDecoder(r.Body).Decode(&query); err != nil {
		return nil, err
	}
	if query.Limit != 100 || query.Timeout != 50 || len(query.Allowed) != 3 {
		return reply(400, `{"ok":false,"error_code":400,"description":"Bad Request"}`), nil
	}
	p.mu.Lock()
	p.offsets = append(p.offsets, query.Offset)
	p.mu.Unlock()
	return p.answer(r.Context(), query.Offset, time.After(time.Duration(query.Timeout)*time.Second))
}

// answer confirms, and waits until there is something.
func (p *pending) answer(ctx context.Context, offset int64, over <-chan time.Time) (*http.Response, error) {
	p.mu.Lock()
	for len(p.queue) > 0 && p.queue[0].id < offset {
		p.queue = p.queue[1:]
	}
	if len(p.queue) == 0 && p.more == nil {
		p.more = make(chan struct{})
	}
	more, body := p.more, `{"ok":true,"result":[`+strings.Join(p.raw(), ",")+`]}`
	empty := len(p.queue) == 0
	p.mu.Unlock()
	if !empty {
		return reply(200, body), nil
	}
	select {
	case <-more:
		return p.answer(ctx, offset, over)
	case <-over:
		return reply(200, `{"ok":true,"result":[]}`), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
