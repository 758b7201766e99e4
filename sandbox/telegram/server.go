package faketelegram

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-telegram/bot/models"

	"mrzbot/sandbox/botapi"
	"mrzbot/sandbox/journal"
)

// Memory is bounded: beyond these numbers the oldest go first.
const (
	maxMessagesPerChat = 2_000     // more than a day's work of one agent
	maxFileBytes       = 512 << 20 // all pictures and documents together
	maxCalls           = 20_000    // a load test of some thousand photos
	maxDeliveries      = 20_000    // the same
	maxQueries         = 10_000    // button presses whose answer may be asked for
	maxTypings         = 10_000
	maxPending         = 100_000 // undelivered updates; further ones are lost, as after 24 hours
)

// Config says who the bot is and whose calendar counts.
type Config struct {
	// Token the bot must use, in Telegram's form "123456:…".
	Token string
	// Bot is how the bot is called; zero: "MRZ" with the name mrz_sandbox_bot.
	// Its id always comes from the token.
	Bot Person
	// Now is the calendar; nil: time.Now.
	Now func() time.Time
	// Deliver carries updates to the webhook; nil: a client of its own
	// without a proxy. Redirects are never followed.
	Deliver http.RoundTripper
	// Journal is told of every call and delivery; nil: nobody is.
	Journal *journal.Journal
	// Sizes remembers what was made of photos; nil: the server's own does.
	Sizes *Sizes
}

// Server plays the Bot API. Make it with New and end it with Close.
// All methods may be called from several goroutines.
type Server struct {
	token   string
	bot     models.User
	now     func() time.Time
	journal *journal.Journal
	sizes   *Sizes
	client  *http.Client
	methods map[string]method

	dateAhead atomic.Int64 // see SetDateAhead

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	work sync.WaitGroup // deliveries under way

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at every change
	version  int64         // counts changes; messages carry the one they changed at
	people   map[int64]*person
	chats    map[int64]*chat
	messages map[int]*message
	lastID   int // message ids are unique over all chats
	queries  map[string]*query
	asked    []string // ids of queries, oldest first
	commands map[commandKey][]models.BotCommand
	profiles map[string]profile // by language; "": for all without their own
	files    fileStore
	local    string // see RunLocal; "": files are served
	faults   []*armedFault
	calls    []Call
	typings  []Typing
	updates  updateQueues
	hook     webhook
	poller   chan *botapi.Error // of the getUpdates that waits now; nil: nobody
}

// ErrToken says that a token does not have Telegram's form.
var ErrToken = errors.New("sandbox: the token must look like 123456:AbC… with 30 characters or more after the colon")

var tokenForm = regexp.MustCompile(`^([1-9][0-9]{0,17}):[A-Za-z0-9_-]{30,}$`)

// New makes a stand-in with no people and no messages.
func New(cfg Config) (*Server, error) {
	parts := tokenForm.FindStringSubmatch(cfg.Token)
	if parts == nil {
		return nil, ErrToken
	}
	id, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return nil, ErrToken
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Bot.FirstName == "" {
		cfg.Bot.FirstName, cfg.Bot.Username = "MRZ", "mrz_sandbox_bot"
	}
	if cfg.Sizes == nil {
		cfg.Sizes = new(Sizes)
	}
	ctx, stop := context.WithCancel(context.Background())
	t := &Server{
		token: cfg.Token,
		bot: models.User{
			ID: id, IsBot: true, FirstName: cfg.Bot.FirstName, Username: cfg.Bot.Username, CanJoinGroups: true,
		},
		now:      cfg.Now,
		journal:  cfg.Journal,
		sizes:    cfg.Sizes,
		client:   deliveryClient(cfg.Deliver),
		methods:  playedMethods(),
		ctx:      ctx,
		stop:     stop,
		changed:  make(chan struct{}),
		people:   map[int64]*person{},
		chats:    map[int64]*chat{},
		messages: map[int]*message{},
		queries:  map[string]*query{},
		commands: map[commandKey][]models.BotCommand{},
		profiles: map[string]profile{},
		files:    newFileStore(maxFileBytes),
		updates:  newUpdateQueues(),
	}
	return t, nil
}

// Close ends deliveries and waiting polls and waits for the deliveries under way.
func (t *Server) Close() {
	t.mu.Lock()
	t.stop()
	t.hook.clear()
	if t.updates.mix.timer != nil {
		t.updates.mix.timer.Stop()
	}
	t.mu.Unlock()
	t.work.Wait()
	t.client.CloseIdleConnections()
}

// BotID is the bot's user id, the number before the colon of its token.
func (t *Server) BotID() int64 { return t.bot.ID }

// BotFirstName is how the apps call the bot.
func (t *Server) BotFirstName() string { return t.bot.FirstName }

// BotName is the bot's username, without @.
func (t *Server) BotName() string { return t.bot.Username }

// touch wakes all who wait for a change. The caller holds mu.
func (t *Server) touch() int64 {
	t.version++
	close(t.changed)
	t.changed = make(chan struct{})
	return t.version
}

// Wait returns when the condition holds, or with the context's error. It looks
// again after every change and never sleeps. The condition may call any
// reading method.
func (t *Server) Wait(ctx context.Context, condition func() bool) error {
	for {
		changed := t.Changed()
		if condition() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Changed is closed at the next change of anything a reading method shows.
func (t *Server) Changed() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changed
}

// ServeHTTP answers the bot: /bot<token>/<method> and /file/bot<token>/<path>.
func (t *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w = &stamped{ResponseWriter: w, now: t.date}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/file/bot"); ok {
		t.serveFile(w, r, rest)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, name, slash := strings.Cut(rest, "/")
	if !ok || !slash || !tokenForm.MatchString(token) {
		writeError(w, &botapi.Error{Code: http.StatusNotFound, Description: "Not Found"})
		return
	}
	t.serveCall(w, r, token, name)
}

// date is the time that answers are stamped with.
func (t *Server) date() time.Time { return t.now().Add(time.Duration(t.dateAhead.Load())) }

// SetDateAhead lets the Date header of answers differ from Telegram's calendar,
// as it does for a bot on a machine whose clock is wrong.
func (t *Server) SetDateAhead(d time.Duration) { t.dateAhead.Store(int64(d)) }

// stamped is an answer with the Date of Telegram's calendar.
type stamped struct {
	http.ResponseWriter
	now func() time.Time
}

// WriteHeader stamps the answer when it begins.
func (s *stamped) WriteHeader(status int) {
	s.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
	s.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (s *stamped) Unwrap() http.ResponseWriter { return s.ResponseWriter }
