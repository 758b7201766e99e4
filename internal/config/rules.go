package config

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of what can be set. They keep out slips of the pen, such as a missing
// unit, rather than wishes.
const (
	// A call that may not take longer than this can only fail, and one that
	// takes longer than the other would hold up stopping for as long.
	minMRZTimeout = 100 * time.Millisecond
	maxMRZTimeout = 10 * time.Minute
	// Telegram gives an update up after a day, so nobody waits longer.
	minRetryFor = time.Second
	maxRetryFor = 24 * time.Hour
	// A bot may delete messages for 48 hours after they were sent.
	maxDeleteAfter = 48 * time.Hour
	// More than anybody photographs, and far from where sums overflow.
	maxDailyAttempts = 1_000_000
	// A hundred years; a time.Duration holds 292.
	maxLedgerDays = 36_500
	maxWorkers    = 1024
	// Enough for the compressed photos of phones, the bot's daily bread: one of
	// 1280 by 960 pixels takes 17 MB, one of 1920 by 1440 32 MB.
	minPictureMemory = 32_000_000
	maxPort          = 65535
)

const levelForms = "none of debug, info, warn, error. Write one of them"

var (
	tokenForm   = regexp.MustCompile(`^\d+:[A-Za-z0-9_-]{30,}$`)
	keyForm     = regexp.MustCompile(`^[A-Za-z0-9_-]{47,}$`)
	secretForm  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
	pathForm    = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+/?$`)
	nameForm    = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	localSuffix = []string{".localhost", ".local", ".internal", ".home.arpa"}
	hookPorts   = []string{"", "443", "80", "88", "8443"} // Telegram calls no others
)

// rules say what is wrong with a value that has the right form, or "".
var rules = []struct {
	name  string
	check func(*Config) string
}{
	{"TELEGRAM_BOT_TOKEN", func(c *Config) string { return wrongToken(c.TelegramToken) }},
	{"TELEGRAM_API_URL", func(c *Config) string { return wrongTelegramURL(c.TelegramURL) }},
	{"MRZ_API_KEY", func(c *Config) string { return wrongKey(c.MRZKey) }},
	{"MRZ_API_URL", func(c *Config) string { return wrongMRZURL(c.MRZURL) }},
	{"MRZ_TIMEOUT", func(c *Config) string { return outside(c.MRZTimeout, minMRZTimeout, maxMRZTimeout, "30s") }},
	{"WEBHOOK_URL", func(c *Config) string { return wrongWebhookURL(c.WebhookURL) }},
	{"WEBHOOK_SECRET", func(c *Config) string { return wrongWebhookSecret(c.WebhookSecret) }},
	{"LISTEN_ADDR", func(c *Config) string { return wrongAddr(c.ListenAddr) }},
	{"OPS_ADDR", func(c *Config) string { return wrongAddr(c.OpsAddr) }},
	{"DAILY_ATTEMPTS", func(c *Config) string { return outsideNumber(c.DailyAttempts, 0, maxDailyAttempts) }},
	{"RETRY_FOR", func(c *Config) string { return outside(c.RetryFor, minRetryFor, maxRetryFor, "15m") }},
	{"PICTURE_MEMORY", func(c *Config) string {
		if c.PictureMemory < minPictureMemory {
			return "too little to hold a phone's picture. Give 32MB at least"
		}
		return ""
	}},
	{"DELETE_AFTER", func(c *Config) string { return outside(c.DeleteAfter, 0, maxDeleteAfter, "24h, or 0 for never") }},
	{"LEDGER_DAYS", func(c *Config) string { return outsideNumber(c.LedgerDays, 1, maxLedgerDays) }},
	{"WORKERS", func(c *Config) string { return outsideNumber(c.Workers, 1, maxWorkers) }},
	{"LOG_LEVEL", func(c *Config) string {
		if !slices.Contains([]slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError}, c.LogLevel) {
			return levelForms
		}
		return ""
	}},
	{"LOG_FORMAT", func(c *Config) string {
		if c.LogFormat != "text" && c.LogFormat != "json" {
			return "neither text nor json. Write one of the two"
		}
		return ""
	}},
}

func wrongToken(token Secret) string {
	switch {
	case token.Empty():
		return "missing. Get one from @BotFather in Telegram and set it here, or set TELEGRAM_BOT_TOKEN_FILE to a file that holds it"
	case !tokenForm.MatchString(token.Reveal()):
		return "not a bot's token. Copy it whole from @BotFather: digits, a colon, 30 or more letters"
	}
	return ""
}

func wrongKey(key Secret) string {
	if !key.Empty() && !keyForm.MatchString(key.Reveal()) {
		return "not a key of the MRZ API. Copy it whole: 47 or more letters, digits, - and _; leave it out to use the local reader"
	}
	return ""
}

func wrongWebhookSecret(secret Secret) string {
	if !secret.Empty() && !secretForm.MatchString(secret.Reveal()) {
		return "not what Telegram accepts. Use 1 to 256 letters, digits, - and _, or leave it out: one is derived from the token"
	}
	return ""
}

// wrongTelegramURL lets plain http through to this machine and to private
// networks, where a Bot API server of one's own stands: the token is in every
// address, so it must not cross the internet in the clear.
func wrongTelegramURL(value string) string {
	u, wrong := parseURL(value)
	if wrong != "" {
		return wrong
	}
	if u.Scheme == "http" && !isPrivate(u.Hostname()) {
		return "plain http to a public host would show the token to everybody on the way. Use https"
	}
	return ""
}

func wrongMRZURL(value string) string {
	u, wrong := parseURL(value)
	if wrong != "" {
		return wrong
	}
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		return "plain http would show the key and the cards to everybody on the way. Use https"
	}
	return ""
}

func wrongWebhookURL(value string) string {
	if value == "" {
		return ""
	}
	u, wrong := parseURL(value)
	if wrong != "" {
		return wrong
	}
	if !isLoopback(u.Hostname()) {
		if u.Scheme == "http" {
			return "plain http. Telegram calls https addresses only"
		}
		if !slices.Contains(hookPorts, u.Port()) {
			return "a port that Telegram does not call. Use 443, 80, 88 or 8443"
		}
	}
	if u.RawPath != "" || !pathForm.MatchString(u.Path) || strings.TrimSuffix(u.Path, "/") != path.Clean(u.Path) {
		return "no usable path. Add one of letters, digits and -, such as https://bot.example.org/telegram"
	}
	return ""
}

// parseURL reads an http or https address without anything that could carry a
// secret or be lost on the way.
func parseURL(value string) (*url.URL, string) {
	const form = "not an address. Write it as https://host/path"
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, form
	}
	if port := u.Port(); port != "" && !validPort(port) {
		return nil, form
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return nil, "more than host, port and path. Leave out name@, ? and #"
	}
	return u, ""
}

func wrongAddr(value string) string {
	const form = "not an address to listen at. Write host:port, such as 127.0.0.1:8080, or :8080 for all interfaces"
	host, port, err := net.SplitHostPort(value)
	if err != nil || !validPort(port) {
		return form
	}
	if _, err := netip.ParseAddr(host); host != "" && err != nil && !nameForm.MatchString(host) {
		return form
	}
	return ""
}

func validPort(port string) bool {
	number, err := strconv.ParseUint(port, 10, 32)
	return err == nil && number <= maxPort
}

func isLoopback(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Unmap().IsLoopback()
	}
	host = strings.ToLower(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// isPrivate reports whether a host is of a network of one's own: this machine, a
// private address, or a name no public server can have, such as a service of
// the same Compose file.
func isPrivate(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		address = address.Unmap()
		return address.IsLoopback() || address.IsPrivate() || address.IsLinkLocalUnicast()
	}
	host = strings.ToLower(host)
	return !strings.Contains(host, ".") ||
		slices.ContainsFunc(localSuffix, func(suffix string) bool { return strings.HasSuffix(host, suffix) })
}

func outside(value, from, to time.Duration, such string) string {
	if value < from || value > to {
		return fmt.Sprintf("out of bounds. Give a length of time from %s to %s, such as %s", short(from), short(to), such)
	}
	return ""
}

func outsideNumber(value, from, to int) string {
	if value < from || value > to {
		return fmt.Sprintf("out of bounds. Give a number from %d to %d", from, to)
	}
	return ""
}

// short writes 24h, where Duration.String writes 24h0m0s.
func short(length time.Duration) string {
	text := length.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
