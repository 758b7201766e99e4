package config

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var letters = strings.Repeat("a", 30)

// ruleCases has every variable in the order of Config.
var ruleCases = []struct {
	name string
	good []string
	bad  []string
}{
	{
		name: "TELEGRAM_BOT_TOKEN",
		good: []string{"1:" + letters, " 1:" + letters + "\r\n", "99:_-" + letters},
		bad:  []string{"1:" + letters[1:], ":" + letters, letters, "1:" + letters + "!", "1:" + letters + "\n1", "x1:" + letters, "١:" + letters},
	},
	{
		name: "TELEGRAM_API_URL",
		good: []string{
			"https://api.telegram.org", "https://example.org:8443/api", "http://localhost:8081", "http://127.0.0.2", "http://[::1]:80",
			"http://10.0.0.7", "http://192.168.1.1:8081", "http://[fd00::1]", "http://telegram-bot-api:8081", "http://host.docker.internal:8081", "http://nas.local",
		},
		bad: []string{
			"http://api.telegram.org", "http://8.8.8.8", "http://[2001:db8::1]", "http://internal.example.org", "ftp://localhost", "api.telegram.org",
			"https://", "https:///x", "https://me:pw@example.org", "https://example.org?x=1", "https://example.org?", "https://example.org#x",
			"https://example.org:99999", "https://example.org:-1", "//example.org", "https://exa mple.org",
		},
	},
	{
		name: "TELEGRAM_FILES_DIR",
		good: []string{"/var/lib/telegram-bot-api", "/mnt/files/", ""},
		bad:  []string{"telegram-bot-api", "./files", "~/files"},
	},
	{
		name: "ADMIN_IDS",
		good: []string{"1", " 1 , 2 ", "1,", ",", "4503599627370495"},
		bad:  []string{"0", "-100123", "+512345678", "0512345678", "٥١٢", "4503599627370496", "9223372036854775807", "1;2", "1 2", "@me", "1,x", "9223372036854775808", "1.0"},
	},
	{
		name: "MRZ_API_KEY",
		good: []string{strings.Repeat("k", 47), strings.Repeat("K", 64), strings.Repeat("_-9", 16)},
		bad:  []string{strings.Repeat("k", 46), strings.Repeat("k", 47) + ".", strings.Repeat("k", 30) + " " + strings.Repeat("k", 30), strings.Repeat("ы", 50)},
	},
	{
		name: "MRZ_API_URL",
		good: []string{"https://example.org/mrz/", "http://localhost:9000/", "http://mrz.localhost/", "http://127.0.0.1:9000/x/", "http://[::ffff:127.0.0.1]/"},
		bad:  []string{"http://example.org/mrz/", "http://192.168.0.1/", "http://mrz/", "http://localhost.example.org/", "kyc", "https://key@example.org/"},
	},
	{name: "MRZ_TIMEOUT", good: []string{"100ms", "10m", "1m30s"}, bad: []string{"0", "0s", "-30s", "99ms", "10m1s", "30", "soon", "1e9s"}},
	{
		name: "WEBHOOK_URL",
		good: []string{
			"https://example.org/hook", "https://example.org:443/h", "https://example.org:80/h", "https://example.org:88/h/", "https://example.org:8443/a.b/~c_d-e",
			"http://localhost:8080/hook", "http://127.0.0.1:1234/h", "https://localhost:1234/h", "http://[::1]:1/h",
		},
		bad: []string{
			"http://example.org/hook", "https://example.org", "https://example.org/", "https://example.org:8080/hook", "https://example.org:0443/h", "http://10.0.0.1/h",
			"https://example.org/{x}", "https://example.org/a%2Fb", "https://example.org/a b", "https://example.org/a/../b", "https://example.org/a//b", "https://example.org/./a",
			"https://example.org/h?x=1", "https://example.org/h#x", "https://me:pw@example.org/h", "example.org/hook", "https://:443/h", "http://localhost",
		},
	},
	{name: "WEBHOOK_SECRET", good: []string{"a", "A-z_9", strings.Repeat("s", 256)}, bad: []string{"a b", "ä", strings.Repeat("s", 257), "a/b"}},
	{
		name: "LISTEN_ADDR",
		good: []string{":8080", "0.0.0.0:80", "[::]:80", "localhost:0", "[fe80::1%eth0]:80", "my-host.lan:65535"},
		bad:  []string{"8080", "localhost", ":http", ":65536", ":-1", ":", "::1:80", "http://localhost:80", "a b:80", "/run/socket"},
	},
	{name: "OPS_ADDR", good: []string{"127.0.0.1:0"}, bad: []string{"off", "127.0.0.1"}},
	{
		name: "STORAGE_URL",
		good: []string{"bolt:x.db", "bolt:/var/lib/x.db", `bolt:C:\x.db`, "bolt:C:/x.db", `bolt:\\server\share\x.db`, "postgres://me:p%40ss@db:5432/mrz?sslmode=require", "postgresql:///mrz?host=/run/pg", "postgres://db?dbname=mrz&pool_max_conns=20"},
		bad:  []string{"bolt:", "bolt://x.db", "bolt:///x.db", "x.db", "sqlite:x.db", "postgres:db", "postgres://me:p%zz@db/mrz", "postgres://db", "postgres://db/", "postgres:///mrz", "postgres://db:65536/mrz", "postgres://db/a/b", "postgres://me:p#w@db/mrz", "postgres://db/mrz?sslmode=on", "postgres://db/mrz?pool_max_conns=0", "postgres://db/mrz?pool_max_conns=101", "postgres://db/mrz?pool_max_conns=x", "postgres://db/mrz?%zz", "Bolt:x", "mysql://db/x"},
	},
	{name: "DAILY_ATTEMPTS", good: []string{"0", "1", "1000000"}, bad: []string{"-1", "1000001", "5.5", "many", "99999999999999999999"}},
	{
		name: "PRICE",
		good: []string{"25 KGS", "0.35 USD", "25KGS", "24.5 сом", "9999999.99 KZT", "1 €", "0.01 $"},
		bad:  []string{"25", "KGS", "0 KGS", "0.00 KGS", "-1 KGS", "24,50 KGS", "1.005 KGS", "10000000 KGS", "25 KGS a call", "25 =1+1", "25  KGS", "1e3 KGS"},
	},
	{name: "SUBSCRIPTION_UNTIL", good: []string{"2027-03-31", "31.03.2027", "2028-02-29"}, bad: []string{"2027-02-29", "31.03", "3/31/2027", "soon", "2027-3-1"}},
	{name: "TIMEZONE", good: []string{"UTC", "Asia/Almaty", "Europe/Moscow"}, bad: []string{"Local", "Bishkek", "+06:00", "../etc/passwd"}},
	{name: "RETRY_FOR", good: []string{"1s", "24h"}, bad: []string{"0", "-1m", "999ms", "24h0m1s", "15"}},
	{name: "READER", good: []string{"service", "local-first"}, bad: []string{"local", "Service", "local first", "both"}},
	{name: "FALLBACK", good: []string{"on", "off", "Off"}, bad: []string{"true", "1", "yes", "0"}},
	{name: "PREFLIGHT", good: []string{"on", "off", "Off"}, bad: []string{"true", "1", "yes", "0"}},
	{
		name: "PICTURE_MEMORY",
		good: []string{"32000000", "32MB", "32 MB", "40mib", "1GiB", "33000KB", "32000000B", "31250KiB"},
		bad:  []string{"31999999", "31MB", "0", "-1GB", "1.5GB", "MB", "400 000 000", "400TB", "99999999999GB", "400MBB", "BMB1", "9223372036854775808"},
	},
	{name: "DELETE_AFTER", good: []string{"0", "1s", "48h"}, bad: []string{"-1s", "48h0m1s", "2", "2d"}},
	{name: "PROTECT_CONTENT", good: []string{"on", "off"}, bad: []string{"true"}},
	{name: "LEDGER_DAYS", good: []string{"1", "36500"}, bad: []string{"0", "-1", "36501"}},
	{name: "WORKERS", good: []string{"1", "1024"}, bad: []string{"0", "-1", "1025"}},
	{name: "LOG_LEVEL", good: []string{"debug", "INFO", "warn", "error"}, bad: []string{"verbose", "debug+1", "7"}},
	{name: "LOG_FORMAT", good: []string{"text", "json"}, bad: []string{"JSON", "xml"}},
}

