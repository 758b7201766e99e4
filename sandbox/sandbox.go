package sandbox

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"mrzbot/sandbox/journal"
	fakemrz "mrzbot/sandbox/mrz"
	"mrzbot/sandbox/page"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/sandbox/web"
)

const (
	// The page is looked for at this address; when the port is taken, the next
	// free one of so many is used.
	pageHost      = "127.0.0.1"
	firstPagePort = 8088
	pagePorts     = 32
	// closePatience is how long Close waits for answers under way.
	closePatience = 2 * time.Second
	// headerPatience bounds a request's header, against clients that hang.
	headerPatience = 10 * time.Second
)

// ErrNotLoopback says that an address would be reachable from elsewhere.
var ErrNotLoopback = errors.New("sandbox: the page's address must be of the loopback, such as 127.0.0.1:8088")

// Config is how a sandbox is set up. The zero value is of use: it reads no
// picture and has no samples.
type Config struct {
	// PageAddr is where the page listens; empty: 127.0.0.1:8088 or the next
	// free port.
	PageAddr string
	// Bot is how the bot is called; see faketelegram.Config.
	Bot faketelegram.Person
	// People of the page; nil: Characters.
	People []page.Character
	// Samples the page offers.
	Samples []page.Sample
	// Process is the bot's process, for the page's switch; nil: it has none.
	Process page.BotProcess
	// Demo begins the demonstration with the first browser.
	Demo bool
	// Read finds the MRZ in a picture; see fakemrz.Config.
	Read func(ctx context.Context, picture []byte) (lines []string, err error)
	// Now is the calendar; nil: time.Now.
	Now func() time.Time
	// Random makes token, secret and key; nil: crypto/rand.
	Random io.Reader
}

// Sandbox is the two stand-ins and the page, each on a port of the loopback.
type Sandbox struct {
	Telegram *faketelegram.Server
	MRZ      *fakemrz.Server
	Journal  *journal.Journal

	TelegramURL string // for TELEGRAM_API_URL
	MRZURL      string // for MRZ_API_URL
	PageURL     string // for the browser
	Token       string // for TELEGRAM_BOT_TOKEN
	Secret      string // for WEBHOOK_SECRET
	Key         string // for MRZ_API_KEY

	servers []*http.Server
	serving sync.WaitGroup
	stop    context.CancelFunc
	once    sync.Once
}

// Start opens the ports and serves until Close, or until the context ends.
// It does not start the bot.
func Start(ctx context.Context, cfg Config) (*Sandbox, error) {
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.People == nil {
		cfg.People = page.Characters()
	}
	s := &Sandbox{Journal: journal.New()}
	if err := s.invent(cfg.Random); err != nil {
		return nil, err
	}
	var err error
	if s.Telegram, err = faketelegram.New(faketelegram.Config{Token: s.Token, Bot: cfg.Bot, Now: cfg.Now, Journal: s.Journal}); err != nil {
		return nil, err
	}
	if s.MRZ, err = fakemrz.New(fakemrz.Config{Key: s.Key, Read: cfg.Read, Now: cfg.Now, Random: cfg.Random, Journal: s.Journal}); err != nil {
		return nil, err
	}
	chat, err := page.New(page.Config{
		Telegram: s.Telegram, MRZ: s.MRZ, People: cfg.People, Samples: cfg.Samples,
		Journal: s.Journal, Process: cfg.Process, Demo: cfg.Demo,
	})
	if err != nil {
		return nil, err
	}
	var serving context.Context
	serving, s.stop = context.WithCancel(ctx)
	if err := s.open(serving, cfg.PageAddr, chat); err != nil {
		s.Close()
		return nil, err
	}
	s.serving.Go(func() { chat.Run(serving) })
	context.AfterFunc(ctx, s.Close)
	return s, nil
}

func (s *Sandbox) open(ctx context.Context, addr string, chat http.Handler) error {
	listener, err := listenPage(ctx, addr)
	if err != nil {
		return err
	}
	s.PageURL = s.serve(ctx, listener, chat) + "/"
	for _, part := range []struct {
		handler http.Handler
		url     *string
		path    string
	}{{s.Telegram, &s.TelegramURL, ""}, {s.MRZ, &s.MRZURL, fakemrz.Path}} {
		listener, err := listen(ctx, net.JoinHostPort(pageHost, "0"))
		if err != nil {
			return err
		}
		*part.url = s.serve(ctx, listener, part.handler) + part.path
	}
	return nil
}

// listenPage finds a place for the page.
func listenPage(ctx context.Context, addr string) (net.Listener, error) {
	if addr != "" {
		host, _, err := net.SplitHostPort(addr)
		if err != nil || !web.IsLoopback(host) {
			return nil, ErrNotLoopback
		}
		return listen(ctx, addr)
	}
	for port := firstPagePort; port < firstPagePort+pagePorts; port++ {
		listener, err := listen(ctx, net.JoinHostPort(pageHost, strconv.Itoa(port)))
		if err == nil {
			return listener, nil
		}
	}
	return listen(ctx, net.JoinHostPort(pageHost, "0"))
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return listener, nil
}

// serve starts a server and returns its address for clients.
func (s *Sandbox) serve(ctx context.Context, listener net.Listener, handler http.Handler) (url string) {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerPatience,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          log.New(io.Discard, "", 0), // connections are cut on purpose here
	}
	s.servers = append(s.servers, server)
	s.serving.Go(func() { _ = server.Serve(listener) }) // ends with Close; its error says only that
	return "http://" + listener.Addr().String()
}

// Close ends everything and waits for it: streams and polls at once, answers
// under way after a short grace. It may be called more than once.
func (s *Sandbox) Close() {
	s.once.Do(func() {
		s.stop()
		s.Telegram.Close()
		ctx, cancel := context.WithTimeout(context.Background(), closePatience)
		defer cancel()
		for _, server := range s.servers {
			if server.Shutdown(ctx) != nil {
				_ = server.Close()
			}
		}
		s.serving.Wait()
	})
}

// invent makes a token, a secret and a key of the right form that belong to
// nobody.
func (s *Sandbox) invent(random io.Reader) error {
	var raw [3][36]byte
	for i := range raw {
		if _, err := io.ReadFull(random, raw[i][:]); err != nil {
			return fmt.Errorf("sandbox: no randomness: %w", err)
		}
	}
	text := base64.RawURLEncoding.EncodeToString
	// Ids of real bots have ten digits or fewer: twelve are nobody's.
	s.Token = fmt.Sprintf("9%011d:AA%s", uint64(raw[0][0])<<24|uint64(raw[0][1])<<16|uint64(raw[0][2])<<8|uint64(raw[0][3]), text(raw[0][4:28]))
	s.Secret = text(raw[1][:])
	s.Key = text(raw[2][:])
	return nil
}
