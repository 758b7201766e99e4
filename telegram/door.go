package telegram

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"mrzbot/storage"
)

const (
	// maxUpdate is the largest update taken, ten times the largest there is: a
	// message of 4096 characters full of entities that replies to another such.
	maxUpdate = 1 << 20

	// maxRest and restTimeout bound how much more of a request is read after it
	// was refused. A client that only reads when it has written everything would
	// see the connection cut instead of the answer.
	maxRest     = 16 << 20
	restTimeout = 5 * time.Second

	// retryAfter is what Telegram is told, in seconds, while the store fails. A
	// button can be answered for 150 s, so it has to be short.
	retryAfter = 5

	secretHeader = "X-Telegram-Bot-Api-Secret-Token"

	// PurposeUpdate is the purpose under which an update's bytes are sealed.
	PurposeUpdate = "update"
)

// secretForm is what Telegram takes for a secret (Bot API, setWebhook).
var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// TaskStore is what the door needs of the store.
type TaskStore interface {
	AddTask(ctx context.Context, t storage.Task) (added bool, err error)
}

// Sealer shuts what may hold anything a person wrote. It binds it to the task
// and the purpose.
type Sealer interface {
	Seal(task, purpose string, plain []byte) []byte
}

// Event is what became of an update, or of a request that was none. It is a
// word for a metric.
type Event string

// The events there are.
const (
	EventStored      Event = "stored"
	EventRepeated    Event = "repeated"    // it was stored before
	EventIgnored     Event = "ignored"     // of a group, or of a kind that is not handled
	EventUndecodable Event = "undecodable" // stored, to be quarantined
	EventNotStored   Event = "not_stored"  // the store failed; Telegram brings it again
	EventBadSecret   Event = "bad_secret"
	EventBadRequest  Event = "bad_request" // another method, type or size, or cut
)

// DoorConfig is what a Door needs. Store and Seal are required.
type DoorConfig struct {
	Store TaskStore
	Seal  Sealer

	// Secret is what Telegram was given with setWebhook. "": no request is let
	// in; updates come by Accept only.
	Secret string

	Stored func()           // called when there is new work; nil: nobody waits for it
	Count  func(Event)      // called once for each update and request; nil: nobody counts
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: nothing is logged
}

// Door takes updates in: as the handler of the webhook, and by Accept. An
// update is answered when it is durable, and not earlier.
//
// The server in front of it sets the time in which a request must be read, and
// the path.
type Door struct {
	c      DoorConfig
	secret [sha256.Size]byte // its hash
}

// NewDoor makes a door.
func NewDoor(c DoorConfig) (*Door, error) {
	if c.Secret != "" && !secretForm.MatchString(c.Secret) {
		return nil, errors.New("telegram: the webhook secret may have 1 to 256 characters of A-Z a-z 0-9 _ -")
	}
	if c.Stored == nil {
		c.Stored = func() {}
	}
	if c.Count == nil {
		c.Count = func(Event) {}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Door{c: c, secret: sha256.Sum256([]byte(c.Secret))}, nil
}

// ServeHTTP takes one update of the webhook. Telegram repeats what is not
// answered with 2xx, and holds back the chat's next update until it is.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		d.refuse(w, http.StatusMethodNotAllowed, EventBadRequest)
		return
	}
	if !d.authentic(r) {
		d.refuse(w, http.StatusUnauthorized, EventBadSecret)
		return
	}
	if !isJSON(r.Header.Get("Content-Type")) {
		d.refuse(w, http.StatusUnsupportedMediaType, EventBadRequest)
		return
	}
	raw, status := readUpdate(r)
	if status != http.StatusOK {
		d.refuse(w, status, EventBadRequest)
		return
	}
	if id, err := d.take(r.Context(), raw); err != nil {
		d.c.Log.WarnContext(r.Context(), "an update was not stored", "update_id", id, "error", err)
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// Accept stores an update. Nil means that it is durable, or that the bot has
// nothing to do with it; ErrTooLarge that it never can be stored; any other
// error that it has to be brought again.
func (d *Door) Accept(ctx context.Context, raw []byte) error {
	_, err := d.take(ctx, raw)
	return err
}

// take is Accept, and gives the update's id; 0 when it cannot be read.
func (d *Door) take(ctx context.Context, raw []byte) (id int64, err error) {
	t, id := sort(raw, d.c.Now())
	if t == nil {
		d.c.Count(EventIgnored)
		return id, nil
	}
	if len(raw) > maxUpdate {
		d.c.Count(EventBadRequest)
		return id, ErrTooLarge
	}
	t.Payload = d.c.Seal.Seal(t.ID, PurposeUpdate, raw)
	added, err := d.c.Store.AddTask(ctx, *t)
	if err != nil {
		d.c.Count(EventNotStored)
		return id, err
	}

	event, level := EventStored, slog.LevelDebug
	switch {
	case !added:
		event = EventRepeated
	case t.Person == 0:
		event, level = EventUndecodable, slog.LevelWarn
	}
	d.c.Count(event)
	d.c.Log.Log(ctx, level, "an update came in", "update_id", id, "kind", t.Kind, "event", event)
	if added {
		d.c.Stored()
	}
	return id, nil
}

// refuse answers with a status and no body.
func (d *Door) refuse(w http.ResponseWriter, status int, e Event) {
	d.c.Count(e)
	w.WriteHeader(status)
}

// authentic compares the secret in constant time. Hashes have one length, so
// the comparison does not tell the secret's either.
func (d *Door) authentic(r *http.Request) bool {
	got := sha256.Sum256([]byte(r.Header.Get(secretHeader)))
	return subtle.ConstantTimeCompare(got[:], d.secret[:]) == 1 && d.c.Secret != ""
}

func isJSON(contentType string) bool {
	if contentType == "application/json" {
		return true
	}
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && t == "application/json"
}

// readUpdate reads the body, and gives the status of a request whose body is
// no use.
func readUpdate(r *http.Request) ([]byte, int) {
	if r.ContentLength > maxUpdate {
		return nil, http.StatusRequestEntityTooLarge
	}
	var raw []byte
	var err error
	if r.ContentLength >= 0 {
		raw = make([]byte, r.ContentLength)
		_, err = io.ReadFull(r.Body, raw)
	} else {
		raw, err = io.ReadAll(io.LimitReader(r.Body, maxUpdate+1))
	}
	switch {
	case err != nil:
		return nil, http.StatusBadRequest
	case len(raw) > maxUpdate:
		return nil, http.StatusRequestEntityTooLarge
	}
	return raw, http.StatusOK
}

// ReadOn serves with h, and reads on for a while what h has left unread, so that
// the client gets its answer and not a connection that was cut while it wrote.
// One that waits to be asked for its body (Expect: 100-continue) is not asked.
func ReadOn(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := &watchedBody{ReadCloser: r.Body, left: r.ContentLength, ended: r.Body == http.NoBody}
		r.Body = body
		h.ServeHTTP(w, r)
		if body.ended || !body.begun && r.Header.Get("Expect") != "" {
			return
		}
		// The system's clock, not the bot's: the deadline is the connection's.
		if http.NewResponseController(w).SetReadDeadline(time.Now().Add(restTimeout)) == nil {
			_, _ = io.CopyN(io.Discard, body, maxRest)
		}
	})
}

// watchedBody knows how far it was read.
type watchedBody struct {
	io.ReadCloser
	left         int64 // negative: not known
	begun, ended bool
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	b.begun, b.ended = true, err != nil || b.left == 0
	return n, err
}
