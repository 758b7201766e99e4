package page

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"mrzbot/sandbox/journal"
	fakemrz "mrzbot/sandbox/mrz"
	faketelegram "mrzbot/sandbox/telegram"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	botToken   = "7000000001:AAtestTESTtestTESTtestTESTtestTEST0"
	serviceKey = "a-key-that-is-as-long-as-the-keys-of-the-service-are"
)

var (
	agent    = faketelegram.Person{ID: 1001, FirstName: "Aibek", LanguageCode: "ky"}
	admin    = faketelegram.Person{ID: 1002, FirstName: "Gulnara", LastName: "Asanova", Username: "gulnara", LanguageCode: "ru"}
	newcomer = faketelegram.Person{ID: 1003, FirstName: "Bakyt", LanguageCode: "en"}
)

type bench struct {
	t       *testing.T
	tg      *faketelegram.Server
	mrz     *fakemrz.Server
	journal *journal.Journal
	process *fakeProcess
	page    *Page
	server  *httptest.Server
}

// fakeProcess is a bot that is killed and never runs.
type fakeProcess struct {
	mu      sync.Mutex
	state   ProcessState
	changed chan struct{}
}

func (f *fakeProcess) Now() (ProcessState, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state, f.changed
}

func (f *fakeProcess) change(what func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	what()
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *fakeProcess) Kill() {
	f.change(func() { f.state.State, f.state.Kills = "down", f.state.Kills+1 })
}

func (f *fakeProcess) StayDown(stay bool) { f.change(func() { f.state.Stays = stay }) }

func newBench(t *testing.T) *bench {
	t.Helper()
	b := newBenchWithout(t)
	b.server = httptest.NewServer(b.page)
	t.Cleanup(b.server.Close)
	return b
}

// newBenchWithout has no server that a browser could ask.
func newBenchWithout(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, journal: journal.New(), process: &fakeProcess{changed: make(chan struct{})}}
	var err error
	b.tg, err = faketelegram.New(faketelegram.Config{Token: botToken, Journal: b.journal})
	require.NoError(t, err)
	t.Cleanup(b.tg.Close)
	b.mrz, err = fakemrz.New(fakemrz.Config{Key: serviceKey})
	require.NoError(t, err)
	b.page, err = New(Config{
		Telegram: b.tg, MRZ: b.mrz, People: []Character{{agent, PartAgent}, {admin, PartAdmin}, {newcomer, PartStranger}},
		Samples: []Sample{
			{"Clear", "to be read", func(width int) ([]byte, error) { return somePicture(width/16, width/24), nil }},
			{"Broken", "", func(int) ([]byte, error) { return nil, errors.New("no ink") }},
		},
		Journal: b.journal, Process: b.process,
	})
	require.NoError(t, err)
	return b
}

func (b *bench) post(path, body string) (status int, answer string) {
	b.t.Helper()
	resp, err := b.server.Client().Post(b.server.URL+path, "application/json", strings.NewReader(body))
	require.NoError(b.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	return resp.StatusCode, string(raw)
}

func (b *bench) ok(path, body string) string {
	b.t.Helper()
	status, answer := b.post(path, body)
	require.Equal(b.t, 200, status, answer)
	return answer
}

// botReply is an answer to a call of the bot.
type botReply struct {
	Status int
	OK     bool            `json:"ok"`
	Result json.RawMessage `json:"result"`
}

// call calls a method as the bot would; fields come in pairs.
func (b *bench) call(method string, fields ...string) botReply {
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, "/bot"+botToken+"/"+method, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	b.tg.ServeHTTP(w, r)
	answer := botReply{Status: w.Code}
	_ = json.Unmarshal(w.Body.Bytes(), &answer) // an HTML page stays without content
	return answer
}

// sent has the bot write to the agent, and gives the message's id.
func (b *bench) sent(text string, fields ...string) int {
	b.t.Helper()
	answer := b.call("sendMessage", append([]string{"chat_id", "1001", "text", text}, fields...)...)
	require.True(b.t, answer.OK)
	var m struct {
		ID int `json:"message_id"`
	}
	require.NoError(b.t, json.Unmarshal(answer.Result, &m))
	return m.ID
}

// updates is everything that waits for the bot.
func (b *bench) updates() (list []models.Update) {
	b.t.Helper()
	require.NoError(b.t, json.Unmarshal(b.call("getUpdates").Result, &list))
	return list
}

// ask sends a picture to the service, and gives the status of its answer.
func (b *bench) ask() int {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("api_key", serviceKey) // a buffer takes everything
	file, _ := w.CreateFormFile("image", "card.jpg")
	_, _ = file.Write(somePicture(40, 30))
	_ = w.Close()
	r := httptest.NewRequest(http.MethodPost, fakemrz.Path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	answer := httptest.NewRecorder()
	b.mrz.ServeHTTP(answer, r)
	return answer.Code
}

// somePicture is a grey picture of that size.
func somePicture(w, h int) []byte {
	var buffer bytes.Buffer
	_ = jpeg.Encode(&buffer, image.NewGray(image.Rect(0, 0, w, h)), nil) // a buffer takes everything
	return buffer.Bytes()
}
