package config

import (
	"encoding/base64"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// dressings are what comes around a value by the ways on which it travels. X is
// the value, N the variable's name.
var dressings = map[string]string{
	"double quotes":           `"X"`,
	"single quotes":           `'X'`,
	"backquotes":              "`X`",
	"typographic quotes":      "“X”",
	"quotes of a Russian one": "«X»",
	"quotes in quotes":        `'"X"'`,
	"blanks in quotes":        `" X "`,
	"comment":                 "X # what it is",
	"comment after a tab":     "X\t#what it is",
	"two comments":            "X # one # two",
	"quotes and comment":      `"X" # what it is`,
	"quotes, comment, quote":  `"X" # what it's for`,
	"comment without a blank": `"X"#what it is`,
	"Windows line end":        "X\r",
	"line ends":               "\r\nX\r\n\r\n",
	"comment line":            "# what it is\nX\n",
	"byte order mark":         "\ufeffX",
	"mark before a quote":     "\ufeff\"X\"\r\n",
	"non-breaking blank":      "\u00a0X\u00a0",
	"ideographic blank":       "\u3000X",
	"zero-width":              "\u200bX\u2060",
	"marks of direction":      "\u202aX\u202c",
	"soft hyphen":             "X\u00ad",
	"its own name":            "N=X",
	"a line of a script":      `export N="X"`,
}

// TestDressedValues: what is surely not meant is taken off, of every variable
// and in files as well as in the environment.
func TestDressedValues(t *testing.T) {
	values := map[string]string{
		"TELEGRAM_BOT_TOKEN": goodToken, "MRZ_API_KEY": goodKey, "WEBHOOK_SECRET": "s3cret", "STORAGE_URL": "postgres://me:p%40@db/mrz",
		"ADMIN_IDS": "7,8", "WORKERS": "5", "RETRY_FOR": "5m", "PREFLIGHT": "off", "TIMEZONE": "UTC", "PICTURE_MEMORY": "64 MB",
		"LOG_LEVEL": "debug", "LOG_FORMAT": "json", "OPS_ADDR": "127.0.0.1:7", "MRZ_API_URL": "https://example.org/mrz/",
	}
	for how, pattern := range dressings {
		dress := func(name, value string) string { return strings.NewReplacer("N", name, "X", value).Replace(pattern) }
		environ, content, plain := map[string]string{}, map[string]string{}, map[string]string{}
		for name, value := range values {
			plain[name] = value
			environ[name] = dress(name, value)
			if twin(name) != "" && name != "MRZ_API_KEY" {
				delete(environ, name)
				environ[name+"_FILE"] = dress(name+"_FILE", "/run/"+name)
				content["/run/"+name] = dress(name, value)
			}
		}
		want, err := Load(plain, noFiles)
		require.NoError(t, err)
		got, err := Load(environ, files(content))
		require.NoError(t, err, how)
		require.Equal(t, want, got, how)
	}
}

// TestEmptyInDress: quotes around nothing, and a comment alone, are not set.
func TestEmptyInDress(t *testing.T) {
	for _, value := range []string{`""`, "''", `" "`, "# the key", "\ufeff", "\u200b", `"" # none yet`, "MRZ_API_KEY="} {
		c, err := Load(with("MRZ_API_KEY", value, "WORKERS", strings.Replace(value, "MRZ_API_KEY", "WORKERS", 1)), noFiles)
		require.NoError(t, err, value)
		require.True(t, c.MRZKey.Empty())
		require.Equal(t, 16, c.Workers)
	}
}

// TestInside: a token that was pasted with characters nobody sees is the token.
func TestInside(t *testing.T) {
	c, err := Load(map[string]string{"TELEGRAM_BOT_TOKEN": goodToken[:9] + "\u200b" + goodToken[9:20] + "\ufeff" + goodToken[20:]}, noFiles)
	require.NoError(t, err)
	require.Equal(t, goodToken, c.TelegramToken.Reveal())
}

// TestStrange: what is left in a wrong value is named, never repeated.
func TestStrange(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"TELEGRAM_BOT_TOKEN", `"` + goodToken, "a quotation mark"},
		{"TELEGRAM_BOT_TOKEN", goodToken + "#canary", "a # (a comment?)"},
		{"TELEGRAM_BOT_TOKEN", "${CANARY_TOKEN}", "a $ (nobody fills it in here)"},
		{"TELEGRAM_BOT_TOKEN", strings.Replace(goodToken, "c", "с", 1), "another alphabet"},
		{"TELEGRAM_BOT_TOKEN", strings.Replace(goodToken, "-", "–", 1), "another alphabet"},
		{"TELEGRAM_BOT_TOKEN", goodToken + "\x00", "cannot be seen"},
		{"TELEGRAM_BOT_TOKEN", goodToken + "\n" + goodToken, "several lines"},
		{"TELEGRAM_BOT_TOKEN", base64.StdEncoding.EncodeToString([]byte(goodToken + "\n")), "base64"},
		{"MRZ_API_KEY", goodKey[:20] + " " + goodKey[20:], "a blank"},
		{"MRZ_API_KEY", goodToken, "a bot's token"},
		{"WORKERS", "５", "another alphabet"},
		{"WORKERS", "٥", "another alphabet"},
		{"DAILY_ATTEMPTS", "5#canary", "a # (a comment?)"},
		{"RETRY_FOR", `15m"`, "a quotation mark"},
		{"ADMIN_IDS", "'7','8'", "a quotation mark"},
		{"STORAGE_URL", "postgres://me:can ary@db/mrz", "a blank"},
		{"STORAGE_URL", "postgres://me:${DB_canary}@db/mrz", "a $"},
		{"STORAGE_URL", "bolt:~/canary.db", "whole path"},
		{"STORAGE_URL", "bolt:$HOME/canary.db", "whole path"},
		{"STORAGE_URL", "bolt:${DIR}/canary.db", "whole path"},
		{"STORAGE_URL", "bolt:/data/canary.db # the store", "line of its own"},
		{"STORAGE_URL", "bolt:/data/can\u200bary.db", "cannot be seen"},
		{"STORAGE_URL", "bolt:/data/canary/", "a folder"},
		{"STORAGE_URL", "bolt:.", "a folder"},
		{"STORAGE_URL", "host=db user=me password=canary dbname=mrz", "Write it as a URL"},
	} {
		found := problems(t, with(test.name, test.value), noFiles)
		require.Len(t, found, 1, test.value)
		require.Contains(t, found[test.name], test.want)
		require.NotContains(t, strings.ToLower(found[test.name]), "canary")
	}
}

