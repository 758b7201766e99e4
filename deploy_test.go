package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// tool runs a command of the machine's, and skips where it is not installed.
func tool(t *testing.T, get, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed: %s", name, get)
	}
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// TestUnits holds the units against systemd: they are sound, and sandboxed.
func TestUnits(t *testing.T) {
	const get = "apt-get install systemd"
	folder := t.TempDir()
	for _, unit := range []string{"mrzbot.service", "mrzbot-backup.service", "mrzbot-backup.timer"} {
		content, err := os.ReadFile("deploy/systemd/" + unit)
		require.NoError(t, err)
		// What they start is not installed here.
		content = regexp.MustCompile(`(?m)^ExecStart=\S+`).ReplaceAll(content, []byte("ExecStart=/bin/true"))
		require.NoError(t, os.WriteFile(filepath.Join(folder, unit), content, 0o600))
	}
	for _, unit := range []string{"mrzbot.service", "mrzbot-backup.service", "mrzbot-backup.timer"} {
		require.Empty(t, tool(t, get, "systemd-analyze", "verify", "--man=no", filepath.Join(folder, unit)), unit)
	}
	for _, unit := range []string{"mrzbot.service", "mrzbot-backup.service"} {
		// The threshold is in tenths: 2.5.
		tool(t, get, "systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", filepath.Join(folder, unit))
	}
}

// TestInstances has the commands of docs/operations.md make units for several bots,
// which share nothing of what a bot writes, and are as sound and sandboxed.
func TestInstances(t *testing.T) {
	const get = "apt-get install systemd"
	page, err := os.ReadFile("docs/operations.md")
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```\n(for unit in .*?)```").FindSubmatch(page)
	require.NotNil(t, block)
	folder := t.TempDir()
	script := strings.NewReplacer("/etc/systemd/system/", folder+"/", "systemctl daemon-reload", "").Replace(string(block[1]))
	tool(t, "a POSIX shell", "sh", "-euc", script)
	for _, name := range []string{"mrzbot", "mrzbot-backup"} {
		content, err := os.ReadFile(filepath.Join(folder, name+"@.service"))
		require.NoError(t, err)
		for line := range strings.Lines(string(content)) {
			if strings.Contains(line, "/var/") || strings.Contains(line, "/etc/") || strings.HasPrefix(line, "StateDirectory=") {
				require.Contains(t, line, "%i")
				require.NotRegexp(t, `/var/[a-z]+/mrzbot[^-]`, line)
			}
		}
		content = regexp.MustCompile(`(?m)^ExecStart=\S+`).ReplaceAll(content, []byte("ExecStart=/bin/true"))
		unit := filepath.Join(folder, name+"@second.service")
		require.NoError(t, os.WriteFile(unit, content, 0o600))
		require.Empty(t, tool(t, get, "systemd-analyze", "verify", "--man=no", unit))
		tool(t, get, "systemd-analyze", "security", "--offline=true", "--threshold=25", "--no-pager", unit)
	}
	timer, err := os.ReadFile(filepath.Join(folder, "mrzbot-backup@.timer"))
	require.NoError(t, err)
	same, err := os.ReadFile("deploy/systemd/mrzbot-backup.timer")
	require.NoError(t, err)
	require.Equal(t, string(same), string(timer), "it starts the service of its own name")
}

// TestNginx has nginx check its configuration, with the certificate's files in
// their places.
func TestNginx(t *testing.T) {
	const get = "apt-get install nginx"
	if _, err := exec.LookPath("nginx"); err != nil {
		t.Skip("nginx is not installed: " + get)
	}
	folder := t.TempDir()
	key, cert := filepath.Join(folder, "key.pem"), filepath.Join(folder, "cert.pem")
	tool(t, "apt-get install openssl", "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
		"-subj", "/CN=bot.example.org", "-days", "2", "-keyout", key, "-out", cert)
	content, err := os.ReadFile("deploy/nginx.conf")
	require.NoError(t, err)
	conf := strings.NewReplacer(
		"/etc/letsencrypt/live/bot.example.org/fullchain.pem", cert, "/etc/letsencrypt/live/bot.example.org/privkey.pem", key,
		"/run/nginx.pid", filepath.Join(folder, "nginx.pid"), "/var/log/nginx/error.log", filepath.Join(folder, "error.log"),
		"# server 10.", "server 10.", // several replicas
	).Replace(string(content))
	file := filepath.Join(folder, "nginx.conf")
	require.NoError(t, os.WriteFile(file, []byte(conf), 0o600))
	require.Contains(t, tool(t, get, "nginx", "-t", "-q", "-e", filepath.Join(folder, "early.log"), "-c", file)+"ok", "ok")
}

