package cli

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/mrz"
	"mrzbot/mrzimage/specimen"
	faketelegram "mrzbot/sandbox/telegram"
)

// run runs a command line in an empty folder.
func run(t *testing.T, stdin string, environ map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	return runAt(t, func() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }, stdin, environ, args...)
}

// runAt is run by a clock that is given.
func runAt(t *testing.T, now func() time.Time, stdin string, environ map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := Process{Args: args, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs, Now: now}
	for name, value := range environ {
		p.Environ = append(p.Environ, name+"="+value)
	}
	code = Run(t.Context(), p)
	return code, out.String(), errs.String()
}

func TestExitCodes(t *testing.T) {
	t.Chdir(t.TempDir())
	valid := strings.Join(card, "\n")
	for name, c := range map[string]struct {
		stdin  string
		args   []string
		code   int
		stdout string
		stderr string
	}{
		"no settings":       {code: exitUsage, stderr: "TELEGRAM_BOT_TOKEN: missing"},
		"serve, the same":   {args: []string{"serve"}, code: exitUsage, stderr: "TELEGRAM_BOT_TOKEN: missing"},
		"check, the same":   {args: []string{"check"}, code: exitUsage, stderr: "TELEGRAM_BOT_TOKEN: missing"},
		"unknown command":   {args: []string{"frobnicate"}, code: exitUsage, stderr: "--help lists the commands"},
		"unknown flag":      {args: []string{"--frobnicate"}, code: exitUsage, stderr: "--frobnicate"},
		"help":              {args: []string{"--help"}, code: exitFine, stdout: "Usage: mrzbot"},
		"version":           {args: []string{"version"}, code: exitFine, stdout: "mrzbot "},
		"parse valid":       {stdin: valid, args: []string{"parse"}, code: exitFine, stdout: "document_number"},
		"parse invalid":     {stdin: strings.Replace(valid, "M3101012", "M3101013", 1), args: []string{"parse", "--json"}, code: exitFailed, stdout: `"valid":false`},
		"parse nothing":     {args: []string{"parse"}, code: exitFailed, stderr: "no MRZ on standard input"},
		"read no file":      {args: []string{"read"}, code: exitUsage, stderr: "<file>"},
		"read absent file":  {args: []string{"read", "absent.jpg"}, code: exitFailed, stderr: "no such file"},
		"read no picture":   {stdin: "hello", args: []string{"read", "-"}, code: exitFailed, stderr: "not a JPEG, PNG or WebP"},
		"read by api":       {args: []string{"read", "--engine", "api", "x"}, code: exitUsage, stderr: "needs MRZ_API_KEY"},
		"help, a word":      {args: []string{"help"}, code: exitFine, stdout: "Usage: mrzbot"},
		"version, a flag":   {args: []string{"--version"}, code: exitFine, stdout: "mrzbot "},
		"sandbox elsewhere": {args: []string{"sandbox", "--addr", "192.0.2.1:80"}, code: exitUsage, stderr: "loopback"},
	} {
		t.Run(name, func(t *testing.T) {
			code, stdout, stderr := run(t, c.stdin, nil, c.args...)
			require.Equal(t, c.code, code, stdout+stderr)
			require.Contains(t, stdout, c.stdout)
			require.Contains(t, stderr, c.stderr)
		})
	}
}

// TestExpiredByTimezone: what has expired is reckoned by the day in TIMEZONE,
// wherever the machine stands. A card is valid through its last day.
func TestExpiredByTimezone(t *testing.T) {
	t.Chdir(t.TempDir())
	f := mrz.Parse(card, time.Now()).Fields
	f.ExpiryDate = "2026-11-23"
	lines, err := mrz.Render(f, mrz.TD1)
	require.NoError(t, err)
	drawn, err := specimen.Card{Lines: lines, Seed: 7}.Draw()
	require.NoError(t, err)
	picture, err := specimen.Plain.Photo(1280, 960, 7).JPEG(drawn)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("card.jpg", picture, 0o600))

	evening := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC) // in Bishkek it is the 24th
	for zone, expired := range map[string]bool{"": true, "UTC": false, "Pacific/Kiritimati": true, "America/New_York": false} {
		for _, machine := range []*time.Location{time.UTC, time.FixedZone("ahead", 14*60*60), time.FixedZone("behind", -11*60*60)} {
			environ := map[string]string{}
			if zone != "" {
				environ["TIMEZONE"] = zone
			}
			for _, args := range [][]string{{"parse", "--json"}, {"read", "--json", "card.jpg"}} {
				now := func() time.Time { return evening.In(machine) }
				code, stdout, stderr := runAt(t, now, strings.Join(lines, "\n"), environ, args...)
				require.Equal(t, exitFine, code, stderr)
				require.Equal(t, expired, strings.Contains(stdout, `"expired"`), "%s %s %v", zone, machine, args)
			}
		}
	}
	code, _, stderr := run(t, "", map[string]string{"TIMEZONE": "Mars/Utopia"}, "parse")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "TIMEZONE")
}

