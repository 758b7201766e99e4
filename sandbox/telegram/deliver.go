package faketelegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"syscall"
	"time"

	"mrzbot/sandbox/journal"
)

// How Telegram's server delivers (its published source, WebhookActor).
const (
	deliveryTimeout  = 60 * time.Second
	firstPause       = 2 * time.Second // after the second failure; the first is repeated at once
	maxPause         = 60 * time.Second
	maxRetryAfter    = time.Hour
	maxWebhookAnswer = 1 << 20 // bytes of the bot's answer that are read
)

func deliveryClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		transport = &http.Transport{MaxIdleConnsPerHost: maxConnections, IdleConnTimeout: deliveryTimeout}
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// pump starts every delivery that may start. The caller holds mu.
func (t *Server) pump() {
	if t.hook.url == "" || t.updates.held || t.ctx.Err() != nil {
		return
	}
	var next time.Time
	for _, key := range slices.Clone(t.updates.keys) {
		if t.updates.busy >= t.hook.connections {
			return // the end of a delivery pumps again
		}
		u := t.updates.head(key, t.now())
		if u == nil || u.busy {
			continue
		}
		if u.due.After(time.Now()) {
			if next.IsZero() || u.due.Before(next) {
				next = u.due
			}
			continue
		}
		u.busy = true
		t.updates.busy++
		t.work.Add(1)
		go t.deliver(u, t.hook.url, t.hook.secret)
	}
	if next.IsZero() {
		return
	}
	if t.hook.timer != nil {
		t.hook.timer.Stop()
	}
	t.hook.timer = time.AfterFunc(time.Until(next), func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.pump()
	})
}

func (t *Server) deliver(u *update, url, secret string) {
	defer t.work.Done()
	started := time.Now()
	status, retryAfter, failure := t.carry(u.raw, url, secret)

	t.mu.Lock()
	defer t.mu.Unlock()
	u.busy = false
	t.updates.busy--
	entry := Delivery{
		UpdateID: u.id, Attempt: u.failures + 1, At: started, Took: time.Since(started), Status: status, Error: failure,
	}
	t.updates.log = journal.KeepLast(append(t.updates.log, entry), maxDeliveries)
	t.journal.Add(entry.entry(t.now().Add(-entry.Took).UnixMilli(), u))
	if status >= 200 && status < 300 {
		t.delivered(u)
	} else {
		t.failed(u, entry, retryAfter)
	}
	t.touch()
	t.pump()
}

// carry makes one HTTP request. What it says of a failure are Telegram's
// words, which never name the address.
func (t *Server) carry(raw []byte, to, secret string) (status int, retryAfter time.Duration, failure string) {
	ctx, cancel := context.WithTimeout(t.ctx, deliveryTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(raw))
	if err != nil {
		return 0, 0, "Bad webhook address"
	}
	req.Header.Set("Content-Type", "application/json")
	if secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	resp, err := t.client.Do(req)
	if err != nil {
		switch {
		case ctx.Err() != nil:
			return 0, 0, "Read timeout expired"
		case errors.Is(err, syscall.ECONNREFUSED):
			return 0, 0, "Connection refused"
		case errors.Is(err, syscall.ECONNRESET):
			return 0, 0, "Connection reset by peer"
		}
		return 0, 0, "Connection closed"
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxWebhookAnswer)) // so that the connection can be used again
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	return resp.StatusCode, min(max(0, time.Duration(seconds)*time.Second), maxRetryAfter), ""
}

func (t *Server) delivered(u *update) {
	if !t.updates.remove(u) {
		return // dropped meanwhile
	}
	t.updates.past = journal.KeepLast(append(t.updates.past, u), maxDeliveries)
	if u.message != nil && !u.message.taken {
		u.message.taken = true
		u.message.version = t.touch()
	}
	if t.updates.twice != 0 && !u.again {
		t.updates.twice = max(-1, t.updates.twice-1)
		t.updates.push(&update{id: u.id, queue: u.queue, raw: u.raw, expires: u.expires, again: true})
	}
}

// failed puts the update off: at once after the first failure, then 2, 4, 8 …
// seconds; as long as the bot asked for, if it did. What would be too late
// then is dropped.
func (t *Server) failed(u *update, entry Delivery, retryAfter time.Duration) {
	t.hook.lastErrorAt = t.now()
	t.hook.lastError = entry.Error
	if entry.Status != 0 {
		t.hook.lastError = fmt.Sprintf("Wrong response from the webhook: %d %s", entry.Status, http.StatusText(entry.Status))
	}
	pause := retryAfter
	if retryAfter == 0 && u.failures > 0 {
		u.pause = min(maxPause, max(firstPause, 2*u.pause))
		pause = u.pause
	}
	u.failures++
	u.due = time.Now().Add(pause)
	if t.now().Add(pause).After(u.expires) {
		t.updates.remove(u)
	}
}
