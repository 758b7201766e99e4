package faketelegram

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testToken = "7000000001:AAtestTESTtestTESTtestTESTtestTEST0"

var (
	aibek   = Person{ID: 1001, FirstName: "Aibek", LanguageCode: "ky"}
	gulnara = Person{ID: 1002, FirstName: "Gulnara", LastName: "Asanova", Username: "gulnara", LanguageCode: "ru"}
	bakyt   = Person{ID: 1003, FirstName: "Bakyt", LanguageCode: "en"}
)

// calendar is a Now that a test turns.
type calendar struct {
	mu sync.Mutex
	at time.Time
}

func newCalendar() *calendar {
	return &calendar{at: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
}

func (c *calendar) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *calendar) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func newServer(t *testing.T, cfg Config) *Server {
	t.Helper()
	cfg.Token = testToken
	tg, err := New(cfg)
	require.NoError(t, err)
	t.Cleanup(tg.Close)
	return tg
}

// reply is an answer of the Bot API.
type reply struct {
	Status      int
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
}

func serve(h http.Handler, r *http.Request) reply {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	answer := reply{Status: w.Code}
	_ = json.Unmarshal(w.Body.Bytes(), &answer) // an HTML page stays without content
	return answer
}

// call makes a form call; fields come in pairs.
func call(tg *Server, method string, fields ...string) reply {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, "/bot"+testToken+"/"+method, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return serve(tg, r)
}

// sent calls a sending method and returns the new message's id.
func sent(t *testing.T, tg *Server, method string, fields ...string) int {
	t.Helper()
	answer := call(tg, method, fields...)
	require.True(t, answer.OK, answer.Description)
	var m struct {
		ID int `json:"message_id"`
	}
	require.NoError(t, json.Unmarshal(answer.Result, &m))
	return m.ID
}

func upload(tg *Server, method, part, name string, data []byte, fields ...string) reply {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		_ = w.WriteField(fields[i], fields[i+1])
	}
	file, _ := w.CreateFormFile(part, name)
	_, _ = file.Write(data)
	_ = w.Close()
	r := httptest.NewRequest(http.MethodPost, "/bot"+testToken+"/"+method, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return serve(tg, r)
}

// bot is the webhook's other end: it keeps what arrives and answers as told.
type bot struct {
	mu      sync.Mutex
	got     []json.RawMessage
	headers []http.Header
	at      []time.Time
	answer  func(n int, update map[string]any) (status int, header http.Header)
}

// RoundTrip makes bot a transport for deliveries, so that a test may run in a
// synctest bubble, where real connections never rest.
func (b *bot) RoundTrip(r *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var update map[string]any
	if err := json.Unmarshal(raw, &update); err != nil {
		return nil, err
	}
	b.mu.Lock()
	b.got = append(b.got, raw)
	b.headers = append(b.headers, r.Header)
	b.at = append(b.at, time.Now())
	n, answer := len(b.got), b.answer
	b.mu.Unlock()
	status, header := http.StatusOK, http.Header{}
	if answer != nil {
		status, header = answer(n, update)
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: header, Body: http.NoBody, Request: r}, nil
}

func (b *bot) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.got)
}

// texts is the text of every message delivered, in order.
func (b *bot) texts() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []string
	for _, raw := range b.got {
		var u struct{ Message struct{ Text string } }
		_ = json.Unmarshal(raw, &u)
		list = append(list, u.Message.Text)
	}
	return list
}

// drawn is a picture with something in it.
func drawn(w, h int) []byte {
	picture := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			picture.Set(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 90, 255})
		}
	}
	var buffer bytes.Buffer
	_ = jpeg.Encode(&buffer, picture, nil)
	return buffer.Bytes()
}
