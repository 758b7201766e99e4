package faketelegram

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEditMedia: a picture takes the place of a picture or a text, with its caption and
// buttons; a caption alone is edited where there is one.
func TestEditMedia(t *testing.T) {
	tg := newServer(t, Config{})
	tg.Say(gulnara, "/start")
	text := sent(t, tg, "sendMessage", "chat_id", "1002", "text", "words")
	keys := `{"inline_keyboard":[[{"text":"Next","callback_data":"n"}]]}`
	edit := func(message int, data []byte, media string) reply {
		return upload(tg, "editMessageMedia", "p", "a.png", data, "chat_id", "1002", "message_id", fmt.Sprint(message), "media", media, "reply_markup", keys)
	}
	caption := func(message int, words string, more ...string) reply {
		return call(tg, "editMessageCaption", append([]string{"chat_id", "1002", "message_id", fmt.Sprint(message), "caption", words}, more...)...)
	}
	require.Equal(t, "Bad Request: there is no caption in the message to edit", caption(text, "x").Description)
	for _, width := range []int{300, 400} {
		answer := edit(text, drawn(width, 200), `{"type":"photo","media":"attach://p","caption":"<i>a</i> < b","caption_entities":[{"type":"bold","offset":0,"length":1}]}`)
		require.True(t, answer.OK, answer.Description)
		m, _ := tg.Message(text)
		require.Equal(t, []any{"photo", "<i>a</i> < b", width, "Next"}, []any{m.Kind, m.Text, m.File.Width, m.Buttons[0][0].Text})
		require.Len(t, m.Entities, 1)
	}
	require.Equal(t, "Bad Request: there is no text in the message to edit",
		call(tg, "editMessageText", "chat_id", "1002", "message_id", fmt.Sprint(text), "text", "x").Description, "a picture stays one")
	require.True(t, caption(text, "new", "reply_markup", keys).OK)
	require.Contains(t, caption(text, "new", "reply_markup", keys).Description, "message is not modified")
	m, _ := tg.Message(text)
	require.Equal(t, []any{"photo", "new", 400}, []any{m.Kind, m.Text, m.File.Width})

	for want, media := range map[string]string{
		"names an attachment that was not uploaded": `{"type":"photo","media":"attach://q"}`,
		"must be of type InputMedia":                `{"type":"video","media":"attach://p"}`,
	} {
		require.Contains(t, edit(text, drawn(9, 9), media).Description, want)
	}
	require.Contains(t, call(tg, "editMessageMedia", "chat_id", "1002", "message_id", fmt.Sprint(text), "media", `{"type":"photo","media":"unknown"}`).Description,
		"wrong file identifier")
	require.Contains(t, edit(text, []byte("no picture"), `{"type":"photo","media":"attach://p"}`).Description, "IMAGE_PROCESS_FAILED")
	require.Contains(t, edit(9999, drawn(9, 9), `{"type":"photo","media":"attach://p"}`).Description, "message to edit not found")
}
