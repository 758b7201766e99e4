package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mrzbot/bot/health"
	"mrzbot/bot/text"
	"mrzbot/internal/config"
	"mrzbot/internal/control"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
	"mrzbot/storage/postgres"
)

// checkTimeout bounds each thing that is asked over the network.
const checkTimeout = 15 * time.Second

type checkCommand struct{}

// Run tries everything that the bot needs and costs nothing, and says of each
// what is wrong and how to mend it.
func (checkCommand) Run(ctx context.Context, p Process) error {
	cfg, ineffective, err := p.quietSettings()
	if err != nil {
		return err
	}
	proxy, err := p.proxy()
	if err != nil {
		return err
	}
	catalog, err := text.New()
	if err != nil {
		return err
	}
	c := &checker{out: p.Stdout, cfg: cfg, proxy: proxy, now: p.Now, words: catalog.Localizer("en")}
	c.facts.Subscription = storage.Day(cfg.SubscriptionUntil)
	c.fine("settings", "make sense")
	for _, name := range ineffective {
		c.warn("settings", name.Name+" has no effect", "was "+name.Meant+" meant?")
	}
	if len(cfg.AdminIDs) == 0 {
		c.warn("admins", "ADMIN_IDS is empty: nobody can let anybody in", "start the bot, write to it, and put the id it tells you into ADMIN_IDS")
	}
	c.store(ctx, p)
	if err := c.telegram(ctx, p); err != nil {
		return err
	}
	c.service(ctx)
	c.judge()
	if c.failed {
		return errFailed
	}
	return nil
}

// checker prints a line for each thing.
type checker struct {
	out    io.Writer
	cfg    config.Config
	proxy  proxyFunc
	now    func() time.Time
	words  text.Localizer
	facts  health.Facts
	failed bool
}

func (c *checker) line(mark, what, says string) {
	fmt.Fprintf(c.out, "%-5s %-9s %s\n", mark, what, says)
}

func (c *checker) fine(what, says string) { c.line("ok", what, says) }

func (c *checker) warn(what, says, mend string) {
	c.line("note", what, says)
	c.mend(mend)
}

func (c *checker) fail(what, says, mend string) {
	c.failed = true
	c.line("FAIL", what, says)
	c.mend(mend)
}

// mend says what to do, unless the line above has said it.
func (c *checker) mend(mend string) {
	if mend != "" {
		fmt.Fprintf(c.out, "%15s → %s\n", "", mend)
	}
}

// store asks the bot that runs with the store, or opens it when none runs.
func (c *checker) store(ctx context.Context, p Process) {
	s := c.cfg.Storage
	if s.Engine == config.Postgres {
		c.postgres(ctx, s.URL)
		return
	}
	if _, err := os.Stat(s.Path); errors.Is(err, os.ErrNotExist) {
		if err := canMake(s.Path); err != nil {
			c.fail("store", s.Path+" cannot be made: "+err.Error(), "name a file in STORAGE_URL that this user may write")
			return
		}
		c.fine("store", s.Path+" is not there yet; the first start makes it")
		return
	}
	if c.askBot(ctx, p) {
		return
	}
	store, err := openStore(s)
	switch {
	case errors.Is(err, storage.ErrInUse):
		c.warn("store", s.Path+" is in use by a program that does not answer on "+control.Path(s.Path),
			"if this is no bot of yours that just starts, stop it")
		return
	case errors.Is(err, storage.ErrDamaged), errors.Is(err, storage.ErrSchema):
		c.fail("store", err.Error(), "move it away and put a backup in its place: mrzbot restore FILE")
		return
	case err != nil:
		c.fail("store", err.Error(), "give STORAGE_URL a store that this user may write")
		return
	}
	defer func() { _ = store.Close() }()
	if file, ok := store.(*bolt.Store); ok {
		if err := file.Check(ctx); err != nil {
			c.fail("store", err.Error(), "move it away and put a backup in its place: mrzbot restore FILE")
			return
		}
	}
	if err := store.Ready(ctx); err != nil {
		c.fail("store", err.Error(), "make room on the disk, and let this user write there")
		return
	}
	c.fine("store", name(s)+" opens")
	c.learn(storeFacts(ctx, store, c.cfg, c.now()))
}

// learn takes in what a store tells of the bot.
func (c *checker) learn(f health.Facts) {
	c.facts.Store, c.facts.Work, c.facts.Backup, c.facts.Budget, c.facts.Open = f.Store, f.Work, f.Backup, f.Budget, f.Open
	c.facts.Version = f.Version
}

// judge says what the bot says to its admins under /status.
func (c *checker) judge() {
	for _, l := range health.Judge(c.facts, c.now(), c.cfg.Timezone.Location) {
		about, says, mend := l.About, l.Says(c.words), l.Mending(c.words)
		switch {
		case l.About == health.AboutTelegram, l.About == health.AboutStore && l.Light != health.Green:
			// said above, in more words
		case l.Light == health.Green:
			c.fine(about, says)
		case l.Light == health.Yellow:
			c.warn(about, says, mend)
		default:
			c.fail(about, says, mend)
		}
	}
}

