package sandbox

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type pageBench struct {
	t      *testing.T
	tg     *Telegram
	mrz    *MRZ
	page   *Page
	server *httptest.Server
}

func newPage(t *testing.T) *pageBench {
	t.Helper()
	b := &pageBench{t: t, tg: newTelegram(t, TelegramConfig{}), mrz: newMRZ(t, nil)}
	var err error
	b.page, err = NewPage(PageConfig{
		Telegram: b.tg, MRZ: b.mrz, People: []Character{{aibek, "agent"}, {gulnara, "admin"}},
		Samples: []Sample{
			{"Clear", func() ([]byte, error) { return drawn(60, 40), nil }},
			{"Broken", func() ([]byte, error) { return nil, errors.New("no ink") }},
		},
	})
	require.NoError(t, err)
	b.server = httptest.NewServer(b.page)
	t.Cleanup(b.server.Close)
	return b
}

func (b *pageBench) post(path, body string) (status int, answer string) {
	b.t.Helper()
	resp, err := b.server.Client().Post(b.server.URL+path, "application/json", strings.NewReader(body))
	require.NoError(b.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	return resp.StatusCode, string(raw)
}

func (b *pageBench) ok(path, body string) string {
	b.t.Helper()
	status, answer := b.post(path, body)
	require.Equal(b.t, 200, status, answer)
	return answer
}

func TestPageAnswersToTheLoopbackOnly(t *testing.T) {
	b := newPage(t)
	for host, want := range map[string]int{
		"127.0.0.1:8088": 200, "localhost:8088": 200, "[::1]:8088": 200, "localhost": 200,
		"evil.example": 421, "evil.example:8088": 421, "127.0.0.1.evil.example": 421, "10.0.0.1:8088": 421, "": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		b.page.ServeHTTP(w, r)
		require.Equal(t, want, w.Code, host)
	}
}

func TestPageTakesNothingFromOtherSites(t *testing.T) {
	b := newPage(t)
	for name, c := range map[string]struct {
		header, value string
		want          int
	}{
		"other origin": {"Origin", "https://evil.example", 403},
		"other port":   {"Origin", "http://127.0.0.1:1", 403},
		"other site":   {"Sec-Fetch-Site", "cross-site", 403},
		"own":          {"Sec-Fetch-Site", "same-origin", 200},
		"own origin":   {"Origin", b.server.URL, 200},
	} {
		r, err := http.NewRequest(http.MethodPost, b.server.URL+"/api/say", strings.NewReader(`{"person":1001,"text":"hi"}`))
		require.NoError(t, err)
		r.Header.Set(c.header, c.value)
		resp, err := b.server.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, c.want, resp.StatusCode, name)
	}
	require.Len(t, b.tg.Messages(1001), 2)
}

func TestPageFiles(t *testing.T) {
	b := newPage(t)
	for path, want := range map[string]string{
		"/": "<!doctype html>", "/app.js": "import", "/composer.js": "export", "/style.css": ":root", "/icon.svg": "<svg",
	} {
		resp, err := b.server.Client().Get(b.server.URL + path)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 200, resp.StatusCode, path)
		require.Contains(t, string(body), want, path)
		require.Contains(t, resp.Header.Get("Content-Security-Policy"), "default-src 'none'", path)
		require.NotContains(t, string(body), "innerHTML", "%s: everything goes through textContent", path)
		if path != "/icon.svg" {
			require.NotContains(t, string(body), "http://", "%s: the page needs no network", path)
		}
	}
}

func TestPageSendsWhatPeopleSend(t *testing.T) {
	b := newPage(t)
	require.Contains(t, b.ok("/api/say", `{"person":1001,"text":"/start"}`), "{}")
	first := b.tg.Messages(1001)[0]
	b.ok("/api/say", `{"person":1001,"text":"more","reply_to":`+id(first.ID)+`}`)
	b.ok("/api/upload?person=1001&as=photo&caption=hello", string(drawn(30, 20)))
	b.ok("/api/upload?person=1001&as=file&name=a.pdf", "%PDF")
	b.ok("/api/sample", `{"person":1001,"sample":0}`)
	b.ok("/api/sample", `{"person":1001,"sample":0,"as_file":true}`)
	b.ok("/api/share", `{"person":1001,"request_id":4,"users":[1002]}`)
	b.ok("/api/other", `{"person":1001,"kind":"contact"}`)
	var kinds []string
	list := b.tg.Messages(1001)
	for _, m := range list {
		kinds = append(kinds, m.Kind)
	}
	require.Equal(t, []string{"text", "text", "photo", "document", "photo", "document", "users_shared", "contact"}, kinds)
	require.Equal(t, first.ID, list[1].ReplyTo)
	require.Equal(t, "hello", list[2].Text)
	require.Equal(t, "card.jpg", list[5].File.Name)

	for name, c := range map[string]struct {
		path, body string
		want       int
	}{
		"nobody":         {"/api/say", `{"person":5,"text":"x"}`, 404},
		"nobody uploads": {"/api/upload?person=5", "x", 404},
		"nonsense":       {"/api/say", `{`, 400},
		"no photo":       {"/api/upload?person=1001&as=photo", "text", 422},
		"no sample":      {"/api/sample", `{"person":1001,"sample":9}`, 404},
		"broken sample":  {"/api/sample", `{"person":1001,"sample":1}`, 500},
		"nobody chosen":  {"/api/share", `{"person":1001,"users":[5]}`, 400},
		"unknown kind":   {"/api/other", `{"person":1001,"kind":"thought"}`, 400},
		"unknown answer": {"/api/service", `{"person":1001,"answer":"wise"}`, 404},
		"gone button":    {"/api/press", `{"person":1001,"message":1,"button":0}`, 409},
	} {
		status, _ := b.post(c.path, c.body)
		require.Equal(t, c.want, status, name)
	}
	require.Len(t, b.tg.Messages(1001), len(list))
}

