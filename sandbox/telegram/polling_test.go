package faketelegram

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

type polled struct {
	ID      int64 `json:"update_id"`
	Message *struct{ Text string }
	Query   *struct{ Data string } `json:"callback_query"`
}

func poll(t *testing.T, tg *Server, fields ...string) []polled {
	t.Helper()
	answer := call(tg, "getUpdates", fields...)
	require.True(t, answer.OK, answer.Description)
	var list []polled
	require.NoError(t, json.Unmarshal(answer.Result, &list))
	return list
}

func TestPollingConfirmsByOffset(t *testing.T) {
	tg := newServer(t, Config{})
	require.Empty(t, poll(t, tg))
	for _, text := range []string{"one", "two", "three"} {
		tg.Say(aibek, text)
	}
	first := poll(t, tg, "limit", "2")
	require.Len(t, first, 2)
	require.Equal(t, "one", first[0].Message.Text)
	require.Len(t, poll(t, tg), 3, "nothing is confirmed yet")

	rest := poll(t, tg, "offset", itoa(first[1].ID))
	require.Len(t, rest, 2)
	require.Equal(t, "two", rest[0].Message.Text)
	last := poll(t, tg, "offset", "-1")
	require.Len(t, last, 1)
	require.Equal(t, "three", last[0].Message.Text)
	require.Empty(t, poll(t, tg, "offset", itoa(last[0].ID+1)))
	require.Equal(t, 400, call(tg, "getUpdates", "limit", "101").Code)
}

func TestPollingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := newServer(t, Config{})
		started := time.Now()
		require.Empty(t, poll(t, tg, "timeout", "30"))
		require.Equal(t, 30*time.Second, time.Since(started))
		require.Empty(t, poll(t, tg, "timeout", "300"))
		require.Equal(t, 80*time.Second, time.Since(started), "no poll waits longer than 50 s")

		time.AfterFunc(10*time.Second, func() { tg.Say(aibek, "hello") })
		require.Len(t, poll(t, tg, "timeout", "30"), 1)
		require.Equal(t, 90*time.Second, time.Since(started))
	})
}

func TestPollingConflicts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := newServer(t, Config{Deliver: &bot{}})
		answers := make(chan reply, 1)
		wait := func() {
			go func() { answers <- call(tg, "getUpdates", "timeout", "50") }()
			synctest.Wait()
		}
		wait()
		require.Empty(t, poll(t, tg), "the newer poller wins")
		loser := <-answers
		require.Equal(t, 409, loser.Status)
		require.Contains(t, loser.Description, "Conflict: terminated by other getUpdates request")

		wait()
		require.True(t, call(tg, "setWebhook", "url", hookURL).OK)
		require.Contains(t, (<-answers).Description, "Conflict: terminated by setWebhook request")
		answer := call(tg, "getUpdates")
		require.Equal(t, 409, answer.Code)
		require.Contains(t, answer.Description, "while webhook is active")

		require.True(t, call(tg, "deleteWebhook").OK)
		wait()
		tg.Close()
		require.Equal(t, 500, (<-answers).Code, "closing ends a poll")
	})
}

func TestPollerThatLeavesMakesNoConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := newServer(t, Config{})
		ctx, leave := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/bot"+testToken+"/getUpdates?timeout=50", nil)
			tg.ServeHTTP(httptest.NewRecorder(), r)
		}()
		synctest.Wait()
		leave()
		<-done
		require.Empty(t, poll(t, tg))
	})
}

func TestAllowedUpdates(t *testing.T) {
	tg := newServer(t, Config{})
	require.Empty(t, poll(t, tg, "allowed_updates", `["callback_query"]`))
	tg.Say(aibek, "/start")
	id := sent(t, tg, "sendMessage", "chat_id", "1001", "text", "?", "reply_markup",
		`{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}`)
	_, err := tg.PressIndex(aibek, id, 0)
	require.NoError(t, err)
	list := poll(t, tg)
	require.Len(t, list, 1)
	require.Equal(t, "a", list[0].Query.Data)

	require.Len(t, poll(t, tg, "allowed_updates", `[]`), 1, "an empty list means the default again")
	tg.Say(aibek, "hello")
	require.Len(t, poll(t, tg), 2)
}

func TestPressesExpireForPollersToo(t *testing.T) {
	days := newCalendar()
	tg := newServer(t, Config{Now: days.now})
	tg.Say(aibek, "/start")
	tg.PressForgotten(aibek, 999, "x")
	require.Len(t, poll(t, tg), 2)
	days.turn(queryLifetime)
	require.Len(t, poll(t, tg), 1)
}
