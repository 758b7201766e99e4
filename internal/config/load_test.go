package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // a bare machine has no zones

	"github.com/stretchr/testify/require"

	"mrzbot/internal/seal"
	"mrzbot/mrzclient"
)

const (
	goodToken = "123456789:AAcanaryTokenCanaryTokenCanary_-x"
	goodKey   = "canaryKeyCanaryKeyCanaryKeyCanaryKeyCanaryKey_-"
)

func noFiles(string) ([]byte, error) { return nil, fs.ErrNotExist }

func files(content map[string]string) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		text, ok := content[name]
		if !ok {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		return []byte(text), nil
	}
}

// with gives the least environ that loads, changed by the pairs.
func with(pairs ...string) map[string]string {
	environ := map[string]string{"TELEGRAM_BOT_TOKEN": goodToken}
	for i := 0; i < len(pairs); i += 2 {
		environ[pairs[i]] = pairs[i+1]
	}
	return environ
}

// problems gives what Load complains about, by name.
func problems(t *testing.T, environ map[string]string, readFile func(string) ([]byte, error)) map[string]string {
	t.Helper()
	_, err := Load(environ, readFile)
	if err == nil {
		return nil
	}
	var wrong *Error
	require.ErrorAs(t, err, &wrong)
	found := map[string]string{}
	for _, problem := range wrong.Problems {
		require.NotContains(t, found, problem.Name, "told once")
		found[problem.Name] = problem.Text
		require.Contains(t, err.Error(), problem.Name+": "+problem.Text)
	}
	return found
}

func TestDefaults(t *testing.T) {
	c, err := Load(with(), noFiles)
	require.NoError(t, err)

	bishkek, err := time.LoadLocation("Asia/Bishkek")
	require.NoError(t, err)
	require.Equal(t, Config{
		TelegramToken: NewSecret(goodToken),
		TelegramURL:   "https://api.telegram.org",
		MRZURL:        "https://kyc.biometric.kz/api/v1/backend/mrz/retrieve/",
		MRZTimeout:    30 * time.Second,
		WebhookSecret: NewSecret(seal.WebhookSecret(goodToken)),
		ListenAddr:    ":8080",
		OpsAddr:       "127.0.0.1:9091",
		Storage:       Storage{Engine: Bolt, Path: "data/mrzbot.db"},
		DailyAttempts: 50,
		Timezone:      Zone{bishkek},
		RetryFor:      15 * time.Minute,
		Reader:        Service,
		Fallback:      true,
		Preflight:     true,
		PictureMemory: 400_000_000,
		LedgerDays:    400,
		Workers:       16,
		LogLevel:      slog.LevelInfo,
		LogFormat:     "text",
	}, c)
	require.Equal(t, mrzclient.DefaultURL, c.MRZURL)
	require.Equal(t, mrzclient.DefaultTimeout, c.MRZTimeout)
}

func TestEverythingSet(t *testing.T) {
	c, err := Load(map[string]string{
		"TELEGRAM_BOT_TOKEN": "  " + goodToken + "\n",
		"TELEGRAM_API_URL":   "http://bot-api:8081/",
		"ADMIN_IDS":          " 7, 123456789012 ,7,",
		"MRZ_API_KEY":        goodKey,
		"MRZ_API_URL":        "http://127.0.0.1:9000/mrz/",
		"MRZ_TIMEOUT":        "1m",
		"WEBHOOK_URL":        "https://bot.example.org:8443/hook/me",
		"WEBHOOK_SECRET":     "own_secret",
		"LISTEN_ADDR":        "[::1]:0",
		"OPS_ADDR":           "127.0.0.1:0",
		"STORAGE_URL":        `bolt:C:\data\mrzbot.db`,
		"DAILY_ATTEMPTS":     "0",
		"PRICE":              "24.5 KGS",
		"TIMEZONE":           "UTC",
		"RETRY_FOR":          "1h30m",
		"FALLBACK":           "off",
		"PREFLIGHT":          "off",
		"PICTURE_MEMORY":     "1GB",
		"DELETE_AFTER":       "48h",
		"PROTECT_CONTENT":    "ON",
		"LEDGER_DAYS":        "1",
		"WORKERS":            "1024",
		"LOG_LEVEL":          "debug",
		"LOG_FORMAT":         "json",
	}, noFiles)
	require.NoError(t, err)
	require.Equal(t, Config{
		TelegramToken:  NewSecret(goodToken),
		TelegramURL:    "http://bot-api:8081",
		AdminIDs:       []int64{7, 123456789012},
		MRZKey:         NewSecret(goodKey),
		MRZURL:         "http://127.0.0.1:9000/mrz/",
		MRZTimeout:     time.Minute,
		WebhookURL:     "https://bot.example.org:8443/hook/me",
		WebhookSecret:  NewSecret("own_secret"),
		ListenAddr:     "[::1]:0",
		OpsAddr:        "127.0.0.1:0",
		Storage:        Storage{Engine: Bolt, Path: `C:\data\mrzbot.db`},
		Price:          Price{2450, "KGS"},
		Timezone:       Zone{time.UTC},
		RetryFor:       90 * time.Minute,
		Reader:         Service,
		PictureMemory:  1e9,
		DeleteAfter:    48 * time.Hour,
		ProtectContent: true,
		LedgerDays:     1,
		Workers:        1024,
		LogLevel:       slog.LevelDebug,
		LogFormat:      "json",
	}, c)
	require.Equal(t, "/hook/me", c.WebhookPath())
	require.Empty(t, Config{}.WebhookPath())
}

