package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
)

// TestBackupThroughPipe takes a backup of a running bot through standard output,
// and makes a store of it from standard input: it holds what the other held.
func TestBackupThroughPipe(t *testing.T) {
	b, p, heal := busyBot(t)
	code, stdout, stderr := run(t, "", b.environ, "backup", "-")
	require.Equal(t, exitFine, code, stderr)
	require.Contains(t, stderr, "The backup holds 1 person, 3 tasks that wait and 2 attempts of the ledger.")
	require.True(t, strings.HasPrefix(stdout, "\x1f\x8b"), "a backup and nothing before it")
	hidden, err := filepath.Glob(filepath.Join(filepath.Dir(b.store), ".mrzbot-backup-*"))
	require.NoError(t, err)
	require.Empty(t, hidden)
	require.NoError(t, p.cmd.Process.Kill())
	require.Error(t, p.wait())
	heal()

	b.moveTo(filepath.Join(t.TempDir(), "restored", "mrzbot.db"))
	for title, cut := range map[string]string{"cut": stdout[:len(stdout)-20], "with something behind it": stdout + "\n", "nothing": ""} {
		code, _, stderr = run(t, cut, b.environ, "restore", "-")
		require.Equal(t, exitFailed, code, title)
		require.Contains(t, stderr, "standard input: ", title)
		require.NoFileExists(t, b.store, title)
	}
	code, says, stderr := run(t, stdout, b.environ, "restore", "-")
	require.Equal(t, exitFine, code, stderr)
	require.Contains(t, says, "holds 1 person, 3 tasks that wait and 2 attempts of the ledger, as they were on")
	b.mrz.Answer(fakemrz.Lines(card...))
	p = b.startProcess()
	b.answered(asel, "1 of 50 today")
	require.NoError(t, p.cmd.Process.Kill())
	require.Error(t, p.wait())

	// And of a store that no bot has open.
	code, stdout, stderr = run(t, "", b.environ, "backup", "-")
	require.Equal(t, exitFine, code, stderr)
	b.moveTo(filepath.Join(t.TempDir(), "again.db"))
	code, _, stderr = run(t, stdout, b.environ, "restore", "-")
	require.Equal(t, exitFine, code, stderr)
}

// TestBackupOfNothing: what goes wrong is said on standard error, and nothing
// goes to standard output.
func TestBackupOfNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	code, stdout, stderr := run(t, "", b.environ, "backup", "-")
	require.Equal(t, exitFailed, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "no backup was made: there is no store to be read")
}

// stoppedBench makes a store that a bot has left.
func stoppedBench(t *testing.T) *bench {
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001"})
	b.start()
	b.telegram.Say(gulnara, "/allow 7 Asel")
	b.answered(gulnara, "Asel")
	b.quiet()
	b.end()
	return b
}

// TestBackupPipeBreaks: who reads goes away, which is told and is no success.
func TestBackupPipeBreaks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no signals for pipes")
	}
	t.Parallel()
	b := stoppedBench(t)
	cmd := exec.Command(os.Args[0], "backup", "-")
	cmd.Env = []string{asProgram + "=1", "STORAGE_URL=" + b.environ["STORAGE_URL"]}
	cmd.Dir = t.TempDir()
	reads, writes, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, reads.Close())
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = writes, &stderr
	err = cmd.Run()
	require.NoError(t, writes.Close())
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, exitFailed, exit.ExitCode(), stderr.String())
	require.Contains(t, stderr.String(), "no backup was made: whoever reads it got a part only")
	require.Contains(t, stderr.String(), "broken pipe")
}

// TestBackupToTerminal: a terminal is no place for a backup.
func TestBackupToTerminal(t *testing.T) {
	t.Parallel()
	terminal, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminal to be had: ", err)
	}
	defer func() { require.NoError(t, terminal.Close()) }()
	b := stoppedBench(t)
	var stderr bytes.Buffer
	p := Process{
		Args: []string{"backup", "-"}, Environ: []string{"STORAGE_URL=" + b.environ["STORAGE_URL"]},
		Stdin: strings.NewReader(""), Stdout: terminal, Stderr: &stderr, Now: b.clock.now,
	}
	require.Equal(t, exitUsage, Run(t.Context(), p))
	require.Contains(t, stderr.String(), "no text for a terminal")

	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	defer func() { require.NoError(t, null.Close()) }()
	p.Stdout = null
	require.Equal(t, exitFine, Run(t.Context(), p), stderr.String())
}

// TestBackupDatabaseThroughPipe: the same with a database on both ends.
func TestBackupDatabaseThroughPipe(t *testing.T) {
	t.Parallel()
	_, one := newDatabase(t)
	_, other := newDatabase(t)
	b := newBench(t, map[string]string{"ADMIN_IDS": "1001", "STORAGE_URL": one})
	b.start()
	b.telegram.Say(gulnara, "/allow 7 Asel")
	b.answered(gulnara, "Asel")
	b.quiet()
	b.end()
	command := func(stdin io.Reader, url string, args ...string) (stdout, stderr string) {
		var out, errs bytes.Buffer
		p := Process{Args: args, Environ: []string{"STORAGE_URL=" + url}, Stdin: stdin, Stdout: &out, Stderr: &errs, Now: b.clock.now}
		require.Equal(t, exitFine, Run(context.WithoutCancel(t.Context()), p), errs.String())
		return out.String(), errs.String()
	}
	dump, _ := command(nil, one, "backup", "-")
	says, _ := command(strings.NewReader(dump), other, "restore", "-")
	require.Contains(t, says, "the database holds 1 person")
}
