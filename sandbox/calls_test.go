package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTokenForm(t *testing.T) {
	for _, token := range []string{"", "7000000001", "7000000001:short", "x:AAtestTESTtestTESTtestTESTtestTEST0", testToken + "\n", "99999999999999999999:AAtestTESTtestTESTtestTESTtestTEST0"} {
		_, err := NewTelegram(TelegramConfig{Token: token})
		require.ErrorIs(t, err, ErrToken, token)
	}
}

func TestAddresses(t *testing.T) {
	tg := newTelegram(t, TelegramConfig{})
	for path, want := range map[string]struct {
		code        int
		description string
	}{
		"/":                            {404, "Not Found"},
		"/bot/getMe":                   {404, "Not Found"},
		"/botx/getMe":                  {404, "Not Found"},
		"/bot" + testToken:             {404, "Not Found"},
		"/bot" + testToken + "X/getMe": {401, "Unauthorized"},
		"/bot" + testToken + "/getme":  {0, ""},
		"/bot" + testToken + "/GETME":  {0, ""},
		"/bot" + testToken + "/getYou": {404, "Not Found: method not found"},
		"/bot" + testToken + "/getMe/": {404, "Not Found: method not found"},
	} {
		answer := serve(tg, httptest.NewRequest(http.MethodGet, path, nil))
		require.Equal(t, want.code, answer.Code, path)
		require.Equal(t, want.description, answer.Description, path)
		require.Equal(t, want.code == 0, answer.OK, path)
	}
	require.Equal(t, 405, serve(tg, httptest.NewRequest(http.MethodPut, "/bot"+testToken+"/getMe", nil)).Code)
	require.EqualValues(t, 7000000001, tg.BotID())
	require.Equal(t, "mrz_sandbox_bot", tg.BotName())
	require.NotContains(t, string(mustJSON(t, tg.Calls())), testToken)
}

func TestEveryEncoding(t *testing.T) {
	tg := newTelegram(t, TelegramConfig{})
	tg.Say(aibek, "/start")
	send := func(method, query, contentType, body string) reply {
		r := httptest.NewRequest(method, "/bot"+testToken+"/sendMessage"+query, strings.NewReader(body))
		if contentType != "" {
			r.Header.Set("Content-Type", contentType)
		}
		return serve(tg, r)
	}
	require.True(t, send("GET", "?chat_id=1001&text=hi", "", "").OK)
	require.True(t, send("POST", "?chat_id=1001", "application/x-www-form-urlencoded", "text=hi").OK)
	require.True(t, send("POST", "", "application/json", `{"chat_id":1001,"text":"hi","protect_content":true,"reply_markup":{"inline_keyboard":[]},"entities":null}`).OK)
	require.True(t, send("POST", "", "multipart/form-data; boundary=b",
		"--b\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n1001\r\n--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhi\r\n--b--\r\n").OK)
	require.True(t, serve(tg, func() *http.Request {
		r := httptest.NewRequest("POST", "/bot"+testToken+"/getMe", nil)
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b") // a library without parameters
		return r
	}()).OK)

	require.Equal(t, 400, send("POST", "?chat_id=1001&text=hi", "text/plain", "more").Code)
	require.Equal(t, 400, send("POST", "?chat_id=1001&text=hi", "application/json", `{"text":"twice"}`).Code)
	require.Equal(t, 400, send("POST", "", "application/json", `[]`).Code)
	require.Equal(t, 400, send("POST", "", "multipart/form-data; boundary=b",
		"--b\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n1001\r\n").Code, "a body that broke off")
	require.Equal(t, 400, send("GET", "?chat_id=1001&text=%ff", "", "").Code, "not UTF-8")
}