// TestCaddy has Caddy check its configuration, and name the variable that is missing.
func TestCaddy(t *testing.T) {
	const get = "go build -modfile=tools/caddy/go.mod -o /usr/local/bin/ github.com/caddyserver/caddy/v2/cmd/caddy"
	validate := []string{"validate", "--adapter", "caddyfile", "--config", "deploy/Caddyfile"}
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	t.Setenv("DOMAIN", "bot.example.org")
	require.Contains(t, tool(t, get, "caddy", validate...), "Valid configuration")
	require.NoError(t, os.Unsetenv("DOMAIN"))
	out, err := exec.CommandContext(t.Context(), "caddy", validate...).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "the-variable-DOMAIN-is-missing")
}

// TestRules has promtool try the rules of alerts on their cases.
func TestRules(t *testing.T) {
	const get = "apt-get install prometheus"
	tool(t, get, "promtool", "check", "rules", "deploy/prometheus/rules.yml")
	tool(t, get, "promtool", "test", "rules", "deploy/prometheus/rules_test.yml")
	tool(t, get, "promtool", "check", "config", "deploy/prometheus/prometheus.yml")
}

// TestCompose holds compose.yaml against what it has to promise: each bot is
// shut in, and what is missing in .env is named.
func TestCompose(t *testing.T) {
	content, err := os.ReadFile("deploy/compose.yaml")
	require.NoError(t, err)
	var compose struct {
		Services map[string]struct {
			ReadOnly    bool     `yaml:"read_only"`
			CapDrop     []string `yaml:"cap_drop"`
			SecurityOpt []string `yaml:"security_opt"`
			Stop        string   `yaml:"stop_grace_period"`
			MemLimit    string   `yaml:"mem_limit"`
			Profiles    []string
			Environment map[string]string
			Deploy      struct{ Replicas int }
		}
		Volumes map[string]any
	}
	require.NoError(t, yaml.Unmarshal(content, &compose))
	for name, s := range compose.Services {
		require.Contains(t, s.SecurityOpt, "no-new-privileges:true", name)
		require.NotEmpty(t, s.MemLimit, name)
	}
	for _, name := range []string{"bot", "replica"} {
		s := compose.Services[name]
		require.True(t, s.ReadOnly)
		require.Equal(t, []string{"ALL"}, s.CapDrop)
		require.Equal(t, "40s", s.Stop)
		for _, must := range []string{"TELEGRAM_BOT_TOKEN", "WEBHOOK_URL"} {
			require.Contains(t, s.Environment[must], ":?", "%s says what is missing", must)
		}
	}
	require.Equal(t, []string{"bolt"}, compose.Services["bot"].Profiles, "two bots with one token would take each other's updates")
	require.Equal(t, []string{"postgres"}, compose.Services["replica"].Profiles)
	require.Equal(t, 3, compose.Services["replica"].Deploy.Replicas)

	example, err := os.ReadFile("deploy/compose.env.example")
	require.NoError(t, err)
	for _, name := range regexp.MustCompile(`\$\{([A-Z_]+):\?`).FindAllStringSubmatch(string(content), -1) {
		require.Regexp(t, "(?m)^"+name[1]+"=", string(example))
	}
}

// TestBackupScript keeps the newest backups, and none of the old ones goes when
// a new one fails.
func TestBackupScript(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("a POSIX shell is not installed")
	}
	folder := t.TempDir()
	mrzbot := filepath.Join(t.TempDir(), "mrzbot")
	write := func(script string) {
		require.NoError(t, os.WriteFile(mrzbot, []byte("#!/bin/sh\n"+script), 0o700))
	}
	backup := func(args ...string) (string, error) {
		c := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", append([]string{"deploy/systemd/backup"}, args...)...)
		c.Env = append(os.Environ(), "MRZBOT="+mrzbot)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	for _, old := range []string{"mrzbot-2026-01-01T000000Z.backup", "mrzbot-2026-01-02T000000Z.backup", "mrzbot-2026-01-03T000000Z.backup", "mine.backup"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, old), nil, 0o600))
	}
	write("exit 1\n")
	_, err := backup(folder, "1")
	require.Error(t, err)
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, files, 4, "nothing is removed")

	write(`[ "$1" = backup ] && : >"$2"` + "\n")
	out, err := backup(folder, "2")
	require.NoError(t, err, out)
	var left []string
	files, err = os.ReadDir(folder)
	require.NoError(t, err)
	for _, f := range files {
		left = append(left, f.Name())
	}
	require.Len(t, left, 3)
	require.Contains(t, left, "mine.backup")
	require.Contains(t, left, "mrzbot-2026-01-03T000000Z.backup")

	for _, wrong := range [][]string{{}, {folder}, {folder, "0"}, {folder, "many"}, {filepath.Join(folder, "absent"), "3"}} {
		out, err := backup(wrong...)
		require.Error(t, err)
		require.Contains(t, out, "backup", wrong)
	}
}
