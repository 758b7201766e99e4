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

	// pollSoon is when an answer without updates is too soon: a server that
	// waits as it was asked gives one after pollTimeout.
	pollSoon = pollTimeout / 2

	// pollCut is when a poll that is cut had been waiting as it should: a proxy
	// on the way ends what is silent for so long.
	pollCut = 10 * time.Second
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
	// limit is how many updates are asked for at once.
	limit int
	// trouble is the cause of the outage that was logged; "": none.
	trouble string
	// Trouble is told where an outage begins, changes its cause, and ends (""),
	// in words for people; nil: nobody is.
	Trouble func(what string)
}

// NewPoller makes a poller.
func NewPoller(c *Client, d *Door) *Poller { return &Poller{client: c, door: d, limit: pollBatch} }

// Run ends the webhook, keeping what is pending, and polls until the context
// ends; it returns nil then. Nothing else ends it: every failure is waited out.
func (p *Poller) Run(ctx context.Context) error {
	pauses, idle := growing(), growing()
	next := p.start
	for ctx.Err() == nil {
		asked := time.Now()
		got, err := next(ctx)
		if ctx.Err() != nil {
			break
		}
		if wasCut(err) && time.Since(asked) >= pollCut {
			p.client.log.DebugContext(ctx, "a poll was cut while it waited", "error", err)
			pauses.Reset()
			pause(ctx, firstPause)
			continue
		}
		p.report(ctx, err)
		if e, ok := errors.AsType[*Error](err); ok && e.says(webhookActive) {
			next = p.start // somebody has set one meanwhile, and the settings say that updates are asked for
		}
		if err == nil {
			pauses.Reset()
			next = p.round
			if got || time.Since(asked) >= pollSoon {
				idle.Reset()
				continue
			}
			// It brought nothing and did not wait for anything either.
			pause(ctx, idle.NextBackOff())
			continue
		}
		wait := pauses.NextBackOff()
		// Other answers get the growing pauses alone, so that the bot is soon
		// back after a short outage.
		if e, ok := errors.AsType[*Error](err); ok && (e.Code == http.StatusTooManyRequests || e.badToken()) {
			wait = max(wait, e.After)
		}
		pause(ctx, wait)
	}
	return nil
}

// wasCut reports whether the way to Telegram ended, and not Telegram or the time.
func wasCut(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Description == cutConnection || e.Description == endedConnection || e.foreign && e.Code == http.StatusGatewayTimeout)
}

// webhookActive is Telegram's word for a poll while a webhook is set.
const webhookActive = "while webhook is active"

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// start makes room for the poll: Telegram refuses it while a webhook is set.
func (p *Poller) start(ctx context.Context) (bool, error) {
	return true, p.client.DropWebhook(ctx)
}

// errNoID says that a batch could not be confirmed.
var errNoID = errors.New("telegram: the last update of a batch has no update_id")

// round makes one call, which confirms what is stored, and stores what it
// brings; got says whether it brought anything new.
func (p *Poller) round(ctx context.Context) (got bool, err error) {
	updates, err := p.client.updates(ctx, p.offset, p.limit)
	if errors.Is(err, errLongAnswer) && p.limit > 1 {
		p.limit = max(p.limit/10, 1) // the same updates would come again in one answer
		return true, nil
	}
	if err != nil {
		return false, err
	}
	p.limit = pollBatch
	before := p.offset
	if len(updates) == 0 {
		// All is confirmed, so the offset is not needed. Telegram may restart
		// the numbering below it after a quiet week.
		p.offset = 0
		return false, nil
	}
	var id int64
	for _, raw := range updates {
		id, err = p.door.take(ctx, raw)
		if errors.Is(err, ErrTooLarge) {
			p.client.log.WarnContext(ctx, "an update is too large and was dropped", "update_id", id)
		} else if err != nil {
			return false, err
		}
		if id != 0 {
			p.offset = id + 1
		}
	}
	if id == 0 {
		// The same one comes again at once, until another follows it.
		return false, errNoID
	}
	// A server that gives again what was confirmed has nothing new either.
	return p.offset != before, nil
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
	case ok && e.says(webhookActive):
		trouble, level = "a webhook was set by another program that uses this token; it is taken away, as WEBHOOK_URL is empty here", p.client.log.ErrorContext
	case ok && e.Code == http.StatusConflict:
		trouble, level = "another program uses this token: end it, or give this one a token of its own", p.client.log.ErrorContext
	case ok && e.badToken():
		trouble, level = "Telegram does not know the token any more: set TELEGRAM_BOT_TOKEN to the new one of @BotFather, and start the bot again", p.client.log.ErrorContext
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
	if p.Trouble != nil && trouble != p.trouble {
		p.Trouble(trouble)
	}
	p.trouble = trouble
}

// updates asks for up to limit updates from the offset on, and waits for some.
func (c *Client) updates(ctx context.Context, offset int64, limit int) ([]json.RawMessage, error) {
	const method = "getUpdates"
	ctx, cancel := context.WithTimeout(ctx, pollTimeout+pollMargin)
	defer cancel()
	query := struct {
		Offset  int64    `json:"offset,omitempty"`
		Limit   int      `json:"limit"`
		Timeout int      `json:"timeout"`
		Allowed []string `json:"allowed_updates"`
	}{offset, limit, int(pollTimeout / time.Second), AllowedUpdates}
	result, err := c.wire.post(ctx, method, query, maxUpdates)
	if e, ok := errors.AsType[*Error](err); ok {
		e.After = min(e.After, longestSharedPause)
	}
	if err != nil {
		return nil, err
	}
	var updates []json.RawMessage
	if err := json.Unmarshal(result, &updates); err != nil {
		return nil, &Error{Method: method, Code: http.StatusOK, Description: strange, After: usualPause}
	}
	return updates, nil
}