func TestFaults(t *testing.T) {
	tg := newTelegram(t, TelegramConfig{})
	tg.Say(aibek, "/start")
	say := func() reply { return call(tg, "sendMessage", "chat_id", "1001", "text", "hi") }

	tg.Fail(Fault{Method: "sendMessage", Chat: 1001, Skip: 1, Times: 2, Status: 429, RetryAfter: 7})
	require.True(t, say().OK)
	require.True(t, call(tg, "sendChatAction", "chat_id", "1001", "action", "typing").OK)
	answer := say()
	require.Equal(t, 429, answer.Status)
	require.Equal(t, 7, answer.Parameters.RetryAfter)
	require.Equal(t, "Too Many Requests: retry after 7", answer.Description)
	require.Equal(t, 429, say().Status)
	require.True(t, say().OK)

	heal := tg.Fail(Fault{Status: 502, HTML: true})
	page := say()
	require.Equal(t, 502, page.Status)
	require.Zero(t, page.Code)
	require.Equal(t, 502, fetch(tg, testToken, "photos/x").Code)
	heal()
	require.True(t, say().OK)
	require.Equal(t, 502, tg.CallsOf(FileCall)[0].Status)
}

func TestCutConnections(t *testing.T) {
	tg := newTelegram(t, TelegramConfig{})
	tg.Say(aibek, "/start")
	server := httptest.NewServer(tg)
	defer server.Close()
	client := server.Client()
	say := func() error {
		resp, err := client.PostForm(server.URL+"/bot"+testToken+"/sendMessage", url.Values{"chat_id": {"1001"}, "text": {"hi"}})
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	count := func() int { return len(tg.Messages(1001)) - 1 }

	tg.Fail(Fault{Method: "sendMessage", Times: 1, Cut: CutBefore})
	require.Error(t, say())
	require.Zero(t, count())
	tg.Fail(Fault{Method: "sendMessage", Times: 1, Cut: CutAfter})
	require.Error(t, say())
	require.Equal(t, 1, count(), "the message stands although the answer was lost")
	require.NotEmpty(t, tg.CallsOf("sendMessage")[0].Error)
	require.Zero(t, tg.CallsOf("sendMessage")[0].Status)
}

func TestLateAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tg := newTelegram(t, TelegramConfig{})
		tg.Fail(Fault{Method: "getMe", Times: 1, Delay: 20 * time.Second})
		started := time.Now()
		require.True(t, call(tg, "getMe").OK)
		require.Equal(t, 20*time.Second, time.Since(started))
		require.Equal(t, 20*time.Second, tg.CallsOf("getMe")[0].Took)
	})
}

