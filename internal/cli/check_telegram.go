package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"mrzbot/bot/health"
	"mrzbot/storage/postgres"
	"mrzbot/telegram"
)

// telegram asks who the bot is, where updates go, and whether the admins can
// be written to.
func (c *checker) telegram(ctx context.Context, p Process) error {
	client, err := telegram.New(telegram.Config{
		Token: c.cfg.TelegramToken.Reveal(), URL: c.cfg.TelegramURL, Proxy: c.proxy, Workers: 1, Now: p.Now,
	})
	if err != nil {
		return usageError{err}
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	me, err := client.Me(ctx)
	switch {
	case errors.Is(err, telegram.ErrToken):
		c.fail("telegram", "does not know this token", "copy TELEGRAM_BOT_TOKEN again from @BotFather (/mybots, API Token)")
		return nil
	case err != nil:
		c.fail("telegram", err.Error(), "look at the network, a proxy, and TELEGRAM_API_URL")
		return nil
	}
	c.fine("telegram", "this is @"+me.Username)
	c.webhook(ctx, client)
	c.files()
	for _, id := range c.cfg.AdminIDs {
		var e *telegram.Error
		if err := client.Typing(ctx, id, 0); errors.As(err, &e) && e.Blocked() {
			c.warn("admins", fmt.Sprintf("%d cannot be written to", id), "let this person open t.me/"+me.Username+" and press Start")
		}
	}
	c.clock(client)
	return nil
}

// clock holds this machine's clock against Telegram's, by the answers above.
func (c *checker) clock(client *telegram.Client) {
	if ahead, known := client.ClockAhead(); known {
		c.facts.Clock = &health.Clock{Ahead: ahead}
	}
}

// files says how files come from a Bot API server of one's own.
func (c *checker) files() {
	dir := c.cfg.TelegramFilesDir
	switch {
	case dir == "" && c.cfg.TelegramURL == telegram.DefaultURL:
	case dir == "":
		c.warn("files", "are fetched from the Bot API server of TELEGRAM_API_URL",
			"if it runs with --local, mount its folder here and name it in TELEGRAM_FILES_DIR")
	default:
		if _, err := os.ReadDir(dir); err != nil {
			c.fail("files", "TELEGRAM_FILES_DIR cannot be read: "+reason(err).Error(), "mount the folder of the Bot API server here, and let this user read it")
			return
		}
		c.fine("files", "are read in the folder of TELEGRAM_FILES_DIR")
	}
}

// webhook asks Telegram where updates go.
func (c *checker) webhook(ctx context.Context, client *telegram.Client) {
	is := webhookFacts(ctx, client, c.cfg)
	if is.Trouble != "" {
		c.fail("webhook", is.Trouble, "try again")
		return
	}
	c.facts.Webhook = &is
}

// leader says whether one of the bots that run with a database leads.
func (c *checker) leader(ctx context.Context) {
	store, err := openAsIs(c.cfg.Storage)
	if err != nil {
		return // what is wrong with the database was said
	}
	defer func() { _ = store.Close() }()
	s, ok := store.(*postgres.Store)
	if !ok {
		return
	}
	now := c.now()
	c.learn(storeFacts(ctx, store, c.cfg, now))
	names, err := bots(ctx, s, now)
	late, lateErr := s.Leases(ctx, now.Add(leadFor+leadFuture))
	leads := slices.Contains(names, leadName)
	switch {
	case err != nil || lateErr != nil:
		c.fail("leader", "the database does not say who leads", "try again")
	case slices.Contains(late, leadName):
		c.fail("leader", "the lease that says who asks Telegram ends far in the future: a clock is or was wrong, and perhaps nobody leads",
			"set the clocks of all machines right (NTP), and start the bots again")
	case leads:
		c.fine("leader", "a bot leads: it alone asks Telegram for updates, or sets the webhook")
	case len(names) > 0:
		c.warn("leader", number(len(names), "bot runs", "bots run")+" with the database, and none leads", "try again in some seconds; then look at their logs")
	default:
		c.fine("leader", "no bot runs with the database now")
	}
}
