package outage

import (
	"errors"
	"log/slog"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/queue"
	"mrzbot/storage"
)

// storePause is how long a task is left when the store did not answer.
const storePause = 2 * time.Second

// StoreError marks an error as the store's, so that it is told from Telegram's.
type StoreError struct{ Err error }

func (e StoreError) Error() string { return e.Err.Error() }
func (e StoreError) Unwrap() error { return e.Err }

// IsStoreError reports whether an error is the store's.
func IsStoreError(err error) bool {
	var s StoreError
	return errors.As(err, &s)
}

// StoreFailed leaves a task alone for a moment: nothing was decided yet.
func StoreFailed(log *slog.Logger, now time.Time, t storage.Task, what string, err error) queue.Verdict {
	if errors.Is(err, storage.ErrLost) {
		return queue.Leave()
	}
	log.Error("store did not answer", "update_id", chat.UpdateID(t), "step", what, "error", err)
	return queue.Later(now.Add(storePause))
}
