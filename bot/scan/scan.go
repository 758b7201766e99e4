// Package scan is a photo's work: from its claim over the call to the reply, and
// what its person can do about it meanwhile and afterwards. Who may send photos,
// and what they look like, is decided elsewhere.
package scan

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/outcome"
	"mrzbot/bot/people"
	"mrzbot/bot/reader"
	"mrzbot/bot/reply"
	"mrzbot/bot/text"
	"mrzbot/storage"
)

// sealAnswer is the purpose that an answer is sealed for between a read and its
// reply.
const sealAnswer = "answer"

// Shelf is the part of the store that scanning uses.
type Store interface {
	AddTask(ctx context.Context, t storage.Task) (added bool, err error)
	Begin(ctx context.Context, t storage.Task, b storage.Begin) (storage.Attempt, error)
	Hold(ctx context.Context, t storage.Task, h storage.Hold) (storage.Attempt, error)
	Attempts(ctx context.Context, person int64, day storage.Day) (storage.Count, error)
	Budget(ctx context.Context, day storage.Day) (storage.BudgetUse, error)
	Retained(ctx context.Context, id string, now time.Time) (t storage.Task, ok bool, err error)
	RetainedFor(ctx context.Context, order string, now time.Time) (t storage.Task, ok bool, err error)
	Consume(ctx context.Context, id, by string, now time.Time) (storage.Task, error)
	NextTask(ctx context.Context, now time.Time, kinds []storage.Kind) (at time.Time, ok bool, err error)
	WakeWaiting(ctx context.Context, r storage.WakeWaiting) (n int, err error)
	Forget(ctx context.Context, person int64, audit ...*storage.AuditEntry) error
	storage.Settings
}

// Meter is told what happened, for metrics.
type Meter interface {
	Outcome(code string, charge string, took time.Duration)
	// Saved is told of a call that was not needed, and by what it was saved.
	Saved(by outcome.Saving)
}

// Scanner works photos.
type Scanner struct {
	Store   Store
	Seal    chat.Sealer
	Chat    *chat.Sender
	Catalog *text.Catalog
	People  *people.List
	Budgets *people.Budgets
	Outbox  *outbox.Outbox
	Alerts  *outbox.Alerts
	// Recovery tells those who were refused when the service reads again.
	Recovery *outbox.Recovery
	Replies  *reply.Parts
	Gate     *outage.Gate
	Leases   *outage.Leases
	Pauses   *outage.Pauses
	Fetcher  *reader.Fetcher
	Reader   reader.Reader
	Looker   reader.Looker // looks at a picture before a call; nil: every one goes to the Reader
	Meter    Meter
	Log      *slog.Logger
	Now      func() time.Time
	// ClockAhead is how far Now is ahead of Telegram's clock; nil: not known.
	ClockAhead func() time.Duration
	// Stranger answers the photo of somebody who was not let in. unclaimed: nobody
	// can let anybody in yet.
	Stranger func(ctx context.Context, req *reply.Request, command, unclaimed bool) error
	// Forgotten reports whether somebody has had themselves forgotten since they sent
	// a photo.
	Forgotten func(ctx context.Context, person int64, sent time.Time) (bool, error)

	TimeZone       *time.Location
	RetryFor       time.Duration // how long a photo waits for a service that is down
	LedgerDays     int           // how long the list of attempts is kept; 0: for good
	ProtectContent bool

	// LocalFirst: what is surely read by the Looker is answered with that, and the
	// Reader is asked for the rest. Fallback: so is what the Reader cannot be asked
	// for.
	LocalFirst, Fallback bool

	// attempts holds, of the photos in work, what Begin and Hold have written
	// since their claim: Broken is given the task as it was claimed.
	attempts sync.Map // task ID → storage.Attempt
}
