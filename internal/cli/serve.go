package cli

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/go-telegram/bot/models"
	"golang.org/x/sync/errgroup"

	"mrzbot/bot"
	"mrzbot/bot/bill"
	"mrzbot/bot/outcome"
	"mrzbot/internal/config"
	"mrzbot/internal/ops"
	"mrzbot/internal/seal"
	"mrzbot/queue"
	"mrzbot/storage"
	"mrzbot/telegram"
)

const (
	// graceBeyond is added to MRZ_TIMEOUT when stopping: time for the store and
	// the reply after the last call. The queue takes a second more to give up
	// what still runs then.
	graceBeyond = 3 * time.Second
	// stopBeyond is when stopping is over, whatever hangs. With the last lines
	// of the log it makes the five seconds that README promises.
	stopBeyond = 4500 * time.Millisecond
	// talkWorkers answer commands and buttons; photos have workers of their own,
	// so that thirty slow pictures never keep a command waiting.
	talkWorkers = 8
	// connections that Telegram may open side by side: its maximum.
	webhookConnections = 100
)

type serveCommand struct{}

// Run runs the bot until a signal.
func (serveCommand) Run(ctx context.Context, p Process) error {
	cfg, err := p.settings()
	if err != nil {
		return err
	}
	return serve(ctx, p, cfg)
}

// running is the bot while it runs.
type running struct {
	Process
	cfg     config.Config
	log     *slog.Logger
	store   storage.Store
	box     *seal.Box
	proxy   proxyFunc
	client  *telegram.Client
	metrics *ops.Metrics
	queue   *queue.Queue
	door    *telegram.Door
	started atomic.Bool
	lead    *lead
	notes   notes
	// filesCome: a file was fetched since the start.
	filesCome atomic.Bool
	clock     chan struct{}           // rung when the clock begins or ends to differ from Telegram's
	bot       atomic.Pointer[bot.Bot] // nil until Telegram has answered
}

// serve runs the bot until ctx is done, then finishes what runs. Whatever hangs
// then, a disk or a server that does not even refuse, it ends in time: what was
// not finished is in the store, for the next start.
func serve(ctx context.Context, p Process, cfg config.Config) error {
	ended, err := endInTime(ctx, cfg.MRZTimeout+stopBeyond, func() error { return serveAll(ctx, p, cfg) })
	if !ended {
		p.logger(cfg).Error("stopped: something hangs, and what it was for is taken up at the next start")
	}
	return err
}

// endInTime runs do, and gives it up when it goes on for longer than most after
// ctx is done.
func endInTime(ctx context.Context, most time.Duration, do func() error) (ended bool, err error) {
	result := make(chan error, 1)
	go func() { result <- do() }()
	select {
	case err := <-result:
		return true, err
	case <-ctx.Done():
	}
	last := time.NewTimer(most)
	defer last.Stop()
	select {
	case err := <-result:
		return true, err
	case <-last.C:
		return false, nil
	}
}

func serveAll(ctx context.Context, p Process, cfg config.Config) error {
	if err := awaitStore(ctx, cfg.Storage, p.logger(cfg)); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	r, err := assemble(p, cfg)
	if err != nil {
		return err
	}
	return r.serve(ctx)
}

// serve runs what was assembled until ctx is done, and closes it. That it was told to
// stop is no error, whatever it was at: also while it was starting.
func (r *running) serve(ctx context.Context) error {
	err := r.run(ctx)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil
	}
	if err == nil {
		r.log.Info("stopped")
	}
	err = errors.Join(err, r.close())
	if ctx.Err() != nil && errors.Is(err, queue.ErrUnfinished) {
		r.log.Error("stopped with photos in work: they are taken up at the next start", "error", err)
		return nil
	}
	return err
}

// assemble opens the store and fits the rooms together.
func assemble(p Process, cfg config.Config) (*running, error) {
	r := &running{Process: p, cfg: cfg, log: p.logger(cfg), clock: make(chan struct{}, 1)}
	r.limitMemory(cfg, r.log)
	var err error
	if r.box, err = seal.New(cfg.TelegramToken.Reveal(), crand.Reader); err != nil {
		return nil, err
	}
	if r.proxy, err = p.proxy(); err != nil {
		return nil, err
	}
	r.metrics = ops.New(p.version(), codes(), savings())
	r.client, err = telegram.New(telegram.Config{
		Token: cfg.TelegramToken.Reveal(), URL: cfg.TelegramURL, FilesDir: cfg.TelegramFilesDir,
		Proxy: r.proxy, Workers: cfg.Workers, ClockChanged: r.clockChanged,
		Observe: r.observeTelegram, Now: p.Now, Log: r.log,
	})
	if err != nil {
		return nil, usageError{err}
	}
	r.queue = r.newQueue()
	if r.store, err = openStore(cfg.Storage); err != nil {
		return nil, err
	}
	measured := r.metrics.Timed(r.store)
	r.queue.Tasks = measured
	r.lead = &lead{leases: r.store, owner: r.queue.Owner, now: r.Now, log: r.log, follows: func() { r.started.Store(true) }}
	r.metrics.Watch(r.store, p.Now)
	r.metrics.WatchClock(func() time.Duration { ahead, _ := r.client.ClockAhead(); return ahead })
	r.door, err = telegram.NewDoor(telegram.DoorConfig{
		Store: measured, Seal: r.box, Secret: cfg.WebhookSecret.Reveal(), Stored: r.queue.Notify,
		Count: func(e telegram.Event) { r.metrics.Door(string(e)) }, Now: p.Now, Log: r.log,
	})
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *running) close() error {
	r.client.Close()
	return r.store.Close()
}

