package storage

import (
	"context"
	"time"
)

// Access keeps what bounds the use of the bot by people it does not know.
type Access interface {
	// Take uses one of the n that a key has in each window of the given
	// length, and reports whether one was left. A window starts with the first
	// use after the last one ended, and keeps the length it started with; one that
	// starts later than now was begun by a clock that was ahead, and is over. Keys
	// whose window is over are forgotten. With an n of 0 or less nothing is left.
	RateLimit(ctx context.Context, key string, now time.Time, n int, window time.Duration) (bool, error)
}

// Settings keeps small values that the program sets itself.
type Settings interface {
	// Setting gives a value; nil when it was never set. A value that was set
	// is not nil, even an empty one.
	Setting(ctx context.Context, key string) ([]byte, error)

	// PutSetting sets a value, whatever it was; nil removes it.
	PutSetting(ctx context.Context, key string, value []byte) error

	// ChangeSetting reads a value (as Setting does), has change make another of
	// it and writes that (as PutSetting does), as one step against others; it
	// gives what Setting gives from then on. An error of change is returned as it
	// is and nothing is written. change may be called more than once and must
	// leave its argument as it is. For audit see Audit.
	ChangeSetting(ctx context.Context, key string, change func(old []byte) ([]byte, error), audit ...*AuditEntry) ([]byte, error)
}
