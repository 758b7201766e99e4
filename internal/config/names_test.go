package config

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMisnamed(t *testing.T) {
	for given, want := range map[string]string{
		"DAILY_ATTEMPT":             "DAILY_ATTEMPTS",
		"DAILY_ATEMPTS":             "DAILY_ATTEMPTS",
		"DAILYATTEMPTS":             "DAILY_ATTEMPTS",
		"DAILY-ATTEMPTS":            "DAILY_ATTEMPTS",
		"daily_attempts":            "DAILY_ATTEMPTS",
		"Daily.Attempts":            "DAILY_ATTEMPTS",
		"MRZBOT_DAILY_ATTEMPTS":     "DAILY_ATTEMPTS",
		"DAILY_ATTEMPTS_":           "DAILY_ATTEMPTS",
		"ADMIN_ID":                  "ADMIN_IDS",
		"ADMINS_IDS":                "ADMIN_IDS",
		"TELEGRAM_ADMIN_IDS":        "ADMIN_IDS",
		"TELEGRAM_TOKEN":            "TELEGRAM_BOT_TOKEN",
		"BOT_TOKEN":                 "TELEGRAM_BOT_TOKEN",
		"TELEGRAM_BOT_TOKEN_FIEL":   "TELEGRAM_BOT_TOKEN_FILE",
		"TELEGRAM_BOT_TOKENFILE":    "TELEGRAM_BOT_TOKEN_FILE",
		"export TELEGRAM_BOT_TOKEN": "TELEGRAM_BOT_TOKEN",
		"\u200bTELEGRAM_BOT_TOKEN":  "TELEGRAM_BOT_TOKEN",
		"MRZ_KEY":                   "MRZ_API_KEY",
		"MRZ_API_KEYS":              "MRZ_API_KEY",
		"STORAGE_URI":               "STORAGE_URL",
		"STORAGE_ULR":               "STORAGE_URL",
		"WORKER":                    "WORKERS",
		"WORKERS_FILE":              "WORKERS",
		"TIME_ZONE":                 "TIMEZONE",
		"LOGLEVEL":                  "LOG_LEVEL",
		"LISTEN_ADDRESS":            "LISTEN_ADDR",
		"OPS_ADDRESS":               "OPS_ADDR",
		"WEBHOOKURL":                "WEBHOOK_URL",
		"DELETE_AFTR":               "DELETE_AFTER",
		"RETRYFOR":                  "RETRY_FOR",
		"ATTEMPTS_DAILY":            "DAILY_ATTEMPTS",
		"HTTPS_PROXI":               "HTTPS_PROXY",
		"HTTPSPROXY":                "HTTPS_PROXY",
		"http_porxy":                "HTTP_PROXY",
		"NOPROXY":                   "NO_PROXY",
		"MRZBOT_HTTPS_PROXY":        "HTTPS_PROXY",
	} {
		require.Equal(t, []Ineffective{{printable(given), want}}, Misnamed(map[string]string{given: "canary"}), given)
	}

	// What belongs to the system and to other programs, and what is right.
	for _, name := range []string{
		"PATH", "HOME", "LANG", "LC_ALL", "TZ", "USER", "PWD", "SHELL", "TERM", "HOSTNAME", "LOGNAME", "TMPDIR", "EDITOR", "SHLVL", "_", "OLDPWD",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "ALL_PROXY", "all_proxy", "FTP_PROXY", "ftp_proxy", "RSYNC_PROXY", "GOPROXY", "SOCKS_PROXY",
		"SSL_CERT_FILE", "SSL_CERT_DIR", "GOMEMLIMIT", "GOGC", "GOMAXPROCS", "GODEBUG",
		"INVOCATION_ID", "JOURNAL_STREAM", "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "CREDENTIALS_DIRECTORY", "RUNTIME_DIRECTORY",
		"KUBERNETES_SERVICE_HOST", "KUBERNETES_PORT", "MRZBOT_PORT", "MRZBOT_SERVICE_HOST", "MRZBOT_PORT_8080_TCP_ADDR", "MRZBOT_BROWSER", "MRZBOT_FAULTS", "MRZBOT_TESTS",
		"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "DATABASE_URL", "REDIS_URL", "COMPOSE_PROJECT_NAME", "PORT", "DEBUG", "API_URL", "TOKEN",
		"PGHOST", "PGPASSWORD", "TELEGRAM_API_ID", "TELEGRAM_API_HASH", "TELEGRAM_LOCAL", "TELEGRAM_CHAT_ID", "TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE", "STORAGE_URL_FILE", "WORKERS", "MEMORY", "TELEGRAM", "URL", "",
	} {
		require.Empty(t, Misnamed(map[string]string{name: "canary"}), name)
	}

	// libpq's variables, where there is a database.
	found := Misnamed(map[string]string{"PGPASSWORD": "canary", "PGHOST": "canary", "PGCOLOR": "x", "STORAGE_URL": `"postgres://db/mrz"`})
	require.Equal(t, []Ineffective{{"PGHOST", "STORAGE_URL"}, {"PGPASSWORD", "STORAGE_URL"}}, found)
	require.NotContains(t, fmt.Sprint(found), "canary")
}

// TestMisnamedInError: what is missing may stand under another name.
func TestMisnamedInError(t *testing.T) {
	_, err := Load(map[string]string{"TELEGRAM_TOKEN": goodToken}, noFiles)
	require.ErrorContains(t, err, "TELEGRAM_BOT_TOKEN: missing")
	require.ErrorContains(t, err, "\n  TELEGRAM_TOKEN has no effect: was TELEGRAM_BOT_TOKEN meant?")
	require.NotContains(t, err.Error(), "canary")
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ab", 1}, {"abc", "abcd", 1}, {"abc", "acb", 1}, {"abcd", "badc", 2},
	} {
		require.Equal(t, test.want, distance(test.a, test.b))
		require.Equal(t, test.want, distance(test.b, test.a))
	}
}
