package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mrzbot/bot/health"
	"mrzbot/internal/backup"
	"mrzbot/internal/config"
	"mrzbot/internal/control"
	"mrzbot/storage"
)

type backupCommand struct {
	File string `arg:"" help:"The file to be made; - for standard output. A file that is there is left alone."`
}

// Run writes a backup, of a running bot too, and reads it back before it gets
// its name.
func (c backupCommand) Run(ctx context.Context, p Process) error {
	s, _, err := p.store()
	if err != nil {
		return err
	}
	if c.File == standard {
		return c.toStdout(ctx, p, s)
	}
	var counts backup.Counts
	err = newFile(c.File, func(f *os.File) (err error) {
		if err := writeBackup(ctx, p, s, f); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return err
		}
		counts, err = readBack(f)
		return err
	})
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: give the backup another name", c.File)
	}
	if err != nil {
		return fmt.Errorf("no backup was made: %w", err)
	}
	noteBackup(ctx, p, s)
	fmt.Fprintf(p.Stdout, "%s holds %s.\n", c.File, holds(counts))
	fmt.Fprintf(p.Stdout, "mrzbot restore %s makes a store of it. What waits in it opens with the same TELEGRAM_BOT_TOKEN only.\n", c.File)
	return nil
}

// newFile makes a file that gets its name when it is whole.
func newFile(path string, write func(f *os.File) error) error {
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if err := errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	// Unlike a rename, a link leaves alone what was made meanwhile; not every
	// file system has links.
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return err
	} else if err != nil {
		if err := os.Rename(f.Name(), path); err != nil {
			return err
		}
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// syncFolder lets a file's name outlive a power cut, where a folder can be
// synced.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// backupTries is how often a backup is begun that held up the bot.
const backupTries = 5

// writeBackup has the running bot write the backup, or opens the store itself
// when no bot runs.
func writeBackup(ctx context.Context, p Process, s config.Storage, f *os.File) error {
	if err := there(s); err != nil {
		return err
	}
	if s.Engine == config.Bolt {
		asked, err := askForBackup(ctx, s, f)
		if asked {
			return err
		}
	}
	store, err := openAsIs(s)
	if errors.Is(err, storage.ErrInUse) {
		return fmt.Errorf("another program has the store %s open and does not answer on %s: stop it first (%w)",
			s.Path, control.Path(s.Path), storage.ErrInUse)
	}
	if err != nil {
		return err
	}
	return errors.Join(backup.Write(f, p.version(), p.Now(), store.Dump(ctx)), store.Close())
}

// noteBackup notes in the store that a backup was made, so that the bot can tell
// when they cease. The backup is good without it.
func noteBackup(ctx context.Context, p Process, s config.Storage) {
	var err error = control.ErrNobody
	if s.Engine == config.Bolt {
		err = control.Client{Path: control.Path(s.Path)}.BackedUp(ctx)
	}
	if errors.Is(err, control.ErrNobody) || errors.Is(err, control.ErrPath) {
		var store storage.Store
		if store, err = openAsIs(s); err == nil {
			err = errors.Join(store.PutSetting(ctx, health.BackupSetting, health.BackupMade(p.Now())), store.Close())
		}
	}
	if err != nil {
		fmt.Fprintf(p.Stderr, "That a backup was made is not noted in the store, so the bot may say that it is old: %v\n", err)
	}
}

// there reports whether a store's file is there at all.
func there(s config.Storage) error {
	if s.Engine != config.Bolt {
		return nil
	}
	if _, err := os.Stat(s.Path); err != nil {
		return fmt.Errorf("there is no store to be read, look at STORAGE_URL: %w", err)
	}
	return nil
}

// askForBackup asks the running bot; asked is false when there is none, or
// none that can be asked.
func askForBackup(ctx context.Context, s config.Storage, f *os.File) (asked bool, err error) {
	bot := control.Client{Path: control.Path(s.Path)}
	for range backupTries {
		if err = bot.Backup(ctx, f); !errors.Is(err, storage.ErrHeldUp) {
			break
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return true, err
		}
		if err := f.Truncate(0); err != nil {
			return true, err
		}
	}
	return !errors.Is(err, control.ErrNobody) && !errors.Is(err, control.ErrPath), err
}

// readBack reads all of a backup.
func readBack(f *os.File) (backup.Counts, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return backup.Counts{}, err
	}
	r, err := backup.NewReader(f)
	if err != nil {
		return backup.Counts{}, err
	}
	for _, err := range r.Records() {
		if err != nil {
			return backup.Counts{}, err
		}
	}
	return r.Counts, nil
}

// holds says what a backup or a store holds.
func holds(c backup.Counts) string {
	parts := []string{
		number(c.People, "person", "people"),
		number(c.Tasks, "task that waits", "tasks that wait"),
		number(c.Rows, "attempt of the ledger", "attempts of the ledger"),
	}
	if c.Aside > 0 {
		parts = append(parts, number(c.Aside, "task in quarantine", "tasks in quarantine"))
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

func number(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
