package control

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"mrzbot/bot/health"
	"mrzbot/internal/backup"
	"mrzbot/storage"
)

// Store is what the server asks of the store.
type Store interface {
	Backlog(ctx context.Context, now time.Time) (storage.Backlog, error)
	Ready(ctx context.Context) error
	Entries(ctx context.Context, from, to time.Time, max int) ([]storage.Entry, error)
	Attempts(ctx context.Context, person int64, day storage.Day) (storage.Count, error)
	DaySums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error)
	PersonSums(ctx context.Context, from, to storage.Day) ([]storage.DayTotal, error)
	Person(ctx context.Context, id int64) (storage.Person, error)
	Dump(ctx context.Context) iter.Seq2[storage.Record, error]
	PutSetting(ctx context.Context, key string, value []byte) error
}

// Server answers the commands.
type Server struct {
	Store   Store
	Engine  string
	Version string
	Started func() bool // the bot takes in updates
	Notes   func() []string
	// Facts finds how the bot is, by its store and its machine alone.
	Facts func(ctx context.Context) health.Facts
	Now   func() time.Time
	Zone  *time.Location // of the days

	backup sync.Mutex // held while one is made
}

// Bounds of what is asked.
const (
	// askTimeout is how long the store may take to answer a small question.
	askTimeout = 5 * time.Second
	// maxEntries and maxPersons bound one answer.
	maxEntries = 10_000
	maxPersons = 100
	// backupTimeout and readTimeout bound how long a backup keeps the pages of
	// the store that are changed meanwhile: in all, and while its reader takes
	// nothing.
	backupTimeout = 10 * time.Minute
	readTimeout   = 10 * time.Second
	// stopTimeout is how long answers on their way may take when the bot stops.
	stopTimeout = time.Second
)

// Serve answers on l until ctx is done. The socket is gone when it returns.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: askTimeout,
		IdleTimeout:       time.Minute,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		if server.Shutdown(grace) != nil {
			_ = server.Close()
		}
	})
	err := server.Serve(l)
	if !stop() {
		<-stopped
	} else {
		_ = server.Close()
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", s.status)
	mux.HandleFunc("GET /ledger", s.ledger)
	mux.HandleFunc("GET /counts", s.counts)
	mux.HandleFunc("GET /sums", s.sums)
	mux.HandleFunc("GET /names", s.names)
	mux.HandleFunc("GET /backup", s.serveBackup)
	mux.HandleFunc("POST /backup", s.noteBackup)
	return mux
}

// Status is how the bot is.
type Status struct {
	Version string
	Engine  string
	Started bool   // it takes in updates
	Trouble string // what keeps the store from being written; "" when nothing does
	Backlog storage.Backlog
	Notes   []string // what somebody should see to
	Facts   health.Facts
}

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), askTimeout)
	defer cancel()
	is := Status{Version: s.Version, Engine: s.Engine, Started: s.Started()}
	if s.Notes != nil {
		is.Notes = s.Notes()
	}
	if s.Facts != nil {
		is.Facts = s.Facts(ctx)
	}
	err := s.Store.Ready(ctx)
	if err == nil {
		is.Backlog, err = s.Store.Backlog(ctx, s.Now())
	}
	if err != nil {
		is.Trouble = err.Error()
	}
	writeLines(w, is)
}

// ledger gives rows of the ledger, a line each: "from" and "to" as
// storage.Ledger.Entries has them, in RFC 3339, without them those of today.
func (s *Server) ledger(w http.ResponseWriter, r *http.Request) {
	now := s.Now().In(s.Zone)
	from, err1 := timeOf(r, "from", time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, s.Zone))
	to, err2 := timeOf(r, "to", now.Add(time.Second))
	most, err3 := numberOf(r, "max", maxEntries)
	if err := errors.Join(err1, err2, err3); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), askTimeout)
	defer cancel()
	rows, err := s.Store.Entries(ctx, from, to, min(most, maxEntries))
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	writeLines(w, rows...)
}

// PersonCount is a person's use of a day.
type PersonCount struct {
	Person int64
	Day    storage.Day
	storage.Count
}

// counts gives the counts of the persons asked for, on "day" or today.
func (s *Server) counts(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), askTimeout)
	defer cancel()
	day := storage.Day(r.FormValue("day"))
	if day == "" {
		day = storage.DayOf(s.Now(), s.Zone)
	}
	ids, err := personsOf(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var counts []PersonCount
	for _, id := range ids {
		c, err := s.Store.Attempts(ctx, id, day)
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		counts = append(counts, PersonCount{Person: id, Day: day, Count: c})
	}
	writeLines(w, counts...)
}

// personsOf reads which persons are asked about.
func personsOf(r *http.Request) (ids []int64, err error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	asked := r.Form["person"]
	if len(asked) > maxPersons {
		return nil, errors.New("too many persons")
	}
	for _, text := range asked {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errors.New("person is no number")
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// failure is the trailer that says why a backup is cut.
const failure = "Mrzbot-Failure"

// heldUp is what failure says of storage.ErrHeldUp.
const heldUp = "held up"

// serveBackup gives a backup of the store as it is at this moment.
func (s *Server) serveBackup(w http.ResponseWriter, r *http.Request) {
	if !s.backup.TryLock() {
		http.Error(w, "another backup is being made", http.StatusConflict)
		return
	}
	defer s.backup.Unlock()
	ctx, cancel := context.WithTimeout(r.Context(), backupTimeout)
	defer cancel()
	w.Header().Set("Content-Type", "application/gzip")
	w.Header().Set("Trailer", failure)
	err := backup.Write(&patient{w, http.NewResponseController(w)}, s.Version, s.Now(), s.Store.Dump(ctx))
	switch {
	case errors.Is(err, storage.ErrHeldUp):
		w.Header().Set(failure, heldUp)
	case err != nil:
		w.Header().Set(failure, err.Error())
	}
}

// noteBackup notes that a backup was made whole.
func (s *Server) noteBackup(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), askTimeout)
	defer cancel()
	if err := s.Store.PutSetting(ctx, health.BackupSetting, health.BackupMade(s.Now())); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

// patient writes to a reader that may be slow, but not for ever.
type patient struct {
	io.Writer
	control *http.ResponseController
}

func (p *patient) Write(b []byte) (int, error) {
	// The system's clock, not the bot's: the deadline is the connection's.
	if err := p.control.SetWriteDeadline(time.Now().Add(readTimeout)); err != nil {
		return 0, err
	}
	return p.Writer.Write(b)
}

func writeLines[T any](w http.ResponseWriter, lines ...T) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	enc := json.NewEncoder(w)
	for _, l := range lines {
		if enc.Encode(l) != nil {
			return // the reader is gone
		}
	}
}

func timeOf(r *http.Request, name string, otherwise time.Time) (time.Time, error) {
	value := r.FormValue(name)
	if value == "" {
		return otherwise, nil
	}
	t, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return t, errors.New(name + " is no time as RFC 3339 writes it")
	}
	return t, nil
}

func numberOf(r *http.Request, name string, otherwise int) (int, error) {
	value := r.FormValue(name)
	if value == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0, errors.New(name + " is no number")
	}
	return n, nil
}
