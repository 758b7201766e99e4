package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
)

func TestMe(t *testing.T) {
	_, c, _ := play(t, done(`{"id":123456789,"is_bot":true,"first_name":"Reader","username":"reader_bot"}`), no(401, "Unauthorized"), done(`[]`), page(200))
	me, err := c.Me(t.Context())
	require.NoError(t, err)
	require.Equal(t, "reader_bot", me.Username)
	for _, code := range []int{401, 200, 200} {
		_, err = c.Me(t.Context())
		require.Equal(t, code, requireError(t, err).Code)
	}
}

// script is a transport that plays one answer after another, each as a status
// and a body; a status of 0 is no connection.
type script struct {
	steps []step
	asked []string
}

type step struct {
	status int
	body   string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked = append(s.asked, r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:])
	next := s.steps[0]
	if len(s.steps) > 1 {
		s.steps = s.steps[1:]
	}
	if next.status == 0 {
		return nil, errors.New("dial https://host/bot" + canary + ": no route")
	}
	return reply(next.status, next.body), nil
}

func TestAwaitMeWaitsForTelegram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := newLogbook(t)
		s := &script{steps: []step{
			{}, {}, // the second is the repeat of the first
			{502, "<html>" + canary}, {502, "<html>" + canary},
			{404, "<html>another server</html>"},
			{429, `{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":100}}`},
			{200, `{"ok":true,"result":{"id":1,"username":"reader_bot"}}`},
		}}
		c, err := New(Config{Token: canary, Transport: s, Log: log.logger()})
		require.NoError(t, err)
		start := time.Now()
		me, err := c.AwaitMe(t.Context())
		require.NoError(t, err)
		require.Equal(t, "reader_bot", me.Username)
		require.Len(t, s.asked, 7)
		require.GreaterOrEqual(t, time.Since(start), longestSharedPause)
		require.Less(t, time.Since(start), longestSharedPause+10*time.Second)
		require.Equal(t, 4, strings.Count(log.String(), "Telegram does not answer yet"))
		require.Contains(t, log.String(), "the connection failed")
	})
}

func TestAwaitMeGivesUpABadToken(t *testing.T) {
	for _, code := range []int{401, 404} {
		synctest.Test(t, func(t *testing.T) {
			refused := step{code, `{"ok":false,"error_code":` + strconv.Itoa(code) + `,"description":"Unauthorized"}`}
			s := &script{steps: []step{refused}}
			c, err := New(Config{Token: canary, Transport: s})
			require.NoError(t, err)
			start := time.Now()
			_, err = c.AwaitMe(t.Context())
			require.ErrorIs(t, err, ErrToken)
			require.Contains(t, err.Error(), "@BotFather")
			requireClean(t, err.Error())
			require.Len(t, s.asked, badTokenTries)
			require.Less(t, time.Since(start), 5*time.Second, "whoever started it waits for that")

			// An outage in which Telegram does not know its bots.
			s.steps = []step{refused, refused, {502, "<html>"}, {502, "<html>"}, refused, {200, `{"ok":true,"result":{"id":1,"username":"reader_bot"}}`}}
			me, err := c.AwaitMe(t.Context())
			require.NoError(t, err)
			require.Equal(t, "reader_bot", me.Username)
		})
	}
}

func TestAwaitMeEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := New(Config{Token: canary, Transport: &script{steps: []step{{}}}})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		_, err = c.AwaitMe(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Less(t, lastPause, time.Minute)
	})
}

func TestSetCommands(t *testing.T) {
	tg, c, _ := play(t, done(`true`))
	list := []models.BotCommand{{Command: "me", Description: "My attempts"}}
	require.NoError(t, c.SetCommands(t.Context(), Commands{Language: "ru", List: list}))
	require.JSONEq(t, `{"commands":[{"command":"me","description":"My attempts"}],"scope":{"type":"default"},"language_code":"ru"}`, asJSON(t, tg.last()))
	require.NoError(t, c.SetCommands(t.Context(), Commands{Chat: 7}))
	require.JSONEq(t, `{"commands":[],"scope":{"type":"chat","chat_id":7}}`, asJSON(t, tg.last()))

	_, c, _ = play(t, no(400, "Bad Request: chat not found"))
	require.True(t, requireError(t, c.SetCommands(t.Context(), Commands{Chat: 7, List: list})).Blocked())
}

// TestEnsureProfile: what Telegram has as it should be is not set again.
func TestEnsureProfile(t *testing.T) {
	list := []models.BotCommand{{Command: "me", Description: "мои попытки"}}
	russian := Commands{Chat: 7, Language: "ru", List: list}
	has := done(`[{"command":"me","description":"мои попытки"}]`)
	tg, c, _ := play(t, done(`[]`), done(`true`), has)
	require.NoError(t, c.EnsureCommands(t.Context(), russian))
	require.NoError(t, c.EnsureCommands(t.Context(), russian))
	require.Equal(t, []string{"getMyCommands", "setMyCommands", "getMyCommands"}, tg.asked())
	require.JSONEq(t, `{"scope":{"type":"chat","chat_id":7},"language_code":"ru"}`, asJSON(t, tg.last()))
	_, c, _ = play(t, no(400, "Bad Request: chat not found"))
	require.True(t, requireError(t, c.EnsureCommands(t.Context(), russian)).Blocked())

	d := Description{Language: "ky", Long: "Узун", Short: "Кыска"}
	long, short := done(`{"description":"Узун"}`), done(`{"short_description":"Кыска"}`)
	tg, c, _ = play(t, done(`{"description":""}`), done(`true`), short, long, done(`{"short_description":"x"}`), done(`true`), long, short)
	for range 3 {
		require.NoError(t, c.EnsureDescription(t.Context(), d))
	}
	require.Equal(t, []string{
		"getMyDescription", "setMyDescription", "getMyShortDescription",
		"getMyDescription", "getMyShortDescription", "setMyShortDescription",
		"getMyDescription", "getMyShortDescription",
	}, tg.asked())
	for _, answers := range [][]http.HandlerFunc{
		{slow("10")}, {done(`{"description":""}`), slow("10")}, {long, slow("10")}, {long, done(`{}`), slow("10")},
	} {
		_, c, _ = play(t, answers...)
		require.Equal(t, 10*time.Second, requirePause(t, c.EnsureDescription(t.Context(), d)))
	}
}