// TestSecretFiles: what is wrong with a file is said, with the mend.
func TestSecretFiles(t *testing.T) {
	utf16le := func(text string) []byte {
		content := []byte{0xff, 0xfe}
		for _, unit := range utf16.Encode([]rune(text)) {
			content = append(content, byte(unit), byte(unit>>8))
		}
		return content
	}
	for how, content := range map[string][]byte{
		"PowerShell":   utf16le(goodToken + "\r\n"),
		"big endian":   append([]byte{0xfe, 0xff}, swapped(utf16le(goodToken)[2:])...),
		"with remarks": []byte("# the bot's\n\n" + goodToken + "\n"),
	} {
		c, err := Load(map[string]string{"TELEGRAM_BOT_TOKEN_FILE": "x"}, func(string) ([]byte, error) { return content, nil })
		require.NoError(t, err, how)
		require.Equal(t, goodToken, c.TelegramToken.Reveal(), how)
	}
	for how, test := range map[string]struct {
		path, want string
		content    string
		err        error
	}{
		"folder":    {path: "/run/x", err: &fs.PathError{Op: "read", Path: "canary", Err: syscall.EISDIR}, want: "is a folder"},
		"no right":  {path: "/run/x", err: &fs.PathError{Op: "open", Path: "canary", Err: syscall.EACCES}, want: "may not be read"},
		"home":      {path: "~/canary", err: fs.ErrNotExist, want: "a ~ (nobody fills it in here)"},
		"variable":  {path: "$HOME/canary", err: fs.ErrNotExist, want: "a $ (nobody fills it in here)"},
		"quote":     {path: `"/run/canary`, err: fs.ErrNotExist, want: "a quotation mark"},
		"two lines": {path: "x", content: goodToken + "\ncanary\n", want: "several lines"},
		"large":     {path: "x", content: strings.Repeat("canary", 20000), want: "too large"},
		"remarks":   {path: "x", content: "# canary\n", want: "is empty"},
	} {
		_, err := Load(map[string]string{"TELEGRAM_BOT_TOKEN_FILE": test.path}, func(string) ([]byte, error) { return []byte(test.content), test.err })
		require.ErrorContains(t, err, "TELEGRAM_BOT_TOKEN_FILE: ", how)
		require.ErrorContains(t, err, test.want, how)
		require.NotContains(t, strings.ToLower(err.Error()), "canary", how)
	}
}

func swapped(content []byte) []byte {
	for i := 0; i+1 < len(content); i += 2 {
		content[i], content[i+1] = content[i+1], content[i]
	}
	return content
}
