package bolt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"

	"mrzbot/storage"
)

// Restore makes a store in a file out of the records of a dump, and ends with
// the file closed. The file gets its name when it is whole and has been read
// back. ErrNotEmpty when a store is there that holds anything, ErrInUse when
// somebody has it open: both are left as they are, and so is what cannot be
// opened.
func Restore(ctx context.Context, path string, opts Options, records iter.Seq2[storage.Record, error]) error {
	place := link
	old, err := openVacant(ctx, path, opts)
	if err != nil {
		return err
	}
	if old != nil {
		// It keeps its lock until the new one has its name: nobody starts on a
		// file that is about to go.
		defer func() { _ = old.Close() }()
		place = func(temp, path string) error {
			if err := os.Rename(temp, path); err != nil {
				return fmt.Errorf("the empty store in %s cannot be replaced, remove it first: %w", path, err)
			}
			return nil
		}
	}
	err = whole(path, func(temp string) error { return makeLoaded(ctx, temp, opts, records) }, place)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w (%s): it was made meanwhile", storage.ErrNotEmpty, path)
	}
	return err
}

// openVacant opens the store in a file and refuses one that holds something;
// nil when there is no file.
func openVacant(ctx context.Context, path string, opts Options) (*Store, error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	s, err := Open(path, opts)
	if err != nil {
		return nil, err
	}
	if err := s.viewBeside(ctx, vacant); err != nil {
		if errors.Is(err, storage.ErrNotEmpty) {
			err = fmt.Errorf("%w (%s)", err, path)
		}
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// makeLoaded makes a store in a file, loads it and reads it back.
func makeLoaded(ctx context.Context, path string, opts Options, records iter.Seq2[storage.Record, error]) error {
	quick := Options{noSync: true}
	if err := fill(path, quick); err != nil {
		return err
	}
	s, err := Open(path, quick)
	if err != nil {
		return err
	}
	if err = s.Load(ctx, records); err == nil {
		for _, bad := range s.Dump(ctx) {
			err = cmp.Or(err, bad)
		}
	}
	if err == nil && !opts.noSync {
		err = s.db.Sync()
	}
	return errors.Join(err, s.Close())
}
