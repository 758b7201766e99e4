package telegram

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-telegram/bot/models"
	"github.com/stretchr/testify/require"
)

func TestSendSaysEverything(t *testing.T) {
	tg, c, _ := play(t, done(`{"message_id":42,"date":1,"chat":{"id":7,"type":"private"},"text":"x"}`))
	sent, err := c.Send(t.Context(), Message{
		Chat:     7,
		Text:     "<<AN1234567<<",
		Entities: []models.MessageEntity{{Type: models.MessageEntityTypePre, Offset: 0, Length: 13}},
		ReplyTo:  41,
		Thread:   8,
		Markup:   &models.InlineKeyboardMarkup{InlineKeyboard: [][]models.InlineKeyboardButton{{{Text: "More", CallbackData: "m"}}}},
		Protect:  true,
	})
	require.NoError(t, err)
	require.Equal(t, Sent{ID: 42, At: 1}, sent)
	require.Equal(t, []string{"sendMessage"}, tg.asked())
	want := `{"chat_id":7,"message_thread_id":8,"text":"<<AN1234567<<","entities":[{"type":"pre","offset":0,"length":13}],
		"link_preview_options":{"is_disabled":true},"protect_content":true,
		"reply_parameters":{"message_id":41,"allow_sending_without_reply":true},
		"reply_markup":{"inline_keyboard":[[{"text":"More","callback_data":"m"}]]}}`
	require.JSONEq(t, want, asJSON(t, tg.last()))
}

func TestSendLeavesOutWhatIsNotThere(t *testing.T) {
	for name, markup := range map[string]models.ReplyMarkup{
		"nil":       nil,
		"typed nil": (*models.InlineKeyboardMarkup)(nil),
		"nil JSON":  json.RawMessage(nil),
	} {
		t.Run(name, func(t *testing.T) {
			tg, c, _ := play(t, done(`{"message_id":1}`))
			_, err := c.Send(t.Context(), Message{Chat: 7, Text: "hi", Markup: markup})
			require.NoError(t, err)
			require.JSONEq(t, `{"chat_id":7,"text":"hi","link_preview_options":{"is_disabled":true}}`, asJSON(t, tg.last()))
		})
	}
}

// Escaped, each < of an MRZ would be six bytes.
func TestSendEscapesNothing(t *testing.T) {
	var sent []byte
	c, err := New(Config{Token: canary, Transport: carry(func(r *http.Request) (_ *http.Response, err error) {
		sent, err = io.ReadAll(r.Body)
		return reply(200, `{"ok":true,"result":{"message_id":1}}`), err
	})})
	require.NoError(t, err)
	_, err = c.Send(t.Context(), Message{Chat: 7, Text: "I<KGZ<<&>"})
	require.NoError(t, err)
	require.Contains(t, string(sent), `"I<KGZ<<&>"`)
}

// The model cannot say "people only"; own JSON can.
func TestSendTakesMarkupAsJSON(t *testing.T) {
	tg, c, _ := play(t, done(`{"message_id":1}`))
	markup := json.RawMessage(`{"keyboard":[[{"text":"Who?","request_users":{"request_id":1,"user_is_bot":false}}]]}`)
	_, err := c.Send(t.Context(), Message{Chat: 7, Text: "hi", Markup: markup})
	require.NoError(t, err)
	require.JSONEq(t, string(markup), asJSON(t, tg.last()["reply_markup"]))

	_, err = c.Send(t.Context(), Message{Chat: 7, Text: "hi", Markup: make(chan int)})
	require.True(t, requireError(t, err).Final())
	require.Len(t, tg.asked(), 1)
}

// A message that was taken is not sent a second time, whatever became of the
// answer.
func TestSendOfAMessageThatWasTaken(t *testing.T) {
	head := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
	for name, answer := range map[string]http.HandlerFunc{
		"answer is cut":           hangUp(head + `{"ok":true,"result":{"message_id":42`),
		"answer is cut at once":   hangUp(head),
		"result of another shape": done(`{"message_id":"x"}`),
		"result of another kind":  done(`[1]`),
		"answer is too large":     done(`{"message_id":5,"text":"` + strings.Repeat("x", maxAnswer) + `"}`),
	} {
		t.Run(name, func(t *testing.T) {
			tg, c, _ := play(t, answer)
			sent, err := c.Send(t.Context(), Message{Chat: 7, Text: "hi"})
			require.NoError(t, err)
			require.Zero(t, sent)
			require.NoError(t, c.Edit(t.Context(), 7, 1, "x", nil, nil))
			require.NoError(t, c.Typing(t.Context(), 7, 0))
			require.Equal(t, []string{"sendMessage", "editMessageText", "sendChatAction"}, tg.asked())
		})
	}
}

