package telegram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// AllowedUpdates are the kinds of update the door takes. Telegram is told, so
// that the others are never sent.
var AllowedUpdates = []string{"message", "callback_query", "my_chat_member"}

const (
	// firstPause and lastPause bound the growing waits of what is repeated
	// until it succeeds: the start and the poll.
	firstPause = 500 * time.Millisecond
	lastPause  = 30 * time.Second
)

// badTokenTries is how often in a row Telegram says that it does not know the
// token before that is believed: in its own outages it has said so of good ones.
const badTokenTries = 3

// nameForm is what Telegram takes for the name of a bot.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`)

// growing gives the waits between tries that fail one after another.
func growing() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = firstPause
	b.MaxInterval = lastPause
	return b
}

// Me asks who the bot is. A name that cannot be one is left out.
func (c *Client) Me(ctx context.Context) (models.User, error) {
	var me *models.User
	err := c.run(ctx, call{method: "getMe"}, func(ctx context.Context) (err error) {
		me, err = c.api.GetMe(ctx)
		return err
	})
	if err != nil {
		return models.User{}, err
	}
	if !nameForm.MatchString(me.Username) {
		me.Username = ""
	}
	return *me, nil
}

// AwaitMe asks who the bot is until Telegram answers, so that the bot can start
// while Telegram is down. It gives up with ErrToken when Telegram says three
// times in a row that it does not know the token, and with the context.
func (c *Client) AwaitMe(ctx context.Context) (models.User, error) {
	unknown := 0
	ask := func() (models.User, error) {
		me, err := c.Me(ctx)
		e, ok := errors.AsType[*Error](err)
		if ok && e.badToken() {
			unknown++
		} else {
			unknown = 0
		}
		switch {
		case !ok:
			return me, err
		case unknown >= badTokenTries:
			return me, backoff.Permanent(fmt.Errorf("%w: Telegram answers %d %s", ErrToken, e.Code, e.Description))
		case e.Code == http.StatusTooManyRequests:
			return me, errors.Join(e, &backoff.RetryAfterError{Duration: e.After})
		}
		return me, err
	}
	return backoff.Retry(ctx, ask, backoff.WithBackOff(growing()), backoff.WithMaxElapsedTime(0),
		backoff.WithNotify(func(err error, pause time.Duration) {
			if e, ok := errors.AsType[*Error](err); ok {
				err = e
			}
			c.log.WarnContext(ctx, "Telegram does not answer yet", "error", err, "again_in", pause)
		}))
}

// Commands is a list of commands that Telegram offers while somebody types.
type Commands struct {
	Chat     int64  // the chat that sees them; 0: all that have no list of their own
	Language string // two letters; "": all languages without a list of their own
	List     []models.BotCommand
}

// scope is where a list is seen.
func (cmds Commands) scope() models.BotCommandScope {
	if cmds.Chat != 0 {
		return &models.BotCommandScopeChat{ChatID: cmds.Chat}
	}
	return &models.BotCommandScopeDefault{}
}

// SetCommands sets a list of commands; an empty one takes the list away. The
// error of a chat that the bot cannot write to is Blocked.
func (c *Client) SetCommands(ctx context.Context, cmds Commands) error {
	p := &bot.SetMyCommandsParams{Commands: cmds.List, Scope: cmds.scope(), LanguageCode: cmds.Language}
	if p.Commands == nil {
		p.Commands = []models.BotCommand{} // nil would be sent as null
	}
	return c.run(ctx, call{method: "setMyCommands"}, func(ctx context.Context) error {
		_, err := c.api.SetMyCommands(ctx, p)
		return err
	})
}

// EnsureCommands sets a list of commands, unless Telegram has it as it should be:
// changes of what stands in a bot's profile are few that Telegram takes in a day.
func (c *Client) EnsureCommands(ctx context.Context, cmds Commands) error {
	p := &bot.GetMyCommandsParams{Scope: cmds.scope(), LanguageCode: cmds.Language}
	var has []models.BotCommand
	err := c.run(ctx, call{method: "getMyCommands"}, func(ctx context.Context) (err error) {
		has, err = c.api.GetMyCommands(ctx, p)
		return err
	})
	if err != nil || slices.Equal(has, cmds.List) {
		return err
	}
	return c.SetCommands(ctx, cmds)
}

// Description is what a bot's profile says.
type Description struct {
	Language string // two letters; "": all languages without texts of their own
	Long     string // in the empty chat, at most 512 characters
	Short    string // on the profile and when the bot is shared, at most 120 characters
}