// run opens the listeners, then starts everything.
func (r *running) run(ctx context.Context) error {
	leave, err := r.holdBotLease(ctx)
	if err != nil {
		return err
	}
	defer leave()
	var door net.Listener
	if r.cfg.WebhookURL != "" {
		if door, err = net.Listen("tcp", r.cfg.ListenAddr); err != nil {
			return usageError{fmt.Errorf("LISTEN_ADDR: %w. Give it an address of this machine at which nothing listens, or stop what does", err)}
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	if door != nil {
		group.Go(func() error { return r.serveDoor(ctx, door) })
	}
	if l, err := net.Listen("tcp", r.cfg.OpsAddr); err != nil {
		r.log.Warn("no health and metrics; set OPS_ADDR to a free address", "error", err)
	} else {
		r.log.Info("health and metrics", "address", l.Addr().String())
		group.Go(func() error { return ops.Serve(ctx, l, r.metrics.Handler(r.store, r.state)) })
	}
	r.serveControl(ctx, group)
	group.Go(func() error {
		<-ctx.Done()
		r.log.Info("stopping: what runs is finished", "at_most", r.queue.Grace)
		return nil
	})
	group.Go(func() error { return r.converse(ctx, group) })
	return group.Wait()
}

// converse waits for Telegram, then takes in and answers updates.
func (r *running) converse(ctx context.Context, group *errgroup.Group) error {
	me, err := r.client.AwaitMe(ctx)
	if errors.Is(err, telegram.ErrToken) {
		return usageError{err}
	} else if err != nil {
		return err
	}
	b, err := r.newBot(ctx, me)
	if err != nil {
		return err
	}
	r.queue.Handle, r.queue.Broken = b.Handle, b.Broken
	group.Go(func() error { return r.queue.Run(ctx) })
	r.log.Info("started", "bot", me.Username, "version", r.version(), "admins", len(r.cfg.AdminIDs))
	if len(r.cfg.AdminIDs) == 0 {
		r.log.Warn("ADMIN_IDS is empty: write to the bot, and it tells you your id")
	}
	r.bot.Store(b)
	r.metrics.WatchService(b.ServiceDown)
	r.metrics.WatchBudget(func(ctx context.Context) (ops.Left, error) {
		budget, use, err := b.Budget(ctx)
		return ops.Left{
			Day: max(0, budget.Day-use.Day), DaySet: budget.Day > 0, Month: max(0, budget.Month-use.Month), MonthSet: budget.Month > 0,
		}, err
	})
	group.Go(func() error { r.tellClock(ctx, b); return nil })
	b.Watch(ctx)
	return r.lead.run(ctx, func(ctx context.Context) error { return r.leading(ctx, b) })
}

func (r *running) newQueue() *queue.Queue {
	// Only to tell replicas apart: in containers neither name nor number does.
	host, _ := os.Hostname()
	return &queue.Queue{
		Pools: []queue.Pool{
			{Kinds: []storage.Kind{storage.KindPhoto}, Workers: r.cfg.Workers},
			{Kinds: []storage.Kind{storage.KindUpdate, storage.KindDelete, storage.KindNotice, storage.KindAlbum, storage.KindWatch}, Workers: talkWorkers},
		},
		Owner: fmt.Sprintf("%s:%d:%x", host, os.Getpid(), rand.Uint32()),
		Grace: r.cfg.MRZTimeout + graceBeyond,
		Now:   r.Now,
		Log:   r.log,
	}
}

// newBot makes the bot. ctx is done when the program stops.
func (r *running) newBot(ctx context.Context, me models.User) (*bot.Bot, error) {
	c := edge{r.client, r.filesTrouble}
	reader, looker := readers(r.cfg, r.proxy, r.metrics, r.log)
	return bot.New(bot.Config{
		Username: me.Username, Owner: r.queue.Owner, Chat: c, Files: c, Store: r.metrics.Timed(r.store), Seal: r.box,
		Reader: reader, Looker: looker, Meter: meter{r.metrics}, Log: r.log, Now: r.Now,
		ClockAhead:     func() time.Duration { ahead, _ := r.client.ClockAhead(); return ahead },
		Gather:         r.facts,
		Stopping:       ctx.Done(),
		Random:         rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())),
		Secrets:        crand.Reader,
		Admins:         r.cfg.AdminIDs,
		DailyAttempts:  r.cfg.DailyAttempts,
		TimeZone:       r.cfg.Timezone.Location,
		RetryFor:       r.cfg.RetryFor,
		Price:          bill.Price(r.cfg.Price),
		LedgerDays:     r.cfg.LedgerDays,
		DeleteAfter:    r.cfg.DeleteAfter,
		ProtectContent: r.cfg.ProtectContent,
		LocalFirst:     looker != nil && r.cfg.Reader == config.LocalFirst,
		Fallback:       looker != nil && r.cfg.Fallback,
		// Where nothing here looks at the picture, only its reader needs it.
		Stream: !r.cfg.Preflight && !r.cfg.MRZKey.Empty(),
	})
}

func codes() []string {
	var all []string
	for _, c := range outcome.Codes() {
		all = append(all, string(c))
	}
	return all
}

func savings() []string {
	var all []string
	for _, by := range outcome.Savings() {
		all = append(all, string(by))
	}
	return all
}
