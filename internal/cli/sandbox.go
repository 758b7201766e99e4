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
	"time"

	"mrzbot/internal/config"
	"mrzbot/mrzimage"
	"mrzbot/sandbox"
	"mrzbot/storage"
	"mrzbot/storage/bolt"
)

type sandboxCommand struct {
	Addr string `name:"addr" placeholder:"HOST:PORT" help:"Where the page is served; a loopback address. Without it 127.0.0.1:8088, or the next free port."`
	Demo bool   `name:"demo" help:"Play a demonstration when the page is opened."`
}

// Run plays Telegram and the MRZ API, and runs the real bot between them, as a
// process of its own. It reads no settings and talks to this machine only; at
// the end everything is forgotten.
func (c sandboxCommand) Run(ctx context.Context, p Process) error {
	dir, err := os.MkdirTemp("", "mrzbot-sandbox-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	child := newSupervisor(p, dir)
	s, err := sandbox.Start(ctx, sandbox.Config{
		PageAddr: c.Addr, Read: readLines, Samples: samples(p.Now), Now: p.Now, Process: child, Demo: c.Demo,
	})
	if err != nil {
		return usageError{err}
	}
	defer s.Close()
	settings, err := sandboxSettings(s, filepath.Join(dir, "mrzbot.db"))
	if err != nil {
		return err
	}
	if err := letIn(ctx, filepath.Join(dir, "mrzbot.db"), p.Now); err != nil {
		return err
	}
	child.settings, child.log = settings, s.Journal.LogWriter()
	fmt.Fprintf(p.Stdout, "Open %s in a browser. Ctrl+C ends the sandbox and forgets everything.\n", s.PageURL)
	return child.run(ctx)
}

// What differs from the settings of a real bot: nobody wants to wait half a
// minute to see what a service that hangs looks like.
const (
	sandboxTimeout  = "10s"
	sandboxRetryFor = "3m"
)

// sandboxSettings are the real program's settings between the stand-ins.
func sandboxSettings(s *sandbox.Sandbox, store string) (map[string]string, error) {
	door, ops, err := freeAddresses()
	if err != nil {
		return nil, err
	}
	var admins []string
	for _, c := range sandbox.Characters() {
		if c.Part == sandbox.PartAdmin {
			admins = append(admins, strconv.FormatInt(c.ID, 10))
		}
	}
	settings := map[string]string{
		"TELEGRAM_BOT_TOKEN": s.Token,
		"TELEGRAM_API_URL":   s.TelegramURL,
		"ADMIN_IDS":          strings.Join(admins, ","),
		"MRZ_API_KEY":        s.Key,
		"MRZ_API_URL":        s.MRZURL,
		"MRZ_TIMEOUT":        sandboxTimeout,
		"RETRY_FOR":          sandboxRetryFor,
		"WEBHOOK_URL":        "http://" + door + "/telegram",
		"WEBHOOK_SECRET":     s.Secret,
		"LISTEN_ADDR":        door,
		"OPS_ADDR":           ops,
		"STORAGE_URL":        "bolt:" + store,
		"LOG_FORMAT":         "json",
		"LOG_LEVEL":          "debug",
	}
	// What is wrong with them is said here and not by a child.
	_, err = config.Load(settings, os.ReadFile)
	return settings, err
}

// freeAddresses finds two ports of the loopback that nobody listens on.
func freeAddresses() (string, string, error) {
	a, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	b, err := net.Listen("tcp", "127.0.0.1:0") // while the first is held: another one
	if err != nil {
		return "", "", errors.Join(err, a.Close())
	}
	return a.Addr().String(), b.Addr().String(), errors.Join(a.Close(), b.Close())
}

// letIn lets the sandbox's agents in, as an admin would, before the bot first
// opens its store.
func letIn(ctx context.Context, path string, now func() time.Time) error {
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	for _, c := range sandbox.Characters() {
		if c.Part != sandbox.PartAgent {
			continue
		}
		_, changed := store.ChangePerson(ctx, c.ID, func(p *storage.Person) error {
			p.Name, p.Role, p.Added = c.Name(), storage.RoleAgent, now()
			return nil
		})
		err = errors.Join(err, changed)
	}
	return errors.Join(err, store.Close())
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