// EnsureDescription sets both texts, each unless Telegram has it as it should be.
func (c *Client) EnsureDescription(ctx context.Context, d Description) error {
	var long models.BotDescription
	var short models.BotShortDescription
	err := c.run(ctx, call{method: "getMyDescription"}, func(ctx context.Context) (err error) {
		long, err = c.api.GetMyDescription(ctx, &bot.GetMyDescriptionParams{LanguageCode: d.Language})
		return err
	})
	if err == nil && long.Description != d.Long {
		err = c.run(ctx, call{method: "setMyDescription"}, func(ctx context.Context) error {
			_, err := c.api.SetMyDescription(ctx, &bot.SetMyDescriptionParams{Description: d.Long, LanguageCode: d.Language})
			return err
		})
	}
	if err != nil {
		return err
	}
	err = c.run(ctx, call{method: "getMyShortDescription"}, func(ctx context.Context) (err error) {
		short, err = c.api.GetMyShortDescription(ctx, &bot.GetMyShortDescriptionParams{LanguageCode: d.Language})
		return err
	})
	if err != nil || short.ShortDescription == d.Short {
		return err
	}
	return c.run(ctx, call{method: "setMyShortDescription"}, func(ctx context.Context) error {
		_, err := c.api.SetMyShortDescription(ctx, &bot.SetMyShortDescriptionParams{ShortDescription: d.Short, LanguageCode: d.Language})
		return err
	})
}

// Webhook is where Telegram is to send updates.
type Webhook struct {
	URL         string
	Secret      string
	Allowed     []string // kinds of update; nil: AllowedUpdates
	Connections int      // made by Telegram side by side, 1 to 100; 0: 40, as Telegram has it

	// Mark is what EnsureWebhook returned the last time; "": not known.
	Mark string
}

// telegramConnections is Telegram's default for max_connections.
const telegramConnections = 40

// EnsureWebhook sets the webhook, unless Telegram has it as it should be:
// setWebhook is refused when several replicas call it in the same second.
//
// Telegram does not give the secret back. So the call returns a mark of it, a
// keyed hash that is safe to keep in the clear; while the caller keeps it and
// passes it in, a change of the secret is noticed. Without a mark the webhook is
// always set.
func (c *Client) EnsureWebhook(ctx context.Context, w Webhook) (mark string, err error) {
	if w.Allowed == nil {
		w.Allowed = AllowedUpdates
	}
	if w.Connections == 0 {
		w.Connections = telegramConnections
	}
	mark = c.mark(w.Secret)
	if w.Mark == mark {
		is, err := c.WebhookInfo(ctx)
		if err != nil {
			return "", err
		}
		if is.URL == w.URL && is.MaxConnections == w.Connections && sameSet(is.AllowedUpdates, w.Allowed) {
			return mark, nil
		}
	}
	p := &bot.SetWebhookParams{URL: w.URL, SecretToken: w.Secret, AllowedUpdates: w.Allowed, MaxConnections: w.Connections}
	err = c.run(ctx, call{method: "setWebhook"}, func(ctx context.Context) error {
		_, err := c.api.SetWebhook(ctx, p)
		return err
	})
	if err != nil {
		return "", err
	}
	c.log.InfoContext(ctx, "the webhook is set")
	return mark, nil
}

// DropWebhook ends the webhook. What Telegram still holds stays there, for the
// poll.
func (c *Client) DropWebhook(ctx context.Context) error {
	return c.run(ctx, call{method: "deleteWebhook"}, func(ctx context.Context) error {
		_, err := c.api.DeleteWebhook(ctx, &bot.DeleteWebhookParams{DropPendingUpdates: false})
		return err
	})
}

// mark hashes the secret under the token, so that it cannot be guessed from
// the mark.
func (c *Client) mark(secret string) string {
	h := hmac.New(sha256.New, []byte(c.wire.token))
	h.Write([]byte("webhook secret\x00" + secret))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// WebhookInfo says where Telegram sends updates, and what went wrong there: in
// words of this package, not Telegram's, which quote what the server there says.
func (c *Client) WebhookInfo(ctx context.Context) (models.WebhookInfo, error) {
	var is *models.WebhookInfo
	err := c.run(ctx, call{method: "getWebhookInfo"}, func(ctx context.Context) (err error) {
		is, err = c.api.GetWebhookInfo(ctx)
		return err
	})
	if err != nil || is == nil {
		return models.WebhookInfo{}, err
	}
	if is.LastErrorMessage != "" {
		is.LastErrorMessage = phrase(is.LastErrorMessage)
	}
	return *is, nil
}
