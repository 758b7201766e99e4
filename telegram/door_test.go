package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mrzbot/storage"
)

const hookSecret = "hook_SECRET-1"

var errStore = errors.New("the disk is full")

// shelf is a store that keeps tasks in memory.
type shelf struct {
	mu    sync.Mutex
	tasks []storage.Task
	names map[string]bool
	fail  func(storage.Task) error // nil: never
}

func (s *shelf) AddTask(ctx context.Context, t storage.Task) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if s.fail != nil {
		if err := s.fail(t); err != nil {
			return false, err
		}
	}
	if s.names[t.ID] {
		return false, nil
	}
	if s.names == nil {
		s.names = map[string]bool{}
	}
	s.names[t.ID] = true
	s.tasks = append(s.tasks, t)
	return true, nil
}

// ids gives the names of the tasks, in the order in which they came.
func (s *shelf) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, t := range s.tasks {
		ids = append(ids, t.ID)
	}
	return ids
}

// wax is a seal that a test can open.
type wax struct{}

func (wax) Seal(task, purpose string, plain []byte) []byte {
	return append([]byte(task+"|"+purpose+"|"), plain...)
}

// watched is a door with all that a test looks at.
type watched struct {
	*Door
	store    *shelf
	log      *logbook
	mu       sync.Mutex
	events   []Event
	notifies int
}

func newDoor(t testing.TB) *watched {
	t.Helper()
	w := &watched{store: &shelf{}, log: newLogbook(t)}
	d, err := NewDoor(DoorConfig{
		Store:  w.store,
		Seal:   wax{},
		Secret: hookSecret,
		Stored: func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.notifies++
		},
		Count: func(e Event) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.events = append(w.events, e)
		},
		Now: newClock().now,
		Log: w.log.logger(),
	})
	require.NoError(t, err)
	w.Door = d
	return w
}

// knock makes a request as Telegram makes it.
func knock(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(secretHeader, hookSecret)
	return r
}

// text is an update with a message as it comes, names and all.
const text = `{"update_id":10,"message":{"message_id":5,
	"from":{"id":77,"is_bot":false,"first_name":"AIGUL","last_name":"TESTOVA","language_code":"ky"},
	"chat":{"id":77,"first_name":"AIGUL","last_name":"TESTOVA","type":"private"},
	"date":1777880000,"text":"AN1234567"}}`

func TestDoorStoresAnUpdate(t *testing.T) {
	d := newDoor(t)
	w := httptest.NewRecorder()
	d.ServeHTTP(w, knock(text))
	require.Equal(t, 200, w.Code)
	require.Empty(t, w.Body.String())
	require.Equal(t, []storage.Task{{
		ID:      "update:10",
		Kind:    storage.KindUpdate,
		Order:   "chat:77",
		Person:  77,
		Chat:    77,
		Message: 5,
		Added:   newClock().now(),
		Payload: []byte("update:10|update|" + text),
	}}, d.store.tasks)

	w = httptest.NewRecorder()
	d.ServeHTTP(w, knock(text))
	require.Equal(t, 200, w.Code, "a repeat is fine")
	require.Len(t, d.store.tasks, 1)
	require.Equal(t, []Event{EventStored, EventRepeated}, d.events)
	require.Equal(t, 1, d.notifies)
	require.Contains(t, d.log.String(), "update_id=10")
}

// broken is a body that ends in the middle, and knows whether it was read.
type broken struct{ read bool }

func (b *broken) Read(p []byte) (int, error) {
	b.read = true
	return copy(p, `{"update_id":1`), io.ErrUnexpectedEOF
}

func (b *broken) Close() error { return nil }

func TestDoorRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		status int
		event  Event
		read   bool
	}{
		{"GET", func(r *http.Request) { r.Method = http.MethodGet }, 405, EventBadRequest, false},
		{"PUT", func(r *http.Request) { r.Method = http.MethodPut }, 405, EventBadRequest, false},
		{"no secret", func(r *http.Request) { r.Header.Del(secretHeader) }, 401, EventBadSecret, false},
		{"empty secret", func(r *http.Request) { r.Header.Set(secretHeader, "") }, 401, EventBadSecret, false},
		{"wrong secret", func(r *http.Request) { r.Header.Set(secretHeader, "hook_SECRET-2") }, 401, EventBadSecret, false},
		{"part of the secret", func(r *http.Request) { r.Header.Set(secretHeader, hookSecret[:5]) }, 401, EventBadSecret, false},
		{"more than the secret", func(r *http.Request) { r.Header.Set(secretHeader, hookSecret+"1") }, 401, EventBadSecret, false},
		{"wrong secret before wrong type", func(r *http.Request) { r.Header = http.Header{} }, 401, EventBadSecret, false},
		{"no type", func(r *http.Request) { r.Header.Del("Content-Type") }, 415, EventBadRequest, false},
		{"a form", func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415, EventBadRequest, false},
		{"too large by its own word", func(r *http.Request) { r.ContentLength = maxUpdate + 1 }, 413, EventBadRequest, false},
		{"too large without a word", func(r *http.Request) {
			r.ContentLength, r.Body = -1, io.NopCloser(io.LimitReader(zeros{}, maxUpdate+1))
		}, 413, EventBadRequest, true},
		{"cut", func(*http.Request) {}, 400, EventBadRequest, true},
		{"cut, length not said", func(r *http.Request) { r.ContentLength = -1 }, 400, EventBadRequest, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoor(t)
			r, body := knock(text), &broken{}
			r.Body = body
			c.change(r)
			w := httptest.NewRecorder()
			d.ServeHTTP(w, r)
			require.Equal(t, c.status, w.Code)
			require.Empty(t, w.Body.String())
			require.Equal(t, []Event{c.event}, d.events)
			require.Empty(t, d.store.tasks)
			require.Zero(t, d.notifies)
			require.Equal(t, c.read && r.Body == body, body.read)
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestDoorTakesATypeWithACharset(t *testing.T) {
	d := newDoor(t)
	r := knock(text)
	r.Header.Set("Content-Type", "Application/JSON; charset=utf-8")
	r.ContentLength = -1
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	require.Equal(t, 200, w.Code)
	require.Len(t, d.store.tasks, 1)
}

func TestDoorWithoutASecretIsShut(t *testing.T) {
	d, err := NewDoor(DoorConfig{Store: &shelf{}, Seal: wax{}})
	require.NoError(t, err)
	for _, secret := range []string{"", hookSecret} {
		r := knock(text)
		r.Header.Set(secretHeader, secret)
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		require.Equal(t, 401, w.Code)
	}
	require.NoError(t, d.Accept(t.Context(), []byte(text)))
}

func TestNewDoorChecksTheSecret(t *testing.T) {
	for _, secret := range []string{"two words", "ключ", strings.Repeat("x", 257)} {
		_, err := NewDoor(DoorConfig{Store: &shelf{}, Seal: wax{}, Secret: secret})
		require.Error(t, err)
		require.NotContains(t, err.Error(), secret)
	}
}

func TestDoorWhenTheStoreFails(t *testing.T) {
	d := newDoor(t)
	d.store.fail = func(storage.Task) error { return errStore }
	w := httptest.NewRecorder()
	d.ServeHTTP(w, knock(text))
	require.Equal(t, 503, w.Code)
	require.Equal(t, "5", w.Header().Get("Retry-After"))
	require.Empty(t, w.Body.String())
	require.Equal(t, []Event{EventNotStored}, d.events)
	require.Zero(t, d.notifies)
	require.Contains(t, d.log.String(), "the disk is full")
	require.ErrorIs(t, d.Accept(t.Context(), []byte(text)), errStore)

	d.store.fail = nil
	w = httptest.NewRecorder()
	d.ServeHTTP(w, knock(text))
	require.Equal(t, 200, w.Code)
	require.Len(t, d.store.tasks, 1)
}

func TestDoorKeepsTheConnection(t *testing.T) {
	d := newDoor(t)
	s := httptest.NewUnstartedServer(d)
	var opened sync.Map
	s.Config.ConnState = func(c net.Conn, _ http.ConnState) { opened.Store(c.RemoteAddr().String(), true) }
	s.Start()
	defer s.Close()
	client := s.Client()
	for i := range 5 {
		r, err := http.NewRequest(http.MethodPost, s.URL, strings.NewReader(fmt.Sprintf(`{"update_id":%d,"edited_message":{}}`, i+1)))
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(secretHeader, hookSecret)
		res, err := client.Do(r)
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, 200, res.StatusCode)
		require.Empty(t, body)
		require.False(t, res.Close)
	}
	n := 0
	opened.Range(func(any, any) bool { n++; return true })
	require.Equal(t, 1, n)
}

func TestDoorSideBySide(t *testing.T) {
	d := newDoor(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for id := range 50 {
				w := httptest.NewRecorder()
				d.ServeHTTP(w, knock(strings.Replace(text, `"update_id":10`, fmt.Sprintf(`"update_id":%d`, id+1), 1)))
				if w.Code != 200 {
					t.Error(w.Code)
				}
			}
		})
	}
	all.Wait()
	require.Len(t, d.store.tasks, 50)
	require.Equal(t, 50, d.notifies)
	require.Len(t, d.events, 400)
}

