package faults

import (
	"errors"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
	"mrzbot/storage"
)

const (
	token  = "123456:the-token-of-a-bot-that-nobody-has"
	key    = "the-key-of-a-service-that-nobody-pays-for-at-all"
	secret = "the-secret-of-the-webhook"
)

// stage is the program between the two stand-ins, one life after another.
type stage struct {
	*points
	t        testing.TB
	dice     *rand.Rand // of the test's own goroutine
	telegram *faketelegram.Server
	mrz      *fakemrz.Server
	place    place
	environ  map[string]string
	dir      string
	polling  bool
	wire     *http.Transport // of those who knock at the door
	front    *http.Transport // to a proxy before the program; nil: Telegram knocks itself

	mu    sync.Mutex
	life  *program   // the one that runs, or ran last
	lives []*program // all there were
	kills int
	turn  int // of who takes the next update
}

// how is in which way updates come.
type how string

const (
	polling how = "polling"
	webhook how = "webhook"
)

// newStage makes a stage on which nothing runs yet. Settings of the test go
// over those of the stage.
func newStage(t testing.TB, e engine, by how, settings map[string]string) *stage {
	if runtime.GOOS == "windows" {
		t.Skip("signals are not sent to processes on Windows")
	}
	s := &stage{points: newPoints(), t: t, dice: dice(t, seedOf(t)), place: e(t), dir: t.TempDir(), polling: by == polling}
	s.wire = &http.Transport{MaxIdleConnsPerHost: 100}
	var err error
	s.telegram, err = faketelegram.New(faketelegram.Config{Token: token, Deliver: &door{s}})
	require.NoError(t, err)
	tg := serve(s.points.telegram(s.telegram))
	s.mrz, err = fakemrz.New(fakemrz.Config{Key: key})
	require.NoError(t, err)
	mrz := serve(s.points.service(s.mrz))
	s.mrz.Answer(fakemrz.Lines(card...))
	t.Cleanup(func() {
		s.end()
		s.telegram.Close()
		tg.Close()
		mrz.Close()
		s.wire.CloseIdleConnections()
	})
	s.environ = map[string]string{
		"TELEGRAM_BOT_TOKEN": token, "TELEGRAM_API_URL": tg.URL,
		"MRZ_API_KEY": key, "MRZ_API_URL": mrz.URL + fakemrz.Path, "MRZ_TIMEOUT": "3s",
		"STORAGE_URL": s.place.url, "OPS_ADDR": "127.0.0.1:0", "ADMIN_IDS": strconv.FormatInt(admin.ID, 10),
		"DAILY_ATTEMPTS": "0", "RETRY_FOR": "2m", "LOG_LEVEL": "debug",
		"PREFLIGHT": "off", // the pictures here show nothing
	}
	if by == webhook {
		// The port is one that nobody has: updates are carried to the one that
		// the process finds free.
		s.environ["WEBHOOK_URL"], s.environ["WEBHOOK_SECRET"] = "http://127.0.0.1:1/telegram", secret
		s.environ["LISTEN_ADDR"] = "127.0.0.1:0"
	}
	maps.Copy(s.environ, settings)
	t.Cleanup(s.tell)
	return s
}

func serve(h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // connections are cut on purpose here
	s.Start()
	return s
}

// card is an invented, valid Kyrgyz card.
var card = []string{
	"IDKGZID1234567320101199012345<",
	"9001011M3101012KGZ<<<<<<<<<<<0",
	"TESTOV<<TEST<<<<<<<<<<<<<<<<<<",
}

// start starts a life of the program, and does not wait for it. Telegram
// brings what it has as soon as the door is open.
func (s *stage) start() *program {
	p := launch(s.t, s.environ, s.dir)
	s.mu.Lock()
	s.life, s.lives = p, append(s.lives, p)
	s.mu.Unlock()
	if !s.polling {
		go func() {
			if p.log.await(p.dead, func() bool { return p.log.webhook != "" }) {
				s.telegram.RetryNow()
			}
		}()
	}
	return p
}

// up starts a life and waits until it works.
func (s *stage) up() *program {
	s.t.Helper()
	p := s.start()
	require.True(s.t, p.log.await(within(s.t, patience).Done(), func() bool {
		return p.log.started && p.log.ops != "" && (s.polling || p.log.webhook != "")
	}), "the program does not start")
	until(s.t, "the program is ready", patience, func() bool {
		_, status := s.ask("/readyz")
		return status == http.StatusOK
	})
	return p
}

// kill kills the life that runs.
func (s *stage) kill() {
	s.mu.Lock()
	life := s.life
	s.mu.Unlock()
	if life.kill() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.kills++
	}
}

// killed counts the kills so far.
func (s *stage) killed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kills
}

var errNobody = errors.New("nobody listens")

// webhook gives where updates are taken: by the next in turn of the lives that
// listen, of which most tests have one.
func (s *stage) webhook() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range s.lives {
		s.turn++
		life := s.lives[s.turn%len(s.lives)]
		if to, _ := life.log.where(); to != "" && !life.ended() {
			return to, nil
		}
	}
	return "", errNobody
}

// stop ends the program properly, and looks whether it did.
func (s *stage) stop() {
	s.mu.Lock()
	life := s.life
	s.mu.Unlock()
	require.NoError(s.t, life.stop())
	select {
	case <-life.dead:
		require.NoError(s.t, life.err)
	case <-within(s.t, patience).Done():
		s.t.Fatal("the program does not stop")
	}
}

// end ends what still runs, at the end of a test.
func (s *stage) end() {
	s.mu.Lock()
	lives := s.lives
	s.mu.Unlock()
	for _, p := range lives {
		p.kill()
	}
}

// tell leaves the logs of a failed test, and the end of the last one's.
func (s *stage) tell() {
	if !s.t.Failed() {
		return
	}
	dir, err := os.MkdirTemp("", "mrzbot-faults-failed")
	if err != nil {
		return
	}
	for i, p := range s.lives {
		_ = os.WriteFile(filepath.Join(dir, strconv.Itoa(i)+".log"), []byte(p.log.String()), 0o600)
	}
	s.t.Log("the logs of all lives are kept in", dir)
}

// seed puts people into the store before anything runs.
func (s *stage) seed(people ...faketelegram.Person) {
	store := s.place.open(s.t)
	for _, p := range people {
		_, err := store.ChangePerson(s.t.Context(), p.ID, func(kept *storage.Person) error {
			kept.Role, kept.Added, kept.By, kept.Name = storage.RoleAgent, time.Now(), admin.ID, p.FirstName
			return nil
		})
		require.NoError(s.t, err)
	}
	require.NoError(s.t, store.Close())
}
