package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"mrzbot/internal/config"
	"mrzbot/mrzimage"
	"mrzbot/mrzimage/specimen"
	"mrzbot/sandbox"
	"mrzbot/storage"
)

type sandboxCommand struct {
	Addr string `name:"addr" placeholder:"HOST:PORT" help:"Where the page is served; a loopback address. Without it 127.0.0.1:8088, or the next free port."`
}

// Run plays Telegram and the MRZ API, and runs the real bot between them. It
// reads no settings and talks to this machine only; at the end everything is
// forgotten.
func (c sandboxCommand) Run(ctx context.Context, p Process) error {
	dir, err := os.MkdirTemp("", "mrzbot-sandbox-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	s, err := sandbox.Start(ctx, sandbox.Config{PageAddr: c.Addr, Read: readLines, Samples: samples(), Now: p.Now})
	if err != nil {
		return usageError{err}
	}
	defer s.Close()
	cfg, err := sandboxSettings(s, filepath.Join(dir, "mrzbot.db"))
	if err != nil {
		return err
	}
	r, err := assemble(p, cfg)
	if err != nil {
		return err
	}
	if err := letIn(ctx, r); err != nil {
		return errors.Join(err, r.close())
	}
	fmt.Fprintf(p.Stdout, "Open %s in a browser. Ctrl+C ends the sandbox and forgets everything.\n", s.PageURL)
	err = r.run(ctx)
	// Telegram's stand-in waits for the bot's door, so it goes first.
	s.Close()
	return errors.Join(err, r.close())
}

// sandboxSettings are the real program's settings between the stand-ins.
func sandboxSettings(s *sandbox.Sandbox, store string) (config.Config, error) {
	door, err := freeAddress()
	if err != nil {
		return config.Config{}, err
	}
	var admins []string
	for _, c := range sandbox.Characters() {
		if c.Part == "admin" {
			admins = append(admins, strconv.FormatInt(c.ID, 10))
		}
	}
	return config.Load(map[string]string{
		"TELEGRAM_BOT_TOKEN": s.Token,
		"TELEGRAM_API_URL":   s.TelegramURL,
		"ADMIN_IDS":          strings.Join(admins, ","),
		"MRZ_API_KEY":        s.Key,
		"MRZ_API_URL":        s.MRZURL,
		"WEBHOOK_URL":        "http://" + door + "/telegram",
		"WEBHOOK_SECRET":     s.Secret,
		"LISTEN_ADDR":        door,
		"OPS_ADDR":           "127.0.0.1:0",
		"STORAGE_URL":        "bolt:" + store,
		"LOG_LEVEL":          "warn",
	}, nil)
}

// freeAddress finds a port of the loopback that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// letIn lets the sandbox's agents in, as an admin would.
func letIn(ctx context.Context, r *running) error {
	for _, c := range sandbox.Characters() {
		if c.Part != "agent" {
			continue
		}
		_, err := r.store.ChangePerson(ctx, c.ID, func(p *storage.Person) error {
			p.Name, p.Role, p.Added = c.Name(), storage.RoleAgent, r.Now()
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readLines is the eyes of the MRZ API's stand-in: the local reader.
func readLines(ctx context.Context, picture []byte) ([]string, error) {
	var reader mrzimage.Reader
	r, err := reader.Read(ctx, picture)
	switch {
	case errors.Is(err, mrzimage.ErrUnsupported), errors.Is(err, mrzimage.ErrTooLarge), errors.Is(err, mrzimage.ErrDamaged):
		return nil, nil // the service would answer that it cannot read this
	case err != nil:
		return nil, err
	}
	return r.Lines, nil
}

// samples are drawn cards, another invented person at each press.
func samples() []sandbox.Sample {
	var seed atomic.Uint64
	seed.Store(uint64(time.Now().UnixNano()))
	sample := func(name string, scene specimen.Scene) sandbox.Sample {
		return sandbox.Sample{Name: name, Picture: func() ([]byte, error) {
			n := seed.Add(1)
			card, err := specimen.Card{Lines: specimen.Invent("TD1", n), Seed: n}.Draw()
			if err != nil {
				return nil, err
			}
			return scene.Photo(samplePixels, samplePixels*3/4, n).JPEG(card)
		}}
	}
	return []sandbox.Sample{
		sample("Sharp", specimen.Plain),
		sample("Tilted", specimen.Tilted),
		sample("Upside down", specimen.Inverted),
		sample("Dark", specimen.Dark),
		sample("Blurred", specimen.Blurred),
		sample("Far away", specimen.Far),
	}
}

// samplePixels is the width of a sample: as Telegram makes photos.
const samplePixels = 1280
