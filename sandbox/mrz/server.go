package fakemrz

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"mrzbot/sandbox/journal"
	"mrzbot/sandbox/web"
)

// Path is where the service answers, trailing slash included.
const Path = "/api/v1/backend/mrz/retrieve/"

// minKey is the shortest key the vendor's page allows.
const minKey = 47

// maxCalls bounds the log: a load test of some thousand photos.
const maxCalls = 20_000

// Config is the key the service knows and the eyes it reads with.
type Config struct {
	// Key clients must send; 47 characters or more.
	Key string
	// Read finds the MRZ in a picture: its lines, none when it cannot be
	// read. An error becomes a 500. It must be safe for several calls at once.
	Read func(ctx context.Context, picture []byte) (lines []string, err error)
	// Now is the calendar of the log; nil: time.Now.
	Now func() time.Time
	// Random makes session ids; nil: crypto/rand.
	Random io.Reader
	// Journal is told of every call; nil: nobody is.
	Journal *journal.Journal
}

// Server plays the Biometric MRZ API. Make it with New. All methods may be
// called from several goroutines.
type Server struct {
	cfg Config

	mu      sync.Mutex
	changed chan struct{}
	usual   Answer
	next    []Answer // once each, before the usual one
	slow    time.Duration
	counts  Counts
	calls   []Call
	last    []byte // the last picture received
}

// Counts is what a ledger can be held against.
type Counts struct {
	Begun      int // calls that came in, whatever became of them
	Received   int // of them: well formed, right key, body complete
	OK         int // of the received: answered with an MRZ
	Unreadable int // … with 422 or result false
	Refused    int // … with another 4xx but 424 and 429, or with a page
	Busy       int // … with 424, 429 or 503: surely not processed
	Broken     int // … with anything else, or no answer at all: perhaps charged
	Followed   int // keys that came along after a redirect; must stay 0
}

// Call is one entry of the log. It holds neither key nor picture.
type Call struct {
	At       time.Time
	Complete bool
	Bytes    int               // of the picture
	Sum      [sha256.Size]byte // of the picture
	Status   int               // 0: no answer
	Session  string
	Answer   string // the body, when there was one
	Page     bool   // it was a gateway's page instead
	Took     time.Duration
}

// ErrKey says that a key does not have the vendor's form.
var ErrKey = errors.New("sandbox: the key must have 47 characters or more")

// New makes a service that reads every picture it gets.
func New(cfg Config) (*Server, error) {
	if len(cfg.Key) < minKey {
		return nil, ErrKey
	}
	if cfg.Read == nil {
		cfg.Read = func(context.Context, []byte) ([]string, error) { return nil, nil }
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	usual, _ := AnswerNamed("ok")
	return &Server{cfg: cfg, changed: make(chan struct{}), usual: usual}, nil
}

// Answer sets what every call gets from now on. The zero Answer reads the
// picture.
func (m *Server) Answer(a Answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.usual = a
}

// AnswerNext sets what the next well-formed calls get, one answer each, in
// order, after those set before.
func (m *Server) AnswerNext(answers ...Answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next = append(m.next, answers...)
}

// Slow makes every answer take so much longer from now on.
func (m *Server) Slow(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.slow = d
}

// Usual is the answer set with Answer.
func (m *Server) Usual() Answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.usual
}

// Counts is what happened so far.
func (m *Server) Counts() Counts {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts
}

// Calls is the log, oldest first.
func (m *Server) Calls() []Call {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Call(nil), m.calls...)
}

// LastPicture is the picture of the last complete call; nil: none yet.
func (m *Server) LastPicture() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}

// Wait returns when the condition holds, or with the context's error. It looks
// again whenever a call begins, is received or ends.
func (m *Server) Wait(ctx context.Context, condition func() bool) error {
	for {
		m.mu.Lock()
		changed := m.changed
		m.mu.Unlock()
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

// update changes the counts and wakes those who wait.
func (m *Server) update(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
	close(m.changed)
	m.changed = make(chan struct{})
}

// ServeHTTP answers one call.
func (m *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	call := Call{At: m.cfg.Now()}
	m.update(func() {
		if r.Method == http.MethodPost { // whoever only looks whether somebody is there makes no call
			m.counts.Begun++
		}
	})
	answer := m.choose()
	defer func() {
		call.Took = time.Since(started)
		m.update(func() {
			if r.Method == http.MethodPost {
				m.calls = journal.KeepLast(append(m.calls, call), maxCalls)
			}
			if call.Complete {
				m.counts.sort(answer, call.Status)
			}
		})
		m.cfg.Journal.Add(call.entry())
	}()
	answer.cutEarly(r)
	picture, refusal := m.receive(r)
	if refusal != nil {
		m.giveBack(answer)
		call.Status, call.Answer = refusal.Status, refusal.Body
		refusal.write(w, r)
		return
	}
	call.Complete, call.Bytes, call.Sum = true, len(picture), sha256.Sum256(picture)
	m.update(func() {
		m.counts.Received++
		m.last = picture
	})
	if delay := answer.Delay + answer.more; delay > 0 && !web.Pause(r, delay) {
		return
	}
	if answer.Cut == CutAfter {
		panic(http.ErrAbortHandler)
	}
	full := m.compose(r.Context(), answer, picture)
	call.Session = full.session
	if full.Cut != CutInAnswer {
		call.Status, call.Answer, call.Page = full.Status, full.Body, full.HTML
	}
	full.write(w, r)
}

// choose takes the answer for a call.
func (m *Server) choose() Answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	answer := m.usual
	if len(m.next) > 0 {
		answer = m.next[0]
		answer.once = true
		m.next = m.next[1:]
	}
	answer.more = m.slow
	return answer
}

// giveBack keeps an answer that was meant for a well-formed call.
func (m *Server) giveBack(a Answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a.once {
		a.once = false
		m.next = append([]Answer{a}, m.next...)
	}
}

func (c *Counts) sort(a Answer, status int) {
	switch {
	case a.HTML && status == http.StatusOK:
		c.Refused++
	case status == http.StatusOK && a.isZone() && a.Cut == CutNever && a.Framing != Endless:
		c.OK++
	case status == http.StatusUnprocessableEntity, status == http.StatusOK && a.failed:
		c.Unreadable++
	case status == http.StatusFailedDependency, status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		c.Busy++
	case status >= 400 && status < 500:
		c.Refused++
	default:
		c.Broken++
	}
}

// compose finishes an answer: it reads the picture where that is asked for.
func (m *Server) compose(ctx context.Context, a Answer, picture []byte) Answer {
	session := m.newSession()
	if a.isZone() {
		lines := a.Lines
		if lines == nil {
			var err error
			if lines, err = m.cfg.Read(ctx, picture); err != nil {
				return detail(http.StatusInternalServerError, "Internal server error").with(session)
			}
		}
		if lines == nil {
			return detail(http.StatusUnprocessableEntity, "Error while parsing MRZ").with(session)
		}
		if a.Misread {
			lines = misread(lines)
		}
		if a.MisreadName {
			lines = misreadName(lines)
		}
		a.Status = http.StatusOK
		a.Body = a.mrz(lines)
	}
	return a.with(session)
}

func (m *Server) newSession() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b [16]byte
	if _, err := io.ReadFull(m.cfg.Random, b[:]); err != nil {
		return "00000000-0000-4000-8000-" + fmt.Sprintf("%012d", m.counts.Begun)
	}
	b[6], b[8] = b[6]&0x0F|0x40, b[8]&0x3F|0x80 // a version 4 UUID, RFC 9562
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
