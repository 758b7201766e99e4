package bot

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// Attempts is the part of the store that counts.
type Attempts interface {
	Begin(ctx context.Context, t storage.Task, b storage.Begin) (storage.Attempt, error)
	Hold(ctx context.Context, t storage.Task, h storage.Hold) (storage.Attempt, error)
	Attempts(ctx context.Context, person int64, day storage.Day) (storage.Count, error)
	ResetAttempts(ctx context.Context, person int64, day storage.Day) error
}

// Shelf is the part of the store that finds finished tasks again, and wakes
// those that wait.
type Shelf interface {
	Kept(ctx context.Context, id string, now time.Time) (t storage.Task, ok bool, err error)
	KeptFor(ctx context.Context, order string, now time.Time) (t storage.Task, ok bool, err error)
	Use(ctx context.Context, id, by string, now time.Time) (storage.Task, error)
	Rouse(ctx context.Context, r storage.Rouse) (n int, err error)
}

// Store is the part of the store that the conversation uses. The queue moves
// the tasks.
type Store interface {
	Attempts
	Shelf
	AddTask(ctx context.Context, t storage.Task) (added bool, err error)
	storage.People
	storage.Access
	storage.Settings
	storage.Leadership
}

// The purposes things are sealed for here. An update is sealed by the door.
const (
	sealAnswer = "answer"
	sealLetter = "letter"
)

// Meter is told what happened, for metrics.
type Meter interface {
	Outcome(code string, charge string, took time.Duration)
}

// Config is what the conversation is made of.
type Config struct {
	Username string // the bot's own, without @
	Owner    string // names this process to others with the same store
	Chat     chat.API
	Files    chat.Files
	Store    Store
	Seal     chat.Sealer
	Reader   reader.Reader
	Judge    reader.Judge // nil: every picture goes to the Reader
	Meter    Meter
	Log      *slog.Logger
	Now      func() time.Time
	// ClockAhead is how far Now is ahead of Telegram's clock; nil: not known.
	ClockAhead func() time.Duration
	Random     *rand.Rand // for the jitter of pauses; used under a lock

	Admins     []int64 // from the settings; stored admins are others
	Daily      int     // attempts a day; 0: no limit
	Zone       *time.Location
	RetryFor   time.Duration // how long a photo waits for a service that is down
	LedgerKept time.Duration
	Delete     time.Duration // remove photo and reply after this; 0: never
	Protect    bool

	// Stream passes a compressed photo from Telegram on to the Reader as it
	// comes, instead of holding it in memory. It is for a Reader that needs no
	// more than that.
	Stream bool
}

// Bot answers tasks.
type Bot struct {
	Config
	admins  map[int64]bool
	catalog *text.Catalog
	sender  *chat.Sender
	pauses  *outage.Pauses
	alerts  alerts
	leases  *outage.Leases
	gate    *outage.Gate
	fetcher *reader.Fetcher
	// attempts holds, of the photos in work, what Begin and Hold have written
	// since their claim: Broken is given the task as it was claimed.
	attempts sync.Map // task ID → storage.Attempt
}

// New makes the conversation. It fails when the texts are broken, which a test
// excludes.
func New(c Config) (*Bot, error) {
	t, err := text.New()
	if err != nil {
		return nil, err
	}
	leases := &outage.Leases{Store: c.Store, Owner: c.Owner, Now: c.Now, Log: c.Log}
	b := &Bot{Config: c, catalog: t, pauses: outage.NewPauses(c.Random), leases: leases, gate: outage.NewGate(leases), sender: &chat.Sender{API: c.Chat, Log: c.Log}, admins: map[int64]bool{}, fetcher: reader.NewFetcher(c.Files, c.Stream)}
	for _, id := range c.Admins {
		b.admins[id] = true
	}
	return b, nil
}

// Handle works one task. It is the queue's handler.
func (b *Bot) Handle(ctx context.Context, t storage.Task) queue.Verdict {
	switch t.Kind {
	case storage.KindPhoto:
		v := b.photo(ctx, t)
		b.attempts.Delete(t.ID) // not after a panic
		return v
	case storage.KindUpdate:
		return b.update(ctx, t)
	case storage.KindDelete:
		return b.remove(ctx, t)
	case storage.KindNotice:
		return b.deliverLetter(ctx, t)
	default:
		return queue.Aside("unknown_kind")
	}
}

// Broken gives a task its last word after the program has died over it, or
// panicked. It does as little as possible: what broke the first time may break
// again.
func (b *Bot) Broken(ctx context.Context, t storage.Task) queue.Verdict {
	switch t.Kind {
	case storage.KindPhoto:
		if written, ok := b.attempts.LoadAndDelete(t.ID); ok {
			t.Attempt = written.(storage.Attempt)
		}
		j := &job{Bot: b, t: t, person: storage.Person{ID: t.Person}, started: b.Now()}
		_ = j.open() // for the language only
		if t.Attempt.Held {
			return j.deliverPlain(ctx)
		}
		code := outcome.Internal
		if t.Attempt.Calling && b.Reader.Paid() {
			code = outcome.Unknown
		}
		return j.end(ctx, answer{Code: code}, nil)
	case storage.KindUpdate:
		if !b.allowed(ctx, t.Person) {
			return queue.Aside("broken")
		}
		v := b.catalog.Localizer("")
		// The last word is worth one try, no more.
		_, rest, _ := b.sender.Send(ctx, chat.Message{Chat: t.Chat, Text: v.Text("broken", nil), ReplyTo: t.Message})
		b.addRest(ctx, t.ID, t.Chat, rest)
		return queue.Aside("broken")
	default:
		return queue.Aside("broken")
	}
}