func TestRules(t *testing.T) {
	var tested, all []string
	for _, test := range ruleCases {
		tested = append(tested, test.name)
		for _, value := range test.good {
			require.Empty(t, problems(t, with(test.name, value), noFiles), "%s=%q", test.name, value)
		}
		for _, value := range test.bad {
			found := problems(t, with(test.name, value), noFiles)
			require.Len(t, found, 1, "%s=%q", test.name, value)
			require.NotEmpty(t, found[test.name], "%s=%q", test.name, value)
		}
	}
	for _, v := range variables() {
		all = append(all, v.name)
	}
	require.Equal(t, all, tested, "every variable is tested")
}

// TestTwice: somebody writes the whole address where its name belongs, as in
// DOMAIN of deploy/compose.yaml.
func TestTwice(t *testing.T) {
	for _, value := range []string{"https://https://bot.example.org/telegram", "https://http://bot.example.org/telegram"} {
		require.Contains(t, problems(t, with("WEBHOOK_URL", value), noFiles)["WEBHOOK_URL"], "twice", value)
	}
}

// TestTogether: what is fine alone and makes no sense together.
func TestTogether(t *testing.T) {
	const hook = "https://example.org/hook"
	for _, test := range []struct {
		environ []string
		wrong   string // the variable; "": none
	}{
		{[]string{"WEBHOOK_URL", hook, "LISTEN_ADDR", ":8080", "OPS_ADDR", "127.0.0.1:8080"}, "OPS_ADDR"},
		{[]string{"WEBHOOK_URL", hook, "LISTEN_ADDR", "localhost:80", "OPS_ADDR", "127.0.0.1:0080"}, "OPS_ADDR"},
		{[]string{"WEBHOOK_URL", hook, "LISTEN_ADDR", "10.0.0.1:80", "OPS_ADDR", "[::]:80"}, "OPS_ADDR"},
		{[]string{"WEBHOOK_URL", hook, "LISTEN_ADDR", "10.0.0.1:80", "OPS_ADDR", "127.0.0.1:80"}, ""},
		{[]string{"WEBHOOK_URL", hook, "LISTEN_ADDR", "127.0.0.1:0", "OPS_ADDR", "127.0.0.1:0"}, ""},
		{[]string{"LISTEN_ADDR", ":8080", "OPS_ADDR", ":8080"}, ""}, // nothing listens there
		{[]string{"MRZ_API_URL", "https://api.telegram.org/mrz/"}, "MRZ_API_URL"},
		{[]string{"MRZ_API_URL", "https://own.example.org/", "TELEGRAM_API_URL", "https://own.example.org"}, "MRZ_API_URL"},
		{[]string{"MRZ_API_URL", "https://own.example.org/mrz/", "TELEGRAM_API_URL", "https://own.example.org/telegram"}, ""},
		{[]string{"TELEGRAM_API_URL", "https://KYC.biometric.kz/api/"}, "TELEGRAM_API_URL"},
		{[]string{"TELEGRAM_API_URL", "https://api.telegram.org/bot"}, "TELEGRAM_API_URL"},
		{[]string{"TELEGRAM_API_URL", "https://api.telegram.org/bot" + goodToken}, "TELEGRAM_API_URL"},
		{[]string{"TELEGRAM_API_URL", "https://example.org/bots"}, ""},
		{[]string{"WEBHOOK_URL", "https://api.telegram.org/hook"}, "WEBHOOK_URL"},
		{[]string{"WEBHOOK_URL", "https://10.0.0.1/hook"}, "WEBHOOK_URL"},
		{[]string{"WEBHOOK_URL", "https://bot/hook"}, "WEBHOOK_URL"},
		{[]string{"WEBHOOK_URL", "http://bot:8080/hook", "TELEGRAM_API_URL", "http://bot-api:8081"}, ""},
		{[]string{"WEBHOOK_URL", "http://example.org:8080/hook", "TELEGRAM_API_URL", "http://bot-api:8081"}, "WEBHOOK_URL"},
		{[]string{"MRZ_API_KEY", goodKey, "WEBHOOK_SECRET", goodKey}, "WEBHOOK_SECRET"},
		{[]string{"ADMIN_IDS", "7,123456789"}, "ADMIN_IDS"},
		{[]string{"MRZ_API_KEY", goodKey, "READER", "local-first", "PREFLIGHT", "off"}, "READER"},
		{[]string{"READER", "local-first", "PREFLIGHT", "off"}, "READER"},
		{[]string{"MRZ_API_KEY", goodKey, "READER", "local-first"}, ""},
		{[]string{"MRZ_API_KEY", goodKey, "FALLBACK", "on", "PREFLIGHT", "off"}, ""},
	} {
		found := problems(t, with(test.environ...), noFiles)
		if test.wrong == "" {
			require.Empty(t, found, "%v", test.environ)
			continue
		}
		require.Len(t, found, 1, "%v", test.environ)
		require.NotEmpty(t, found[test.wrong], "%v", test.environ)
		require.NotContains(t, found[test.wrong], "anary")
	}
}

func TestSizes(t *testing.T) {
	for value, want := range map[string]Size{
		"5": 5, "5B": 5, "5KB": 5000, "5 MB": 5_000_000, "5gb": 5_000_000_000,
		"5KiB": 5120, "5MiB": 5 << 20, "5GiB": 5 << 30, "9223372036854775807": math.MaxInt64,
	} {
		got, err := parseSize(value)
		require.NoError(t, err, value)
		require.Equal(t, want, got, value)
	}
}

func TestShort(t *testing.T) {
	for length, want := range map[time.Duration]string{
		0: "0s", 100 * time.Millisecond: "100ms", time.Second: "1s", 10 * time.Minute: "10m", 48 * time.Hour: "48h", 90 * time.Minute: "1h30m", 10 * time.Second: "10s",
	} {
		require.Equal(t, want, short(length))
	}
}
