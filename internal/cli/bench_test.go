package cli

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/internal/config"
	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

const (
	testToken = "123456:canary-token-canary-token-canary"
	testKey   = "canary-key-canary-key-canary-key-canary-key-canary"
	// patience is how long a test waits for something that takes milliseconds.
	patience = time.Minute
)

var allKinds = []storage.Kind{storage.KindPhoto, storage.KindUpdate, storage.KindDelete, storage.KindNotice, storage.KindAlbum}

// allTests reports whether the tests are asked for that a change has to pass before it
// goes out (MRZBOT_TESTS=all), and not only those for the desk.
func allTests() bool { return os.Getenv("MRZBOT_TESTS") == "all" }

// bench is the real program between the two stand-ins.
type bench struct {
	t        *testing.T
	telegram *faketelegram.Server
	mrz      *fakemrz.Server
	environ  map[string]string
	process  []string // the environment of the process, besides its settings
	log      *safeBuffer
	clock    *clock
	store    string // path of the store's file
	program  []string

	run   *running
	stop  context.CancelFunc
	ended chan error
}

// newBench starts the stand-ins. Settings of the test go over those of the
// bench.
func newBench(t *testing.T, settings map[string]string) *bench {
	return newBenchOf(t, testToken, settings)
}

// sizes are those of all pictures here: most tests show the same ones.
var sizes faketelegram.Sizes

// newBenchOf starts the stand-ins for the bot with that token.
func newBenchOf(t *testing.T, token string, settings map[string]string) *bench {
	b := &bench{t: t, log: &safeBuffer{}, clock: &clock{}, program: os.Args[:1:1], store: filepath.Join(t.TempDir(), "store", "mrzbot.db")}
	b.clock.lead.Store(int64(time.Until(morning)))
	var err error
	b.telegram, err = faketelegram.New(faketelegram.Config{Token: token, Now: b.clock.now, Sizes: &sizes})
	require.NoError(t, err)
	tg := httptest.NewServer(b.telegram)
	b.mrz, err = fakemrz.New(fakemrz.Config{Key: testKey, Now: b.clock.now})
	require.NoError(t, err)
	mrz := httptest.NewServer(b.mrz)
	t.Cleanup(func() {
		b.telegram.Close()
		tg.Close()
		mrz.Close()
	})
	b.environ = map[string]string{
		"TELEGRAM_BOT_TOKEN": token,
		"TELEGRAM_API_URL":   tg.URL,
		"MRZ_API_KEY":        testKey,
		"MRZ_API_URL":        mrz.URL + fakemrz.Path,
		"MRZ_TIMEOUT":        "5s",
		"STORAGE_URL":        "bolt:" + b.store,
		"OPS_ADDR":           "127.0.0.1:0",
		"LOG_LEVEL":          "debug",
		"PREFLIGHT":          "off", // most pictures here show nothing
	}
	for name, value := range settings {
		b.environ[name] = value
	}
	return b
}

// hooks counts the addresses that byWebhook has given away.
var hooks atomic.Uint32