func TestPagePressWaitsForTheAnswer(t *testing.T) {
	b := newPage(t)
	b.tg.Say(aibek, "/start")
	n := sent(t, b.tg, "sendMessage", "chat_id", "1001", "text", "?", "reply_markup",
		`{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}`)
	done := make(chan string)
	go func() {
		_, answer := b.post("/api/press", `{"person":1001,"message":`+id(n)+`,"button":0}`)
		done <- answer
	}()
	require.NoError(t, b.tg.Wait(t.Context(), func() bool { return b.tg.Pending() == 2 }))
	query := updates(t, b.tg)[1].CallbackQuery
	require.True(t, call(b.tg, "answerCallbackQuery", "callback_query_id", query.ID, "text", "Noted").OK)
	require.JSONEq(t, `{"answered":true,"text":"Noted","alert":false}`, <-done)
}

func TestPageChoosesTheServicesAnswer(t *testing.T) {
	b := newPage(t)
	b.ok("/api/service", `{"person":1001,"answer":"unavailable"}`)
	require.Equal(t, 503, ask(b.mrz, nil).Code)
	resp, err := b.server.Client().Get(b.server.URL + "/api/setup")
	require.NoError(t, err)
	defer resp.Body.Close()
	var setup struct {
		Answer  string
		Answers []struct{ Name, Label string }
		Samples []string
		People  []struct{ Name, Part string }
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&setup))
	require.Equal(t, "unavailable", setup.Answer)
	require.Equal(t, "ok", setup.Answers[0].Name)
	require.Equal(t, []string{"Clear", "Broken"}, setup.Samples)
	require.Equal(t, "Gulnara Asanova", setup.People[1].Name)
}

func TestPageShowsFilesSafely(t *testing.T) {
	b := newPage(t)
	evil := b.tg.SendDocument(aibek, "page.html", "text/html", []byte("<script>alert(1)</script>"), "")
	photo, err := b.tg.SendPhoto(aibek, drawn(30, 20), "")
	require.NoError(t, err)
	get := func(messageID int) http.Header {
		m, _ := b.tg.Message(messageID)
		resp, err := b.server.Client().Get(b.server.URL + "/api/file?id=" + m.File.FileID)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp.Header
	}
	require.Equal(t, "application/octet-stream", get(evil).Get("Content-Type"))
	require.Equal(t, "attachment", get(evil).Get("Content-Disposition"))
	require.Equal(t, "nosniff", get(evil).Get("X-Content-Type-Options"))
	require.Equal(t, "image/jpeg", get(photo).Get("Content-Type"))
}

// stream is a browser that follows a chat.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
	id    string
}

type chatEvent struct {
	Reset    bool
	Messages []struct {
		ID      int
		Own     bool
		Text    string
		Deleted bool
	}
	State struct {
		Typing   int64
		Commands []struct{ Command string }
		Latest   map[string]int
	}
}

func (b *pageBench) follow(lastID string) *stream {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.server.URL+"/api/events?person=1001", nil)
	require.NoError(b.t, err)
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := b.server.Client().Do(r)
	require.NoError(b.t, err)
	b.t.Cleanup(func() { cancel(); _ = resp.Body.Close() })
	require.Equal(b.t, "text/event-stream", resp.Header.Get("Content-Type"))
	return &stream{t: b.t, lines: bufio.NewScanner(resp.Body)}
}

func (s *stream) next() chatEvent {
	s.t.Helper()
	for s.lines.Scan() {
		line := s.lines.Text()
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			s.id = id
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			var e chatEvent
			require.NoError(s.t, json.Unmarshal([]byte(data), &e))
			return e
		}
	}
	s.t.Fatal("the stream ended")
	return chatEvent{}
}

func TestPageStreamsChanges(t *testing.T) {
	b := newPage(t)
	b.tg.Say(aibek, "one <b>")
	s := b.follow("")
	first := s.next()
	require.True(t, first.Reset)
	require.Equal(t, "one <b>", first.Messages[0].Text)
	require.True(t, first.Messages[0].Own)

	n := sent(t, b.tg, "sendMessage", "chat_id", "1001", "text", "two")
	second := s.next()
	require.False(t, second.Reset)
	require.Len(t, second.Messages, 1)
	require.Equal(t, n, second.State.Latest["1001"])
	seen := s.id

	require.True(t, call(b.tg, "sendChatAction", "chat_id", "1001", "action", "typing").OK)
	require.NotZero(t, s.next().State.Typing)
	require.True(t, call(b.tg, "setMyCommands", "commands", `[{"command":"me","description":"d"}]`).OK)
	require.Equal(t, "me", s.next().State.Commands[0].Command)
	b.tg.Erase(n)
	require.True(t, s.next().Messages[0].Deleted)

	again := b.follow(seen).next()
	require.False(t, again.Reset, "a browser that reconnects gets what it missed")
	require.Len(t, again.Messages, 1)
	other := b.follow("1-5").next()
	require.True(t, other.Reset, "of another run it gets everything")
	require.Len(t, other.Messages, 2)
}
