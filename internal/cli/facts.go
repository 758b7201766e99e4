package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"mrzbot/bot"
	"mrzbot/bot/health"
	"mrzbot/bot/reader"
	"mrzbot/internal/config"
	"mrzbot/internal/host"
	"mrzbot/mrzclient"
	"mrzbot/storage"
	"mrzbot/telegram"
)

// factsTimeout bounds what the bot asks about itself: somebody waits for it.
const factsTimeout = 10 * time.Second

// facts finds how the bot is, and what it needs, for /status and the alerts.
// service: the service's address is asked, too.
func (r *running) facts(ctx context.Context, service bool) health.Facts {
	ctx, cancel := context.WithTimeout(ctx, factsTimeout)
	defer cancel()
	f := r.storeFacts(ctx)
	hook := webhookFacts(ctx, r.client, r.cfg)
	f.Webhook = &hook
	if ahead, known := r.client.ClockAhead(); known {
		f.Clock = &health.Clock{Ahead: ahead}
	}
	if service {
		is := serviceFacts(ctx, r.cfg, r.proxy)
		if b := r.bot.Load(); b != nil {
			is.Down = b.ServiceDown()
		}
		f.Service = &is
	}
	return f
}

// storeFacts finds what needs nobody but the store and this machine.
func (r *running) storeFacts(ctx context.Context) health.Facts {
	f := storeFacts(ctx, r.store, r.cfg, r.Now())
	f.Replicas = replicaFacts(ctx, r.store, r.Now())
	f.Version = &health.Version{Name: r.version(), Built: built()}
	return f
}

func storeFacts(ctx context.Context, store storage.Store, cfg config.Config, now time.Time) health.Facts {
	f := bot.StoreFacts(ctx, store, engineNames[cfg.Storage.Engine], now, cfg.Timezone.Location)
	f.Subscription = storage.Day(cfg.SubscriptionUntil)
	if sized, ok := store.(interface {
		Size(ctx context.Context) (int64, error)
	}); ok {
		f.Store.Size, _ = sized.Size(ctx)
	}
	if cfg.Storage.Engine == config.Bolt {
		if free, size, ok := host.Disk(filepath.Dir(cfg.Storage.Path)); ok {
			f.Store.Disk = &health.Disk{Free: free, Size: size}
		}
		if file, err := os.Stat(cfg.Storage.Path); err == nil {
			f.Store.Size = file.Size()
		}
	}
	return f
}

// engineNames are what people call the engines.
var engineNames = map[config.Engine]string{config.Bolt: "bbolt", config.Postgres: "PostgreSQL"}

// replicaFacts finds the bots that run with the store, and which of them leads.
func replicaFacts(ctx context.Context, store storage.Store, now time.Time) *health.Replicas {
	s, ok := store.(future)
	if !ok {
		return &health.Replicas{Alone: true, Count: 1}
	}
	names, err := s.Leases(ctx, now)
	if err != nil {
		return nil
	}
	is := health.Replicas{}
	for _, name := range names {
		if strings.HasPrefix(name, botLeaseName) {
			is.Count++
		}
	}
	owner, until, ok, err := store.LeaseHolder(ctx, leadName, now)
	switch {
	case err != nil:
		return nil
	case ok && until.Before(now.Add(leadFor+leadFuture)): // one that ends later was taken by a wrong clock
		is.Leader = ownerName(owner)
	}
	return &is
}

// ownerName is a process as people know it: its machine and its number there.
func ownerName(owner string) string {
	if i := strings.LastIndexByte(owner, ':'); i > 0 {
		return owner[:i]
	}
	return owner
}

// webhookFacts asks Telegram where it sends updates.
func webhookFacts(ctx context.Context, client *telegram.Client, cfg config.Config) health.Webhook {
	is, err := client.WebhookInfo(ctx)
	if err != nil {
		return health.Webhook{Trouble: err.Error(), BadToken: errors.Is(err, telegram.ErrToken)}
	}
	w := health.Webhook{
		Wanted: cfg.WebhookURL != "", Set: is.URL != "", Same: is.URL == cfg.WebhookURL,
		Pending: is.PendingUpdateCount, Error: is.LastErrorMessage,
	}
	if is.LastErrorMessage != "" {
		w.ErrorAt = time.Unix(int64(is.LastErrorDate), 0)
	}
	return w
}

// serviceFacts proves name, TLS and route of the MRZ API. It sends no picture and
// no key: either may cost something.
func serviceFacts(ctx context.Context, cfg config.Config, proxy proxyFunc) health.Service {
	if cfg.MRZKey.Empty() {
		return health.Service{Local: true}
	}
	route, err := service(cfg, proxy).Check(ctx)
	if err != nil {
		is := health.Service{Trouble: strings.TrimPrefix(err.Error(), "mrz service: ")}
		if e, ok := errors.AsType[*mrzclient.Error](err); ok {
			is.Cause, is.Status = reader.CauseOf(e), e.Status
		}
		return is
	}
	is := health.Service{Says: fmt.Sprintf("HTTP %d", route.Status)}
	if !route.TLS {
		is.Says += ", http://" // in a form that every language reads
	}
	return is
}

// built is when the source of this program was committed; the zero time when it is
// not known.
func built() time.Time {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return time.Time{}
	}
	at, _ := time.Parse(time.RFC3339, setting(info, "vcs.time"))
	return at
}