// TestReadJSON: the object of read has every key that is promised, for a
// picture that reads and for one that does not.
func TestReadJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	lines := specimen.Invent("TD1", 7)
	drawn, err := specimen.Card{Lines: lines, Seed: 7}.Draw()
	require.NoError(t, err)
	picture, err := specimen.Plain.Photo(1280, 960, 7).JPEG(drawn)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("card.jpg", picture, 0o600))
	require.NoError(t, os.WriteFile("blank.jpg", jpegOf(t), 0o600))
	code, stdout, _ := run(t, "", nil, "read", "--json", "card.jpg", "blank.jpg")
	require.Equal(t, exitFailed, code, "one of them cannot be read")
	objects := strings.Split(strings.TrimSpace(stdout), "\n")
	require.Len(t, objects, 2)
	for i, object := range objects {
		var got map[string]any
		require.NoError(t, json.Unmarshal([]byte(object), &got))
		for _, key := range []string{
			"file", "lines", "format", "valid", "fields", "checks", "warnings", "repairs", "error",
			"verdict", "confidence", "cells", "corners", "picture", "also",
		} {
			require.Contains(t, got, key)
		}
		if i == 0 {
			require.Equal(t, true, got["valid"])
			require.Equal(t, []any{lines[0], lines[1], lines[2]}, got["lines"])
			require.Equal(t, "ok", got["verdict"])
			require.Nil(t, got["error"])
		} else {
			require.Equal(t, "none", got["verdict"])
			require.Equal(t, "no_mrz", got["error"].(map[string]any)["code"])
		}
	}
}

func TestCheck(t *testing.T) {
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001,1002"})
	t.Chdir(t.TempDir())
	b.telegram.Say(gulnara, "/start") // 1002 never did
	code, stdout, stderr := runAt(t, b.clock.now, "", b.environ, "check")
	require.Equal(t, exitFine, code, stdout+stderr)
	for _, line := range []string{
		"ok    settings", "is not there yet", "this is @mrz_sandbox_bot", "the bot asks Telegram for updates",
		"1002 cannot be written to", "the key was not tried",
	} {
		require.Contains(t, stdout, line)
	}
	require.NotContains(t, stdout, "1001 cannot")
	require.Zero(t, b.mrz.Counts().Received, "a check costs nothing")

	b.start() // and while the bot runs
	b.quiet()
	code, stdout, _ = runAt(t, b.clock.now, "", b.environ, "check")
	require.Equal(t, exitFine, code, stdout)
	require.Contains(t, stdout, "is in use by the running bot (dev")
	require.Contains(t, stdout, "0 tasks waiting, 0 in work")
	require.NoError(t, b.run.store.Close()) // as a disk that fails
	code, stdout, _ = runAt(t, b.clock.now, "", b.environ, "check")
	require.Equal(t, exitFailed, code, stdout)
	require.Contains(t, stdout, "the running bot cannot write "+b.store)
	require.Contains(t, stdout, "mrzbot restore FILE")
	b.end()

	wrong := maps.Clone(b.environ)
	wrong["TELEGRAM_BOT_TOKEN"] = "123456:another-token-another-token-another"
	wrong["MRZ_API_URL"] = "http://127.0.0.1:1/"
	wrong["STORAGE_URL"] = "bolt:" + filepath.Join(t.TempDir(), "scribbled.db")
	require.NoError(t, os.WriteFile(strings.TrimPrefix(wrong["STORAGE_URL"], "bolt:"), bytes.Repeat([]byte("scribble"), 9999), 0o600))
	code, stdout, _ = run(t, "", wrong, "check")
	require.Equal(t, exitFailed, code)
	require.Equal(t, 3, strings.Count(stdout, "FAIL "), stdout)
	require.Equal(t, 3, strings.Count(stdout, "→"), "each with its mend")
}

// TestTokenRefused: a token that Telegram does not know ends the start with a
// sentence, not with a stack of attempts.
func TestTokenRefused(t *testing.T) {
	b := newBench(t, map[string]string{"TELEGRAM_BOT_TOKEN": "123456:another-token-another-token-another"})
	t.Chdir(t.TempDir())
	code, _, stderr := run(t, "", b.environ)
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "@BotFather")
	require.NotContains(t, stderr, "another-token")
}

// TestLocalReader: without a key the program reads the picture itself.
func TestLocalReader(t *testing.T) {
	t.Parallel()
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "MRZ_API_KEY": ""})
	b.start()
	lines := specimen.Invent("TD1", 11)
	drawn, err := specimen.Card{Lines: lines, Seed: 11}.Draw()
	require.NoError(t, err)
	picture, err := specimen.Plain.Photo(1280, 960, 11).JPEG(drawn)
	require.NoError(t, err)
	_, err = b.telegram.SendPhoto(gulnara, picture, "")
	require.NoError(t, err)
	require.Contains(t, b.answered(gulnara, "1 of 50").Text, strings.Join(lines, "\n"))
	_, err = b.telegram.SendPhoto(gulnara, jpegOf(t), "", faketelegram.Unchanged())
	require.NoError(t, err)
	require.Contains(t, b.answered(gulnara, "I found no machine readable lines").Text, "2 of 50")
	require.Zero(t, b.mrz.Counts().Begun)
}