// FuzzDoor holds that nothing that comes with the right secret panics, is
// refused, or is stored under a name that could be another update's.
func FuzzDoor(f *testing.F) {
	for _, c := range envelopes {
		f.Add([]byte(c.raw))
	}
	f.Add([]byte(text))
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := newDoor(t)
		w := httptest.NewRecorder()
		d.ServeHTTP(w, knock(string(raw)))
		require.Equal(t, 200, w.Code)
		require.Len(t, d.events, 1)
		require.LessOrEqual(t, len(d.store.tasks), 1)
		for _, task := range d.store.tasks {
			require.Regexp(t, `^update:([1-9][0-9]{0,15}|[0-9a-f]{64})$`, task.ID)
			require.Regexp(t, `^[A-Za-z0-9_-]*$`, task.FileID)
			require.Equal(t, task.Kind == storage.KindPhoto, task.FileID != "")
			require.Equal(t, "update:", task.ID[:7])
			require.True(t, bytes.HasSuffix(task.Payload, raw))
			if task.Person != 0 {
				require.True(t, json.Valid(raw))
				require.NotZero(t, task.Chat)
			}
		}
		at := time.Time{}
		again, _ := sort(raw, at)
		if again != nil {
			require.Equal(t, d.store.tasks[0].ID, again.ID)
		}
	})
}

func TestDoorPutsAsideWhatItCannotRead(t *testing.T) {
	d := newDoor(t)
	raw := `{"update_id":10,"message":"AN1234567 TESTOVA"}`
	w := httptest.NewRecorder()
	d.ServeHTTP(w, knock(raw))
	require.Equal(t, 200, w.Code, "repeating it cannot help")
	require.Len(t, d.store.tasks, 1)
	require.Zero(t, d.store.tasks[0].Person)
	require.Equal(t, "update:10|update|"+raw, string(d.store.tasks[0].Payload))
	require.Equal(t, []Event{EventUndecodable}, d.events)
	require.Contains(t, d.log.String(), "level=WARN")
	require.Contains(t, d.log.String(), "update_id=10")
}

func TestDoorIgnoresWhatIsNotForIt(t *testing.T) {
	d := newDoor(t)
	d.store.fail = func(storage.Task) error { return errStore }
	w := httptest.NewRecorder()
	d.ServeHTTP(w, knock(`{"update_id":10,"channel_post":{"message_id":1}}`))
	require.Equal(t, 200, w.Code)
	require.Equal(t, []Event{EventIgnored}, d.events)
	require.Zero(t, d.notifies)
}

func TestAcceptTooLarge(t *testing.T) {
	d := newDoor(t)
	raw := strings.Replace(text, `"text"`, `"quote":"`+strings.Repeat("x", maxUpdate)+`","text"`, 1)
	require.ErrorIs(t, d.Accept(t.Context(), []byte(raw)), ErrTooLarge)
	require.Empty(t, d.store.tasks)
}
