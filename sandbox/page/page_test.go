package page

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mrzbot/sandbox/botapi"
)

func TestAnswersToTheLoopbackOnly(t *testing.T) {
	b := newBench(t)
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

func TestTakesNothingFromOtherSites(t *testing.T) {
	b := newBench(t)
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

func TestFiles(t *testing.T) {
	b := newBench(t)
	for path, want := range map[string]string{
		"/": "<!doctype html>", "/app.js": "import", "/composer.js": "export", "/wire.js": "export", "/base.css": ":root", "/icon.svg": "<svg",
	} {
		resp, err := b.server.Client().Get(b.server.URL + path)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 200, resp.StatusCode, path)
		require.Contains(t, string(body), want, path)
		require.Contains(t, resp.Header.Get("Content-Security-Policy"), "default-src 'none'", path)
	}
}

var (
	// markup is what makes nodes of text.
	markup = regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|setHTML|createContextualFragment|DOMParser|document\.write|\beval\(`)
	// address leads away from the page.
	address = regexp.MustCompile(`https?://\w`)
)

// TestMakesNothingOfMarkup: everything on the page goes through
// textContent, and the page needs no network.
func TestMakesNothingOfMarkup(t *testing.T) {
	scripts := 0
	require.NoError(t, fs.WalkDir(static, "static", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if strings.HasSuffix(path, ".js") {
			scripts++
		}
		body, err := fs.ReadFile(static, path)
		require.NoError(t, err)
		require.Empty(t, markup.FindString(string(body)), path)
		// The name of SVG's elements only looks like an address.
		require.False(t, address.MatchString(strings.ReplaceAll(string(body), "http://www.w3.org/2000/svg", "")), path)
		return nil
	}))
	require.Greater(t, scripts, 10)
}

func TestSendsWhatPeopleSend(t *testing.T) {
	b := newBench(t)
	require.Contains(t, b.ok("/api/say", `{"person":1001,"text":"/start"}`), "{}")
	first := b.tg.Messages(1001)[0]
	b.ok("/api/say", `{"person":1001,"text":"more","reply_to":`+strconv.Itoa(first.ID)+`}`)
	b.ok("/api/upload?person=1001&as=photo&caption=hello", string(somePicture(30, 20)))
	b.ok("/api/upload?person=1001&as=file&name=a.pdf", "%PDF")
	b.ok("/api/sample", `{"person":1001,"sample":0}`)
	b.ok("/api/sample", `{"person":1001,"sample":0,"as_file":true}`)
	b.ok("/api/share", `{"person":1001,"request_id":4,"users":[1002]}`)
	b.ok("/api/contact", `{"person":1001,"whose":1002}`)
	b.ok("/api/forward", `{"person":1001,"whose":1003}`)
	b.ok("/api/forward", `{"person":1001,"whose":1003,"kind":"hidden"}`)
	b.ok("/api/other", `{"person":1001,"kind":"location"}`)
	var kinds []string
	list := b.tg.Messages(1001)
	for _, m := range list {
		kinds = append(kinds, m.Kind)
	}
	require.Equal(t, []string{"text", "text", "photo", "document", "photo", "document", "users_shared", "contact", "text", "text", "location"}, kinds)
	require.Equal(t, first.ID, list[1].ReplyTo)
	require.Equal(t, "hello", list[2].Text)
	require.Equal(t, "card.jpg", list[5].File.Name)
	require.Equal(t, "Gulnara Asanova", list[6].Detail)
	require.Equal(t, "Gulnara Asanova, +996000000000", list[7].Detail)
	require.Equal(t, "Bakyt", list[8].Forwarded)

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
		"unknown answer": {"/api/service", `{"name":"wise"}`, 404},
		"unknown switch": {"/api/switch", `{"name":"gravity","on":true}`, 404},
		"nobody's card":  {"/api/contact", `{"person":1001,"whose":5}`, 404},
		"no name":        {"/api/join", `{"name":"  ","language":"en"}`, 400},
		"no language":    {"/api/join", `{"name":"Nobody","language":"<b>"}`, 400},
		"gone button":    {"/api/press", `{"person":1001,"message":1,"button":0}`, 409},
	} {
		status, _ := b.post(c.path, c.body)
		require.Equal(t, c.want, status, name)
	}
	require.Len(t, b.tg.Messages(1001), len(list))
}

func TestCutsLongTexts(t *testing.T) {
	b := newBench(t)
	b.ok("/api/say", `{"person":1001,"text":"`+strings.Repeat("🙂", 3000)+`"}`)
	list := b.tg.Messages(1001)
	require.Len(t, list, 2)
	require.Equal(t, strings.Repeat("🙂", botapi.MaxText/2), list[0].Text)
	require.Equal(t, []string{""}, pieces("", 4))
	require.Equal(t, []string{"abcd", "e"}, pieces("abcde", 4))
}

func TestPressWaitsForTheAnswer(t *testing.T) {
	b := newBench(t)
	b.tg.Say(agent, "/start")
	n := b.sent("?", "reply_markup",
		`{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}`)
	done := make(chan string)
	go func() {
		_, answer := b.post("/api/press", `{"person":1001,"message":`+strconv.Itoa(n)+`,"button":0}`)
		done <- answer
	}()
	require.NoError(t, b.tg.Wait(t.Context(), func() bool { return b.tg.Pending() == 2 }))
	query := b.updates()[1].CallbackQuery
	require.True(t, b.call("answerCallbackQuery", "callback_query_id", query.ID, "text", "Noted").OK)
	require.JSONEq(t, `{"answered":true,"text":"Noted","alert":false}`, <-done)
}

func TestShowsFilesSafely(t *testing.T) {
	b := newBench(t)
	evil := b.tg.SendDocument(agent, "page.html", "text/html", []byte("<script>alert(1)</script>"), "")
	photo, err := b.tg.SendPhoto(agent, somePicture(30, 20), "")
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
	require.Equal(t, "no-store", get(photo).Get("Cache-Control"), "nothing outlives the sandbox")
}