// askBot asks the running bot about its store; asked is false when none runs.
func (c *checker) askBot(ctx context.Context, p Process) (asked bool) {
	path := c.cfg.Storage.Path
	is, err := control.Client{Path: control.Path(path)}.Status(ctx)
	switch {
	case errors.Is(err, control.ErrNobody), errors.Is(err, control.ErrPath):
		return false
	case err != nil:
		c.fail("store", "the bot that runs with "+path+" does not answer: "+err.Error(), "run the check as the bot's user; otherwise start the bot again")
		return true
	}
	says := fmt.Sprintf("%s is in use by the running bot (%s), %s", path, is.Version, work(is.Backlog))
	switch {
	case is.Trouble != "":
		c.fail("store", "the running bot cannot write "+path+": "+is.Trouble,
			"make room on the disk; if the store is damaged, stop the bot, move the file away and restore a backup: mrzbot restore FILE")
	case !is.Started:
		c.warn("store", says+"; Telegram has not answered it yet", "look at the lines about telegram and webhook, and at the bot's log")
	case is.Version != p.version():
		c.warn("store", says, "this is mrzbot "+p.version()+": start the bot again to run it")
	case is.Backlog.Quarantined > 0:
		c.warn("store", says, "what was quarantined could not be worked; the log says why, and in two days it is gone")
	default:
		c.fine("store", says)
	}
	c.learn(is.Facts)
	for _, note := range is.Notes {
		about, what, _ := strings.Cut(note, ": ")
		c.warn("bot", "the running bot says of "+about+": "+what, mends[about])
	}
	return true
}

// mends say what to do about what a running bot notes.
var mends = map[string]string{
	aboutClock:   "set the clock of its machine right (NTP)",
	aboutFiles:   "if the Bot API server runs with --local, mount its folder and name it in TELEGRAM_FILES_DIR",
	aboutToken:   "set TELEGRAM_BOT_TOKEN to the new one of @BotFather, and start the bot again",
	aboutUpdates: "look at the network and at the bot's log",
	aboutWebhook: "wait, or look at the name and the address in WEBHOOK_URL",
}

// work says how much work lies in a store.
func work(b storage.Backlog) string {
	waiting, leased := 0, 0
	for k, n := range b.Waiting {
		if k != storage.KindWatch { // it always waits
			waiting += n
		}
	}
	for _, n := range b.Leased {
		leased += n
	}
	says := fmt.Sprintf("%s waiting, %d in work", number(waiting, "task", "tasks"), leased)
	if b.Quarantined > 0 {
		says += fmt.Sprintf(", %d in quarantine", b.Quarantined)
	}
	return says
}

// postgres asks a server how its tables are, and changes nothing there.
func (c *checker) postgres(ctx context.Context, url config.Secret) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	is, err := postgres.Look(ctx, url.Reveal())
	server := "PostgreSQL " + is.Server
	var refusal *postgres.Refusal
	if len(is.Unsafe) > 0 {
		c.warn("store", server+" runs with "+unsafe(is)+": a power cut may damage the database, or take back photos that were answered",
			"turn them on in postgresql.conf, unless this is a try")
	}
	switch {
	case errors.As(err, &refusal):
		c.fail("store", refusal.Says, refusal.Mend)
	case errors.Is(err, postgres.ErrURL):
		c.fail("store", err.Error(), "mend STORAGE_URL")
	case err != nil:
		c.fail("store", err.Error(), "look at the network, the server, and STORAGE_URL")
	case is.ReadOnly:
		c.fail("store", server+" can only be read", "name the primary in STORAGE_URL, not a standby")
	case is.Tables > is.Known:
		c.fail("store", fmt.Sprintf("%s: the tables have version %d, this program knows %d", server, is.Tables, is.Known), "start the newer program")
	case is.Tables == 0 && !is.CanCreate:
		c.fail("store", server+" has no tables yet, and this user may not make them", "grant CREATE on the database to this user")
	case is.Tables == 0:
		c.fine("store", server+" has no tables yet; the first start makes them")
	case is.Tables < is.Known:
		c.fine("store", fmt.Sprintf("%s: the tables have version %d; the next start brings them to %d", server, is.Tables, is.Known))
	default:
		c.fine("store", fmt.Sprintf("%s: the tables have version %d", server, is.Tables))
		c.leader(ctx)
	}
}

// unsafe names the settings of a server that risk what it keeps.
func unsafe(is postgres.Condition) string { return strings.Join(is.Unsafe, "=off and ") + "=off" }

// canMake tries whether a file could be made, in the nearest folder there is.
func canMake(path string) error {
	dir := filepath.Dir(path)
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	f, err := os.CreateTemp(dir, ".mrzbot-check-")
	if err != nil {
		return errors.Unwrap(err) // without the name of a file nobody knows
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// service asks the address of the MRZ API.
func (c *checker) service(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	is := serviceFacts(ctx, c.cfg, c.proxy)
	c.facts.Service = &is
}
