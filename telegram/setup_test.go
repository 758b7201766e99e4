package telegram

import (
	"context"
	"errors"
	"net/http"
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
		require.GreaterOrEqual(t, time.Since(start), 100*time.Second)
		require.Less(t, time.Since(start), 110*time.Second)
		require.Equal(t, 4, strings.Count(log.String(), "Telegram does not answer yet"))
		require.Contains(t, log.String(), "no route")
	})
}

func TestAwaitMeGivesUpABadToken(t *testing.T) {
	for _, code := range []int{401, 404} {
		tg, c, _ := play(t, no(code, "Unauthorized"))
		_, err := c.AwaitMe(t.Context())
		require.ErrorIs(t, err, ErrToken)
		require.Contains(t, err.Error(), "@BotFather")
		requireClean(t, err.Error())
		require.Len(t, tg.asked(), 1)
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
