package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"mrzbot/internal/backup"
	"mrzbot/internal/config"
	"mrzbot/storage"
	"mrzbot/storage/postgres"
)

type copyCommand struct {
	From string `arg:"" help:"The store to be read, as STORAGE_URL names it; the word STORAGE_URL is the one of the settings. No bot may run with it."`
	To   string `arg:"" help:"The store to be made, in the same way."`
}

// Run copies a store that nobody uses into one that holds nothing.
func (c copyCommand) Run(ctx context.Context, p Process) error {
	from, err := p.storeCalled(c.From)
	if err != nil {
		return usageError{fmt.Errorf("the store to be read: %w", err)}
	}
	to, err := p.storeCalled(c.To)
	if err != nil {
		return usageError{fmt.Errorf("the store to be made: %w", err)}
	}
	if from.Engine == to.Engine && from.Path == to.Path && from.URL.Reveal() == to.URL.Reveal() {
		return usageError{errors.New("both are the same store: name another for the copy")}
	}
	store, err := openSource(from)
	if err != nil {
		return err
	}
	var counts backup.Counts
	copied := func(ctx context.Context) error { return fillStore(ctx, to, p.Now, counts.Of(store.Dump(ctx))) }
	if database, ok := store.(*postgres.Store); ok {
		err = withExclusiveLock(ctx, database, p.Now, copied)
	} else {
		err = copied(ctx)
	}
	if err = errors.Join(err, store.Close()); err != nil {
		return fmt.Errorf("nothing was copied: %w", err)
	}
	fmt.Fprintf(p.Stdout, "%s holds %s, like %s.\n", name(to), holds(counts), name(from))
	if c.To != bySettings {
		fmt.Fprintln(p.Stdout, "Set STORAGE_URL to it.")
	}
	fmt.Fprintln(p.Stdout, "Let no bot start with the old one any more: it would answer and pay again.")
	return nil
}

// bySettings stands for the store of the settings: so a database's password need not
// stand in a command line, which others on the machine can see.
const bySettings = "STORAGE_URL"

func (p Process) storeCalled(what string) (config.Storage, error) {
	if what != bySettings {
		return config.ParseStorage(what)
	}
	s, _, err := p.store()
	return s, err
}

// openSource opens the store to be read, which must be there.
func openSource(s config.Storage) (storage.Store, error) {
	if s.Engine == config.Bolt {
		if _, err := os.Stat(s.Path); errors.Is(err, fs.ErrNotExist) {
			return nil, usageError{fmt.Errorf("there is no store to be read: %w", err)}
		}
	}
	store, err := openAsIs(s)
	if errors.Is(err, storage.ErrInUse) {
		return nil, fmt.Errorf("a bot runs with %s: stop it first, so that nothing happens after the copy (%w)", name(s), storage.ErrInUse)
	}
	return store, err
}
