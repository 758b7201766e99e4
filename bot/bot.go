package bot

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"mrzbot/bot/access"
	"mrzbot/bot/admin"
	"mrzbot/bot/bill"
	"mrzbot/bot/chat"
	"mrzbot/bot/health"
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
	storage.Audit
	DayTotals(ctx context.Context, from, to storage.Day, people ...int64) ([]storage.DayTotal, error)
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
	Looker   reader.Looker // looks at a picture before a call; nil: every one goes to the Reader
	Meter    scan.Meter
	Log      *slog.Logger
	Now      func() time.Time
	// ClockAhead is how far Now is ahead of Telegram's clock; nil: not known.
	ClockAhead func() time.Duration
	// Gather finds how the bot is, and what it needs; service: the service's address
	// is asked, too. See StoreFacts.
	Gather   func(ctx context.Context, service bool) health.Facts
	Stopping <-chan struct{} // closed when the program stops: no photo waits for its turn then; nil: never
	Random   *rand.Rand      // for the jitter of pauses; used under a lock
	Secrets  io.Reader       // randomness that nobody can guess, for the codes of invites

	Admins         []int64 // from the settings; stored admins are others
	DailyAttempts  int     // attempts a day; 0: no limit
	TimeZone       *time.Location
	RetryFor       time.Duration // how long a photo waits for a service that is down
	Price          bill.Price    // of a call; zero: nobody said
	LedgerDays     int           // how long the list of attempts is kept; 0: for good
	DeleteAfter    time.Duration // remove photo and reply after this; 0: never
	ProtectContent bool

	// LocalFirst and Fallback: see scan.Scanner.
	LocalFirst, Fallback bool

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
	watch   *outbox.Watch
	// watching: this process has seen to it that there is a look.
	watching atomic.Bool
	came     atomic.Int64 // when the newest update came of those worked here, by storage.Micros; 0: none did
	scan     *scan.Scanner
	admin    *admin.Admin
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
		people: &people.List{Store: c.Store, Log: c.Log, Now: c.Now, Admins: c.Admins, DailyAttempts: c.DailyAttempts},
	}
	budgets := &people.Budgets{Store: c.Store, Now: c.Now}
	b.outbox = &outbox.Outbox{
		Chat: b.sender, Catalog: t, People: b.people, Store: c.Store, Seal: c.Seal, Log: c.Log, Now: c.Now,
		TimeZone: c.TimeZone, DeleteAfter: c.DeleteAfter, ProtectContent: c.ProtectContent,
	}
	b.parts = &reply.Parts{Chat: b.sender, Outbox: b.outbox, People: b.people, Log: c.Log, Now: c.Now, ProtectContent: c.ProtectContent}
	b.access = &access.Access{
		Store: c.Store, People: b.people, Outbox: b.outbox, Chat: b.sender, Catalog: t, Seal: c.Seal, Log: c.Log, Now: c.Now,
		Secrets: c.Secrets, TimeZone: c.TimeZone, Username: c.Username,
	}
	b.outbox.Cards = b.access
	b.people.AdminChanged = b.changeMenu
	b.Alerts = &outbox.Alerts{Outbox: b.outbox}
	b.watch = &outbox.Watch{Alerts: b.Alerts, Gather: b.gather, Entries: c.Store.Entries}
	b.outbox.Alerted = b.Alerts.NoteMessage
	b.admin = &admin.Admin{
		Store: c.Store, People: b.people, Access: b.access, Outbox: b.outbox, Now: c.Now, TimeZone: c.TimeZone, Username: c.Username,
		Budgets: budgets, Price: c.Price, LedgerDays: c.LedgerDays,
		Watch: b.watch,
	}
	b.scan = &scan.Scanner{
		Store: c.Store, Seal: c.Seal, Chat: b.sender, Catalog: t, People: b.people, Budgets: budgets, Outbox: b.outbox, Alerts: b.Alerts, Recovery: &outbox.Recovery{Outbox: b.outbox}, Replies: b.parts,
		Gate: outage.NewGate(leases, c.Stopping), Leases: leases, Pauses: outage.NewPauses(c.Random),
		Fetcher: reader.NewFetcher(c.Files, c.Stream), Reader: c.Reader, Looker: c.Looker, LocalFirst: c.LocalFirst, Fallback: c.Fallback, Meter: c.Meter, Log: c.Log, Now: c.Now,
		ClockAhead: c.ClockAhead, Stranger: b.access.ToStranger, Forgotten: b.access.Forgotten,
		TimeZone: c.TimeZone, RetryFor: c.RetryFor, LedgerDays: c.LedgerDays, ProtectContent: c.ProtectContent,
	}
	return b, nil
}

