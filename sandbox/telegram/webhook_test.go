package faketelegram

import (
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

const hookURL = "http://127.0.0.1:8443/hook"

// hooked is a stand-in in a bubble that delivers to b.
func hooked(t *testing.T, b *bot, fields ...string) *Server {
	t.Helper()
	tg := newServer(t, Config{Deliver: b})
	answer := call(tg, "setWebhook", append([]string{"url", hookURL}, fields...)...)
	require.True(t, answer.OK, answer.Description)
	return tg
}

func TestWebhookDeliversWithSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bot{}
		tg := hooked(t, b, "secret_token", "S3cret_-")
		tg.Say(aibek, "/start")
		synctest.Wait()

		require.Equal(t, []string{"/start"}, b.texts())
		require.Equal(t, "S3cret_-", b.headers[0].Get("X-Telegram-Bot-Api-Secret-Token"))
		require.Equal(t, "application/json", b.headers[0].Get("Content-Type"))
		require.Zero(t, tg.Pending())
		var u map[string]map[string]any
		require.Error(t, json.Unmarshal(b.got[0], &u), "update_id is a number")
		require.Contains(t, string(b.got[0]), `"entities":[{"type":"bot_command","offset":0,"length":6}]`)
		require.NotContains(t, string(mustJSON(t, tg.Calls())), "S3cret", "the log hides the secret")
	})
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return raw
}

func TestWebhookRetrySchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bot{answer: func(n int, _ map[string]any) (int, http.Header) {
			if n <= 9 {
				return http.StatusInternalServerError, nil
			}
			return http.StatusNoContent, nil
		}}
		tg := hooked(t, b)
		started := time.Now()
		tg.Say(aibek, "hello")
		require.NoError(t, tg.Wait(t.Context(), func() bool { return tg.Pending() == 0 }))

		var seconds []int
		for _, at := range b.at {
			seconds = append(seconds, int(at.Sub(started).Seconds()))
		}
		// at once, again at once, then after 2, 4, 8, 16, 32, 60, 60, 60
		require.Equal(t, []int{0, 0, 2, 6, 14, 30, 62, 122, 182, 242}, seconds)
		require.Len(t, tg.Deliveries(), 10)
		require.Equal(t, 500, tg.Deliveries()[8].Status)
		require.Equal(t, 204, tg.Deliveries()[9].Status)
	})
}

func TestWebhookHonoursRetryAfter(t *testing.T) {
	for name, c := range map[string]struct {
		header string
		want   time.Duration
	}{
		"as asked": {"90", 90 * time.Second},
		"capped":   {"86000", time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &bot{answer: func(n int, _ map[string]any) (int, http.Header) {
					if n == 1 {
						return http.StatusServiceUnavailable, http.Header{"Retry-After": {c.header}}
					}
					return http.StatusOK, nil
				}}
				tg := hooked(t, b)
				tg.Say(aibek, "hello")
				require.NoError(t, tg.Wait(t.Context(), func() bool { return tg.Pending() == 0 }))
				require.Equal(t, c.want, b.at[1].Sub(b.at[0]))
			})
		})
	}
}

func TestWebhookKeepsOrderWithinAChatOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := make(chan struct{})
		b := &bot{}
		b.answer = func(_ int, u map[string]any) (int, http.Header) {
			if message, ok := u["message"].(map[string]any); ok && message["text"] == "slow" {
				<-open
			}
			return http.StatusOK, nil
		}
		tg := hooked(t, b)
		tg.Say(aibek, "slow")
		tg.Say(aibek, "after")
		tg.Say(gulnara, "beside")
		synctest.Wait()
		require.ElementsMatch(t, []string{"slow", "beside"}, b.texts(), "one chat never holds up another")
		close(open)
		synctest.Wait()
		require.Equal(t, "after", b.texts()[2])
	})
}

func TestWebhookHoldsToMaxConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		open := make(chan struct{})
		b := &bot{answer: func(int, map[string]any) (int, http.Header) { <-open; return http.StatusOK, nil }}
		tg := hooked(t, b, "max_connections", "2")
		for _, p := range []Person{aibek, gulnara, bakyt} {
			tg.Say(p, "hello")
		}
		synctest.Wait()
		require.Equal(t, 2, b.count())
		close(open)
		synctest.Wait()
		require.Equal(t, 3, b.count())
	})
}

func TestUpdatesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bot{answer: func(int, map[string]any) (int, http.Header) { return http.StatusBadGateway, nil }}
		tg := hooked(t, b)
		tg.Say(aibek, "hello")
		id := sent(t, tg, "sendMessage", "chat_id", "1001", "text", "yes?", "reply_markup",
			`{"inline_keyboard":[[{"text":"Yes","callback_data":"y"}]]}`)
		_, err := tg.Press(aibek, id, "y")
		require.NoError(t, err)
		require.Equal(t, 2, tg.Pending())
		time.Sleep(queryLifetime)
		require.Equal(t, 1, tg.Pending(), "a press lives 150 seconds")
		time.Sleep(updateLifetime)
		synctest.Wait()
		require.Zero(t, tg.Pending(), "everything else a day")
		before := b.count()
		time.Sleep(time.Hour)
		require.Equal(t, before, b.count())
	})
}

