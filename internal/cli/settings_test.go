package cli

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/internal/config"
)

// TestPasswordNowhere: a password that cuts its URL short is refused by every
// command that is given one, before anything is looked up, and no part of it is
// said.
func TestPasswordNowhere(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("x.backup", nil, 0o600))
	for _, url := range []string{
		"postgres://me:p@canary@127.0.0.1:1/mrz", "postgres://me:p:canary@127.0.0.1:1/mrz", "postgres://me:p/canary@127.0.0.1:1/mrz",
		"postgres://me:p#canary@127.0.0.1:1/mrz", "postgres://me:p?canary@127.0.0.1:1/mrz", "postgres://me:p%canary!@127.0.0.1:1/mrz",
		"host=127.0.0.1 password=canary dbname=mrz",
	} {
		environ := map[string]string{"TELEGRAM_BOT_TOKEN": testToken, "STORAGE_URL": url}
		for _, args := range [][]string{
			{"serve"}, {"check"}, {"backup", "y"}, {"backup", "-"}, {"restore", "x.backup"}, {"restore", "-"},
			{"copy", url, "bolt:x.db"}, {"copy", "bolt:x.db", url},
		} {
			code, stdout, stderr := run(t, "", environ, args...)
			require.Equal(t, exitUsage, code, args)
			require.NotContains(t, stdout+stderr, "canary", args)
			if args[0] != "copy" {
				require.Contains(t, stderr, "STORAGE_URL: ", args)
			}
			require.NotContains(t, stderr, "make sense")
		}
	}
	left, err := filepath.Glob("*")
	require.NoError(t, err)
	require.Equal(t, []string{"x.backup"}, left)
}

// TestEnvFile: every command can take its settings from a service's file, with
// values that a shell would take for commands.
func TestEnvFile(t *testing.T) {
	b := newBench(t, nil)
	b.unpack("schema4")
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile(".env", []byte("STORAGE_URL=bolt:wrong.db\n"), 0o600))
	file := filepath.Join(t.TempDir(), "mrzbot.env")
	content := "PRICE=25 KGS\n"
	for name, value := range b.environ {
		content += name + "=" + value + "\n"
	}
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	for _, args := range [][]string{{"report"}, {"backup", "x.backup"}} {
		code, stdout, stderr := runAt(t, b.clock.now, "", nil, append([]string{"--env", file}, args...)...)
		require.Equal(t, exitFine, code, stdout+stderr)
		if args[0] == "report" {
			require.Contains(t, stdout, "KGS")
		}
	}
	left, err := filepath.Glob("*")
	require.NoError(t, err)
	require.Equal(t, []string{".env", "x.backup"}, left, "the store that .env names was not made")

	code, _, stderr := runAt(t, b.clock.now, "", b.environ, "check", "--env", "absent.env")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "--env: ")
	require.Contains(t, stderr, "Name a file of settings that this user may read")
}

// TestMisnamedIsSaid: a variable whose name is nearly one of ours is named where
// it has no effect, by whatever is started, with the one that was meant; and
// nothing is refused because of it.
func TestMisnamedIsSaid(t *testing.T) {
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "DAILY_ATTEMPT": "canary"})
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile(".env", []byte("WORKER=canary\n"), 0o600))

	code, stdout, stderr := runAt(t, b.clock.now, "", b.environ, "check")
	require.Equal(t, exitFine, code, stdout+stderr)
	require.Contains(t, stdout, "DAILY_ATTEMPT has no effect")
	require.Contains(t, stdout, "was DAILY_ATTEMPTS meant?")
	require.Contains(t, stdout, "WORKER has no effect")
	require.NotContains(t, stdout+stderr, "canary")

	stopped, stop := context.WithCancel(t.Context())
	stop()
	var environ []string
	for name, value := range b.environ {
		environ = append(environ, name+"="+value)
	}
	code = Run(stopped, Process{Args: []string{"serve"}, Environ: environ, Stdout: b.log, Stderr: b.log, Now: b.clock.now})
	require.Equal(t, exitFine, code, b.log.String())
	require.Contains(t, b.log.String(), "name=DAILY_ATTEMPT meant=DAILY_ATTEMPTS")
	require.Contains(t, b.log.String(), "name=WORKER meant=WORKERS")

	_, _, stderr = run(t, "", b.environ, "backup", "x")
	require.Contains(t, stderr, "DAILY_ATTEMPT has no effect: was DAILY_ATTEMPTS meant?")
	code, _, stderr = run(t, "", map[string]string{"MRZ_KEY": "canary"}, "read", "--engine", "api", "x.jpg")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "MRZ_KEY has no effect: was MRZ_API_KEY meant?")
	require.NotContains(t, stderr, "canary")
}

// TestDressedSettings: a bot whose settings came by docker run --env-file, which
// takes off neither quotes nor comments, starts.
func TestDressedSettings(t *testing.T) {
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001 # Gulnara"})
	maps.Copy(b.environ, map[string]string{
		"TELEGRAM_BOT_TOKEN": `"` + testToken + `" # from @BotFather`, "DAILY_ATTEMPTS": "'3'",
	})
	cfg, err := config.Load(b.environ, os.ReadFile)
	require.NoError(t, err)
	require.Equal(t, 3, cfg.DailyAttempts)
	b.start()
	b.telegram.Say(gulnara, "/me")
	b.answered(gulnara, "Your id")
}

// TestExactMessage: one message names every variable that is wrong.
func TestExactMessage(t *testing.T) {
	t.Chdir(t.TempDir())
	code, _, stderr := run(t, "", map[string]string{
		"TELEGRAM_TOKEN": testToken, "STORAGE_URL": "postgres://me:p@canary@db/mrz", "WORKERS": "many'", "MRZ_API_KEY": testToken,
	})
	require.Equal(t, exitUsage, code)
	require.Equal(t, 5, strings.Count(stderr, "\n  "), stderr)
	for _, line := range []string{
		"TELEGRAM_BOT_TOKEN: missing", "MRZ_API_KEY: a bot's token", "STORAGE_URL: a postgres URL that can be read in two ways", "WORKERS: not a whole number",
		"There is in it: a quotation mark", "TELEGRAM_TOKEN has no effect: was TELEGRAM_BOT_TOKEN meant?",
	} {
		require.Contains(t, stderr, line)
	}
	require.NotContains(t, stderr, "canary")
}
