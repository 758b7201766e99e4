package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"
)

const (
	// pollTimeout is how long Telegram holds getUpdates open when nothing
	// comes: as long as it allows, and so as few calls as possible.
	pollTimeout = 50 * time.Second

	// pollMargin is what the answer may take on top of that.
	pollMargin = 10 * time.Second

	// pollBatch is the most updates in one answer (Bot API, getUpdates).
	pollBatch = 100
)

// Poller brings updates to the door by long polling. A batch is confirmed to
// Telegram by the call after it, when every update of it is durable: one that
// was not confirmed is delivered again.
type Poller struct {
	client *Client
	door   *Door
	// offset is the next update asked for: the one after the last that is
	// stored. 0 asks for the first that is not confirmed.
	offset int64
	// trouble is the cause of the outage that was logged; "": none.
	trouble string
}

// NewPoller makes a poller.
func NewPoller(c *Client, d *Door) *Poller { return &Poller{client: c, door: d} }

// Run ends the webhook, keeping what is pending, and polls until the context
// ends; it returns nil then. Nothing else ends it: every failure is waited out.
func (p *Poller) Run(ctx context.Context) error {
	pauses := growing()
	next := p.start
	for ctx.Err() == nil {
		err := next(ctx)
		if ctx.Err() != nil {
			break
		}
		p.report(ctx, err)
		if err == nil {
			pauses.Reset()
			next = p.round
			continue
		}
		pause := pauses.NextBackOff()
		// Other answers get the growing pauses alone, so that the bot is soon
		// back after a short outage.
		if e, ok := errors.AsType[*Error](err); ok && (e.Code == http.StatusTooManyRequests || e.badToken()) {
			pause = max(pause, e.After)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
	return nil
}

// start makes room for the poll: Telegram refuses it while a webhook is set.
func (p *Poller) start(ctx context.Context) error { return p.client.DropWebhook(ctx) }

// errNoID says that a batch could not be confirmed.
var errNoID = errors.New("telegram: the last update of a batch has no update_id")

// round makes one call, which confirms what is stored, and stores what it
// brings.
func (p *Poller) round(ctx context.Context) error {
	updates, err := p.client.updates(ctx, p.offset)
	if err != nil {
		return err
	}
	if len(updates) == 0 {
		// All is confirmed, so the offset is not needed. Telegram may restart
		// the numbering below it after a quiet week.
		p.offset = 0
		return nil
	}
	var id int64
	for _, raw := range updates {
		id, err = p.door.take(ctx, raw)
		if errors.Is(err, ErrTooLarge) {
			p.client.log.WarnContext(ctx, "an update is too large and was dropped", "update_id", id)
		} else if err != nil {
			return err
		}
		if id != 0 {
			p.offset = id + 1
		}
	}
	if id == 0 {
		// The same one comes again at once, until another follows it.
		return errNoID
	}
	return nil
}

// report logs where an outage begins, changes its cause, and ends.
func (p *Poller) report(ctx context.Context, err error) {
	trouble, level := "", p.client.log.WarnContext
	e, ok := errors.AsType[*Error](err)
	switch {
	case err == nil:
		if p.trouble != "" {
			p.client.log.InfoContext(ctx, "updates come again")
		}
	case ok && e.Code == http.StatusConflict:
		trouble, level = "another program uses this token: end it, or give this one a token of its own", p.client.log.ErrorContext
	case ok && e.badToken():
		trouble, level = "Telegram does not know the token any more", p.client.log.ErrorContext
	case ok:
		trouble = "Telegram gives no updates"
	case errors.Is(err, errNoID):
		trouble = "Telegram gives an update that cannot be confirmed"
	default:
		trouble = "updates cannot be stored"
	}
	if trouble != "" && trouble != p.trouble {
		level(ctx, trouble, "error", err)
	}
	p.trouble = trouble
}

// updates asks for the updates from the offset on, and waits for some.
func (c *Client) updates(ctx context.Context, offset int64) ([]json.RawMessage, error) {
	const method = "getUpdates"
	ctx, cancel := context.WithTimeout(ctx, pollTimeout+pollMargin)
	defer cancel()
	query := struct {
		Offset  int64    `json:"offset,omitempty"`
		Limit   int      `json:"limit"`
		Timeout int      `json:"timeout"`
		Allowed []string `json:"allowed_updates"`
	}{offset, pollBatch, int(pollTimeout / time.Second), AllowedUpdates}
	result, err := c.wire.post(ctx, method, query, maxUpdates)
	if err != nil {
		return nil, err
	}
	var updates []json.RawMessage
	if err := json.Unmarshal(result, &updates); err != nil {
		return nil, &Error{Method: method, Code: http.StatusOK, Description: strange, After: usualPause}
	}
	return updates, nil
}