func TestRepeatedLateAndReversedDeliveries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bot{}
		tg := hooked(t, b)
		tg.DeliverTwice(1)
		tg.Say(aibek, "one")
		synctest.Wait()
		require.Equal(t, []string{"one", "one"}, b.texts())
		require.Equal(t, tg.Deliveries()[0].UpdateID, tg.Deliveries()[1].UpdateID)

		require.True(t, tg.Redeliver(tg.Deliveries()[0].UpdateID))
		synctest.Wait()
		require.Len(t, b.texts(), 3)
		require.False(t, tg.Redeliver(1))

		tg.Hold()
		tg.Say(aibek, "two")
		tg.Say(aibek, "three")
		synctest.Wait()
		require.Len(t, b.texts(), 3)
		tg.ReleaseReversed()
		synctest.Wait()
		require.Equal(t, []string{"three", "two"}, b.texts()[3:])

		tg.RestartNumbering(7)
		tg.Say(aibek, "four")
		synctest.Wait()
		require.EqualValues(t, 7, tg.Deliveries()[5].UpdateID)
	})
}

func TestRetryNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := false
		b := &bot{answer: func(int, map[string]any) (int, http.Header) {
			if up {
				return http.StatusOK, nil
			}
			return http.StatusServiceUnavailable, http.Header{"Retry-After": {"3600"}}
		}}
		tg := hooked(t, b)
		tg.Say(aibek, "hello")
		synctest.Wait()
		up = true
		started := time.Now()
		tg.RetryNow()
		synctest.Wait()
		require.Zero(t, tg.Pending())
		require.Zero(t, time.Since(started))
	})
}

func TestDeliveryTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bot{answer: func(n int, _ map[string]any) (int, http.Header) {
			if n == 1 {
				time.Sleep(deliveryTimeout + time.Second) // the bot thinks too long
			}
			return http.StatusOK, nil
		}}
		tg := hooked(t, b)
		tg.Say(aibek, "hello")
		require.NoError(t, tg.Wait(t.Context(), func() bool { return tg.Pending() == 0 }))
		require.Equal(t, "Read timeout expired", tg.Deliveries()[0].Error)
	})
}

func TestWebhookInfo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bot{answer: func(int, map[string]any) (int, http.Header) { return http.StatusForbidden, nil }}
		tg := hooked(t, b, "allowed_updates", `["message"]`, "max_connections", "7")
		tg.Say(aibek, "hello")
		synctest.Wait()
		require.JSONEq(t, `{"url":"`+hookURL+`","has_custom_certificate":false,"pending_update_count":1,
			"max_connections":7,"allowed_updates":["message"],"last_error_date":946684800,
			"last_error_message":"Wrong response from the webhook: 403 Forbidden"}`, string(call(tg, "getWebhookInfo").Result))

		require.True(t, call(tg, "deleteWebhook", "drop_pending_updates", "true").OK)
		require.Zero(t, tg.Pending())
		require.Empty(t, tg.WebhookURL())
	})
}

func TestSetWebhookRules(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := newServer(t, Config{Deliver: &bot{}})
		for name, c := range map[string]struct {
			want   string
			fields []string
		}{
			"no https":   {"HTTPS URL", []string{"url", "http://bot.example/x"}},
			"port":       {"only on ports", []string{"url", "https://bot.example:8080/x"}},
			"elsewhere":  {"loopback only", []string{"url", "https://bot.example/x"}},
			"no url":     {"invalid webhook URL", []string{"url", "hook"}},
			"secret":     {"unallowed characters", []string{"url", hookURL, "secret_token", "no blanks"}},
			"too many":   {"max_connections", []string{"url", hookURL, "max_connections", "101"}},
			"wrong kind": {"allowed_updates", []string{"url", hookURL, "allowed_updates", `["massage"]`}},
		} {
			answer := call(tg, "setWebhook", c.fields...)
			require.Equal(t, 400, answer.Code, name)
			require.Contains(t, answer.Description, c.want, name)
		}
		require.True(t, call(tg, "setWebhook", "url", hookURL).OK)
		answer := call(tg, "setWebhook", "url", hookURL)
		require.Equal(t, 429, answer.Status)
		require.Equal(t, 1, answer.Parameters.RetryAfter)
		time.Sleep(time.Second)
		require.True(t, call(tg, "setWebhook", "url", "").OK)
		require.Empty(t, tg.WebhookURL())
	})
}
