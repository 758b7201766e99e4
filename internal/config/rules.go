package config

import (
	"fmt"
	"log/slog"
	"path/filepath"
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
	// 1280 by 960 pixels takes 22 MB.
	minPictureMemory = 32_000_000
)

const levelForms = "none of debug, info, warn, error. Write one of them"

var (
	tokenForm  = regexp.MustCompile(`^\d+:[A-Za-z0-9_-]{30,}$`)
	keyForm    = regexp.MustCompile(`^[A-Za-z0-9_-]{47,}$`)
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// rules say what is wrong with a value that has the right form, or "".
var rules = []struct {
	name  string
	check func(*Config) string
}{
	{"TELEGRAM_BOT_TOKEN", func(c *Config) string { return wrongToken(c.TelegramToken) }},
	{"TELEGRAM_API_URL", func(c *Config) string { return wrongTelegramURL(c.TelegramURL) }},
	{"TELEGRAM_FILES_DIR", func(c *Config) string {
		if c.TelegramFilesDir != "" && !filepath.IsAbs(c.TelegramFilesDir) {
			return "not the whole path of a folder. Write it from the root, such as /var/lib/telegram-bot-api"
		}
		return ""
	}},
	{"ADMIN_IDS", wrongAdmins},
	{"MRZ_API_KEY", func(c *Config) string { return wrongKey(c.MRZKey) }},
	{"MRZ_API_URL", wrongMRZURL},
	{"MRZ_TIMEOUT", func(c *Config) string { return outside(c.MRZTimeout, minMRZTimeout, maxMRZTimeout, "30s") }},
	{"WEBHOOK_URL", wrongWebhookURL},
	{"WEBHOOK_SECRET", wrongWebhookSecret},
	{"LISTEN_ADDR", func(c *Config) string { return wrongAddr(c.ListenAddr) }},
	{"OPS_ADDR", wrongOpsAddr},
	{"DAILY_ATTEMPTS", func(c *Config) string { return outsideNumber(c.DailyAttempts, 0, maxDailyAttempts) }},
	{"RETRY_FOR", func(c *Config) string { return outside(c.RetryFor, minRetryFor, maxRetryFor, "15m") }},
	{"READER", wrongReader},
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

// wrongAdmins: the bot's own id, which begins its token, is easily taken for
// one's own.
func wrongAdmins(c *Config) string {
	bot, _, _ := strings.Cut(c.TelegramToken.Reveal(), ":")
	if slices.ContainsFunc(c.AdminIDs, func(id int64) bool { return strconv.FormatInt(id, 10) == bot }) {
		return "the bot's own id is among them. Send /start to the bot to learn yours"
	}
	return ""
}

func wrongKey(key Secret) string {
	if tokenForm.MatchString(key.Reveal()) {
		return "a bot's token. Set that as TELEGRAM_BOT_TOKEN, and the key of the MRZ API here"
	}
	if !key.Empty() && !keyForm.MatchString(key.Reveal()) {
		return "not a key of the MRZ API. Copy it whole: 47 or more letters, digits, - and _; leave it out to use the local reader"
	}
	return ""
}

// wrongReader: without PREFLIGHT nothing here looks at a picture.
func wrongReader(c *Config) string {
	switch {
	case c.Reader != Service && c.Reader != LocalFirst:
		return "neither service nor local-first. Write one of the two"
	case c.Reader == LocalFirst && !c.Preflight:
		return "local-first, and PREFLIGHT is off, so that no picture is looked at here. Set PREFLIGHT=on or READER=service"
	}
	return ""
}

// wrongWebhookSecret: Telegram gets this one and sends it with each call, so it
// must not be what another lock opens to.
func wrongWebhookSecret(c *Config) string {
	secret := c.WebhookSecret
	if !secret.Empty() && secret.Reveal() == c.MRZKey.Reveal() {
		return "the same as MRZ_API_KEY, and Telegram would get it. Use another one, or leave it out: one is derived from the token"
	}
	if !secret.Empty() && !secretForm.MatchString(secret.Reveal()) {
		return "not what Telegram accepts. Use 1 to 256 letters, digits, - and _, or leave it out: one is derived from the token"
	}
	return ""
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
