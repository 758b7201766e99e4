package cli

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/bot/chat"
	"mrzbot/bot/outcome"
	"mrzbot/bot/reader"
	"mrzbot/internal/config"
	"mrzbot/internal/host"
	"mrzbot/internal/ops"
	"mrzbot/mrzclient"
	"mrzbot/telegram"
)

// edge is the edge to Telegram as the bot asks for it.
type edge struct {
	*telegram.Client
	// files is told how each fetching of a file went, where that says something
	// of the settings.
	files func(ctx context.Context, err error)
}

func (c edge) Send(ctx context.Context, m chat.Message) (chat.Sent, error) {
	sent, err := c.Client.Send(ctx, telegram.Message{
		Chat: m.Chat, Text: m.Text, Entities: m.Entities, ReplyTo: m.ReplyTo, Thread: m.Thread, Markup: m.Markup,
		Protect: m.Protect, Notice: m.Notice, Aside: m.Aside, Picture: (*telegram.Upload)(m.Picture), Document: (*telegram.Upload)(m.Document),
	})
	if sent.At == 0 {
		return chat.Sent{ID: sent.ID}, err
	}
	return chat.Sent{ID: sent.ID, At: time.Unix(sent.At, 0)}, err
}

func (c edge) Edit(ctx context.Context, id int64, message int, m chat.Message) error {
	switch {
	case m.Picture != nil:
		return c.EditPicture(ctx, id, message, telegram.Upload(*m.Picture), m.Text, m.Entities, m.Markup)
	case m.Caption:
		return c.EditCaption(ctx, id, message, m.Text, m.Entities, m.Markup)
	case m.Aside:
		return c.EditAside(ctx, id, message, m.Text, m.Entities, m.Markup)
	}
	return c.Client.Edit(ctx, id, message, m.Text, m.Entities, m.Markup)
}

func (c edge) Download(ctx context.Context, fileID string) ([]byte, error) {
	f, err := c.Client.Download(ctx, fileID)
	c.files(ctx, err)
	return f.Data, sized(err)
}

func (c edge) Open(ctx context.Context, fileID string) (io.ReadCloser, int64, error) {
	body, size, err := c.Client.Open(ctx, fileID)
	c.files(ctx, err)
	return body, size, sized(err)
}

func (c edge) SetMenu(ctx context.Context, m chat.Menu) error {
	cmds := telegram.Commands{Chat: m.Chat, Language: m.Language}
	for _, e := range m.Entries {
		cmds.List = append(cmds.List, models.BotCommand{Command: e.Command, Description: e.Description})
	}
	return c.Client.EnsureCommands(ctx, cmds)
}

func (c edge) Describe(ctx context.Context, language, long, short string) error {
	return c.Client.EnsureDescription(ctx, telegram.Description{Language: language, Long: long, Short: short})
}

// meter counts what the bot tells.
type meter struct{ *ops.Metrics }

func (m meter) Saved(by outcome.Saving) { m.Metrics.Saved(string(by)) }

// tooLarge is a file that is larger than a bot can fetch.
type tooLarge struct{ error }

// sized marks the error of a file that is too large.
func sized(err error) error {
	if errors.Is(err, telegram.ErrTooLarge) {
		return tooLarge{err}
	}
	return err
}

func (tooLarge) TooLarge() bool  { return true }
func (e tooLarge) Unwrap() error { return e.error }

// readers gives what reads: the service when there is a key, the local reader
// otherwise; and what looks at a picture before a call is paid for, if anything
// does. Whatever decodes here shares one budget.
func readers(cfg config.Config, proxy proxyFunc, m *ops.Metrics, log *slog.Logger) (reader.Reader, reader.Looker) {
	local := reader.NewLocal(int64(cfg.PictureMemory), runtime.NumCPU())
	if cfg.MRZKey.Empty() {
		log.Info("MRZ_API_KEY is empty: the local reader answers")
		return local, nil
	}
	paid := reader.Service{Client: service(cfg, proxy), Observe: m.ServiceCall}
	if !cfg.Preflight {
		return paid, nil
	}
	return paid, local
}

// service is the client of the MRZ API.
func service(cfg config.Config, proxy proxyFunc) *mrzclient.Client {
	return &mrzclient.Client{URL: cfg.MRZURL, Key: mrzclient.Key(cfg.MRZKey.Reveal()), Timeout: cfg.MRZTimeout, Proxy: proxy}
}

// logger writes as the settings say.
func (p Process) logger(cfg config.Config) *slog.Logger {
	to := func(w io.Writer) *slog.Logger {
		o := &slog.HandlerOptions{Level: cfg.LogLevel}
		if cfg.LogFormat == "json" {
			return slog.New(slog.NewJSONHandler(w, o))
		}
		return slog.New(slog.NewTextHandler(w, o))
	}
	if pipe, ok := p.Stderr.(*host.LogPipe); ok {
		pipe.Format(to)
	}
	return to(p.Stderr)
}
