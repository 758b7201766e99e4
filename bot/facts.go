package bot

import (
	"context"
	"time"

	"mrzbot/bot/health"
	"mrzbot/bot/outbox"
	"mrzbot/bot/people"
	"mrzbot/storage"
)

// FactStore is the part of the store that tells how the bot is.
type FactStore interface {
	Backlog(ctx context.Context, now time.Time) (storage.Backlog, error)
	Budget(ctx context.Context, day storage.Day) (storage.BudgetUse, error)
	Ready(ctx context.Context) error
	storage.Settings
}

// gather finds the facts, and adds what this process knows of the updates that came.
func (b *Bot) gather(ctx context.Context, service bool) health.Facts {
	f := b.Gather(ctx, service)
	if came := b.came.Load(); f.Webhook != nil && came != 0 && came <= b.soon() {
		f.Webhook.Came = storage.FromMicros(came)
	}
	return f
}

// noteCame notes when an update came.
func (b *Bot) noteCame(at time.Time) {
	came, soon := storage.Micros(at), b.soon()
	for came <= soon { // otherwise a clock was wrong
		last := b.came.Load()
		if came <= last && last <= soon || b.came.CompareAndSwap(last, came) {
			return
		}
	}
}

// soon is the latest time, by storage.Micros, that a right clock may have said by now.
func (b *Bot) soon() int64 { return storage.AfterMicros(storage.Micros(b.Now()), storage.ClockSlack) }

// StoreFacts is what the store tells of the bot. What cannot be read is left out, and
// the store's trouble says why.
func StoreFacts(ctx context.Context, s FactStore, engine string, now time.Time, zone *time.Location) health.Facts {
	f := health.Facts{Store: &health.Store{Engine: engine}}
	err := s.Ready(ctx)
	if err == nil {
		err = readFacts(ctx, s, &f, now, zone)
	}
	if err != nil {
		f.Store.Trouble = err.Error()
	}
	return f
}

func readFacts(ctx context.Context, s FactStore, f *health.Facts, now time.Time, zone *time.Location) error {
	work, err := s.Backlog(ctx, now)
	if err != nil {
		return err
	}
	f.Work = &work
	last, err := s.Setting(ctx, health.BackupSetting)
	if err != nil {
		return err
	}
	at, _ := time.Parse(time.RFC3339, string(last)) // the zero time is none
	f.Backup = &health.Backup{Last: at}
	budgets := &people.Budgets{Store: s, Now: func() time.Time { return now }}
	budget, _, err := budgets.Fresh(ctx)
	if err != nil {
		return err
	}
	use, err := s.Budget(ctx, storage.DayOf(now, zone))
	if err != nil {
		return err
	}
	f.Budget = &health.Budget{Day: budget.Day, Month: budget.Month, UsedDay: use.Day, UsedMonth: use.Month}
	f.Open, err = outbox.OpenCauses(ctx, s)
	return err
}
