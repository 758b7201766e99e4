package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	faketelegram "mrzbot/sandbox/telegram"
)

// TestTrafficOverRealHTTP lets an echoing bot talk with many people at once,
// over real connections that are cut and refused now and then: nothing is
// lost, and every chat keeps its order.
func TestTrafficOverRealHTTP(t *testing.T) {
	const people, texts = 6, 25
	s, err := Start(t.Context(), Config{PageAddr: "127.0.0.1:0"})
	require.NoError(t, err)
	defer s.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: people}}
	defer client.CloseIdleConnections()
	api := func(method string, form url.Values) int {
		resp, err := client.PostForm(s.TelegramURL+"/bot"+s.Token+"/"+method, form)
		if err != nil {
			return 0
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var u struct {
			Message struct {
				Chat struct{ ID int64 }
				Text string
			}
		}
		if r.Header.Get("X-Telegram-Bot-Api-Secret-Token") != s.Secret || json.NewDecoder(r.Body).Decode(&u) != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		if status := api("sendMessage", url.Values{"chat_id": {strconv.FormatInt(u.Message.Chat.ID, 10)}, "text": {u.Message.Text}}); status != 200 {
			w.WriteHeader(http.StatusInternalServerError) // Telegram will bring it again
		}
	}))
	defer echo.Close()
	s.Telegram.Fail(faketelegram.Fault{Method: "sendMessage", Skip: 10, Times: 3, Status: 429, RetryAfter: 1})
	s.Telegram.Fail(faketelegram.Fault{Method: "sendMessage", Skip: 20, Times: 3, Cut: faketelegram.CutBefore})
	require.Equal(t, 200, api("setWebhook", url.Values{"url": {echo.URL}, "secret_token": {s.Secret}, "max_connections": {"4"}}))

	for person := range int64(people) {
		go func() {
			for n := range texts {
				s.Telegram.Say(faketelegram.Person{ID: 100 + person, FirstName: "P"}, fmt.Sprintf("%02d", n))
			}
		}()
	}
	echoed := func(person int64) []string {
		var list []string
		for _, m := range s.Telegram.Messages(100 + person) {
			if m.FromBot {
				list = append(list, m.Text)
			}
		}
		return list
	}
	require.NoError(t, s.Telegram.Wait(t.Context(), func() bool {
		s.Telegram.RetryNow() // no need to sit the pauses out
		for person := range int64(people) {
			if len(echoed(person)) < texts {
				return false
			}
		}
		return s.Telegram.Pending() == 0
	}))
	for person := range int64(people) {
		var want []string
		for n := range texts {
			want = append(want, fmt.Sprintf("%02d", n))
		}
		require.Equal(t, want, echoed(person))
	}
	require.Zero(t, s.Telegram.Lost())
}
