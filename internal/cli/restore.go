package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"time"

	"mrzbot/internal/backup"
	"mrzbot/internal/config"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
	"mrzbot/storage/postgres"
)

type restoreCommand struct {
	File string `arg:"" help:"A file that mrzbot backup made; - for standard input."`
}

// Run makes the store of STORAGE_URL out of a backup. It overwrites nothing.
func (c restoreCommand) Run(ctx context.Context, p Process) error {
	s, zone, err := p.store()
	if err != nil {
		return err
	}
	// What comes by a pipe is as safe as a file: records go into the store all
	// together or not at all, and one that is cut lacks its last line.
	from, input := "standard input", p.Stdin
	if c.File != standard {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		from, input = c.File, f
	}
	r, err := backup.NewReader(input)
	if err != nil {
		return fmt.Errorf("%s: %w. Nothing was changed", from, err)
	}
	photos := 0
	records := func(yield func(storage.Record, error) bool) {
		for record, err := range r.Records() {
			if err != nil {
				err = fmt.Errorf("%s: %w", from, err)
			}
			if record.Task != nil && perhapsRead(record.Task, zone.Location) {
				photos++
			}
			if !yield(record, err) {
				return
			}
		}
	}
	if err := fillStore(ctx, s, p.Now, records); err != nil {
		return fmt.Errorf("nothing was restored: %w", err)
	}
	fmt.Fprintf(p.Stdout, "%s holds %s, as they were on %s (written by mrzbot %s).\n", name(s), holds(r.Counts),
		r.Header.Made.In(zone.Location).Format("2006-01-02 at 15:04:05 MST"), r.Header.Version)
	if photos > 0 {
		fmt.Fprintf(p.Stdout, "%s of it may have been sent to the service since: nothing is sent again unless the person asks for it.\n",
			number(photos, "photo", "photos"))
	}
	fmt.Fprintln(p.Stdout, "What waits in it opens with the TELEGRAM_BOT_TOKEN of then only.")
	return nil
}

// perhapsRead marks a photo without an answer as one whose call may have been
// made, because after the backup it may have: like after a crash, the bot then
// asks its person and pays for nothing twice.
func perhapsRead(t *storage.Task, zone *time.Location) bool {
	if t.Kind != storage.KindPhoto || t.Attempt.Held {
		return false
	}
	if t.Attempt.Began.IsZero() {
		t.Attempt.Began, t.Attempt.Day = t.Added, storage.DayOf(t.Added, zone)
	}
	t.Attempt.Calling = true
	t.NotBefore = time.Time{}
	return true
}

// fillStore puts records into a store that holds nothing.
func fillStore(ctx context.Context, s config.Storage, now func() time.Time, records iter.Seq2[storage.Record, error]) error {
	fill := fillDatabase
	if s.Engine == config.Bolt {
		fill = fillFile
	}
	err := fill(ctx, s, now, records)
	if errors.Is(err, storage.ErrNotEmpty) {
		return fmt.Errorf("%s holds something already. Move it away, or name another store (%w)", name(s), storage.ErrNotEmpty)
	}
	return err
}

func fillFile(ctx context.Context, s config.Storage, _ func() time.Time, records iter.Seq2[storage.Record, error]) error {
	return explainStore(s, bolt.Restore(ctx, s.Path, bolt.Options{}, records))
}

// fillDatabase makes the tables where there are none. Those of an earlier
// program stay what they are: what is in them is not known yet.
func fillDatabase(ctx context.Context, s config.Storage, now func() time.Time, records iter.Seq2[storage.Record, error]) error {
	is, err := postgres.Look(ctx, s.URL.Reveal())
	if err != nil {
		return explainPostgres(err)
	}
	if 0 < is.Tables && is.Tables < is.Known {
		return fmt.Errorf("the tables in the database are of an earlier version, %d, and this program has %d. Name an empty database (%w)",
			is.Tables, is.Known, storage.ErrSchema)
	}
	store, err := postgres.Open(ctx, s.URL.Reveal(), postgres.Options{})
	if err != nil {
		return explainPostgres(err)
	}
	err = withExclusiveLock(ctx, store, now, func(ctx context.Context) error { return store.Load(ctx, records) })
	return errors.Join(err, store.Close())
}

// name names a store without what may be a password.
func name(s config.Storage) string {
	if s.Engine == config.Bolt {
		return s.Path
	}
	return "the database"
}