// byWebhook lets Telegram call the bot instead of being asked. Where all of 127.0.0.0/8 is
// this machine the bot gets an address there of its own: on 127.0.0.1 another test might
// take the port while the bot does not listen.
func (b *bench) byWebhook() {
	own := fmt.Sprintf("127.%d.%d.%d:0", 1+os.Getpid()>>8&127, os.Getpid()&255, 1+hooks.Add(1)%254)
	l, err := net.Listen("tcp", own)
	if err != nil {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	require.NoError(b.t, err)
	b.environ["LISTEN_ADDR"] = l.Addr().String()
	b.environ["WEBHOOK_URL"] = "http://" + l.Addr().String() + "/telegram"
	require.NoError(b.t, l.Close())
}

// start starts the program and waits until it takes in updates.
func (b *bench) start() {
	cfg, err := config.Load(b.environ, nil)
	require.NoError(b.t, err)
	ctx, stop := context.WithCancel(context.Background())
	b.stop, b.ended = stop, make(chan error, 1)
	b.run, err = assemble(Process{Environ: b.process, Stderr: b.log, Now: b.clock.now}, cfg)
	require.NoError(b.t, err)
	b.telegram.SetDateAhead(0)
	go func() { b.ended <- b.run.serve(ctx) }()
	b.t.Cleanup(b.end)
	b.until("the program takes in updates", b.run.started.Load)
}

// end stops the program as a signal does, and waits for it.
func (b *bench) end() {
	b.stop()
	select {
	case err, ok := <-b.ended:
		if ok {
			require.NoError(b.t, err)
			close(b.ended)
		}
	case <-time.After(patience):
		b.t.Fatal("the program does not stop")
	}
}

// until waits for a condition that nothing announces.
func (b *bench) until(what string, condition func() bool) {
	b.t.Helper()
	require.Eventually(b.t, condition, patience, 2*time.Millisecond, what)
}

// quiet waits until everything that was sent has been taken in and worked, or
// waits for a later time.
func (b *bench) quiet() {
	b.t.Helper()
	seen := 0 // in a row: between the two questions a task may move
	b.until("all work is done", func() bool {
		if b.idle() {
			seen++
		} else {
			seen = 0
		}
		return seen == 3
	})
}

// soon is when work that waits is still awaited. Notices keep a pace of
// seconds, photos that wait begin with longer pauses.
const soon = 2500 * time.Millisecond

// idle reports whether nothing is in work, on its way, or due soon. What is due
// soon is not waited for: the clock goes there.
func (b *bench) idle() bool {
	now := b.clock.now()
	at, due, err := b.run.store.NextTask(b.t.Context(), now, allKinds)
	require.NoError(b.t, err)
	work, err := b.run.store.Backlog(b.t.Context(), now)
	require.NoError(b.t, err)
	for _, n := range work.Leased {
		if n > 0 {
			return false
		}
	}
	if b.telegram.Pending() > 0 {
		return false
	}
	if due && at.After(now) && at.Before(now.Add(soon)) {
		b.forward(at.Sub(now))
	}
	return !due || at.After(now.Add(soon))
}

// morning is when every test begins: ten o'clock in Bishkek, with the day
// before it.
var morning = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

// clock is the wall clock with a lead that tests can change.
type clock struct {
	lead  atomic.Int64
	stood atomic.Int64 // when it was stopped, by the machine's clock, in Unix ns; 0: it runs
}

func (c *clock) now() time.Time {
	at := time.Now()
	if stood := c.stood.Load(); stood != 0 {
		at = time.Unix(0, stood)
	}
	return at.Add(time.Duration(c.lead.Load()))
}

// stop makes the clock stand still, so that no pause ends because the machine is
// slow; forward still moves it.
func (c *clock) stop() { c.stood.Store(time.Now().UnixNano()) }

// forward moves the program's and Telegram's calendar.
func (b *bench) forward(d time.Duration) {
	b.clock.lead.Add(int64(d))
	b.run.queue.Notify()
}

// safeBuffer collects a log that several goroutines write.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// card is an invented, valid Kyrgyz card.
var card = []string{
	"IDKGZID1234567320101199012345<",
	"9001011M3101012KGZ<<<<<<<<<<<0",
	"TESTOV<<TEST<<<<<<<<<<<<<<<<<<",
}

// timeOfDay is a time that depends on how fast the machine is.
var timeOfDay = regexp.MustCompile(`\b\d\d:\d\d(:\d\d)?\b`)

// show writes a message as a talk file shows it.
func show(m faketelegram.Message, photo func(int) string) string {
	var s strings.Builder
	if m.ReplyTo != 0 {
		fmt.Fprintf(&s, "(to %s) ", photo(m.ReplyTo))
	}
	if m.Protected {
		s.WriteString("(protected) ")
	}
	if m.File != nil {
		fmt.Fprintf(&s, "(%s) ", strings.TrimSpace(m.Kind+" "+m.File.Name))
	}
	s.WriteString(timeOfDay.ReplaceAllString(marked(m), "HH:MM"))
	for _, row := range m.Buttons {
		s.WriteString("\n")
		for _, button := range row {
			copied := ""
			if button.Copy != nil {
				copied = " ⧉ " + strings.ReplaceAll(button.Copy.Text, "\n", "|")
			}
			fmt.Fprintf(&s, "[%s%s]", button.Text, copied)
		}
	}
	return strings.TrimRight(s.String(), " ")
}
