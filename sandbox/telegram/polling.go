package faketelegram

import (
	"context"
	"encoding/json"
	"time"

	"mrzbot/sandbox/botapi"
)

const (
	maxPolled      = 100 // updates in one answer
	maxPollSeconds = 50  // Telegram waits no longer, whatever is asked
)

// getUpdates is called without mu: it waits.
func (t *Server) getUpdates(ctx context.Context, q *botapi.Request) (any, *botapi.Error) {
	limit, seconds := maxPolled, q.Int("timeout")
	if q.Has("limit") {
		limit = int(q.Int("limit"))
	}
	if limit < 1 || limit > maxPolled || seconds < 0 {
		return nil, botapi.BadRequest("limit must be from 1 to %d and timeout not negative", maxPolled)
	}
	mine, err := t.startPoll(q)
	if err != nil {
		return nil, err
	}
	defer t.leavePoll(mine)
	timer := time.NewTimer(time.Duration(min(seconds, maxPollSeconds)) * time.Second)
	defer timer.Stop()
	for {
		batch, changed := t.batch(limit)
		if len(batch) > 0 || seconds == 0 {
			return batch, nil
		}
		select {
		case <-changed:
		case err := <-mine:
			return nil, err
		case <-timer.C:
			return batch, nil
		case <-ctx.Done(): // nobody reads the answer
			return batch, nil
		case <-t.ctx.Done():
			return nil, &botapi.Error{Code: 500, Description: "Internal Server Error: restart"}
		}
	}
}

// startPoll takes the place of a poller that is still waiting: that one gets
// the 409. It confirms what came before the offset.
func (t *Server) startPoll(q *botapi.Request) (chan *botapi.Error, *botapi.Error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hook.url != "" {
		return nil, botapi.Conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	if err := t.setAllowed(q); err != nil {
		return nil, err
	}
	t.endPoll("terminated by other getUpdates request; make sure that only one bot instance is running")
	t.confirm(q.Int("offset"))
	mine := make(chan *botapi.Error, 1)
	t.poller = mine
	return mine, nil
}

func (t *Server) endPoll(reason string) {
	if t.poller != nil {
		t.poller <- botapi.Conflict(reason)
		t.poller = nil
	}
}

func (t *Server) leavePoll(mine chan *botapi.Error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.poller == mine {
		t.poller = nil
	}
}

// confirm forgets the updates before the offset; a negative offset keeps so
// many at the end.
func (t *Server) confirm(offset int64) {
	list := t.updates.waiting(t.now())
	if offset < 0 {
		if keep := int(-offset); keep < len(list) {
			offset = list[len(list)-keep].id
		}
	}
	for _, u := range list {
		if u.id < offset {
			t.delivered(u)
		}
	}
	t.touch()
}

// batch is what can be handed out now, and what tells of a change.
func (t *Server) batch(limit int) ([]json.RawMessage, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	batch := []json.RawMessage{}
	if t.updates.held {
		return batch, t.changed
	}
	list := t.updates.waiting(t.now())
	for _, u := range list[:min(limit, len(list))] {
		batch = append(batch, u.raw)
	}
	return batch, t.changed
}

// Polling says whether a getUpdates waits for updates now.
func (t *Server) Polling() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.poller != nil
}