// TestStrictness: what Telegram would forgive or refuse, the sandbox refuses
// in Telegram's shape.
func TestStrictness(t *testing.T) {
	tg := newTelegram(t, TelegramConfig{})
	tg.Say(aibek, "/start")
	long := strings.Repeat("я", 4097)
	for _, c := range []struct{ name, want, method, fields string }{
		{"unknown field", `no field "reply_to_message_id"`, "sendMessage", `{"chat_id":1001,"text":"x","reply_to_message_id":5}`},
		{"field not played", "does not play", "sendMessage", `{"chat_id":1001,"text":"x","direct_messages_topic_id":5}`},
		{"no such topic", "message thread not found", "sendMessage", `{"chat_id":1001,"text":"x","message_thread_id":5}`},
		{"no text", "message text is empty", "sendMessage", `{"chat_id":1001}`},
		{"blank text", "message text is empty", "sendMessage", `{"chat_id":1001,"text":" \n\t"}`},
		{"empty markup", "message text is empty", "sendMessage", `{"chat_id":1001,"text":"<b></b>","parse_mode":"HTML"}`},
		{"no chat", "chat_id is empty", "sendMessage", `{"text":"x"}`},
		{"chat of no form", "must be of type", "sendMessage", `{"chat_id":[1],"text":"x","protect_content":"maybe"}`},
		{"wrong boolean", "must be of type Boolean", "sendMessage", `{"chat_id":1001,"text":"x","protect_content":"yes"}`},
		{"wrong integer", "must be of type Integer", "deleteMessage", `{"chat_id":1001,"message_id":"1.5"}`},
		{"nested unknown field", "must be of type", "sendMessage", `{"chat_id":1001,"text":"x","link_preview_options":{"disabled":true}}`},
		{"nested wrong type", "must be of type", "sendMessage", `{"chat_id":1001,"text":"x","reply_parameters":{"message_id":"5"}}`},
		{"typed nil markup", "must be of type", "sendMessage", `{"chat_id":1001,"text":"x","reply_markup":"null"}`},
		{"no discriminator", "must be of type", "setMyCommands", `{"commands":[],"scope":{"type":"everybody"}}`},
		{"too long", "message is too long", "sendMessage", `{"chat_id":1001,"text":"` + long + `"}`},
		{"long data", "BUTTON_DATA_INVALID", "sendMessage", `{"chat_id":1001,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"b","callback_data":"` + long[:66] + `"}]]}}`},
		{"empty data", "BUTTON_DATA_INVALID", "sendMessage", `{"chat_id":1001,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"b","url":"https://x.y","callback_data":""}]]}}`},
		{"long copy", "BUTTON_COPY_TEXT_INVALID", "sendMessage", `{"chat_id":1001,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"b","copy_text":{"text":"` + long[:600] + `"}}]]}}`},
		{"button without action", "Text buttons are unallowed", "sendMessage", `{"chat_id":1001,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"b"}]]}}`},
		{"button with two", "Text buttons are unallowed", "sendMessage", `{"chat_id":1001,"text":"x","reply_markup":{"inline_keyboard":[[{"text":"b","callback_data":"a","url":"https://x.y"}]]}}`},
		{"stray <", "can't parse entities", "sendMessage", `{"chat_id":1001,"text":"I<KGZ","parse_mode":"HTML"}`},
		{"parse mode", "unsupported parse_mode", "sendMessage", `{"chat_id":1001,"text":"x","parse_mode":"MarkdownV2"}`},
		{"mode and entities", "exclude each other", "sendMessage", `{"chat_id":1001,"text":"x","parse_mode":"HTML","entities":[]}`},
		{"entity outside", "ends after the end", "sendMessage", `{"chat_id":1001,"text":"ab","entities":[{"type":"bold","offset":1,"length":2}]}`},
		{"entity type", "unsupported entity type", "sendMessage", `{"chat_id":1001,"text":"ab","entities":[{"type":"loud","offset":0,"length":2}]}`},
		{"split pair", "in a middle of a UTF-16 symbol", "sendMessage", `{"chat_id":1001,"text":"🙂","entities":[{"type":"bold","offset":1,"length":1}]}`},
		{"query unknown", "query is too old", "answerCallbackQuery", `{"callback_query_id":"1"}`},
		{"file not uploaded", "was not uploaded", "sendDocument", `{"chat_id":1001,"document":"attach://x"}`},
	} {
		r := httptest.NewRequest(http.MethodPost, "/bot"+testToken+"/"+c.method, strings.NewReader(c.fields))
		r.Header.Set("Content-Type", "application/json")
		answer := serve(tg, r)
		require.Equal(t, 400, answer.Status, c.name)
		require.Equal(t, 400, answer.Code, c.name)
		require.True(t, strings.HasPrefix(answer.Description, "Bad Request: "), c.name)
		require.Contains(t, answer.Description, c.want, c.name)
	}
	require.Len(t, tg.Messages(1001), 1, "nothing refused was sent")
	file := upload(tg, "sendMessage", "text", "a.txt", []byte("x"), "chat_id", "1001")
	require.Contains(t, file.Description, "not a file")
	stray := upload(tg, "sendMessage", "picture", "a.txt", []byte("x"), "chat_id", "1001", "text", "x")
	require.Contains(t, stray.Description, `no field "picture"`)
}

func TestGetMeNamesTheBot(t *testing.T) {
	tg := newTelegram(t, TelegramConfig{Bot: Person{FirstName: "Card reader", Username: "cards_bot"}})
	var me struct {
		ID       int64  `json:"id"`
		IsBot    bool   `json:"is_bot"`
		Username string `json:"username"`
	}
	require.NoError(t, json.Unmarshal(call(tg, "getMe").Result, &me))
	require.EqualValues(t, 7000000001, me.ID)
	require.True(t, me.IsBot)
	require.Equal(t, "cards_bot", me.Username)
}
