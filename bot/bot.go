package bot

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"mrzbot/bot/access"
	"mrzbot/bot/admin"
	"mrzbot/bot/chat"
	"mrzbot/bot/outage"
	"mrzbot/bot/outbox"
	"mrzbot/bot/people"
	"mrzbot/bot/reader"
	"mrzbot/bot/reply"
	"mrzbot/bot/scan"
	"mrzbot/bot/text"
	"mrzbot/queue"
	"mrzbot/storage"
)

// Store is the part of the store that the bot uses. The queue moves the tasks.
type Store interface {
	scan.Store
	access.Store
	admin.Store
	outbox.Store
	storage.Leadership
}

// Config is what the bot is made of.
type Config struct {
	Username string // the bot's own, without @
	Owner    string // names this process to others with the same store
	Chat     chat.API
	Files    chat.Files
	Store    Store
	Seal     chat.Sealer
	Reader   reader.Reader
	Judge    reader.Judge // nil: every picture goes to the Reader
	Meter    scan.Meter
	Log      *slog.Logger
	Now      func() time.Time
	// ClockAhead is how far Now is ahead of Telegram's clock; nil: not known.
	ClockAhead func() time.Duration
	Stopping   <-chan struct{} // closed when the program stops: no photo waits for its turn then; nil: never
	Random     *rand.Rand      // for the jitter of pauses; used under a lock

	Admins         []int64 // from the settings; stored admins are others
	DailyAttempts  int     // attempts a day; 0: no limit
	TimeZone       *time.Location
	RetryFor       time.Duration // how long a photo waits for a service that is down
	LedgerDays     int           // how long the list of attempts is kept; 0: for good
	DeleteAfter    time.Duration // remove photo and reply after this; 0: never
	ProtectContent bool

	// Stream passes a compressed photo from Telegram on to the Reader as it
	// comes, instead of holding it in memory. It is for a Reader that needs no
	// more than that.
	Stream bool
}

// Bot answers tasks.
type Bot struct {
	Config
	people  *people.List
	catalog *text.Catalog
	sender  *chat.Sender
	outbox  *outbox.Outbox
	parts   *reply.Parts
	access  *access.Access
	Alerts  *outbox.Alerts
	scan    *scan.Scanner
	admin   *admin.Admin
}

// New fits the rooms together. It fails when the texts are broken, which a test
// excludes.
func New(c Config) (*Bot, error) {
	t, err := text.New()
	if err != nil {
		return nil, err
	}
	leases := &outage.Leases{Store: c.Store, Owner: c.Owner, Now: c.Now, Log: c.Log}
	b := &Bot{
		Config: c, catalog: t, sender: &chat.Sender{API: c.Chat, Log: c.Log},
		people: &people.List{Store: c.Store, Log: c.Log, Admins: c.Admins, DailyAttempts: c.DailyAttempts},
	}
	b.outbox = &outbox.Outbox{
		Chat: b.sender, Catalog: t, People: b.people, Store: c.Store, Seal: c.Seal, Log: c.Log, Now: c.Now,
		TimeZone: c.TimeZone, DeleteAfter: c.DeleteAfter, ProtectContent: c.ProtectContent,
	}
	b.parts = &reply.Parts{Chat: b.sender, Outbox: b.outbox, People: b.people, Log: c.Log, Now: c.Now, ProtectContent: c.ProtectContent}
	b.access = &access.Access{
		Store: c.Store, People: b.people, Outbox: b.outbox, Chat: b.sender, Catalog: t, Seal: c.Seal, Log: c.Log, Now: c.Now,
		LedgerDays: c.LedgerDays,
	}
	b.outbox.Cards = b.access
	b.admin = &admin.Admin{
		Store: c.Store, People: b.people, Access: b.access, Outbox: b.outbox, Catalog: t, Now: c.Now, TimeZone: c.TimeZone, Username: c.Username,
	}
	b.Alerts = &outbox.Alerts{Outbox: b.outbox}
	b.scan = &scan.Scanner{
		Store: c.Store, Seal: c.Seal, Chat: b.sender, Catalog: t, People: b.people, Outbox: b.outbox, Alerts: b.Alerts, Replies: b.parts,
		Gate: outage.NewGate(leases, c.Stopping), Leases: leases, Pauses: outage.NewPauses(c.Random),
		Fetcher: reader.NewFetcher(c.Files, c.Stream), Reader: c.Reader, Judge: c.Judge, Meter: c.Meter, Log: c.Log, Now: c.Now,
		ClockAhead: c.ClockAhead, Stranger: b.access.ToStranger,
		TimeZone: c.TimeZone, RetryFor: c.RetryFor, LedgerDays: c.LedgerDays, ProtectContent: c.ProtectContent,
	}
	return b, nil
}

// Handle works one task. It is the queue's handler.
func (b *Bot) Handle(ctx context.Context, t storage.Task) queue.Verdict {
	switch t.Kind {
	case storage.KindPhoto:
		return b.scan.Handle(ctx, t)
	case storage.KindUpdate:
		return b.update(ctx, t)
	case storage.KindDelete:
		return b.outbox.Remove(ctx, t)
	case storage.KindNotice:
		return b.outbox.Deliver(ctx, t)
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
		return b.scan.Broken(ctx, t)
	case storage.KindUpdate:
		if !b.people.Allowed(ctx, t.Person) {
			return queue.Aside("broken")
		}
		v := b.catalog.Localizer("")
		// The last word is worth one try, no more.
		_, rest, _ := b.sender.Send(ctx, chat.Message{Chat: t.Chat, Text: v.Text("broken", nil), ReplyTo: t.Message})
		b.outbox.AddRest(ctx, t.ID, t.Chat, rest)
		return queue.Aside("broken")
	default:
		return queue.Aside("broken")
	}
}