// ServiceDown reports whether this process believes that the service does not
// answer, so that photos wait.
func (b *Bot) ServiceDown() bool { return b.scan.Gate.Down() }

// Budget gives the budgets that all people share, and what was taken from those of
// this day and month.
func (b *Bot) Budget(ctx context.Context) (budget people.Budget, use storage.BudgetUse, err error) {
	if budget, _, err = b.scan.Budgets.Get(ctx); err != nil || budget == (people.Budget{}) {
		return budget, use, err
	}
	use, err = b.Store.Budget(ctx, storage.DayOf(b.Now(), b.TimeZone))
	return budget, use, err
}

// Watch sees to it that somebody looks, once a minute, at what may go wrong: one
// process of all that share the store. A store without people stays empty, so that a
// backup can be restored to it; there it begins when somebody who is let in writes.
func (b *Bot) Watch(ctx context.Context) {
	some, err := b.Store.ListPeople(ctx, 0, 1)
	if err != nil || len(some) > 0 {
		b.startWatch(ctx)
	}
}

// startWatch sees to it once.
func (b *Bot) startWatch(ctx context.Context) {
	if b.watching.Swap(true) {
		return
	}
	if err := b.watch.Start(ctx); err != nil {
		b.watching.Store(false)
		b.Log.Warn("nobody looks at what may go wrong without a photo", "error", err)
	}
}

// Handle works one task. It is the queue's handler.
func (b *Bot) Handle(ctx context.Context, t storage.Task) queue.Verdict {
	switch t.Kind {
	case storage.KindPhoto:
		b.noteCame(t.Added)
		return b.scan.Handle(ctx, t)
	case storage.KindUpdate:
		b.noteCame(t.Added)
		return b.update(ctx, t)
	case storage.KindDelete:
		return b.outbox.Remove(ctx, t)
	case storage.KindNotice:
		return b.outbox.Deliver(ctx, t)
	case storage.KindAlbum:
		return b.scan.ShowAlbum(ctx, t)
	case storage.KindWatch:
		return b.watch.Look(ctx)
	default:
		return queue.Quarantine("unknown_kind")
	}
}

// Broken gives a task its last word after the program has died over it, or
// panicked. It does as little as possible: what broke the first time may break
// again.
func (b *Bot) Broken(ctx context.Context, t storage.Task) queue.Verdict {
	switch t.Kind {
	case storage.KindPhoto:
		return b.scan.Broken(ctx, t)
	case storage.KindAlbum:
		return b.scan.ShowAlbum(ctx, t) // it may have been in work beside what broke
	case storage.KindUpdate:
		p, err := b.people.Person(ctx, t.Person)
		if err != nil || p.Role == storage.RoleNone {
			return queue.Quarantine("broken")
		}
		v := b.catalog.Localizer(b.people.Language(ctx, p, ""))
		// The last word is worth one try, no more.
		_, rest, _ := b.sender.Send(ctx, chat.Message{Chat: t.Chat, Text: v.Text("broken", nil), ReplyTo: t.Message})
		b.outbox.AddRest(ctx, t.ID, t.Chat, rest)
		return queue.Quarantine("broken")
	case storage.KindWatch:
		return b.watch.Rest()
	default:
		return queue.Quarantine("broken")
	}
}
