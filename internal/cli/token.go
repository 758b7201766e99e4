package cli

import (
	"net/http"
	"time"
)

// observeTelegram counts a call to Telegram, and says when Telegram does not know
// the token any more. Who polls is told by the poller; with a webhook nothing is
// asked for, and only answers fail.
func (r *running) observeTelegram(method string, code int, took time.Duration) {
	r.metrics.TelegramCall(method, code, took)
	switch {
	case r.cfg.WebhookURL == "":
	case code == http.StatusOK:
		r.notes.set(aboutToken, "")
	case code == http.StatusUnauthorized && r.notes.set(aboutToken, "Telegram does not know it any more"):
		r.log.Error("Telegram does not know the token any more: set TELEGRAM_BOT_TOKEN to the new one of @BotFather, and start the bot again")
	}
}
