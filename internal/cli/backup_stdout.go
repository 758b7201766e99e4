package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"golang.org/x/term"

	"mrzbot/internal/backup"
	"mrzbot/internal/config"
)

// standard is how a command is told to use standard input or output.
const standard = "-"

// toStdout writes a backup to standard output, and nothing else there. It is
// made whole and read back in a file without a name first: a pipe that is slow
// must not hold up the bot, one that is begun cannot be begun again, and nobody
// shall get a backup that cannot be restored.
func (c backupCommand) toStdout(ctx context.Context, p Process, s config.Storage) error {
	if out, ok := p.Stdout.(*os.File); ok && term.IsTerminal(int(out.Fd())) {
		return usageError{errors.New("a backup is no text for a terminal: write it to a file or a pipe, such as mrzbot backup - > FILE")}
	}
	// Who reads may go away, which is to be said and not to be died of.
	signal.Ignore(syscall.SIGPIPE)
	counts, err := c.spool(ctx, p, s)
	if err != nil {
		return fmt.Errorf("no backup was made: %w", err)
	}
	fmt.Fprintf(p.Stderr, "The backup holds %s. What waits in it opens with the same TELEGRAM_BOT_TOKEN only.\n", holds(counts))
	return nil
}

func (c backupCommand) spool(ctx context.Context, p Process, s config.Storage) (counts backup.Counts, err error) {
	if err := there(s); err != nil {
		return counts, err
	}
	dir := spoolDir(s)
	f, err := os.CreateTemp(dir, ".mrzbot-backup-*") // mode 0600
	if err != nil {
		return counts, fmt.Errorf("it is made whole in %s before any of it goes out; give a folder that can be written, by TMPDIR where the store is a database: %w", dir, err)
	}
	// Where the system allows it the file has no name from the beginning, and
	// so is gone however this ends.
	_ = os.Remove(f.Name())
	defer func() { _, _ = f.Close(), os.Remove(f.Name()) }()
	if err := writeBackup(ctx, p, s, f); err != nil {
		return counts, err
	}
	if counts, err = readBack(f); err != nil {
		return counts, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return counts, err
	}
	if _, err := io.Copy(p.Stdout, f); err != nil {
		return counts, fmt.Errorf("whoever reads it got a part only, which cannot be restored: %w", err)
	}
	noteBackup(ctx, p, s)
	return counts, nil
}

// spoolDir is where a backup may lie for a moment: beside the store, where what
// it holds lies anyway and where even a container without anything else can
// write.
func spoolDir(s config.Storage) string {
	if s.Engine == config.Bolt {
		return filepath.Dir(s.Path)
	}
	return os.TempDir()
}
