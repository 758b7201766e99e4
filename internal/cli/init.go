package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/text"
	"mrzbot/internal/config"
	"mrzbot/telegram"
)

type initCommand struct {
	File string `arg:"" optional:"" default:".env" help:"The file to write."`
}

// Run asks for what a bot needs and writes it into a file of settings. The file is
// made at the end, so whoever stops before leaves nothing behind.
func (c initCommand) Run(ctx context.Context, p Process) error {
	if _, err := os.Lstat(c.File); err == nil {
		return usageError{fmt.Errorf("%s is there already and was left as it is: change it by hand, or move it away first", c.File)}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return usageError{err}
	}
	if _, err := os.Stat(filepath.Dir(c.File)); err != nil {
		return usageError{fmt.Errorf("the folder for %s: %w", c.File, errors.Unwrap(err))}
	}
	environ := config.Environ(p.Environ)
	proxy, err := proxyOf(environ)
	if err != nil {
		return err
	}
	ctx, done := context.WithCancel(ctx)
	defer done()
	i := &interview{
		ctx: ctx, out: p.Stdout, lines: linesOf(ctx, p.Stdin), proxy: proxy, now: p.Now,
		values: map[string]string{}, api: environ["TELEGRAM_API_URL"],
	}
	if err := i.all(c.File); err != nil {
		return err
	}
	if err := write(c.File, fillIn(p.Example, i.values)); err != nil {
		return fmt.Errorf("%s was not written: %w", c.File, err)
	}
	i.say("\n%s is written; only you can read it.", c.File)
	if c.File == ".env" {
		i.say("`mrzbot check` says whether all is well, `mrzbot` starts the bot.")
	}
	if i.values["ADMIN_IDS"] == "" {
		i.say("Nobody is admin yet: start the bot and write to it. It tells you your id, for ADMIN_IDS.")
	}
	return nil
}

// write makes the file; it is nobody else's to read, and never in the place of another.
func write(path, content string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(path) // half of it helps nobody
	}
	return err
}

// all asks everything.
func (i *interview) all(file string) error {
	i.say("This writes the settings of a bot into %s. Ctrl+C stops it, and nothing is written.", file)
	if i.api != "" {
		i.values["TELEGRAM_API_URL"] = i.api
	}
	client, me, err := i.token()
	if err != nil {
		return err
	}
	defer client.Close()
	if err := i.admin(client, me); err != nil {
		return err
	}
	i.say("\n3. The key of the MRZ API, from the provider. Without one the bot reads the cards itself.")
	if err := i.ask("MRZ_API_KEY", "Key (Enter: none)"); err != nil {
		return err
	}
	i.say("\n4. How do messages come to the bot? It can ask Telegram for them: that works everywhere.")
	i.say("Or Telegram calls an https address of yours, behind which a proxy passes on to port 8080:")
	i.say("then give it, such as https://bot.example.org/telegram")
	return i.ask("WEBHOOK_URL", "Address (Enter: the bot asks Telegram)")
}

// token asks for the token until Telegram knows it.
func (i *interview) token() (*telegram.Client, models.User, error) {
	i.say("\n1. The bot's token. Write /newbot to @BotFather in Telegram; for a bot that is there, /mybots and API Token.")
	for {
		if err := i.ask("TELEGRAM_BOT_TOKEN", "Token"); err != nil {
			return nil, models.User{}, err
		}
		if i.values["TELEGRAM_BOT_TOKEN"] == "" {
			continue
		}
		url := i.api
		if url == "" {
			url = telegram.DefaultURL
		}
		client, err := telegram.New(telegram.Config{Token: i.values["TELEGRAM_BOT_TOKEN"], URL: url, Proxy: i.proxy, Workers: 1, Now: i.now})
		if err != nil {
			return nil, models.User{}, usageError{err}
		}
		ctx, cancel := context.WithTimeout(i.ctx, checkTimeout)
		me, err := client.Me(ctx)
		cancel()
		switch {
		case err == nil:
			i.say("This is @%s.", me.Username)
			return client, me, nil
		case errors.Is(err, telegram.ErrToken):
			i.say("Telegram does not know this token. Copy it again.")
		case i.ctx.Err() != nil:
			return nil, models.User{}, errStopped
		default:
			i.say("Telegram cannot be asked: %v. Look at the network or a proxy (HTTPS_PROXY), then give the token again.", err)
		}
		client.Close()
	}
}

// peekPause is between two looks while messages wait that nobody wanted: Telegram
// gives them again at once.
const peekPause = time.Second

// admin waits until the admin writes to the bot, or takes an id that is typed.
func (i *interview) admin(client *telegram.Client, me models.User) error {
	i.say("\n2. Who is the admin? Open https://t.me/%s in Telegram and press Start.", me.Username)
	ctx, done := context.WithCancel(i.ctx)
	defer done()
	people := make(chan models.User)
	trouble := make(chan error, 1)
	go func() { trouble <- watch(ctx, client, people) }()
	const prompt = "Waiting for Start (or type the admin's id; Enter: later)"
	for i.prompt(prompt); ; i.prompt(prompt) {
		select {
		case u := <-people:
			i.say("")
			yes, err := i.decide(fmt.Sprintf("%s, id %d, wrote to the bot. Make this person the admin?", text.DisplayName(u), u.ID))
			if err != nil {
				return err
			}
			if yes {
				i.values["ADMIN_IDS"] = strconv.FormatInt(u.ID, 10)
				return nil
			}
		case err := <-trouble:
			if ctx.Err() != nil {
				return errStopped
			}
			i.say("")
			i.say("%s", blind(err))
			return i.ask("ADMIN_IDS", "The admin's id (Enter: later)")
		case line, ok := <-i.lines:
			if !ok {
				return i.ended()
			}
			if i.take("ADMIN_IDS", line) {
				return nil
			}
		}
	}
}

// blind says why nobody can be seen writing to the bot.
func blind(err error) string {
	switch {
	case errors.Is(err, telegram.ErrWebhook):
		return "This bot has a webhook: what is written to it goes there, and cannot be seen here."
	case errors.Is(err, telegram.ErrPolled):
		return "A bot runs with this token already: what is written to it goes there, and cannot be seen here."
	}
	return fmt.Sprintf("Telegram does not say who writes to the bot: %v.", err)
}

// watch tells of each person that writes to the bot in private, once, until ctx is
// done or Telegram does not say.
func watch(ctx context.Context, client *telegram.Client, people chan<- models.User) error {
	told := map[int64]bool{}
	for {
		updates, err := client.Peek(ctx)
		if err != nil {
			return err
		}
		for _, u := range updates {
			if u.Message == nil || u.Message.From == nil || u.Message.Chat.Type != models.ChatTypePrivate || told[u.Message.From.ID] {
				continue
			}
			told[u.Message.From.ID] = true
			select {
			case people <- *u.Message.From:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if len(updates) == 0 {
			continue // it has waited as long as Telegram lets it
		}
		select {
		case <-time.After(peekPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