func TestEnsureWebhook(t *testing.T) {
	want := Webhook{URL: "https://bot.example/hook", Secret: "s3cret"}
	info := `{"url":"https://bot.example/hook","has_custom_certificate":false,"pending_update_count":3,"max_connections":40,"allowed_updates":["my_chat_member","message","callback_query"]}`

	tg, c, _ := play(t, done(`true`))
	mark, err := c.EnsureWebhook(t.Context(), want)
	require.NoError(t, err)
	require.Equal(t, []string{"setWebhook"}, tg.asked(), "nothing is known of the secret that is set")
	require.JSONEq(t, `{"url":"https://bot.example/hook","secret_token":"s3cret","max_connections":40,
		"allowed_updates":["message","callback_query","my_chat_member"]}`, asJSON(t, tg.last()))
	require.Len(t, mark, 32)
	require.NotContains(t, mark, "s3cret")

	for _, v := range []struct {
		name   string
		change func(*Webhook)
		info   string
		set    bool
	}{
		{"as it should be", func(*Webhook) {}, info, false},
		{"the secret changed", func(w *Webhook) { w.Secret = "another" }, info, true},
		{"the address changed", func(w *Webhook) { w.URL = "https://bot.example/other" }, info, true},
		{"more connections", func(w *Webhook) { w.Connections = 100 }, info, true},
		{"other kinds of update", func(w *Webhook) { w.Allowed = []string{"message"} }, info, true},
		{"none is set", func(*Webhook) {}, `{"url":"","has_custom_certificate":false,"pending_update_count":0}`, true},
		{"Telegram says nothing", func(*Webhook) {}, `null`, true},
	} {
		t.Run(v.name, func(t *testing.T) {
			w := want
			w.Mark = mark
			v.change(&w)
			tg, c, _ := play(t, func(rw http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/getWebhookInfo") {
					done(v.info)(rw, r)
					return
				}
				done(`true`)(rw, r)
			})
			got, err := c.EnsureWebhook(t.Context(), w)
			require.NoError(t, err)
			require.Equal(t, w.Secret == want.Secret, got == mark)
			calls := tg.asked()
			require.Equal(t, v.set, calls[len(calls)-1] == "setWebhook")
		})
	}

	for name, next := range map[string][]http.HandlerFunc{
		"info": {no(500, "Internal Server Error")},
		"set":  {done(`{"url":""}`), slow("1")},
	} {
		t.Run(name+" fails", func(t *testing.T) {
			_, c, _ := play(t, next...)
			w := want
			w.Mark = mark
			got, err := c.EnsureWebhook(t.Context(), w)
			requireError(t, err)
			require.Empty(t, got)
		})
	}
}

func TestDropWebhookKeepsWhatIsPending(t *testing.T) {
	tg, c, _ := play(t, done(`true`))
	require.NoError(t, c.DropWebhook(t.Context()))
	require.Equal(t, []string{"deleteWebhook"}, tg.asked())
	require.Empty(t, tg.last())
}

// TestRefusalsOfTheWebhook: what may pass is asked for again, what only other
// settings mend is final.
func TestRefusalsOfTheWebhook(t *testing.T) {
	refusal := func(answer http.HandlerFunc) *Error {
		_, c, _ := play(t, answer)
		_, err := c.EnsureWebhook(t.Context(), Webhook{URL: "https://bot.example/hook", Secret: "s3cret"})
		return requireError(t, err)
	}
	for _, says := range []string{
		"Failed to resolve host: Temporary failure in name resolution", "Failed to resolve host: Name or service not known",
		"Failed to resolve host: No address associated with hostname", "Connection timed out", "Connection refused", "Read timeout expired",
		"Network is unreachable", "Temporarily unavailable", "something that nobody has seen yet",
	} {
		require.False(t, refusal(no(400, "Bad Request: bad webhook: "+says)).Final(), says)
	}
	for _, says := range []string{
		"HTTPS url must be provided for webhook", "Webhook can be set up only on ports 80, 88, 443 or 8443", "invalid webhook URL specified",
		"URL host is empty", "IP address 10.0.0.1 is reserved", "Failed to set custom certificate file", "SSL error {336134278, certificate verify failed}",
		"Wrong port number specified in the URL", "Unsupported URL protocol",
	} {
		require.True(t, refusal(no(400, "Bad Request: bad webhook: "+says)).Final(), says)
	}
	require.True(t, refusal(no(400, "Bad Request: secret token contains unallowed characters")).Final())
	for _, answer := range []http.HandlerFunc{slow("100000000"), no(500, "Internal Server Error"), page(502), page(400), no(401, "Unauthorized"), no(404, "Not Found"), hangUp("")} {
		require.False(t, refusal(answer).Final())
	}
}