// Every variable is wrong, with a canary in each: all are told, in the order of
// Config, and none of the values.
func TestAllProblemsAtOnce(t *testing.T) {
	const canary = "Canary77"
	environ := map[string]string{}
	var want []string
	for _, v := range variables() {
		environ[v.name] = "\x00" + canary + "%zz"
		want = append(want, v.name)
	}
	_, err := Load(environ, noFiles)
	var wrong *Error
	require.ErrorAs(t, err, &wrong)
	var got []string
	for _, problem := range wrong.Problems {
		got = append(got, problem.Name)
		require.NotEqual(t, "cannot be understood", problem.Text, problem.Name)
	}
	require.Equal(t, want, got)
	for _, printed := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
		require.NotContains(t, printed, canary)
	}
	require.Equal(t, len(want)+1, strings.Count(err.Error(), "\n")+1, "a line for each")
}

func TestNothingSet(t *testing.T) {
	// The process's own environment is never asked.
	t.Setenv("TELEGRAM_BOT_TOKEN", goodToken)
	for _, environ := range []map[string]string{nil, {}, {"TELEGRAM_BOT_TOKEN": " "}} {
		_, err := Load(environ, noFiles)
		require.EqualError(t, err, "the settings need mending:\n  TELEGRAM_BOT_TOKEN: missing. "+
			"Get one from @BotFather in Telegram and set it here, or set TELEGRAM_BOT_TOKEN_FILE to a file that holds it")
	}
}

func TestDefaultIsTold(t *testing.T) {
	require.Equal(t, map[string]string{
		"WORKERS": "out of bounds. Give a number from 1 to 1024 (default: 16)",
	}, problems(t, with("WORKERS", "0"), noFiles))
	require.Equal(t, map[string]string{
		"RETRY_FOR": "out of bounds. Give a length of time from 1s to 24h, such as 15m (default: 15m)",
	}, problems(t, with("RETRY_FOR", "25h"), noFiles))
}

func TestSecretsFromFiles(t *testing.T) {
	c, err := Load(map[string]string{
		"TELEGRAM_BOT_TOKEN_FILE": "/run/token",
		"TELEGRAM_BOT_TOKEN":      "", // empty is not set
		"MRZ_API_KEY_FILE":        "/run/key",
		"WEBHOOK_SECRET_FILE":     " /run/hook ",
		"STORAGE_URL_FILE":        "/run/store",
		"WORKERS_FILE":            "/run/none", // no secret, no twin
	}, files(map[string]string{
		"/run/token": goodToken + "\r\n",
		"/run/key":   " " + goodKey,
		"/run/hook":  "hook",
		"/run/store": "postgres://me:canary@db/mrz\n",
	}))
	require.NoError(t, err)
	require.Equal(t, goodToken, c.TelegramToken.Reveal())
	require.Equal(t, goodKey, c.MRZKey.Reveal())
	require.Equal(t, "hook", c.WebhookSecret.Reveal())
	require.Equal(t, Storage{Engine: Postgres, URL: NewSecret("postgres://me:canary@db/mrz")}, c.Storage)
	require.Equal(t, 16, c.Workers)
}

