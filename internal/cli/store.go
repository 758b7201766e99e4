package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"syscall"
	"time"

	"mrzbot/internal/config"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
	"mrzbot/storage/postgres"
)

// openStore opens the store that STORAGE_URL names.
func openStore(s config.Storage) (storage.Store, error) {
	if s.Engine == config.Postgres {
		store, err := postgres.Open(context.Background(), s.URL.Reveal(), postgres.Options{})
		if err != nil {
			return nil, explainPostgres(err)
		}
		return store, nil
	}
	store, err := bolt.Open(s.Path, bolt.Options{})
	if err != nil {
		return nil, explainStore(s, err)
	}
	return store, nil
}

// openAsIs opens a store that is only to be read: tables of an earlier program
// stay what they are.
func openAsIs(s config.Storage) (storage.Store, error) {
	if s.Engine != config.Postgres {
		return openStore(s)
	}
	store, err := postgres.Open(context.Background(), s.URL.Reveal(), postgres.Options{AsIs: true})
	if errors.Is(err, postgres.ErrNoTables) {
		return nil, usageError{fmt.Errorf("there is no store to be read: %w", err)}
	}
	if err != nil {
		return nil, explainPostgres(err)
	}
	return store, nil
}

// explainStore says what to do about a file that does not open.
func explainStore(s config.Storage, err error) error {
	switch {
	case errors.Is(err, storage.ErrInUse):
		return fmt.Errorf("another mrzbot runs with the store %s. Stop it first, or give this one another STORAGE_URL (%w)", s.Path, storage.ErrInUse)
	case errors.Is(err, fs.ErrPermission):
		return usageError{fmt.Errorf("STORAGE_URL: %w. Name a file that this user may write, or give the file and its folder to this user (chown)", err)}
	case errors.Is(err, fs.ErrNotExist):
		return usageError{fmt.Errorf("STORAGE_URL: %w. Name a file that this user may write", err)}
	case errors.Is(err, syscall.EISDIR):
		return usageError{fmt.Errorf("STORAGE_URL: %s is a folder. Name a file in it", s.Path)}
	case errors.Is(err, syscall.EROFS):
		return usageError{fmt.Errorf("STORAGE_URL: %s lies on a disk that can only be read. Name a file on another one, or mount a volume there that can be written", s.Path)}
	}
	return err
}

// explainPostgres tells what the settings have to mend from what time may.
func explainPostgres(err error) error {
	if errors.Is(err, postgres.ErrSetUp) || errors.Is(err, postgres.ErrURL) {
		return usageError{fmt.Errorf("STORAGE_URL: %w", err)}
	}
	return err
}

// storePause bounds the growing pauses between the tries to reach a store.
const storePause = 5 * time.Second

// awaitStore waits for a store that other machines serve: it may be starting,
// as this program is. What waiting does not mend ends it.
func awaitStore(ctx context.Context, s config.Storage, log *slog.Logger) error {
	if s.Engine != config.Postgres {
		return nil
	}
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, storePause) {
		is, err := postgres.Look(ctx, s.URL.Reveal())
		if err == nil && len(is.Unsafe) > 0 {
			log.Warn("the store's server may lose what it promised when its machine crashes", "settings", unsafe(is))
		}
		var wrong usageError
		if err == nil || errors.As(explainPostgres(err), &wrong) {
			return explainPostgres(err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		log.Warn("the store does not answer yet", "error", err, "again_in", pause)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
