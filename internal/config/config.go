// Package config is the settings: one struct, filled from the environment, with
// every problem reported at once and in words that say how to mend it.
//
// What surrounds a value on the ways that values travel (quotes, comments, marks
// that nobody sees) is taken off, and names that are nearly ones of ours are told.
//
// It reads neither the process's environment nor the disk by itself, and it
// tries nothing out: whether a token works or a store opens is found out by
// those who use them. No value ever gets into an error, secret or not: people
// paste a token into the wrong line.
package config

import (
	"log/slog"
	"net/url"
	"time"
)

// What Config.Reader can be.
const (
	Service    = "service"     // the service reads
	LocalFirst = "local-first" // the local reader does, and the service what it is not sure of
)

// Config is the settings, all of them checked. Each field carries the name of
// its variable and its default; a variable that is empty counts as not set.
type Config struct {
	// TelegramToken is the bot's token, from @BotFather.
	TelegramToken Secret `env:"TELEGRAM_BOT_TOKEN"`
	// TelegramURL is where the Bot API is, without a slash at the end.
	TelegramURL string `env:"TELEGRAM_API_URL" envDefault:"https://api.telegram.org"`
	// TelegramFilesDir is the folder in which a Bot API server of one's own
	// keeps files, as this machine sees it. Empty: files are fetched from it.
	TelegramFilesDir string `env:"TELEGRAM_FILES_DIR"`
	// AdminIDs are the people who may do everything, each once.
	AdminIDs []int64 `env:"ADMIN_IDS"`

	// MRZKey is the key of the Biometric MRZ API. Empty: the local reader answers.
	MRZKey Secret `env:"MRZ_API_KEY"`
	// MRZURL is the MRZ API's address, its last slash included.
	MRZURL string `env:"MRZ_API_URL" envDefault:"https://kyc.biometric.kz/api/v1/backend/mrz/retrieve/"`
	// MRZTimeout is how long one call may take.
	MRZTimeout time.Duration `env:"MRZ_TIMEOUT" envDefault:"30s"`

	// WebhookURL is the public address Telegram calls. Empty: long polling.
	WebhookURL string `env:"WEBHOOK_URL"`
	// WebhookSecret comes with each of Telegram's calls. It is never empty:
	// unless set, it is derived from the token.
	WebhookSecret Secret `env:"WEBHOOK_SECRET"`
	// ListenAddr is where the webhook is served, as host:port.
	ListenAddr string `env:"LISTEN_ADDR" envDefault:":8080"`
	// OpsAddr is where health and metrics are served, as host:port.
	OpsAddr string `env:"OPS_ADDR" envDefault:"127.0.0.1:9091"`

	// Storage says which store is used.
	Storage Storage `env:"STORAGE_URL" envDefault:"bolt:data/mrzbot.db"`

	// DailyAttempts is how many a person has on a calendar day; 0: no limit.
	DailyAttempts int `env:"DAILY_ATTEMPTS" envDefault:"50"`
	// Price is what the provider charges for a call. The zero Price: nobody said.
	Price Price `env:"PRICE"`
	// SubscriptionUntil is the last day of the provider's subscription. "": nobody
	// said.
	SubscriptionUntil Date `env:"SUBSCRIPTION_UNTIL"`
	// Timezone is where a calendar day begins.
	Timezone Zone `env:"TIMEZONE" envDefault:"Asia/Bishkek"`
	// RetryFor is how long a photo waits for a service that is down.
	RetryFor time.Duration `env:"RETRY_FOR" envDefault:"15m"`

	// Reader says who reads where there is a key: Service, or LocalFirst.
	Reader string `env:"READER" envDefault:"service"`
	// Fallback says that the local reader answers, where it is sure, what the
	// service cannot be asked for.
	Fallback bool `env:"FALLBACK" envDefault:"on"`
	// Preflight says that pictures are looked at before a paid call.
	Preflight bool `env:"PREFLIGHT" envDefault:"on"`
	// PictureMemory is the budget for decoded pictures.
	PictureMemory Size `env:"PICTURE_MEMORY" envDefault:"400MB"`

	// DeleteAfter is how long after the answer photo and reply are removed from
	// the chat; 0: never.
	DeleteAfter time.Duration `env:"DELETE_AFTER" envDefault:"0"`
	// ProtectContent forbids forwarding and saving of the bot's messages.
	ProtectContent bool `env:"PROTECT_CONTENT" envDefault:"off"`
	// LedgerDays is how many days the rows of the ledger are kept.
	LedgerDays int `env:"LEDGER_DAYS" envDefault:"400"`

	// Workers is how many photos are in flight at once.
	Workers int `env:"WORKERS" envDefault:"16"`

	LogLevel slog.Level `env:"LOG_LEVEL" envDefault:"info"`
	// LogFormat is text or json.
	LogFormat string `env:"LOG_FORMAT" envDefault:"text"`
}

// WebhookPath is the path of WebhookURL, where the door is; "" without one.
func (c Config) WebhookPath() string {
	u, err := url.Parse(c.WebhookURL)
	if err != nil {
		return ""
	}
	return u.Path
}