func TestProblemsOfFiles(t *testing.T) {
	const name = "TELEGRAM_BOT_TOKEN_FILE"
	denied := func(string) ([]byte, error) { return nil, &fs.PathError{Path: goodToken, Err: fs.ErrPermission} }
	broken := func(string) ([]byte, error) { return nil, errors.New("disk on fire at " + goodToken) }
	tests := map[string]struct {
		readFile func(string) ([]byte, error)
		content  string
		want     string
	}{
		"absent":    {readFile: noFiles, want: "does not exist"},
		"denied":    {readFile: denied, want: "may not be read"},
		"broken":    {readFile: broken, want: "cannot be read"},
		"empty":     {content: " \n", want: "is empty"},
		"bad token": {content: "canary", want: "not a bot's token"},
	}
	for title, test := range tests {
		t.Run(title, func(t *testing.T) {
			readFile := test.readFile
			if readFile == nil {
				readFile = files(map[string]string{goodToken: test.content})
			}
			// Set in the wrong place, the token itself is taken for a path.
			found := problems(t, map[string]string{name: goodToken}, readFile)
			require.Len(t, found, 1)
			require.Contains(t, found[name], test.want)
			require.NotContains(t, found[name], "canary")
		})
	}

	t.Run("both", func(t *testing.T) {
		environ := map[string]string{}
		for _, secret := range []string{"TELEGRAM_BOT_TOKEN", "MRZ_API_KEY", "WEBHOOK_SECRET", "STORAGE_URL"} {
			environ[secret] = "canary"
			environ[secret+"_FILE"] = "canary"
		}
		found := problems(t, environ, files(map[string]string{"canary": "canary"}))
		require.Equal(t, []string{"MRZ_API_KEY", "STORAGE_URL", "TELEGRAM_BOT_TOKEN", "WEBHOOK_SECRET"},
			slices.Sorted(maps.Keys(found)))
		for secret, text := range found {
			require.Contains(t, text, "set, and "+secret+"_FILE too. Keep one of the two")
			require.NotContains(t, text, "canary")
		}
	})
}

func TestConfigHidesSecrets(t *testing.T) {
	c, err := Load(with("MRZ_API_KEY", goodKey, "WEBHOOK_SECRET", "canaryHook", "STORAGE_URL", "postgres://me:canary@db/mrz"), noFiles)
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		printed := fmt.Sprintf(verb, c) + fmt.Sprintf(verb, &c)
		require.NotContains(t, strings.ToLower(printed), "canary", verb)
		require.NotContains(t, printed, fmt.Sprintf("%x", "anary"), verb)
	}
}

// TestLoadStore: who only looks after the store needs to know where it is.
func TestLoadStore(t *testing.T) {
	s, zone, err := LoadStore(map[string]string{"STORAGE_URL": "bolt:x.db", "TIMEZONE": "Asia/Almaty", "WORKERS": "many"}, nil)
	require.NoError(t, err)
	require.Equal(t, Storage{Engine: Bolt, Path: "x.db"}, s)
	require.Equal(t, "Asia/Almaty", zone.String())
	s, _, err = LoadStore(nil, nil)
	require.NoError(t, err)
	require.Equal(t, "data/mrzbot.db", s.Path)
	_, _, err = LoadStore(map[string]string{"STORAGE_URL": "sqlite:x", "TIMEZONE": "Mars/Utopia", "WORKERS": "many"}, nil)
	var wrong *Error
	require.ErrorAs(t, err, &wrong)
	require.Len(t, wrong.Problems, 2)
}

// TestLoadTimezone: who only wants to know the day needs no other setting.
func TestLoadTimezone(t *testing.T) {
	zone, err := LoadTimezone(map[string]string{"STORAGE_URL": "sqlite:x", "TIMEZONE": "Asia/Almaty", "STORAGE_URL_FILE": "x"})
	require.NoError(t, err)
	require.Equal(t, "Asia/Almaty", zone.String())
	zone, err = LoadTimezone(nil)
	require.NoError(t, err)
	require.Equal(t, "Asia/Bishkek", zone.String())
	_, err = LoadTimezone(map[string]string{"TIMEZONE": "Mars/Utopia"})
	require.ErrorContains(t, err, "TIMEZONE")
}
