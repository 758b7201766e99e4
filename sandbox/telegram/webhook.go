package faketelegram

import (
	"net/url"
	"regexp"
	"slices"
	"time"

	"mrzbot/sandbox/botapi"
	"mrzbot/sandbox/web"
)

const (
	defaultConnections = 40
	maxConnections     = 100
	// setWebhookPace is how often setWebhook may be called.
	setWebhookPace = time.Second
)

type webhook struct {
	url         string
	secret      string
	connections int
	allowed     []string
	setAt       time.Time // by the machine's clock
	lastError   string
	lastErrorAt time.Time
	timer       *time.Timer // wakes pump for the next pause that ends
}

func (h *webhook) clear() {
	h.url = ""
	if h.timer != nil {
		h.timer.Stop()
	}
}

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func (t *Server) setWebhook(q *botapi.Request) (any, *botapi.Error) {
	if time.Since(t.hook.setAt) < setWebhookPace {
		return nil, botapi.TooMany(1)
	}
	if q.Has("secret_token") && !secretForm.MatchString(q.Fields["secret_token"]) {
		return nil, botapi.BadRequest("secret token contains unallowed characters")
	}
	if q.Fields["url"] == "" {
		return t.deleteWebhook(q)
	}
	if err := checkWebhookURL(q.Fields["url"]); err != nil {
		return nil, err
	}
	connections := defaultConnections
	if q.Has("max_connections") {
		connections = int(q.Int("max_connections"))
	}
	if connections < 1 || connections > maxConnections {
		return nil, botapi.BadRequest("max_connections must be from 1 to %d", maxConnections)
	}
	if err := t.setAllowed(q); err != nil {
		return nil, err
	}
	t.hook.clear()
	t.hook.url, t.hook.secret, t.hook.connections = q.Fields["url"], q.Fields["secret_token"], connections
	t.hook.setAt, t.hook.lastError = time.Now(), ""
	if q.Bool("drop_pending_updates") {
		t.updates.clear()
	}
	t.endPoll("terminated by setWebhook request")
	t.touch()
	t.pump()
	return true, nil
}

func (t *Server) setAllowed(q *botapi.Request) *botapi.Error {
	if !q.Has("allowed_updates") {
		return nil // the last choice stays
	}
	var allowed []string
	if err := q.Decode("allowed_updates", &allowed); err != nil {
		return err
	}
	for _, kind := range allowed {
		if !slices.Contains(updateKinds, kind) {
			return botapi.BadRequest("unknown update type in allowed_updates")
		}
	}
	t.hook.allowed = allowed
	return nil
}

// updateKinds are all kinds there are (https://core.telegram.org/bots/api#update).
var updateKinds = []string{
	"message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
	"edited_business_message", "deleted_business_messages", "guest_message", "message_reaction", "message_reaction_count",
	"inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
	"purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost",
	"removed_chat_boost", "managed_bot",
}

// checkWebhookURL holds Telegram's rules, but for the loopback, where plain
// http and any port will do. Anything else is refused in the end: the sandbox
// never talks to other machines.
func checkWebhookURL(raw string) *botapi.Error {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return botapi.BadRequest("bad webhook: invalid webhook URL specified")
	}
	if web.IsLoopback(u.Hostname()) {
		return nil
	}
	if u.Scheme != "https" {
		return botapi.BadRequest("bad webhook: An HTTPS URL must be provided for webhook")
	}
	if !slices.Contains([]string{"", "443", "80", "88", "8443"}, u.Port()) {
		return botapi.BadRequest("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	}
	return botapi.BadRequest("bad webhook: the sandbox delivers to the loopback only")
}

func (t *Server) deleteWebhook(q *botapi.Request) (any, *botapi.Error) {
	t.hook.clear()
	if q.Bool("drop_pending_updates") {
		t.updates.clear()
	}
	t.touch()
	return true, nil
}

func (t *Server) getWebhookInfo(*botapi.Request) (any, *botapi.Error) {
	info := object{
		"url": t.hook.url, "has_custom_certificate": false, "pending_update_count": len(t.updates.waiting(t.now())),
	}
	if len(t.hook.allowed) > 0 {
		info["allowed_updates"] = t.hook.allowed
	}
	if t.hook.url != "" {
		info["max_connections"] = t.hook.connections
	}
	if t.hook.url != "" && t.hook.lastError != "" {
		info["last_error_message"], info["last_error_date"] = t.hook.lastError, t.hook.lastErrorAt.Unix()
	}
	return info, nil
}

// WebhookURL is where updates go; empty: nowhere, the bot polls.
func (t *Server) WebhookURL() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.hook.url
}

// RetryNow ends all pauses before repeated deliveries.
func (t *Server) RetryNow() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, queue := range t.updates.byKey {
		for _, u := range queue {
			u.due = time.Time{}
		}
	}
	t.pump()
}