func TestEdit(t *testing.T) {
	tg, c, _ := play(t,
		done(`{"message_id":5}`),
		no(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same"),
		no(400, "Bad Request: message to edit not found"))
	edit := func() error {
		return c.Edit(t.Context(), 7, 5, "new", []models.MessageEntity{{Type: "bold", Length: 3}}, nil)
	}
	require.NoError(t, edit())
	require.JSONEq(t, `{"chat_id":7,"message_id":5,"text":"new","entities":[{"type":"bold","offset":0,"length":3}],
		"link_preview_options":{"is_disabled":true}}`, asJSON(t, tg.last()))
	require.NoError(t, edit(), "not modified")
	require.True(t, requireError(t, edit()).Final(), "not found")
}

func TestAnswerCallback(t *testing.T) {
	tg, c, _ := play(t,
		done(`true`),
		no(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"),
		no(400, "Bad Request: MESSAGE_TOO_LONG"))
	require.NoError(t, c.AnswerCallback(t.Context(), "9", "Done", true))
	require.JSONEq(t, `{"callback_query_id":"9","text":"Done","show_alert":true}`, asJSON(t, tg.last()))
	require.NoError(t, c.AnswerCallback(t.Context(), "9", "", false), "too old")
	require.JSONEq(t, `{"callback_query_id":"9"}`, asJSON(t, tg.last()))
	require.True(t, requireError(t, c.AnswerCallback(t.Context(), "9", "", false)).Final())
}

func TestDelete(t *testing.T) {
	ids := make([]int, 250)
	for i := range ids {
		ids[i] = i + 1
	}
	t.Run("in hundreds", func(t *testing.T) {
		tg, c, _ := play(t, done(`true`))
		require.NoError(t, c.Delete(t.Context(), 7, ids))
		var sizes []int
		for _, a := range tg.calls {
			require.Equal(t, "deleteMessages", a.method)
			require.EqualValues(t, 7, a.fields["chat_id"])
			sizes = append(sizes, len(a.fields["message_ids"].([]any)))
		}
		require.Equal(t, []int{100, 100, 50}, sizes)
		require.Equal(t, []any{201.0, 202.0}, tg.last()["message_ids"].([]any)[:2])
	})
	t.Run("none", func(t *testing.T) {
		tg, c, _ := play(t, done(`true`))
		require.NoError(t, c.Delete(t.Context(), 7, nil))
		require.Empty(t, tg.asked())
	})
	t.Run("gone already", func(t *testing.T) {
		_, c, _ := play(t, no(400, "Bad Request: message to delete not found"))
		require.NoError(t, c.Delete(t.Context(), 7, ids))
	})
	t.Run("the others go when some cannot", func(t *testing.T) {
		tg, c, _ := play(t, no(400, "Bad Request: message can't be deleted"), done(`true`))
		require.True(t, requireError(t, c.Delete(t.Context(), 7, ids)).Final())
		require.Len(t, tg.asked(), 3)
	})
	t.Run("put off when Telegram is busy", func(t *testing.T) {
		tg, c, _ := play(t, done(`true`), slow("3"))
		_, later := requireError(t, c.Delete(t.Context(), 7, ids)).RetryAfter()
		require.True(t, later)
		require.Len(t, tg.asked(), 2)
	})
}

func TestTyping(t *testing.T) {
	tg, c, _ := play(t, done(`true`))
	require.NoError(t, c.Typing(t.Context(), 7, 0))
	require.JSONEq(t, `{"chat_id":7,"action":"typing"}`, asJSON(t, tg.last()))
	require.NoError(t, c.Typing(t.Context(), 7, 8))
	require.JSONEq(t, `{"chat_id":7,"message_thread_id":8,"action":"typing"}`, asJSON(t, tg.last()))
	require.Equal(t, []string{"sendChatAction", "sendChatAction"}, tg.asked())
}

func TestReact(t *testing.T) {
	tg, c, _ := play(t, done(`true`), slow("3"), done(`true`))
	require.NoError(t, c.React(t.Context(), 7, 8, "👀"))
	require.JSONEq(t, `{"chat_id":7,"message_id":8,"reaction":[{"type":"emoji","emoji":"👀"}]}`, asJSON(t, tg.last()))
	require.Equal(t, []string{"setMessageReaction"}, tg.asked())
	_, later := requireError(t, c.React(t.Context(), 7, 8, "👀")).RetryAfter()
	require.True(t, later)
	require.Error(t, c.React(t.Context(), 7, 8, "👀"), "it waits")
	require.Len(t, tg.asked(), 2)
	require.NoError(t, c.Typing(t.Context(), 7, 0), "what else is said in the chat does not")
}

func TestSendEndsWithTheContext(t *testing.T) {
	tg, c, _ := play(t, done(`{"message_id":1}`))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Send(ctx, Message{Chat: 7, Text: "hi"})
	require.ErrorIs(t, err, context.Canceled)
	requireError(t, err)
	require.Empty(t, tg.asked())
}

func asJSON(t *testing.T, v any) string {
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}
